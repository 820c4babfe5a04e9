import {
  Instant,
  isKontorError,
  toInstant,
  toMilliseconds,
  toMs,
  type Clock,
  type Intake,
  type Order,
  type Page,
  type Reader,
  type Rejection,
} from '@kontor/core'
import { z } from 'zod'
import type { OrdersClient, ReportsClient, SearchQuery } from '../client/index.ts'
import { countriesToIds, type AmazonConfig } from '../config.ts'
import { toOrder } from '../mapping/index.ts'
import { OrderHead, WireOrder } from '../wire/index.ts'
import type { CountryCode } from '../tables/index.ts'
import { Backlog, reachedBy, stepAhead, without } from './backlog.ts'
import { inOrder } from './in-order.ts'
import type { PersonalData } from './personal-data.ts'
import { understand } from './understand.ts'

/**
 * `after`: where the next reading begins, less the overlap; Amazon's own word (`lastUpdatedBefore` of an answer). Works at any age.
 * `page`: a reading under way. Its token holds for 24 hours and with the same parameters alone; when it is older, the window is read anew.
 */
export const OrdersCheckpoint = z.strictObject({
  after: Instant,
  page: z
    .strictObject({
      token: z.string(),
      from: Instant,
      until: Instant.optional(),
      upTo: Instant,
      at: Instant,
      pages: z.int().optional(),
      reached: Instant.nullish(),
      backlog: Backlog.optional(),
    })
    .optional(),
})
type OrdersCheckpoint = z.infer<typeof OrdersCheckpoint>
type Page_ = NonNullable<OrdersCheckpoint['page']>

/** orders_2026-01-01.json: "the token expires after 24 hours"; an hour is kept back. */
const tokenLifeMs = 23 * 3_600_000
/** Amazon refuses an end younger than two minutes. */
const settledMs = 2 * 60_000
/** Amazon keeps two years of orders, and refuses dates before. */
const historyMs = 729 * 86_400_000

interface Needs {
  client: OrdersClient
  reports: ReportsClient
  countries: (signal: AbortSignal) => Promise<readonly CountryCode[]>
  config: AmazonConfig
  clock: Clock
  personal: PersonalData
}

/**
 * Orders of all marketplaces of a region by the time they changed, a hundred a call: one call is worth 178 seconds, so nothing is asked for
 * twice. The end of the window is the one Amazon names, never our clock: an order changed in the last two minutes comes with the next one. Where a
 * window is long, its newest orders are read by id meanwhile (`backlog`); the search goes on to its end all the same, and is what counts.
 */
