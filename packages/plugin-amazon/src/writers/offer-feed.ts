import { KontorError, toInstant, toMs, type Outcome } from '@kontor/core'
import { productTypeOf, toPatches } from '../mapping/index.ts'
import { marketplaces } from '../tables/index.ts'
import { ListingsReport, type ListingMessage } from '../wire/index.ts'
import type { Change, OfferDelivery } from './offer-changes.ts'
import type { Known, OfferNeeds } from './offers.ts'
import { absent, done, refused, sent } from './outcomes.ts'

/** listings-feed-schema-v2: 25,000 messages; 10 MiB are advised. Ours have about 400 bytes, so 20,000 fit both. */
const MESSAGES = 20_000
const firstAskMs = 60_000
const nextAskMs = 2 * 60_000

/** One JSON_LISTINGS_FEED of a marketplace. Its id is the ticket: whoever asks later learns what became of each SKU. */
export async function* startFeeds(
  { feeds, config, clock }: OfferNeeds,
  open: readonly Known[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  for (let from = 0; from < open.length; from += MESSAGES) {
    const some = open.slice(from, from + MESSAGES)
    const country = some[0]?.change.country
    if (country === undefined) return
    const messages = some.map(({ change, listing }, index): ListingMessage => ({
      messageId: index + 1,
      sku: change.sku,
      operationType: 'PATCH',
      productType: productTypeOf(listing),
      patches: toPatches(change.wanted, change.country),
    }))
    const header = { sellerId: config.sellerId, version: '2.0', issueLocale: marketplaces[country].language }
    const deliveries = some.flatMap(({ change }) => change.deliveries)
    const ticket = await feeds.submit(
      {
        feedType: 'JSON_LISTINGS_FEED',
        marketplaceIds: [marketplaces[country].id],
        content: JSON.stringify({ header, messages }),
        contentType: 'application/json; charset=UTF-8',
        // Absolute values: handed in twice they are the same.
        effect: 'repeatable',
      },
      deliveries,
      signal,
    )
    const askAt = toInstant(clock.now() + firstAskMs)
    for (const [index, { change }] of some.entries())
      for (const delivery of change.deliveries) yield sent(delivery, ticket, askAt, String(index + 1))
  }
}

type Compare = (
  batch: readonly OfferDelivery[],
  otherwise: (change: Change) => KontorError | undefined,
) => AsyncGenerator<Outcome>

/** What a feed says about each of its messages. DONE does not mean that all were taken; FATAL may have done a part. */
export async function* readFeed(
  { feeds, clock }: OfferNeeds,
  ticket: string,
  batch: readonly OfferDelivery[],
  signal: AbortSignal,
  compare: Compare,
): AsyncGenerator<Outcome> {
  const feed = await feeds.get(ticket, signal)
  switch (feed.processingStatus) {
    case 'CANCELLED':
      for (const delivery of batch) yield absent(delivery)
      return
    case 'DONE':
    case 'FATAL':
      break
    default:
      for (const delivery of batch)
        yield sent(delivery, ticket, toInstant(clock.now() + waitMs(delivery, clock.now())), delivery.sent?.item)
      return
  }
  const report = feed.resultFeedDocumentId ? parse(await feeds.report(feed.resultFeedDocumentId, signal)) : undefined
  if (report === undefined) {
    yield* compare(batch, ({ sku }) => failed(ticket, sku, `it ended ${feed.processingStatus}, without a report`))
    return
  }
  const faults = faultsOf(report)
  const open: OfferDelivery[] = []
  for (const delivery of batch) {
    const fault = faults.get(delivery.sent?.item ?? '') ?? faults.get(`sku ${delivery.record.sku}`)
    if (fault !== undefined) yield refused(delivery, failed(ticket, delivery.record.sku, fault))
    else if (feed.processingStatus === 'DONE') yield done(delivery, ticket)
    else open.push(delivery)
  }
  if (open.length > 0) yield* compare(open, ({ sku }) => failed(ticket, sku, 'the whole feed ended FATAL'))
}

/** Half as long again as it has taken so far, and at least two minutes: a feed may take an hour. */
const waitMs = ({ sent: attempt }: OfferDelivery, now: number): number =>
  Math.min(20 * 60_000, Math.max(nextAskMs, attempt ? (now - toMs(attempt.at)) / 2 : 0))

function parse(text: string): ListingsReport | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return ListingsReport.safeParse(json).data
  } catch {
    return undefined
  }
}

/** By message, or by SKU where the report names no message. */
function faultsOf({ issues }: ListingsReport): Map<string, string> {
  const faults = new Map<string, string>()
  for (const { messageId, sku, severity, code, message } of issues ?? []) {
    if (severity !== 'ERROR') continue
    const key = typeof messageId === 'number' ? String(messageId) : `sku ${sku ?? ''}`
    const words = `${message} (${code})`
    const there = faults.get(key)
    faults.set(key, there === undefined ? words : `${there} ${words}`.slice(0, 500))
  }
  return faults
}

const failed = (feed: string, sku: string, why: string): KontorError =>
  new KontorError('REQUEST_REJECTED', {
    message: `Amazon did not take the change of ${sku} from feed ${feed}: ${why}. Correct it at its source.`,
  })
