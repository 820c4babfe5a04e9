import type { FaultInput } from '../../simulator/index.ts'
import { eachHttpWritten, promise, type CaseTemplate, type Subject } from '../../suite/case.ts'
import type { CaseContext } from '../../stage/context.ts'
import type { System } from '../../suite/system.ts'
import { deliver, promiseEffects } from './deliver.ts'
import { prepare } from './prepare.ts'

const chapter = 'writing' as const

/** Delivers while the first writing calls meet a fault, set at the moment when they have begun. */
async function deliverThrough(
  context: CaseContext,
  subject: Subject,
  faults: readonly FaultInput[],
  times: number,
  when: string,
  mayPark: boolean,
): Promise<void> {
  const system = await context.start()
  const wishes = await prepare(context, system, await context.writerScenario(subject).good(system, 2))
  let set = 0
  const delivered = await deliver(context, system, subject, wishes, {
    onBegun({ method, url }) {
      if (set >= times || system.faults === undefined) return
      set += 1
      for (const fault of faults) system.faults.add({ ...fault, match: { ...matchOf(method, url), times: 1 } })
    },
  })
  // What comes late has come by then.
  await system.clock.advance(3_600_000)
  promise(set > 0, 'no call with an effect was made')
  promiseEffects(context, system, subject, delivered, { mayPark, when })
  noteParked(context, delivered.rows.filter(({ state }) => state === 'parked').length, system)
}

function noteParked(context: CaseContext, parked: number, system: System): void {
  if (parked > 0) context.facts.push(`${parked} parked for a person; ${system.truth.count()} effects in all`)
}

/** The request that follows *begun*: by its path where a pattern can say it. */
function matchOf(method: string, url: string): NonNullable<FaultInput['match']> {
  const path = URL.parse(url)?.pathname
  return path === undefined || /[:*]/.test(path) ? { method } : { method, path }
}

function lost(
  id: string,
  sentence: string,
  faults: readonly FaultInput[],
  when: string,
  times = 1,
  mayPark = true,
): CaseTemplate {
  return {
    chapter,
    id,
    promise: sentence,
    applies: eachHttpWritten,
    run: (context, subject) => deliverThrough(context, subject, faults, times, when, mayPark),
  }
}

/** Later than an answer can be awaited, earlier than an absence is believed. */
const LATE_MS = 75_000

export const lostAnswerCases: readonly CaseTemplate[] = [
  lost(
    'lost-before',
    'a connection cut before the effect: the delivery still takes effect, once',
    [{ do: 'reset' }],
    'after a connection that was cut before the effect',
  ),
  lost(
    'lost-after',
    'an answer lost after the effect: nothing is sent a second time',
    [{ do: 'dropAnswer' }],
    'after an answer that was lost behind the effect',
  ),
  lost(
    'lost-often',
    'answers lost three times in a row: still one effect',
    [{ do: 'dropAnswer' }],
    'after three answers lost behind the effect',
    3,
  ),
  lost(
    'late-effect',
    'an effect that comes late, behind a lost answer, is waited for',
    [{ do: 'lateEffect', ms: LATE_MS }, { do: 'dropAnswer' }],
    `when the effect came ${LATE_MS / 1000} s after a lost answer`,
  ),
  lost(
    'server-error',
    'a server error whose effect is not known is neither success nor refusal',
    [{ do: 'status', status: 502, effect: true, body: 'bad gateway' }],
    'after a 502 behind the effect',
  ),
  lost(
    'slow-down',
    'told to slow down, a writer waits and then writes, once',
    [{ do: 'throttle', retryAfterSeconds: 5 }],
    'after a 429',
    2,
    false,
  ),
]