export function ordersReader(needs: Needs): Reader<'orders', OrdersCheckpoint> {
  const { client, config, clock, personal } = needs
  const overlapMs = toMilliseconds(config.overlap)
  const fixed: Pick<SearchQuery, 'marketplaceIds' | 'fulfilledBy'> = {
    ...(config.marketplaces ? { marketplaceIds: countriesToIds(config.marketplaces) } : {}),
    ...(config.fba === 'skip' ? { fulfilledBy: ['MERCHANT'] } : {}),
  }

  async function* read({
    since,
    until,
    checkpoint,
    signal,
  }: Parameters<Reader<'orders', OrdersCheckpoint>['read']>[0]): AsyncIterable<Page<'orders', OrdersCheckpoint>> {
    const started = clock.now()
    let page = stillValid(checkpoint?.page, started)
    const oldest = started - historyMs
    let from = page?.from ?? toInstant(Math.max(oldest, checkpoint ? toMs(checkpoint.after) - overlapMs : toMs(since)))
    const end = page ? page.until : until && toMs(until) < started - settledMs ? until : undefined
    let after = checkpoint?.after ?? from
    let stale = page !== undefined && until === undefined && isStale(page.at, started)
    const seen = new Set<string>()
    for (;;) {
      const query: Omit<SearchQuery, 'includedData'> = {
        lastUpdatedAfter: from,
        ...(end ? { lastUpdatedBefore: end } : {}),
        ...fixed,
        ...(page ? { paginationToken: page.token } : {}),
      }
      const before: OrdersCheckpoint = page ? { after, page } : { after }
      let answer: Awaited<ReturnType<OrdersClient['search']>>
      try {
        answer = await personal.ask((includedData) => client.search({ ...query, includedData }, signal))
      } catch (thrown) {
        if (!isKontorError(thrown) || thrown.code !== 'RATE_LIMITED' || thrown.retryAfterMs === undefined) throw thrown
        // A token of this bucket takes three minutes: the run ends, and the next one goes on at this page.
        const resumeAt = toInstant(clock.now() + thrown.retryAfterMs)
        yield (
          (page && (await meanwhile(after, page, thrown.retryAfterMs, signal))) ?? {
            records: [],
            checkpoint: before,
            resumeAt,
          }
        )
        return
      }
      const token = answer.pagination?.nextToken ?? undefined
      const upTo = page?.upTo ?? watermark(answer.lastUpdatedBefore, end, started)
      // A token that repeats would never end.
      const ends = token === undefined || token === page?.token || seen.has(token)
      if (token !== undefined) seen.add(token)
      const intake = understood(answer.orders, config)
      await personal.look(intake.records)
      page = ends
        ? undefined
        : {
            token,
            from,
            ...(end ? { until: end } : {}),
            upTo,
            at: toInstant(clock.now()),
            pages: (page?.pages ?? 0) + 1,
            reached: reachedBy(page?.reached, intake.records),
            backlog: without(page?.backlog, intake.records),
          }
      yield { ...intake, checkpoint: page ? { after, page } : { after: upTo } }
      if (page !== undefined) continue
      if (!stale) return
      // The window was opened some time ago: what has changed since then is read at once.
      stale = false
      after = upTo
      from = toInstant(toMs(upTo) - overlapMs)
      seen.clear()
    }
  }

  /** What the search still has before it, from the other end, as long as it waits; `undefined` where there is nothing to do but wait. */
  async function meanwhile(
    after: Instant,
    page: Page_,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<Page<'orders', OrdersCheckpoint> | undefined> {
    const step = await stepAhead(needs, page, page.backlog, signal)
    if (step === undefined) return undefined
    const records: Order[] = []
    const rejected: Rejection[] = []
    for await (const intake of fetch(step.read, signal)) {
      records.push(...intake.records)
      rejected.push(...(intake.rejected ?? []))
    }
    const resumeAt = toInstant(clock.now() + Math.min(waitMs, step.againInMs ?? 0))
    return { records, rejected, checkpoint: { after, page: { ...page, backlog: step.backlog } }, resumeAt }
  }

  async function* fetch(ids: readonly string[], signal: AbortSignal): AsyncGenerator<Intake<'orders'>> {
    for await (const raw of inOrder(ids, async (id) => await orderOrNothing(id, signal)))
      if (raw !== undefined) yield understood([raw], config)
  }

  async function orderOrNothing(id: string, signal: AbortSignal): Promise<unknown> {
    try {
      return await personal.ask((includedData) => client.get(id, includedData, signal))
    } catch (thrown) {
      // An id that Amazon does not know, or that is none of its form.
      if (isKontorError(thrown) && (thrown.code === 'NOT_FOUND' || thrown.code === 'REQUEST_REJECTED')) return undefined
      throw thrown
    }
  }

  return {
    read,
    fetch: (refs, signal) =>
      fetch(
        refs.flatMap(({ entity, id }) => (entity === 'orders' ? [id] : [])),
        signal,
      ),
  }
}

/** A little more than one call of searchOrders takes to come back; before the start: our clock was set back. */
const freshMs = 200_000
const isStale = (at: Instant, now: number): boolean => now < toMs(at) || now - toMs(at) > freshMs

const stillValid = (page: Page_ | undefined, now: number): Page_ | undefined =>
  page && now - toMs(page.at) < tokenLifeMs ? page : undefined

function watermark(told: string | null | undefined, end: Instant | undefined, started: number): Instant {
  const at = Date.parse(told ?? '')
  if (!Number.isNaN(at)) return toInstant(at)
  return end ?? toInstant(started - settledMs)
}

function understood(rows: readonly unknown[], config: AmazonConfig): { records: Order[]; rejected: Rejection[] } {
  const records: Order[] = []
  const rejected: Rejection[] = []
  for (const raw of rows) {
    const head = OrderHead.safeParse(raw)
    const made = understand(WireOrder, 'orders', raw, head.success ? head.data.orderId : undefined, toOrder)
    if ('rejection' in made) rejected.push(made.rejection)
    else if (isWanted(made.value, config)) records.push(made.value)
  }
  return { records, rejected }
}

const isWanted = (order: Order, config: AmazonConfig): boolean =>
  (config.multiChannel === 'import' || !order.flags?.includes('multi-channel')) &&
  (config.fba === 'import' || order.fulfilledBy !== 'marketplace')
