import {
  Instant,
  isKontorError,
  KontorError,
  toInstant,
  toMs,
  type Clock,
  type Page,
  type Reader,
  type Rejection,
  type Return,
} from '@kontor/core'
import { z } from 'zod'
import type { ReportsClient } from '../client/index.ts'
import { countriesToIds, type AmazonConfig } from '../config.ts'
import { returnIdOf, returnRowsOf, toReturn, type Row } from '../mapping/index.ts'
import type { CountryCode } from '../tables/index.ts'
import { understand } from './understand.ts'

/** `after`: to which day returns were read. `report`: one that was asked for and is being made; it is kept for 90 days. `last`: no other follows in this reading. */
export const ReturnsCheckpoint = z.strictObject({
  after: Instant,
  report: z.strictObject({ id: z.string(), until: Instant, at: Instant, last: z.boolean().optional() }).optional(),
})
type ReturnsCheckpoint = z.infer<typeof ReturnsCheckpoint>

const day = 86_400_000
/** The report goes by the day a return was asked for; what becomes of it is seen only by asking for those days again. */
const lookBackMs = 30 * day
/** "Up to 60 days" (report type values, 2026-08). */
const windowMs = 59 * day
const firstLookMs = 45_000
const nextLookMs = 60_000
const lostAfterMs = day
const stored = 500
const type = 'GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE'

/** Merchant-fulfilled returns. There is no other way than a report, which takes Amazon a minute or many: the run ends, and a later one fetches it. */
export function returnsReader(
  client: ReportsClient,
  config: AmazonConfig,
  clock: Clock,
  countries: (signal: AbortSignal) => Promise<readonly CountryCode[]>,
): Reader<'returns', ReturnsCheckpoint> {
  // Windows-1252 is what Europe and America get where it is no UTF-8, Shift_JIS what Japan gets.
  const charsets = ['utf-8', config.region === 'fe' ? 'shift_jis' : 'windows-1252']

  async function ask(
    after: Instant,
    since: number,
    end: number,
    open: boolean,
    signal: AbortSignal,
    last = false,
  ): Promise<Page<'returns', ReturnsCheckpoint>> {
    const to = Math.min(end, since + windowMs)
    const id = await client.create(
      {
        reportType: type,
        marketplaceIds: countriesToIds(await countries(signal)),
        dataStartTime: toInstant(since),
        // Without an end Amazon takes its own present, whatever our clock says.
        ...(to === end && open ? {} : { dataEndTime: toInstant(to) }),
      },
      signal,
    )
    const report = { id, until: toInstant(to), at: toInstant(clock.now()), ...(last ? { last } : {}) }
    return { records: [], checkpoint: { after, report }, resumeAt: toInstant(clock.now() + firstLookMs) }
  }

  return {
    async *read({ since, until, checkpoint, signal }) {
      const end = Math.min(clock.now(), until ? toMs(until) : Number.POSITIVE_INFINITY)
      const report = checkpoint?.report
      if (report === undefined || checkpoint === undefined) {
        const from = checkpoint ? Math.min(end, toMs(checkpoint.after)) - lookBackMs : toMs(since)
        if (from < end) yield await ask(checkpoint?.after ?? toInstant(from), from, end, until === undefined, signal)
        return
      }
      const begin = { after: checkpoint.after }
      const state = await client.get(report.id, signal).catch(goneIsUndefined)
      switch (state?.processingStatus) {
        case 'DONE':
        // There was nothing to report (models#4005).
        case 'CANCELLED': {
          const documentId = state.processingStatus === 'DONE' ? (state.reportDocumentId ?? undefined) : undefined
          const text = documentId === undefined ? '' : await client.text(documentId, charsets, signal)
          yield* pages(returnRowsOf(text), checkpoint, { after: report.until })
          // A long time is read in several windows, one after the other.
          if (toMs(report.until) < end - day)
            yield await ask(report.until, toMs(report.until), end, until === undefined, signal)
          // A report of some time ago knows nothing of what has come since: one more is asked for, and no third.
          else if (until === undefined && report.last !== true && isStale(report.at, clock.now()))
            yield await ask(report.until, Math.min(end, toMs(report.until)) - lookBackMs, end, true, signal, true)
          return
        }
        case 'FATAL':
          yield { records: [], checkpoint: begin }
          throw new KontorError('UPSTREAM_UNAVAILABLE', {
            message: `Amazon could not make the report of returns (${report.id}, FATAL). It is asked for again; if that lasts, fetch it once by hand in Seller Central, Reports, to see why.`,
          })
        case undefined:
          yield { records: [], checkpoint: begin, resumeAt: toInstant(clock.now() + nextLookMs) }
          return
        default:
          if (clock.now() - toMs(report.at) > lostAfterMs)
            yield { records: [], checkpoint: begin, resumeAt: toInstant(clock.now() + nextLookMs) }
          else yield { records: [], checkpoint, resumeAt: toInstant(clock.now() + nextLookMs) }
      }
    },
  }
}

/** Most reports take a minute or two. Before the start: our clock was set back. */
const freshMs = 200_000
const isStale = (at: Instant, now: number): boolean => now < toMs(at) || now - toMs(at) > freshMs

const goneIsUndefined = (thrown: unknown): undefined => {
  if (isKontorError(thrown) && thrown.code === 'NOT_FOUND') return undefined
  throw thrown
}

function* pages(
  rows: readonly Row[],
  during: ReturnsCheckpoint,
  after: ReturnsCheckpoint,
): Generator<Page<'returns', ReturnsCheckpoint>> {
  const groups = [...Map.groupBy(rows, returnIdOf)]
  if (groups.length === 0) yield { records: [], checkpoint: after }
  for (let from = 0; from < groups.length; from += stored) {
    const some = groups.slice(from, from + stored)
    const records: Return[] = []
    const rejected: Rejection[] = []
    for (const [id, group] of some) {
      const made = understand(
        z.array(z.record(z.string(), z.string())),
        'returns',
        group,
        id === '' ? undefined : id,
        toReturn,
      )
      if ('rejection' in made) rejected.push(made.rejection)
      else records.push(made.value)
    }
    yield { records, rejected, checkpoint: from + stored >= groups.length ? after : during }
  }
}
