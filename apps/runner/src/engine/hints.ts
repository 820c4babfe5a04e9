import { toKontorError, type KontorError, type Look } from '@kontor/core'
import { replaceNotices, type Notice } from '../store/notices.ts'
import { saveLooks, told } from '../store/looks.ts'
import { backoff } from '../store/settle.ts'
import type { Engine } from './engine.ts'
import type { Office } from './office.ts'

const longestMs = 15 * 60_000
const pausedMs = 60_000
/** A fault of a moment is not worth a word. */
const worthTelling = 3

/**
 * Listens to the queues of all connections that have one, until the signal. What they name is put on the list of ids to read, and acknowledged once it
 * stands there: that list outlives a crash. A queue that is away or refuses stops nothing, since reading is complete without it.
 */
export async function listenForHints(engine: Engine, stop: AbortSignal): Promise<void> {
  await Promise.all([...engine.offices.values()].map((office) => listenTo(engine, office, stop)))
}

async function listenTo(engine: Engine, office: Office, stop: AbortSignal): Promise<void> {
  const { hints } = office.parts
  if (!hints) return
  const rest = (ms: number): Promise<void> => engine.clock.sleep(ms, stop).catch(() => undefined)
  // A runner before this one may have left word.
  let isDeaf = true
  for (let failures = 0; !stop.aborted;) {
    if (engine.paused.has(office.name)) {
      await rest(pausedMs)
      continue
    }
    try {
      for await (const looks of hints.listen(stop)) {
        failures = 0
        if (looks.length > 0) await takeIn(engine, office, looks)
        if (isDeaf) await noteDeaf(engine, office, undefined)
        isDeaf = false
        if (engine.paused.has(office.name)) break
      }
    } catch (thrown) {
      if (stop.aborted) return
      failures++
      const error = toKontorError(thrown, `listen for hints of ${office.name}`)
      if (error.failureType !== 'transient' || failures >= worthTelling) {
        // Where the store is away too, the scheduler says so.
        await noteDeaf(engine, office, error).catch(() => undefined)
        isDeaf = true
      }
      await rest(Math.min(longestMs, backoff(failures)))
    }
  }
}

const takeIn = (engine: Engine, office: Office, looks: readonly Look[]): Promise<void> =>
  engine.store.write(
    (tx) =>
      saveLooks(
        tx,
        office.name,
        looks.map((each) => ({ ...each, reason: told })),
        engine.clock.now(),
      ),
    [`intake ${office.name}`],
  )

/** That a queue cannot be listened to is told once, and then as warnings are; it stands in `status` until something comes from it again. */
async function noteDeaf(engine: Engine, { name }: Office, error: KontorError | undefined): Promise<void> {
  const notices: Notice[] = error
    ? [
        {
          key: `hints ${name}`,
          connection: name,
          kind: 'hints',
          message: `${error.message} What changed is read at its usual time until then.`,
        },
      ]
    : []
  const { due, over } = await engine.store.write((tx) =>
    replaceNotices(tx, { kind: 'hints', connection: name }, notices, engine.clock.now()),
  )
  for (const { message } of due) {
    engine.log.warn(message, { connection: name, code: error?.code })
    await engine.notify({ text: `${name}: ${message}`, event: 'warning', connection: name, code: error?.code })
  }
  if (over.length > 0) engine.log.info(`${name} is told of changes again.`, { connection: name })
}
