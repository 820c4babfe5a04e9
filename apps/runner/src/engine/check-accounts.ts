import { isKontorError, KontorError, toKontorError } from '@kontor/core'
import { checkStream, forgetHeldUp } from '../store/held-up.ts'
import { loadStream } from '../store/streams.ts'
import { fatal, notePause, rememberAccounts, type Checked } from './accounts.ts'
import type { Engine } from './engine.ts'
import { noteStopped, noteWarnings } from './notices.ts'
import type { Office } from './office.ts'

/**
 * Asks connections who they are, stops those that must not work, and lets those go on that may again. A system that cannot be reached stops nothing:
 * its jobs will say so.
 */
export async function checkAccounts(engine: Engine, wanted: (office: Office) => boolean): Promise<readonly Checked[]> {
  const heldUp = new Set<Office>()
  const offices: Office[] = []
  for (const office of engine.offices.values()) {
    if (!wanted(office)) continue
    // Its check has let nothing else run, and a whole process was ended for it: it is not asked again before its time.
    const stream = await loadStream(engine.store, office.name, checkStream)
    if (stream) heldUp.add(office)
    if ((stream?.dueAt ?? 0) <= engine.clock.now()) offices.push(office)
  }
  if (offices.length === 0) return []
  const checked = await Promise.all(
    offices.map(async (office): Promise<Checked> => {
      try {
        return { office, result: await office.parts.check(AbortSignal.timeout(30_000)), error: undefined }
      } catch (thrown) {
        return { office, result: undefined, error: toKontorError(thrown, `check of ${office.name}`) }
      }
    }),
  )
  const stopped = await rememberAccounts(engine.store, checked, [...engine.offices.values()])
  for (const { office, result, error } of checked) {
    if (result && heldUp.has(office)) await forgetHeldUp(engine.store, office.name, checkStream)
    const problem = fatal(result?.problems ?? [])
    const reason =
      stopped.get(office.name) ??
      (error?.failureType === 'config' ? error : undefined) ??
      (problem &&
        new KontorError(problem.code ?? 'CONFIG_INVALID', {
          message: problem.message,
          key: `connections.${office.name}${problem.key ? `.${problem.key}` : ''}`,
        }))
    if (result) await noteWarnings(engine, office, [...result.problems, ...((await office.expiring?.()) ?? [])])
    // What passes by itself stops nothing, and `status` must not say that it does.
    if (isKontorError(reason) && reason.failureType === 'config') await standStill(engine, office, reason)
    else {
      engine.paused.delete(office.name)
      await notePause(engine.store, office.name, undefined)
      if (reason) engine.log.error(reason.message, { connection: office.name, code: reason.code })
    }
  }
  return checked
}

/** Stops a connection until a person has acted: it is asked again from time to time, and goes on where it was. */
export async function standStill(engine: Engine, office: Office, reason: KontorError, logged = false): Promise<void> {
  engine.paused.set(office.name, reason)
  await notePause(engine.store, office.name, reason)
  await noteStopped(engine, office, reason, logged)
}
