import { KontorError, type HoldsRequest, type Outcome } from '@kontor/core'
import { isSame } from '../mapping/offer.ts'
import { attempt, sent } from './attempt.ts'
import { readHoldings } from './holdings.ts'
import { readListings } from './listings.ts'
import { readBatch, startBatch } from './offer-batch.ts'
import {
  compare,
  isOffline,
  planChanges,
  refuse,
  settle,
  type Change,
  type Needs,
  type OfferDelivery,
} from './offer-changes.ts'

/**
 * Stock and prices: absolute values, so that writing them twice is the same as once. Only what differs from what the offer holds is
 * written: each written line counts against 2,000 an hour. Many prices at once go as one file for each market, worked through by a
 * task; stock only where the config says so, because Back Market advises against it.
 */
export function createOffersWriter(needs: Needs) {
  return {
    write: (batch: readonly OfferDelivery[], signal: AbortSignal) => writeOffers(needs, batch, signal),
    readBack: (batch: readonly OfferDelivery[], signal: AbortSignal) => readBackOffers(needs, batch, signal),
    holds: (request: HoldsRequest<'stock' | 'prices'>) => readHoldings(needs, request),
  }
}

async function* writeOffers(
  needs: Needs,
  batch: readonly OfferDelivery[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const { changes, outcomes } = planChanges(batch, needs.config)
  yield* outcomes
  for (const [market, wanted] of Map.groupBy(changes, (change) => change.market)) {
    const open: Open[] = []
    for await (const step of look(needs, market, wanted, signal)) {
      if ('id' in step) open.push(step)
      else yield step
    }
    const inFile = forFiles(open, needs.config)
    // What is sold out first: each of these may be sold once too often while it waits.
    const single = open
      .filter((each) => !inFile.includes(each))
      .toSorted((a, b) => stockOf(a.change) - stockOf(b.change))
    for (const each of single) yield* writeOne(needs, each, signal)
    if (inFile.length > 0)
      yield* startBatch(
        needs,
        market,
        inFile.map(({ change }) => change),
        signal,
      )
  }
}

/** Many prices go in a file, unless their stock comes along; many stocks only where the config says so. */
function forFiles(open: readonly Open[], { batchFrom, stockInFiles }: Needs['config']): Open[] {
  if (stockInFiles) return open.length >= batchFrom ? [...open] : []
  const prices = open.filter(({ change }) => change.update.price !== undefined)
  return prices.length >= batchFrom ? prices.filter(({ change }) => change.update.quantity === undefined) : []
}

/** A change that is to be written, and the id of its offer. */
interface Open {
  change: Change
  id: string
  /** Only from what was confirmed before: the offer may have got another id since. */
  remembered: boolean
}

/**
 * Finds the offers. What this destination has confirmed before is written without reading it: it differs, or it would not be here, and a reading
 * would cost as much as the writing. Of all else the offer is read first, and is left alone where it holds the values already.
 */
async function* look(
  { client, config }: Needs,
  market: Change['market'],
  wanted: readonly Change[],
  signal: AbortSignal,
): AsyncGenerator<Open | Outcome> {
  const unread: Change[] = []
  for (const change of wanted) {
    // A file names offers by Back Market's SKU, and an expression cannot be turned round to it.
    const needsSku = config.skuMap.pattern !== undefined && (config.stockInFiles || change.update.price !== undefined)
    const id = needsSku ? undefined : confirmedId(change)
    if (id === undefined) unread.push(change)
    else yield { change, id, remembered: true }
  }
  const listings = await readListings({ client, config }, unread, market, signal)
  for (const change of unread) {
    const listing = listings.get(change)
    if (listing === undefined) yield* refuse(change, skuUnknown(change.sku))
    else if (isSame(listing, change.update)) yield* settle(change, listing, 'already')
    else yield { change: { ...change, sku: listing.sku }, id: listing.id, remembered: false }
  }
}

/** The id of an offer that has confirmed a value for each of these before; nothing where an attempt is in doubt. */
function confirmedId({ deliveries }: Change): string | undefined {
  const [first, ...others] = deliveries.map(({ known, sent: doubtful }) =>
    doubtful === undefined && known?.record !== undefined ? known.reference : undefined,
  )
  return others.every((each) => each === first) ? first : undefined
}

const stockOf = ({ update }: Change): number => update.quantity ?? Number.POSITIVE_INFINITY

async function* writeOne(needs: Needs, { change, id, remembered }: Open, signal: AbortSignal): AsyncGenerator<Outcome> {
  const { client, config, clock, log } = needs
  const tried = await attempt(() =>
    client.updateListing(id, change.update, change.market, { for: change.deliveries }, signal),
  )
  if (tried.is === 'refused') {
    const parts = partsOf(change)
    if (tried.error.code === 'NOT_FOUND' && remembered) {
      // Deleted and made anew, it has another id.
      const now = (await readListings({ client, config }, [change], change.market, signal)).get(change)
      if (now === undefined) yield* refuse(change, skuUnknown(change.sku))
      else yield* writeOne(needs, { change, id: now.id, remembered: false }, signal)
    }
    // Back Market does not say which of both it minds: each is tried by itself, so that a wrong price does not hold back the stock.
    else if (parts.length > 1 && tried.error.code === 'REQUEST_REJECTED')
      for (const part of parts) yield* writeOne(needs, { change: part, id, remembered }, signal)
    else yield* refuse(change, tried.error.code === 'NOT_FOUND' ? skuUnknown(change.sku) : tried.error)
    return
  }
  if (tried.is === 'doubtful') {
    for (const { key } of change.deliveries) yield sent(key, clock)
    return
  }
  const after = tried.value
  if (after !== undefined && !isSame(after, change.update)) {
    const error = new KontorError('CONFLICT', {
      message: `Back Market took a change of the offer ${change.sku} (${change.market}) and answers other values. Look at the offer in the back office.`,
    })
    yield* refuse(change, error)
    return
  }
  if ((after?.quantity ?? 0) > 0 && isOffline(after))
    log.warn('An offer with stock is not online; look at it in the back office.', {
      sku: change.sku,
      market: change.market,
      state: after?.publication_state ?? undefined,
    })
  yield* settle(change, after ?? { id }, 'done')
}

/** A change of stock and price as two of one each. */
function partsOf({ update, deliveries, ...offer }: Change): Change[] {
  const { quantity, pub_state, ...price } = update
  const stock = { ...(quantity === undefined ? {} : { quantity }), ...(pub_state === undefined ? {} : { pub_state }) }
  return [
    { ...offer, update: stock, deliveries: deliveries.filter(({ record }) => record.entity === 'stock') },
    { ...offer, update: price, deliveries: deliveries.filter(({ record }) => record.entity === 'prices') },
  ].filter((part) => part.deliveries.length > 0)
}

const skuUnknown = (sku: string): KontorError =>
  new KontorError('SKU_UNKNOWN', {
    message: `Back Market has no offer with the SKU ${sku}. Create it in the back office, or map the SKU in \`skuMap.table\`.`,
    key: 'config.skuMap',
  })

/** Of those handed in as a file the task tells; of the others the offer itself. */
async function* readBackOffers(
  needs: Needs,
  batch: readonly OfferDelivery[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const { changes, outcomes } = planChanges(batch, needs.config)
  yield* outcomes
  for (const [ticket, some] of Map.groupBy(changes, ticketOf)) {
    if (ticket === undefined) yield* compare(needs, some, signal)
    else yield* readBatch(needs, ticket, some, signal)
  }
}

const ticketOf = ({ deliveries }: Change): string | undefined =>
  deliveries.map(({ sent: attempted }) => attempted?.ticket).find((ticket) => ticket !== undefined)
