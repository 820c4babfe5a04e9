import { KontorError, type Outcome } from '@kontor/core'
import { isSame } from '../mapping/offer.ts'
import type { WireListing } from '../wire.ts'
import { attempt, sent } from './attempt.ts'
import { readListings } from './listings.ts'
import { readBatch, startBatch } from './offer-batch.ts'
import { compare, planChanges, refuse, settle, type Change, type Needs, type OfferDelivery } from './offer-changes.ts'

/**
 * Stock and prices: absolute values, so that writing them twice is the same as once. The offers are read first, and only what differs
 * is written: each written line counts against 2,000 an hour. Many prices at once go as one file for each market, worked through by a
 * task; stock never does, because Back Market advises against it.
 */
export function createOffersWriter(needs: Needs) {
  return {
    write: (batch: readonly OfferDelivery[], signal: AbortSignal) => writeOffers(needs, batch, signal),
    readBack: (batch: readonly OfferDelivery[], signal: AbortSignal) => readBackOffers(needs, batch, signal),
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
    const listings = await readListings(
      needs.client,
      wanted.map(({ sku }) => sku),
      market,
      signal,
    )
    const open: { change: Change; listing: WireListing }[] = []
    for (const change of wanted) {
      const listing = listings.get(change.sku.toLowerCase())
      if (listing === undefined) yield* refuse(change, skuUnknown(change.sku))
      else if (isSame(listing, change.update)) yield* settle(change, listing, 'already')
      else open.push({ change, listing })
    }
    const prices = open.filter(({ change }) => change.update.price !== undefined)
    const inFile =
      prices.length >= needs.config.batchFrom ? prices.filter(({ change }) => change.update.quantity === undefined) : []
    // What is sold out first: each of these may be sold once too often while it waits.
    const single = open
      .filter((each) => !inFile.includes(each))
      .toSorted((a, b) => stockOf(a.change) - stockOf(b.change))
    for (const { change, listing } of single) yield* writeOne(needs, change, listing, signal)
    if (inFile.length > 0)
      yield* startBatch(
        needs,
        market,
        inFile.map(({ change }) => change),
        signal,
      )
  }
}

const stockOf = ({ update }: Change): number => update.quantity ?? Number.POSITIVE_INFINITY

async function* writeOne(
  needs: Needs,
  change: Change,
  listing: WireListing,
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const { client, clock, log } = needs
  const tried = await attempt(() =>
    client.updateListing(listing.id, change.update, change.market, { for: change.deliveries }, signal),
  )
  if (tried.is === 'refused') {
    const parts = partsOf(change)
    // Back Market does not say which of both it minds: each is tried by itself, so that a wrong price does not hold back the stock.
    if (parts.length > 1 && tried.error.code === 'REQUEST_REJECTED')
      for (const part of parts) yield* writeOne(needs, part, listing, signal)
    else yield* refuse(change, tried.error.code === 'NOT_FOUND' ? skuUnknown(change.sku) : tried.error)
    return
  }
  if (tried.is === 'doubtful') {
    for (const { key } of change.deliveries) yield sent(key, clock)
    return
  }
  const after = tried.value ?? listing
  if (tried.value !== undefined && !isSame(tried.value, change.update)) {
    const error = new KontorError('CONFLICT', {
      message: `Back Market took a change of the offer ${change.sku} (${change.market}) and answers other values. Look at the offer in the back office.`,
    })
    yield* refuse(change, error)
    return
  }
  if ((after.quantity ?? 0) > 0 && after.publication_state !== null && after.publication_state !== 2)
    log.warn('An offer with stock is not online; look at it in the back office.', {
      sku: change.sku,
      market: change.market,
      state: after.publication_state,
    })
  yield* settle(change, after, 'done')
}

/** A change of stock and price as two of one each. */
function partsOf({ sku, market, update, deliveries }: Change): Change[] {
  const { quantity, pub_state, ...price } = update
  const stock = { ...(quantity === undefined ? {} : { quantity }), ...(pub_state === undefined ? {} : { pub_state }) }
  return [
    { sku, market, update: stock, deliveries: deliveries.filter(({ record }) => record.entity === 'stock') },
    { sku, market, update: price, deliveries: deliveries.filter(({ record }) => record.entity === 'prices') },
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
