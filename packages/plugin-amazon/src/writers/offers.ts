import { isKontorError, KontorError, type Clock, type Outcome, type Writer } from '@kontor/core'
import type { FeedsClient, ListingsClient } from '../client/index.ts'
import type { AmazonConfig } from '../config.ts'
import { holds, isFulfilledByAmazon, productTypeOf, toPatches } from '../mapping/index.ts'
import { marketplaces } from '../tables/index.ts'
import type { ListingSubmission, WireListing } from '../wire/index.ts'
import { planChanges, type Change, type OfferDelivery } from './offer-changes.ts'
import { readFeed, startFeeds } from './offer-feed.ts'
import { absent, already, done, refused } from './outcomes.ts'

export interface OfferNeeds {
  listings: ListingsClient
  feeds: FeedsClient
  config: AmazonConfig
  clock: Clock
}
export interface Known {
  change: Change
  listing: WireListing
}

/** Calls under way at one time: with one after another the way to Amazon and back would be the limit, and not its plan of five a second. */
const AT_ONCE = 5

/**
 * Stock and prices: absolute values. The offers are looked up first, twenty with a call, so that an unknown SKU makes no incomplete listing,
 * stock of FBA is never touched, and what is so already costs nothing. A few changes go one by one, many as one feed.
 */
export function offersWriter(needs: OfferNeeds): Writer<'stock' | 'prices'> {
  return {
    write: (batch, signal) => write(needs, batch, signal),
    readBack: (batch, signal) => readBack(needs, batch, signal),
  }
}

async function* write(
  needs: OfferNeeds,
  batch: readonly OfferDelivery[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const { changes, outcomes } = planChanges(batch, needs.config, needs.clock.now())
  yield* outcomes
  for (const some of Map.groupBy(changes, ({ country }) => country).values()) {
    const open: Known[] = []
    for (const { change, listing } of await look(needs, some, signal)) {
      const problem = listing === undefined ? skuUnknown(change) : problemOf(change, listing)
      if (problem !== undefined) yield* each(change, (delivery) => refused(delivery, problem))
      else if (listing !== undefined && holds(listing, change.wanted, change.country))
        yield* each(change, (delivery) => already(delivery))
      else if (listing !== undefined) open.push({ change, listing })
    }
    if (open.length >= needs.config.feedFrom) yield* startFeeds(needs, open, signal)
    // What is sold out first: each of these may be sold once too often while it waits.
    else
      yield* patchAll(
        needs,
        open.toSorted((a, b) => stockOf(a) - stockOf(b)),
        signal,
      )
  }
}

const stockOf = ({ change }: Known): number => change.wanted.quantity ?? Number.POSITIVE_INFINITY

async function* patchAll(needs: OfferNeeds, open: readonly Known[], signal: AbortSignal): AsyncGenerator<Outcome> {
  for (let from = 0; from < open.length; from += AT_ONCE) {
    const settled = await Promise.allSettled(
      open.slice(from, from + AT_ONCE).map((known) => patchOne(needs, known, signal)),
    )
    for (const one of settled) if (one.status === 'fulfilled') yield* one.value
    // What was answered stands; what stops more than its record ends the rest.
    const failed = settled.find((one) => one.status === 'rejected')
    if (failed) throw failed.reason
  }
}

async function patchOne({ listings }: OfferNeeds, { change, listing }: Known, signal: AbortSignal): Promise<Outcome[]> {
  const { id, language } = marketplaces[change.country]
  try {
    const answer = await listings.patch(
      {
        sku: change.sku,
        marketplaceId: id,
        productType: productTypeOf(listing),
        patches: toPatches(change.wanted, change.country),
        locale: language,
      },
      change.deliveries,
      signal,
    )
    const problem = invalid(change, answer)
    return [
      ...each(change, (delivery) =>
        problem === undefined ? done(delivery, answer.submissionId) : refused(delivery, problem),
      ),
    ]
  } catch (thrown) {
    if (!isKontorError(thrown) || thrown.scope !== 'record' || thrown.code === 'PLAN_MODE') throw thrown
    const problem = thrown.code === 'NOT_FOUND' ? skuUnknown(change) : thrown
    return [...each(change, (delivery) => refused(delivery, problem))]
  }
}

/** HTTP 200 with the status INVALID: Amazon has taken nothing. */
function invalid({ sku, country }: Change, { status, issues }: ListingSubmission): KontorError | undefined {
  if (status !== 'INVALID') return undefined
  const words = (issues ?? [])
    .filter(({ severity }) => severity === 'ERROR')
    .map(({ code, message }) => `${message} (${code})`)
    .slice(0, 3)
    .join(' ')
  return new KontorError('REQUEST_REJECTED', {
    message: `Amazon ${country} did not take the change of ${sku}: ${words || 'it says INVALID and not why'}.`,
    ...(issues?.[0]?.code ? { vendorCode: issues[0].code } : {}),
  })
}

/** Of those handed in as a feed its report tells; of the others the offer itself. */
async function* readBack(
  needs: OfferNeeds,
  batch: readonly OfferDelivery[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const feeds = Map.groupBy(batch, ({ sent }) => sent?.ticket)
  for (const [ticket, some] of feeds)
    if (ticket === undefined) yield* compare(needs, some, signal, () => undefined)
    else yield* readFeed(needs, ticket, some, signal, (rest, otherwise) => compare(needs, rest, signal, otherwise))
}

/** Whether the offers hold what was wanted; where they do not: what `otherwise` says, else it is absent. */
async function* compare(
  needs: OfferNeeds,
  batch: readonly OfferDelivery[],
  signal: AbortSignal,
  otherwise: (change: Change) => KontorError | undefined,
): AsyncGenerator<Outcome> {
  const { changes, outcomes } = planChanges(batch, needs.config, Number.POSITIVE_INFINITY)
  yield* outcomes
  for (const some of Map.groupBy(changes, ({ country }) => country).values())
    for (const { change, listing } of await look(needs, some, signal)) {
      const problem = listing && holds(listing, change.wanted, change.country) ? 'none' : otherwise(change)
      yield* each(change, (delivery) =>
        problem === 'none' ? done(delivery) : problem === undefined ? absent(delivery) : refused(delivery, problem),
      )
    }
}

async function look(
  { listings }: OfferNeeds,
  changes: readonly Change[],
  signal: AbortSignal,
): Promise<{ change: Change; listing: WireListing | undefined }[]> {
  const [first] = changes
  if (first === undefined) return []
  const found = await listings.find(
    changes.map(({ sku }) => sku),
    marketplaces[first.country].id,
    signal,
  )
  const bySku = new Map(found.map((listing) => [listing.sku, listing]))
  return changes.map((change) => ({ change, listing: bySku.get(change.sku) }))
}

function* each({ deliveries }: Change, make: (delivery: OfferDelivery) => Outcome): Generator<Outcome> {
  for (const delivery of deliveries) yield make(delivery)
}

const skuUnknown = ({ sku, country }: Change): KontorError =>
  new KontorError('SKU_UNKNOWN', {
    message: `Amazon ${country} has no offer with the SKU ${sku}. Create it in Seller Central first; Kontor changes offers, and makes none.`,
  })
const problemOf = ({ sku, country, wanted }: Change, listing: WireListing): KontorError | undefined =>
  wanted.quantity !== undefined && isFulfilledByAmazon(listing)
    ? new KontorError('UNSUPPORTED', {
        message: `Amazon ${country} keeps the stock of ${sku} itself (FBA); a quantity would turn the offer into one you ship. Take the SKU out of the flow of stock.`,
      })
    : undefined
