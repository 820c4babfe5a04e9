import { getEventListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { readToEnd } from '../../host/read-run.ts'
import { eachReader, promise, wholePlugin, type CaseTemplate } from '../../suite/case.ts'

/** Sockets are kept open by Node's own pool for a while, and belong to nobody. */
const NOT_OURS = new Set([
  'TCPSocketWrap',
  'TCPServerWrap',
  'TTYWrap',
  'PipeWrap',
  'MessagePort',
  'Immediate',
  'TickObject',
  'ProcessWrap',
  'SignalWrap',
  'TLSWrap',
])
const PROCESS_EVENTS = [
  'exit',
  'beforeExit',
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'uncaughtException',
  'unhandledRejection',
  'warning',
  'message',
] as const

interface Held {
  handles: number
  listeners: number
}

const held = (): Held => ({
  handles: process.getActiveResourcesInfo().filter((name) => !NOT_OURS.has(name)).length,
  listeners: PROCESS_EVENTS.reduce((total, event) => total + process.listenerCount(event), 0),
})

/** Handles of what has just ended go with the next turns. */
async function settlesTo(before: Held): Promise<Held> {
  let now = held()
  for (let turn = 0; turn < 40 && (now.handles > before.handles || now.listeners > before.listeners); turn += 1) {
    await pause(15)
    // The pause's own timer has fired by then.
    now = held()
  }
  return now
}

export const leftovers: CaseTemplate = {
  chapter: 'transport',
  id: 'nothing-left',
  promise: 'once disposed of it leaves no timer, handle, listener or sleeper behind',
  applies: wholePlugin,
  async run(context) {
    const system = await context.start()
    const before = held()
    const opened = await context.connect(system)
    const { signal } = new AbortController()
    await context.drive(system, async () => {
      await opened.check(signal)
      for (const subject of eachReader(context.plugin))
        await readToEnd(context.plugin, subject.reader ?? '', context.readerOf(opened, subject), opened.clock, {
          since: context.since,
          signal,
        })
    })
    await opened.close()
    const after = await settlesTo(before)
    promise(
      after.handles <= before.handles,
      `it left ${after.handles - before.handles} handle(s) behind: ${process
        .getActiveResourcesInfo()
        .filter((name) => !NOT_OURS.has(name))
        .join(', ')}`,
    )
    promise(
      after.listeners <= before.listeners,
      `it left ${after.listeners - before.listeners} listener(s) on the process behind`,
    )
    promise(opened.clock.sleeping === 0, `${opened.clock.sleeping} still sleep on its clock`)
    const onSignal = getEventListeners(signal, 'abort').length
    promise(onSignal === 0, `it left ${onSignal} listener(s) on the signal it was given: a long run would collect them`)
  },
}
