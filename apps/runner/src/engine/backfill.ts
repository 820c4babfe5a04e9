import { toInstant } from '@kontor/core'
import { noCounts } from '../store/runs.ts'
import { loadStream } from '../store/streams.ts'
import type { Engine } from './engine.ts'
import { workBeside } from './lifecycle.ts'
import { readerSpecs } from './office.ts'
import { openEngine, type EngineOptions } from './open-engine.ts'
import { pull, streamOf, type PullRequest } from './pull.ts'
import type { RunResult } from './run.ts'
import type { Progress } from './scheduler.ts'

export interface BackfillRequest {
  connections: readonly string[] | undefined
  from: number
  to: number
  deliver: boolean
}

/** Reads a past window in a lane of its own, beside a running runner, to whose work it gives way; the live checkpoint stays where it is. */
export async function backfill(
  options: EngineOptions & { signal: AbortSignal; progress?: Progress },
  request: BackfillRequest,
): Promise<{ results: { connection: string; reader: string; result: RunResult | undefined }[] }> {
  await using opened = await openEngine({ ...options, priority: 'last' })
  const { engine } = opened
  await using beside = await workBeside(opened.store, engine.owner)
  const signal = AbortSignal.any([options.signal, beside.signal])
  const window = `${toInstant(request.from)} to ${toInstant(request.to).slice(0, 10)}`
  const results: { connection: string; reader: string; result: RunResult | undefined }[] = []
  for (const office of engine.offices.values()) {
    if (engine.paused.has(office.name) || (request.connections && !request.connections.includes(office.name))) continue
    for (const [reader, spec] of readerSpecs(office)) {
      if (spec.effects !== undefined) continue
      const result = await readWindow(engine, {
        office,
        reader,
        spec,
        since: toInstant(request.from),
        until: toInstant(request.to),
        signal,
        backfill: {
          name: `${request.deliver ? 'backfill and delivery of' : 'backfill'} ${window}`,
          deliver: request.deliver,
        },
        progress: (counts) => options.progress?.({ kind: 'pull', connection: office.name, part: reader, ...counts }),
      })
      results.push({ connection: office.name, reader, result })
    }
  }
  return { results }
}

/**
 * Reads a past window to its end, in as many runs as that takes: the system may not have it ready yet, or live work may use up the rate limits. One that
 * broke off goes on where it stopped when it is asked for again. `undefined` where another process is at it.
 */
export async function readWindow(
  engine: Engine,
  request: PullRequest & { backfill: NonNullable<PullRequest['backfill']> },
): Promise<RunResult | undefined> {
  const counts = noCounts()
  for (;;) {
    const result = await pull(engine, request)
    if (!result) return undefined
    for (const count of Object.keys(counts) as (keyof typeof counts)[]) counts[count] += result.counts[count]
    if (result.error && result.error.code !== 'RATE_LIMITED') return { counts, error: result.error }
    const left = await loadStream(engine.store, request.office.name, streamOf(request))
    if (!left) return { counts, error: undefined }
    try {
      await engine.clock.sleep(Math.max(0, left.dueAt - engine.clock.now()), request.signal)
    } catch {
      return { counts, error: result.error }
    }
  }
}
