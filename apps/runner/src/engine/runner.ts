import { toInstant, type KontorError } from '@kontor/core'
import { openEngine, openExistingStore, type EngineOptions } from './open-engine.ts'
import { applyRetention } from './retention.ts'
import { warnOfLateOrders } from './late.ts'
import { copyOf, readPlan, type Plan, type PlannedCall } from './plan.ts'
import { takeOffice } from './lifecycle.ts'
import { maintain } from './maintain.ts'
import { noteOpen } from './notices.ts'
import { Scheduler, type Progress } from './scheduler.ts'
import { pull } from './pull.ts'
import { readerSpecs } from './office.ts'
import type { RunResult } from './run.ts'

export interface RunReport {
  failures: readonly KontorError[]
  paused: ReadonlyMap<string, KontorError>
}

/** Runs until the signal: everything that is due, for as long as this process is the runner of its store. */
export async function runForever(
  options: EngineOptions & { signal: AbortSignal; progress?: Progress; started?: (report: RunReport) => void },
): Promise<RunReport> {
  await using opened = await openEngine(options)
  await using tenure = await takeOffice(opened.store, opened.engine.owner)
  const { engine } = opened
  const stop = AbortSignal.any([options.signal, tenure.signal])
  const scheduler = new Scheduler(engine, stop, options.progress)
  options.started?.({ failures: [], paused: engine.paused })
  await Promise.all([scheduler.run(), maintain(engine, stop)])
  if (tenure.signal.aborted) throw tenure.signal.reason
  return { failures: scheduler.failures, paused: engine.paused }
}

/** Everything once, then ends. */
export async function runOnce(
  options: EngineOptions & { signal: AbortSignal; progress?: Progress },
): Promise<RunReport> {
  await using opened = await openEngine({ ...options, gathers: false })
  await using tenure = await takeOffice(opened.store, opened.engine.owner)
  const scheduler = new Scheduler(opened.engine, AbortSignal.any([options.signal, tenure.signal]), options.progress)
  await scheduler.once()
  await applyRetention(opened.engine, options.signal)
  await warnOfLateOrders(opened.engine)
  await noteOpen(opened.engine)
  if (tenure.signal.aborted) throw tenure.signal.reason
  return { failures: scheduler.failures, paused: opened.engine.paused }
}

export interface BackfillRequest {
  connections: readonly string[] | undefined
  from: number
  to: number
  deliver: boolean
}

/** Reads a past window in a lane of its own, beside a running runner; the live checkpoint stays where it is. */
export async function backfill(
  options: EngineOptions & { signal: AbortSignal; progress?: Progress },
  request: BackfillRequest,
): Promise<{ results: { connection: string; reader: string; result: RunResult | undefined }[] }> {
  await using opened = await openEngine(options)
  const { engine } = opened
  const results: { connection: string; reader: string; result: RunResult | undefined }[] = []
  for (const office of engine.offices.values()) {
    if (engine.paused.has(office.name) || (request.connections && !request.connections.includes(office.name))) continue
    for (const [reader, spec] of readerSpecs(office)) {
      if (spec.effects !== undefined) continue
      const result = await pull(engine, {
        office,
        reader,
        spec,
        since: toInstant(request.from),
        until: toInstant(request.to),
        signal: options.signal,
        backfill: {
          name: `backfill ${toInstant(request.from).slice(0, 10)} to ${toInstant(request.to).slice(0, 10)}`,
          deliver: request.deliver,
        },
        progress: (counts) => options.progress?.({ kind: 'pull', connection: office.name, part: reader, ...counts }),
      })
      results.push({ connection: office.name, reader, result })
    }
  }
  return { results }
}

/** What a run would do, without doing it: the same run, on a copy of the store, with every call that has an effect shown instead of sent. */
export async function plan(
  options: Omit<EngineOptions, 'planned' | 'store' | 'buckets'> & { signal: AbortSignal; progress?: Progress },
): Promise<Plan> {
  const live = await openExistingStore(options.config, options.clock)
  try {
    await using copy = await copyOf(live, options.clock)
    const planned: PlannedCall[] = []
    await using opened = await openEngine({ ...options, gathers: false, planned, store: copy, buckets: live ?? copy })
    const since = options.clock.now()
    const scheduler = new Scheduler(opened.engine, options.signal, options.progress)
    await scheduler.once()
    const failures = [
      ...scheduler.failures.map((error) => error.toJSON()),
      ...[...opened.engine.paused.values()].map((error) => error.toJSON()),
    ]
    return { ...(await readPlan(opened.engine, since, planned)), failures }
  } finally {
    await live?.close()
  }
}
