import { Instant, isKontorError, toInstant, toMs, type Clock, type Order } from '@kontor/core'
import { z } from 'zod'
import type { ReportsClient } from '../client/index.ts'
import { countriesToIds, type AmazonConfig } from '../config.ts'
import { reportedOrders } from '../mapping/index.ts'
import { rates, refillMs, type CountryCode } from '../tables/index.ts'

/**
 * What is left of a long window, known by its ids: they are read from the newest backwards by `getOrder`, which has a bucket of its own, while the
 * search goes on from the oldest. `to`: what changed after it is known by its id.
 */
export const Backlog = z.strictObject({
  to: Instant,
  ids: z.array(z.string()),
  report: z.strictObject({ id: z.string(), from: Instant, at: Instant }).optional(),
})
export type Backlog = z.infer<typeof Backlog>

/** A window, and how far its search has come. */
export interface Searched {
  from: Instant
  upTo: Instant
  /** Pages read so far. */
  pages?: number | undefined
  /** All that changed before it is read; null where pages do not follow each other in time. */
  reached?: Instant | null | undefined
}

/** A step ahead: ids to read now, and when to go on (absent: at once; at the latest with the search). */
export interface Step {
  backlog: Backlog
  read: readonly string[]
  againInMs?: number
}

const type = 'GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL'
const day = 86_400_000
/** "Up to 30 days" (report type values, 2026-08), less a day. */
const windowMs = 29 * day
/**
 * From so many pages on a report is asked for, once the search has to wait. A full bucket reads 2,000 orders in seconds, and a backfill, which leaves half
 * of it to live work, 1,000; from then on a page takes 178 seconds, in which `getOrder` reads 89 orders more, if it knows their ids, and a report takes a
 * minute or two.
 */
const pagesBefore = rates.searchOrders.burst / 2
/** As many ids at a time as come back while one call of the search does. */
const idsAtOnce = Math.floor(refillMs('searchOrders') / refillMs('getOrder'))
const firstLookMs = 45_000
const nextLookMs = 60_000
const lostAfterMs = 2 * 3_600_000

interface Needs {
  reports: ReportsClient
  config: AmazonConfig
  clock: Clock
  countries: (signal: AbortSignal) => Promise<readonly CountryCode[]>
}

/** What to do while the search waits for its bucket; `undefined`: nothing but to wait. */
export async function stepAhead(
  needs: Needs,
  searched: Searched,
  backlog: Backlog | undefined,
  signal: AbortSignal,
): Promise<Step | undefined> {
  if (backlog === undefined && (searched.pages ?? 0) < pagesBefore) return undefined
  const known = backlog ?? { to: searched.upTo, ids: [] }
  if (known.ids.length > 0)
    return { backlog: { ...known, ids: known.ids.slice(idsAtOnce) }, read: known.ids.slice(0, idsAtOnce) }
  try {
    return known.report
      ? await lookFor(needs, searched, { ...known, report: known.report }, signal)
      : await askFor(needs, searched, known, signal)
  } catch (thrown) {
    // The search finds everything by itself, only later.
    if (isKontorError(thrown) && later.has(thrown.code)) return undefined
    if (isKontorError(thrown) && never.has(thrown.code)) return over(searched)
    throw thrown
  }
}

/** A report that cannot be had now, and one that cannot be had at all. */
const later: ReadonlySet<string> = new Set(['RATE_LIMITED', 'UPSTREAM_UNAVAILABLE', 'TIMEOUT'])
const never: ReadonlySet<string> = new Set([
  'NOT_FOUND',
  'REQUEST_REJECTED',
  'AUTH_PERMISSION_MISSING',
  'WIRE_MISMATCH',
])

/** Nothing more is asked for in this window. */
const over = ({ from }: Searched): Step => ({
  backlog: { to: from, ids: [] },
  read: [],
  againInMs: Number.POSITIVE_INFINITY,
})

async function askFor(
  { reports, clock, countries }: Needs,
  { from: begin, reached }: Searched,
  { to }: Backlog,
  signal: AbortSignal,
): Promise<Step | undefined> {
  const from = Math.max(toMs(begin), reached ? toMs(reached) : 0, toMs(to) - windowMs)
  if (from >= toMs(to)) return undefined
  const id = await reports.create(
    {
      reportType: type,
      marketplaceIds: countriesToIds(await countries(signal)),
      dataStartTime: toInstant(from),
      dataEndTime: to,
    },
    signal,
  )
  const report = { id, from: toInstant(from), at: toInstant(clock.now()) }
  return { backlog: { to, ids: [], report }, read: [], againInMs: firstLookMs }
}

async function lookFor(
  { reports, config, clock }: Needs,
  searched: Searched,
  { to, report }: Backlog & { report: NonNullable<Backlog['report']> },
  signal: AbortSignal,
): Promise<Step> {
  const state = await reports.get(report.id, signal)
  switch (state.processingStatus) {
    case 'DONE': {
      const text = state.reportDocumentId ? await reports.text(state.reportDocumentId, ['utf-8', 'latin1'], signal) : ''
      const begun = searched.reached ? toMs(searched.reached) : 0
      const ids = reportedOrders(text).flatMap(({ id, updatedAt, isFba, isAmazon }) =>
        updatedAt >= begun && (config.fba === 'import' || !isFba) && (config.multiChannel === 'import' || isAmazon)
          ? [id]
          : [],
      )
      return { backlog: { to: report.from, ids }, read: [] }
    }
    // There was nothing to report (models#4005).
    case 'CANCELLED':
      return { backlog: { to: report.from, ids: [] }, read: [] }
    case 'FATAL':
      return over(searched)
    default:
      return clock.now() - toMs(report.at) > lostAfterMs
        ? over(searched)
        : { backlog: { to, ids: [], report }, read: [], againInMs: nextLookMs }
  }
}

/** A page of the search has come: what it told need not be read by id. */
export const without = (backlog: Backlog | undefined, told: readonly Pick<Order, 'id'>[]): Backlog | undefined => {
  if (backlog === undefined) return undefined
  const ids = new Set(told.map(({ id }) => id))
  return { ...backlog, ids: backlog.ids.filter((id) => !ids.has(id)) }
}

/** How far the search has come, where each page begins no earlier than the one before has ended. */
export function reachedBy(before: Instant | null | undefined, told: readonly Order[]): Instant | null | undefined {
  const times = told.flatMap(({ updatedAt }) => (updatedAt ? [toMs(updatedAt)] : []))
  if (before === null || (before !== undefined && times.some((time) => time < toMs(before)))) return null
  return times.length === 0 ? before : toInstant(Math.max(...times))
}
