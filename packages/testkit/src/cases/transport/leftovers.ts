import { getEventListeners } from 'node:events'
import { readToEnd } from '../../host/read-run.ts'
import { leftBehind } from '../../stage/resource-watch.ts'
import type { PreparedWish } from '../../host/desk-rows.ts'
import type { CaseContext } from '../../stage/context.ts'
import { eachReader, eachWritten, promise, wholePlugin, type CaseTemplate, type Subject } from '../../suite/case.ts'
import type { System } from '../../suite/system.ts'
import { deliverOnce } from '../writing/deliver.ts'
import { prepare } from '../writing/prepare.ts'

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
  promise:
    'once it has checked, read and written and is disposed of, it leaves no timer, handle, listener or sleeper behind',
  applies: wholePlugin,
  async run(context) {
    const system = await context.start()
    const listeners = processListeners()
    const { signal } = new AbortController()
    const written = await wishesFor(context, system)
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
      for (const { subject, wishes } of written) {
        const delivered = await deliverOnce(context, system, subject, wishes, { signal })
        sleepers.push(delivered.opened.clock)
        await delivered.opened.close()
      }
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

interface Written {
  readonly subject: Subject
  readonly wishes: readonly PreparedWish[]
}

/** Something to write for each writer that the suite has told about; the cases of writing say what is missing. */
async function wishesFor(context: CaseContext, system: System): Promise<Written[]> {
  const written: Written[] = []
  for (const subject of eachWritten(context.plugin)) {
    if (context.suite.scenarios.writers?.[subject.writer ?? '']?.[subject.entity ?? 'orders'] === undefined) continue
    const wishes = await context.writerScenario(subject).good(system, 2)
    written.push({ subject, wishes: await prepare(context, system, wishes) })
  }
  return written
}
