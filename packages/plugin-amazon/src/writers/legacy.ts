import {
  KontorError,
  toInstant,
  toMs,
  type Clock,
  type Delivery,
  type Echo,
  type Entity,
  type Order,
  type Outcome,
} from '@kontor/core'
import type { FeedsClient } from '../client/index.ts'
import { errorsIn, toFeed, type Element } from '../mapping/index.ts'
import type { Feed } from '../wire/index.ts'
import { done, refused, sent } from './outcomes.ts'

export interface LegacyNeeds {
  feeds: FeedsClient
  sellerId: string
  clock: Clock
}
interface Prepared<E extends Entity> {
  delivery: Delivery<E>
  order: Order
  message: Element
  echo?: Echo
}

const firstAskMs = 2 * 60_000
const longestAskMs = 30 * 60_000

/** Hands the messages in: one feed for each marketplace. Never resent by us: what a feed does, a second one does again (models#4405). */
export async function* submit<E extends Entity>(
  { feeds, sellerId, clock }: LegacyNeeds,
  kind: { feedType: string; messageType: string },
  prepared: readonly Prepared<E>[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  for (const [marketplaceId, some] of Map.groupBy(prepared, ({ order }) => marketplaceOf(order))) {
    if (marketplaceId === undefined) {
      for (const { delivery } of some) yield refused(delivery, noMarketplace())
      continue
    }
    const ticket = await feeds.submit(
      {
        feedType: kind.feedType,
        marketplaceIds: [marketplaceId],
        content: toFeed(
          sellerId,
          kind.messageType,
          some.map(({ message }) => message),
        ),
        contentType: 'text/xml; charset=UTF-8',
        effect: 'once',
      },
      some.map(({ delivery }) => delivery),
      signal,
    )
    const askAt = toInstant(clock.now() + firstAskMs)
    for (const [index, { delivery, echo }] of some.entries())
      yield { ...sent(delivery, ticket, askAt, String(index + 1)), ...(echo ? { echo } : {}) }
  }
}

/** What a feed says of its messages. `whole`: what to say where it ended without a word about each; `effect`: what is known of one that took effect. */
export async function* settle<E extends Entity>(
  { feeds, clock }: LegacyNeeds,
  ticket: string,
  batch: readonly Delivery<E>[],
  signal: AbortSignal,
  whole: (delivery: Delivery<E>, feed: Feed) => Promise<Outcome> | Outcome,
  effect?: (delivery: Delivery<E>, feed: Feed) => { reference: string; echo?: Echo },
): AsyncGenerator<Outcome> {
  const feed = await feeds.get(ticket, signal)
  if (feed.processingStatus === 'IN_QUEUE' || feed.processingStatus === 'IN_PROGRESS') {
    for (const delivery of batch)
      yield sent(delivery, ticket, toInstant(clock.now() + waitMs(delivery, clock.now())), delivery.sent?.item)
    return
  }
  const errors = feed.resultFeedDocumentId ? errorsIn(await feeds.report(feed.resultFeedDocumentId, signal)) : undefined
  for (const delivery of batch) {
    const error = errors?.get(delivery.sent?.item ?? '') ?? errors?.get('0')
    if (error !== undefined) yield refused(delivery, rejected(ticket, error))
    else if (errors !== undefined && feed.processingStatus === 'DONE')
      yield { ...done(delivery, ticket), ...effect?.(delivery, feed) }
    else yield await whole(delivery, feed)
  }
}

const waitMs = <E extends Entity>({ sent: attempt }: Delivery<E>, now: number): number =>
  Math.min(longestAskMs, Math.max(firstAskMs, attempt ? (now - toMs(attempt.at)) / 2 : 0))

const marketplaceOf = (order: Order): string | undefined => {
  const id = order.extensions?.['amazon.marketplaceId']
  return typeof id === 'string' ? id : undefined
}

const noMarketplace = (): KontorError =>
  new KontorError('REQUEST_REJECTED', {
    message: 'Nothing was sent: Amazon did not tell the marketplace of the order. Read the order again.',
  })
const rejected = (feed: string, why: string): KontorError =>
  new KontorError('REQUEST_REJECTED', { message: `Amazon did not do it (feed ${feed}): ${why}.` })
export const unknownOrder = (): KontorError =>
  new KontorError('ORDER_UNKNOWN', { message: 'Nothing was sent: the order is not known yet.' })
export const inDoubt = (feed: string, status: string): KontorError =>
  new KontorError('IN_DOUBT', {
    message: `Feed ${feed} ended ${status} without saying what became of it; a part may have been done. Look at the order in Seller Central, then retry or skip the delivery.`,
  })
