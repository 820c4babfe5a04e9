import type { KontorError } from '@kontor/core'
import { listRunners, restate, type About } from '../store/runners.ts'
import { openEngine, openExistingStore, type EngineOptions, type OpenEngine } from './open-engine.ts'
import { applyRetention } from './retention.ts'
import { warnOfLateOrders } from './late.ts'
import { copyOf, readPlan, type Plan, type PlannedCall } from './plan.ts'
import { aboutOf, differences } from './about.ts'
import { listenForHints } from './hints.ts'
import { Janitor } from './janitor.ts'
import { takeOffice } from './lifecycle.ts'
import { maintain } from './maintain.ts'
import { noteOpen } from './notices.ts'
import { Scheduler, type Progress } from './scheduler.ts'
import { dueByConfig } from './pull.ts'
import { listenForWebhooks } from './webhooks.ts'

export interface RunReport {
  failures: readonly KontorError[]
  paused: ReadonlyMap<string, KontorError>
}

/** Runs until the signal: everything that is due, for as long as this process is the runner of its store. */
export async function runForever(
  options: EngineOptions & { signal: AbortSignal; progress?: Progress; started?: (report: RunReport) => void },
): Promise<RunReport> {
  await using opened = await openEngine(options)
  const { engine } = opened
  const about = aboutOf(options.config, engine.flows, options.pluginVersions)
  await using tenure = await takeOffice(opened.store, engine.owner, about)
  const fatal = overlook(opened, about)
  const failed = new AbortController()
  await compare()
  for (const office of engine.offices.values()) await dueByConfig(engine, office)
  const stop = AbortSignal.any([options.signal, tenure.signal, fatal, failed.signal])
  const scheduler = new Scheduler(engine, stop, options.progress)
  const janitor = new Janitor(engine, () => scheduler.forgetPauses())
  options.started?.({ failures: [], paused: engine.paused })
  // One that cannot go on ends the others in order, before the store is closed under them.
  const { webhooks } = options.config
  const parts = [
    ...(webhooks ? [listenForWebhooks(engine, webhooks, stop)] : []),
    listenForHints(engine, stop),
    scheduler.run(),
    janitor.run(stop),
    maintain(engine, stop, webhooks),
  ]
  for (const part of parts) part.catch((thrown: unknown) => failed.abort(thrown))
  await Promise.allSettled(parts)
  if (failed.signal.aborted) throw failed.signal.reason
  if (fatal.aborted) throw fatal.reason
  if (tenure.signal.aborted) throw tenure.signal.reason
  return { failures: scheduler.failures, paused: engine.paused }

  /** Runners of one deployment that differ say so when they start: each only from then on, so that a rolling upgrade stays quiet at its end. */
  async function compare(): Promise<void> {
    for (const other of await listRunners(opened.store.db, engine.clock.now()))
      if (other.alive && other.owner !== engine.owner)
        for (const sentence of differences(about, other)) engine.log.warn(sentence)
  }
}

/** Troubles with plugins are told in `status` for as long as this runner is there; a mistake of ours that nobody caught ends it in order. */
function overlook({ engine, store, supervisor }: OpenEngine, about: About): AbortSignal {
  const failed = new AbortController()
  supervisor.fatal = (thrown) => failed.abort(thrown)
  let telling: NodeJS.Timeout | undefined
  // However many there are, the store is told once a second.
  supervisor.changed = () => {
    telling ??= setTimeout(() => {
      telling = undefined
      // A store that is away is told with the next trouble; the log has it.
      restate(store, engine.owner, { ...about, troubles: [...supervisor.troubles] }).catch(() => undefined)
    }, 1000).unref()
  }
  if (supervisor.troubles.length > 0) supervisor.changed()
  return failed.signal
}

/** Everything once, then ends. */
export async function runOnce(
  options: EngineOptions & { signal: AbortSignal; progress?: Progress },
): Promise<RunReport> {
  await using opened = await openEngine({ ...options, gathers: false })
  const about = aboutOf(options.config, opened.engine.flows, options.pluginVersions)
  await using tenure = await takeOffice(opened.store, opened.engine.owner, about)
  const fatal = overlook(opened, about)
  const stop = AbortSignal.any([options.signal, tenure.signal, fatal])
  const scheduler = new Scheduler(opened.engine, stop, options.progress)
  await scheduler.once()
  await applyRetention(opened.engine, options.signal)
  await warnOfLateOrders(opened.engine)
  await noteOpen(opened.engine)
  if (fatal.aborted) throw fatal.reason
  if (tenure.signal.aborted) throw tenure.signal.reason
  return { failures: scheduler.failures, paused: opened.engine.paused }
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
