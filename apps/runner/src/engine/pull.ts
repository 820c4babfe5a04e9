import {
  isKontorError,
  KontorError,
  toInstant,
  toMilliseconds,
  validate,
  type Instant,
  type Json,
  type Page,
  type ReaderSpec,
} from '@kontor/core'
import { Cron } from 'croner'
import { acquireLease, releaseLease, type Lease } from '../store/leases.ts'
import { dueAtLatest, endStreamRun, forgetStream, loadStream } from '../store/streams.ts'
import { backoff } from '../store/settle.ts'
import { applyIntake } from './intake.ts'
import type { Engine } from './engine.ts'
import { releaseStates } from './guard.ts'
import { readerSpecs, writerSpecs, type Office } from './office.ts'
import { recordedRun, type RunResult } from './run.ts'
import { retryEchoes, retryUnmatched } from './unmatched.ts'

export interface PullRequest {
  office: Office
  reader: string
  spec: ReaderSpec
  since: Instant
  until?: Instant
  signal: AbortSignal
  /** Reads a past window beside the live reading, whose checkpoint it leaves alone. */
  backfill?: { name: string; deliver: boolean }
  progress?: (counts: { read: number; changed: number }) => void
}

const everyDefault = 5 * 60_000
const pageMax = 500
const dayMs = 86_400_000

/** How often a reader is due: the connection's word, the flow's, the plugin's, or five minutes. */
export function everyOf(engine: Engine, office: Office, reader: string, spec: ReaderSpec): number {
  const flows = engine.flows
    .filter((flow) => flow.from.includes(office.name) && spec.yields.includes(flow.entity))
    .flatMap((flow) => flow.everyMs ?? [])
  return (
    office.everyMs(reader) ??
    (flows.length > 0 ? Math.min(...flows) : spec.every ? toMilliseconds(spec.every) : everyDefault)
  )
}

/** When a reader is due next: by the patterns of the flows that need it, else after its interval. */
function nextDue(engine: Engine, office: Office, reader: string, spec: ReaderSpec): number {
  const now = engine.clock.now()
  const patterns = engine.flows
    .filter((flow) => flow.from.includes(office.name) && spec.yields.includes(flow.entity))
    .flatMap((flow) => flow.cron ?? [])
  const times = patterns.flatMap(
    (pattern) => new Cron(pattern, { paused: true }).nextRun(new Date(now))?.getTime() ?? [],
  )
  return times.length > 0 ? Math.min(...times) : now + everyOf(engine, office, reader, spec)
}

/** A config that wants a reader more often than the last one did counts from the start on, and not only after the next reading. */
export async function dueByConfig(engine: Engine, office: Office): Promise<void> {
  for (const [reader, spec] of readerSpecs(office))
    await dueAtLatest(engine.store, {
      connection: office.name,
      reader,
      at: nextDue(engine, office, reader, spec),
    })
}

/** The name of what a request reads: a past window is a stream of its own. */
export const streamOf = ({ reader, backfill }: Pick<PullRequest, 'reader' | 'backfill'>): string =>
  backfill ? `${reader} (${backfill.name})` : reader

/** One run of one reader; `undefined` where another process is at it. */
export async function pull(engine: Engine, request: PullRequest): Promise<RunResult | undefined> {
  const { office, spec } = request
  const stream = streamOf(request)
  const lease = await acquireLease(engine.store, `pull:${office.name}/${stream}`, engine.owner, engine.ttlMs)
  if (!lease) return undefined
  try {
    const result = await recordedRun(
      engine,
      { kind: request.backfill ? 'backfill' : 'pull', connection: office.name, part: stream },
      async (run, counts) => {
        let resumed: number | undefined
        let permitted = true
        try {
          resumed = await readPages(engine, request, stream, lease, run, counts)
        } catch (thrown) {
          if (!isKontorError(thrown) || thrown.code !== 'AUTH_PERMISSION_MISSING') throw thrown
          if (isNeeded(engine, office, request.reader, spec)) throw thrown
          permitted = false
          engine.log.info(`${thrown.message} No flow needs it, so it is left alone for a day.`, {
            connection: office.name,
            reader: stream,
          })
        }
        await releaseStates(engine, run, stream, office)
        // A window that is read to its end leaves nothing behind: who asks for it again wants to read it again.
        if (request.backfill && resumed === undefined)
          return await forgetStream(engine.store, lease, office.name, stream)
        await endStreamRun(engine.store, lease, {
          connection: office.name,
          reader: stream,
          dependsOn: office.dependsOn(spec.dependsOn ?? []),
          dueAt: permitted ? (resumed ?? nextDue(engine, office, request.reader, spec)) : engine.clock.now() + dayMs,
          caughtUp: permitted && resumed === undefined,
        })
      },
    )
    if (result.error && result.error.code !== 'FENCED')
      await fail(engine, request, stream, lease, result.error, result.counts.changed > 0)
    return result
  } finally {
    await releaseLease(engine.store, lease)
  }
}

