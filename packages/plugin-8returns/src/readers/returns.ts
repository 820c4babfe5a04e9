import {
  KontorError,
  toInstant,
  toMilliseconds,
  toMs,
  type Clock,
  type Intake,
  type Log,
  type Page,
  type Reader,
  type ReadRequest,
  type Ref,
} from '@kontor/core'
import { findReturn, type Client } from '../client/index.ts'
import type { EightReturnsConfig } from '../config.ts'
import { WireRow, type WirePage } from '../wire/index.ts'
import type { ReturnsCheckpoint } from './checkpoint.ts'
import { createOrderGuard } from './order-guard.ts'
import { toIntake } from './rows.ts'
import { hasZone, millisecondsOf, newest } from './vendor-time.ts'

interface Needs {
  client: Client
  config: EightReturnsConfig
  clock: Clock
  log: Log
}
type Reach = 'newest' | 'all'

/** Changes this much older than the last high water are read again: several servers have several clocks. */
const overlapMs = 10 * 60_000
/** Without a zone the same hour comes twice in autumn, and nobody says which zone it is. */
const zonelessOverlapMs = 26 * 3_600_000
/** How often a whole list that misses some of the returns it counts is read again. */
const extraPasses = 2

export const createReturnsReader = (needs: Needs): Reader<'returns', ReturnsCheckpoint> => ({
  read: (request) => readReturns(needs, request),
  fetch: (refs, signal) => fetchReturns(needs, refs, signal),
})

/**
 * No date filter is known, so the list is read newest change first, until what is old enough, and the greatest change time of *page 1* is kept.
 *
 * Why that is right with page numbers: a return that changes during the scan jumps to page 1. It is missed now, but it is newer than what is
 * kept, so the next run has it; rows pushed down by it come twice, which changes nothing. Oldest first would skip rows at the borders of pages.
 * Where the order turns out to be another one, the whole list is read, every time.
 */
async function* readReturns(
  { client, config, clock, log }: Needs,
  { checkpoint, since, until, signal }: ReadRequest<ReturnsCheckpoint>,
): AsyncGenerator<Page<'returns', ReturnsCheckpoint>> {
  const cutoff = cutoffOf(checkpoint?.highWater, toMs(since))
  const seen = new Map<string, string>()
  const fromStart = checkpoint?.scan === undefined
  let reach: Reach = checkpoint?.scan?.reach ?? (isSweepDue(checkpoint, config, clock) ? 'all' : 'newest')
  let page = checkpoint?.scan?.page ?? 1
  let top = checkpoint?.scan?.top
  let guard = createOrderGuard(() => top)
  let previous: WirePage | undefined
  let passesLeft = extraPasses
  let standing = 0

  /** Back to page 1, to read everything; what was told is not told again. */
  const startOver = (): ReturnsCheckpoint => {
    page = 1
    previous = undefined
    guard = createOrderGuard(() => top)
    return unfinished(checkpoint, page, top, reach)
  }

  for (let pages = 1; ; pages++) {
    signal.throwIfAborted()
    const answer = await client.listReturns({ page, pageSize: config.pageSize, newestFirst: true }, signal)
    standing = stands(answer, previous) ? standing + 1 : 0
    refuseStandstill(answer, page, standing)
    const rows = answer.rows.map((raw) => ({ raw, ...WireRow.parse(raw) }))
    if (page === 1 && top === undefined)
      top = newest([checkpoint?.highWater, ...rows.map(({ updatedAt }) => updatedAt)])

    if (!guard.accepts(rows) && reach === 'newest') {
      log.warn(
        '8returns does not list returns newest change first, or their times cannot be read; the whole list is read instead',
        { code: 'SORT_NOT_HONOURED', page },
      )
      reach = 'all'
      yield { records: [], checkpoint: startOver() }
      continue
    }

    const fresh = rows.filter(({ id, updatedAt }) => isFresh(id, updatedAt, seen) && !isOlder(updatedAt, cutoff))
    for (const { id, updatedAt } of rows) if (id !== undefined) seen.set(id, updatedAt ?? '')
    const intake = toIntake(
      fresh.map(({ raw }) => raw),
      config,
      until,
    )

    const oldEnough = reach === 'newest' && rows.some(({ updatedAt }) => isOlder(updatedAt, cutoff))
    if (oldEnough || isLastPage(answer, previous, page)) {
      if (reach === 'all' && fromStart && seen.size < (answer.count ?? 0) && passesLeft-- > 0) {
        yield { ...intake, checkpoint: startOver() }
        continue
      }
      yield {
        ...intake,
        checkpoint: finished(checkpoint, top, reach === 'all' || checkpoint === undefined ? clock.now() : undefined),
      }
      return
    }

    previous = answer
    page += 1
    const rest = { ...intake, checkpoint: unfinished(checkpoint, page, top, reach) }
    if (pages >= config.maxPages) {
      log.warn('The list of returns is longer than `maxPages`; the next run goes on', { page })
      yield { ...rest, resumeAt: toInstant(clock.now()) }
      return
    }
    yield rest
  }
}

