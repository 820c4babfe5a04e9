import { toKontorError, type KontorError } from '@kontor/core'
import { beginRun, endRun, forgetRun, noCounts, type Counts, type RunKind } from '../store/runs.ts'
import type { Engine } from './engine.ts'
import { untilStored } from './patience.ts'

export interface RunResult {
  counts: Counts
  error: KontorError | undefined
}

/** Runs one job: noted while it runs, its error kept and logged once, forgotten where it did nothing. */
export async function recordedRun(
  engine: Engine,
  run: { kind: RunKind; connection: string; part: string },
  work: (id: number, counts: Counts) => Promise<void>,
): Promise<RunResult> {
  const id = await beginRun(engine.store, { ...run, owner: engine.owner })
  engine.runs.add(id)
  const counts = noCounts()
  let error: KontorError | undefined
  try {
    await work(id, counts)
  } catch (thrown) {
    error = toKontorError(thrown, `${run.kind} ${run.connection}/${run.part}`)
    // What stops a connection fails every job of it that is under way: one of them says so.
    const stops = error.failureType === 'config' && error.scope === 'connection'
    const isTold = stops && engine.paused.get(run.connection)?.code === error.code
    if (stops) engine.paused.set(run.connection, error)
    if (error.code !== 'ABORTED' && !isTold)
      engine.log.error(error.message, { connection: run.connection, part: run.part, code: error.code })
    if (error.code === 'INTERNAL')
      engine.log.debug(String((error.cause as Error | undefined)?.stack ?? error.cause), { connection: run.connection })
  }
  const idle = error === undefined && Object.values(counts).every((count) => count === 0)
  try {
    await untilStored(async () => {
      await (idle ? forgetRun(engine.store, id) : endRun(engine.store, id, counts, error?.toJSON()))
    })
  } finally {
    engine.runs.delete(id)
  }
  return { counts, error }
}