/** Whether anything of the config depends on what a reader reads. */
function isNeeded(engine: Engine, office: Office, reader: string, { yields }: ReaderSpec): boolean {
  return (
    engine.flows.some(({ entity, from }) => from.includes(office.name) && yields.includes(entity)) ||
    (engine.loyalty.some(({ shop }) => shop === office.name) &&
      (yields.includes('orders') || yields.includes('refunds'))) ||
    (engine.decide.has(office.name) && yields.includes('orders')) ||
    writerSpecs(office).some(
      ([, { takes, after }]) =>
        after?.includes(reader) &&
        engine.flows.some(({ entity, to }) => takes.includes(entity) && (to === 'origin' || to.includes(office.name))),
    )
  )
}

/** Reads until the reader has caught up, or until the instant it asks to go on at. */
async function readPages(
  engine: Engine,
  request: PullRequest,
  stream: string,
  lease: Lease,
  run: number,
  counts: RunResult['counts'],
): Promise<number | undefined> {
  const { office, spec, signal } = request
  const dependsOn = office.dependsOn(spec.dependsOn ?? [])
  const state = await loadStream(engine.store, office.name, stream)
  const stored = state?.dependsOn === dependsOn ? state.checkpoint : undefined
  if (state && state.dependsOn !== dependsOn && state.checkpoint !== undefined)
    engine.log.info('The config of this reader has changed; it reads from the beginning again.', {
      connection: office.name,
      reader: stream,
    })
  const checkpoint = stored === undefined ? undefined : parseCheckpoint(spec, stored, engine, office.name)
  const reader = office.parts.readers[request.reader]
  if (!reader)
    throw new KontorError('INTERNAL', {
      message: `Plugin ${office.plugin.id} declares reader ${request.reader} and does not make it.`,
    })
  let askedAt = engine.clock.now()
  let newOrders = false
  let resumeAt: number | undefined
  const pages = reader.read({
    since: request.since,
    ...(request.until ? { until: request.until } : {}),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    signal,
  })
  for await (const page of pages) {
    checkPage(page, office)
    const applied = await applyIntake(
      engine,
      {
        connection: office.name,
        reader: request.reader,
        run,
        askedAt,
        backfill: request.backfill !== undefined,
        deliver: request.backfill?.deliver ?? false,
        checkpoint: {
          stream,
          lease,
          value: page.checkpoint as Json,
          dependsOn,
          resumeAt: page.resumeAt ? Date.parse(page.resumeAt) : undefined,
        },
      },
      page,
    )
    counts.read += applied.read
    counts.changed += applied.changed
    counts.rejected += applied.rejected
    newOrders ||= applied.newOrders
    request.progress?.(counts)
    if (page.resumeAt) resumeAt = Date.parse(page.resumeAt)
    askedAt = engine.clock.now()
  }
  if (newOrders) await retryUnmatched(engine, run)
  else await retryEchoes(engine, run, office.name)
  return resumeAt
}

function checkPage(page: Page, office: Office): void {
  const size = page.records.length + (page.rejected?.length ?? 0)
  if (size > pageMax)
    throw new KontorError('INTERNAL', {
      message: `Plugin ${office.plugin.id} yielded a page of ${size} records; at most ${pageMax} are allowed.`,
    })
  if (page.checkpoint === undefined)
    throw new KontorError('INTERNAL', { message: `Plugin ${office.plugin.id} yielded a page without a checkpoint.` })
}

/** A checkpoint that an older plugin wrote and this one cannot read is no reason to stop: reading begins at `since` again, harmlessly. */
function parseCheckpoint(spec: ReaderSpec, stored: Json, engine: Engine, connection: string): unknown {
  const result = validate(spec.checkpoint, stored)
  if (!result.issues) return result.value
  engine.log.warn(
    'The stored checkpoint has a form this version of the plugin does not know; it reads from the beginning again.',
    { connection },
  )
  return undefined
}

async function fail(
  engine: Engine,
  request: PullRequest,
  stream: string,
  lease: Lease,
  error: KontorError,
  cameOn: boolean,
): Promise<void> {
  const state = await loadStream(engine.store, request.office.name, stream)
  const now = engine.clock.now()
  const dueAt =
    error.code === 'ABORTED'
      ? now
      : now +
        (error.retryAfterMs ??
          // What is new came before it: the system is there, and goes on where this has stopped.
          (error.failureType === 'config' ? 15 * 60_000 : backoff(cameOn ? 1 : (state?.failures ?? 0) + 1)))
  await endStreamRun(engine.store, lease, {
    connection: request.office.name,
    reader: stream,
    dependsOn: state?.dependsOn ?? '',
    dueAt,
    caughtUp: false,
    error: error.code === 'ABORTED' ? undefined : JSON.stringify(error),
  })
}

/** Where reading begins without a checkpoint: the flow's start where it is a date, else thirty days ago. */
export function sinceOf(engine: Engine, office: Office, spec: ReaderSpec): Instant {
  const starts = engine.flows
    .filter((flow) => flow.from.includes(office.name) && spec.yields.includes(flow.entity))
    .flatMap((flow) => (typeof flow.start === 'number' && flow.start > 0 ? [flow.start] : []))
  return toInstant(Math.min(...starts, engine.clock.now() - 30 * 86_400_000))
}