/** Before this, a change is known already: the last high water, or where the reading shall begin. */
const cutoffOf = (highWater: string | undefined, since: number): number =>
  (millisecondsOf(highWater) ?? since) - (highWater === undefined || hasZone(highWater) ? overlapMs : zonelessOverlapMs)

const isOlder = (updatedAt: string | undefined, cutoff: number): boolean =>
  (millisecondsOf(updatedAt) ?? cutoff) < cutoff

const isFresh = (id: string | undefined, updatedAt: string | undefined, seen: ReadonlyMap<string, string>): boolean =>
  id === undefined || seen.get(id) !== (updatedAt ?? '')

function isSweepDue(
  checkpoint: ReturnsCheckpoint | undefined,
  { sweepEvery }: EightReturnsConfig,
  clock: Clock,
): boolean {
  if (checkpoint === undefined || sweepEvery === 'never') return false
  return clock.now() - (checkpoint.sweptAt ?? 0) >= toMilliseconds(sweepEvery)
}

const unfinished = (
  before: ReturnsCheckpoint | undefined,
  page: number,
  top: string | undefined,
  reach: Reach,
): ReturnsCheckpoint => ({
  ...(before?.highWater === undefined ? {} : { highWater: before.highWater }),
  ...(before?.sweptAt === undefined ? {} : { sweptAt: before.sweptAt }),
  scan: { page, ...(top === undefined ? {} : { top }), reach },
})

function finished(
  before: ReturnsCheckpoint | undefined,
  top: string | undefined,
  sweptAt = before?.sweptAt,
): ReturnsCheckpoint {
  return { ...(top === undefined ? {} : { highWater: top }), ...(sweptAt === undefined ? {} : { sweptAt }) }
}

/**
 * By the counters, where they are told (one caller types them); otherwise by an empty page, or one shorter than the page before: the server may
 * give fewer rows than were asked for, so the length of the first page proves nothing.
 */
function isLastPage({ rows, pages }: WirePage, previous: WirePage | undefined, page: number): boolean {
  if (rows.length === 0) return true
  if (pages !== undefined) return page >= pages
  return previous !== undefined && rows.length < previous.rows.length
}

/** Whether a page is the one before once more. Once it may be that: with small pages, when as many rows jumped to the top meanwhile. */
const stands = (answer: WirePage, previous: WirePage | undefined): boolean =>
  previous !== undefined && answer.rows.length > 0 && idsOf(answer) === idsOf(previous)

/** A list that does not turn its pages would be read for ever, and its end never seen. */
function refuseStandstill({ rows, page: told }: WirePage, page: number, standing: number): void {
  const other = rows.length > 0 && told !== undefined && told !== page
  if (standing < (told === page ? 3 : 2) && !other) return
  throw new KontorError('WIRE_MISMATCH', {
    message: `8returns was asked for page ${page} of its returns and gave ${other ? `page ${told}` : 'the pages before once more'}. Its paging is not what we know; nothing is skipped, the reading stops here. Report it to the author of the plugin.`,
    path: 'page',
  })
}

const idsOf = ({ rows }: WirePage): string => rows.map((raw) => WireRow.parse(raw).id).join(' ')

/** By id; where 8returns cannot be asked for one return, the list is searched by its numbers. One that is nowhere is left out. */
async function* fetchReturns(
  { client, config }: Needs,
  refs: readonly Ref[],
  signal: AbortSignal,
): AsyncGenerator<Intake<'returns'>> {
  for (const { entity, id, numbers } of refs) {
    if (entity !== 'returns') continue
    const raw = await findReturn(client, { id, numbers }, signal)
    if (raw !== undefined) yield toIntake([raw], config)
  }
}
