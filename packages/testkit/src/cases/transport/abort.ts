import { setTimeout as pause } from 'node:timers/promises'
import { isKontorError } from '@kontor/core'
import { describeThrown, readToEnd } from '../../host/read-run.ts'
import { eachHttpReader, eachHttpWritten, promise, type CaseTemplate } from '../../suite/case.ts'
import { deliverOnce } from '../writing/deliver.ts'
import { prepare } from '../writing/prepare.ts'
import type { FaultInput } from '../../simulator/index.ts'
import { faultsOf } from './flow.ts'

const chapter = 'transport' as const
const MOST_MS = 1_000

/** Aborts when the work stands still, and expects it to end within a second of real time. */
async function abortsInTime(
  start: (signal: AbortSignal) => Promise<unknown>,
): Promise<{ thrown: unknown; ms: number }> {
  const controller = new AbortController()
  const work = start(controller.signal).then(
    () => ({ thrown: undefined }),
    (thrown: unknown) => ({ thrown }),
  )
  await pause(60)
  const begun = performance.now()
  controller.abort()
  const ended = await Promise.race([work, pause(MOST_MS + 500, 'never' as const)])
  promise(ended !== 'never', `it was still at work ${MOST_MS / 1000} s after it had been stopped`)
  const ms = Math.round(performance.now() - begun)
  promise(ms <= MOST_MS, `it took ${ms} ms to stop`)
  return { ...ended, ms }
}

function stopsReading(id: string, sentence: string, fault: FaultInput): CaseTemplate {
  return {
    chapter,
    id,
    promise: sentence,
    applies: eachHttpReader,
    async run(context, subject) {
      const system = await context.start()
      await context.readerScenario(subject).create(system, 3)
      faultsOf(system).add(fault)
      const opened = await context.connect(system)
      const reader = context.readerOf(opened, subject)
      // Nobody lets time pass: whoever waits for it waits until the abort.
      const { thrown, ms } = await abortsInTime((signal) =>
        readToEnd(context.plugin, subject.reader ?? '', reader, opened.clock, { since: context.since, signal }),
      )
      promise(thrown !== undefined, 'a reading that was stopped ended as if it had read everything')
      promise(
        isKontorError(thrown) && thrown.code === 'ABORTED',
        `a reading that was stopped threw ${describeThrown(thrown)}; ABORTED is its name`,
      )
      context.measured.push(`stopped within ${ms} ms`)
    },
  }
}

const abortWriting: CaseTemplate = {
  chapter,
  id: 'abort-writing',
  promise: 'writing stops within a second of being told so, even while an answer hangs',
  applies: eachHttpWritten,
  async run(context, subject) {
    const system = await context.start()
    const wishes = await prepare(context, system, await context.writerScenario(subject).good(system, 2))
    faultsOf(system).add({ do: 'hang' })
    await abortsInTime((signal) => deliverOnce(context, system, subject, wishes, { signal }))
  },
}

export const abortCases: readonly CaseTemplate[] = [
  stopsReading('abort-hanging', 'reading stops within a second of being told so, while an answer hangs', {
    do: 'hang',
  }),
  stopsReading('abort-waiting', 'reading stops within a second of being told so, while it waits to be let on', {
    do: 'throttle',
    retryAfterSeconds: 20,
  }),
  abortWriting,
]
