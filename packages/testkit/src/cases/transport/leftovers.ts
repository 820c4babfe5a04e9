import { getEventListeners } from 'node:events'
import { readToEnd } from '../../host/read-run.ts'
import { leftBehind } from '../../stage/resource-watch.ts'
import { eachReader, promise, wholePlugin, type CaseTemplate } from '../../suite/case.ts'

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

const processListeners = (): number => PROCESS_EVENTS.reduce((total, event) => total + process.listenerCount(event), 0)

export const leftovers: CaseTemplate = {
  chapter: 'transport',
  id: 'nothing-left',
  promise: 'once disposed of it leaves no timer, handle, listener or sleeper behind',
  applies: wholePlugin,
  async run(context) {
    const system = await context.start()
    const listeners = processListeners()
    const { signal } = new AbortController()
    const sleepers: { sleeping: number }[] = []
    const left = await leftBehind(async () => {
      const opened = await context.connect(system)
      sleepers.push(opened.clock)
      await context.drive(system, async () => {
        await opened.check(signal)
        for (const subject of eachReader(context.plugin)) {
          const reader = context.readerOf(opened, subject)
          await readToEnd(context.plugin, subject.reader ?? '', reader, opened.clock, { since: context.since, signal })
        }
      })
      await opened.close()
    })
    promise(left.length === 0, `it left ${left.length} behind: ${left.join(', ')}`)
    promise(
      processListeners() <= listeners,
      `it left ${processListeners() - listeners} listener(s) on the process behind`,
    )
    promise(
      sleepers.every(({ sleeping }) => sleeping === 0),
      'somebody still sleeps on its clock',
    )
    const onSignal = getEventListeners(signal, 'abort').length
    promise(onSignal === 0, `it left ${onSignal} listener(s) on the signal it was given: a long run would collect them`)
  },
}
