import { isKontorError } from '@kontor/core'
import { readToEnd } from '../../host/read-run.ts'
import type { LimitState } from '../../simulator/index.ts'
import type { CaseContext } from '../../stage/context.ts'
import type { OpenConnection } from '../../stage/open-connection.ts'
import { eachReader, eachWritten, promise, whereHttp, type CaseTemplate } from '../../suite/case.ts'
import type { System } from '../../suite/system.ts'
import { deliver } from '../writing/deliver.ts'
import { prepare } from '../writing/prepare.ts'

/** Twice what fits into a window must go through for the limit to be felt. */
const LOAD = 2.2
const MOST_REQUESTS = 2_500
const LONGEST_MS = 12_000
const MOST_ATTEMPTS = 50
/** Of what the vendor allows, this much must be used when there is work. */
const USED = 0.75

export const limits: CaseTemplate = {
  chapter: 'transport',
  id: 'limits',
  promise: 'under load the system never has to refuse a request, and what it allows is used',
  applies: whereHttp,
  async run(context) {
    const system = await context.start()
    promise(system.limits !== undefined && system.exchanges !== undefined, 'the simulator counts no limits')
    const opened = await context.connect(system)
    const until = performance.now() + LONGEST_MS
    const total = (): number => system.exchanges?.total ?? 0
    for (let quiet = false; !quiet && total() < MOST_REQUESTS && performance.now() < until;) {
      const before = total()
      await readEverything(context, system, opened)
      await writeSomething(context, system)
      quiet = total() === before || system.limits.states().every(isLoaded)
    }
    const states = system.limits.states()
    for (const state of states) {
      promise(
        state.refused === 0,
        `the system refused ${state.refused} requests by its limit "${state.name}" (${state.limit} per ${state.perMs / 1000} s): the plugin's limits let too much through`,
      )
      if (isLoaded(state))
        promise(
          state.peak >= USED * state.limit,
          `of the limit "${state.name}" (${state.limit} per ${state.perMs / 1000} s) at most ${state.peak} were used, though there was work for more`,
        )
    }
    context.facts.push(
      ...states.map(
        ({ name, peak, limit, allowed }) =>
          `${name}: at most ${peak} of ${limit} at a time, ${isLoaded({ limit, allowed }) ? 'which was felt, and' : 'which these tests do not fill;'} none refused`,
      ),
    )
    context.measured.push(...states.map(({ name, allowed }) => `${name}: ${allowed} requests`))
  },
}

const isLoaded = ({ allowed, limit }: Pick<LimitState, 'allowed' | 'limit'>): boolean => allowed >= LOAD * limit

async function readEverything(context: CaseContext, system: System, opened: OpenConnection): Promise<void> {
  for (const subject of eachReader(context.plugin)) {
    const reader = context.readerOf(opened, subject)
    await patiently(context, system, () =>
      readToEnd(context.plugin, subject.reader ?? '', reader, opened.clock, { since: context.since }),
    )
  }
}

async function writeSomething(context: CaseContext, system: System): Promise<void> {
  for (const subject of eachWritten(context.plugin)) {
    // What is not told cannot be loaded; the cases of writing say so.
    if (context.suite.scenarios.writers?.[subject.writer ?? '']?.[subject.entity ?? 'orders'] === undefined) continue
    const good = await context.writerScenario(subject).good(system, 25)
    const wishes = await untilLetIn(system, () => prepare(context, system, good))
    const { opened } = await deliver(context, system, subject, wishes)
    await opened.close()
  }
}

/** A bucket that is empty for long ends a run; the next begins when it is time. */
async function patiently(context: CaseContext, system: System, work: () => Promise<unknown>): Promise<void> {
  try {
    await context.drive(system, work)
  } catch (thrown) {
    await system.clock.advance(waitOf(thrown))
  }
}

/** What is refused because the quota of an hour is used up is asked again when there is a new one. */
async function untilLetIn<T>(system: System, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (thrown) {
      if (attempt >= MOST_ATTEMPTS) throw thrown
      await system.clock.advance(waitOf(thrown))
    }
  }
}

function waitOf(thrown: unknown): number {
  if (!isKontorError(thrown) || thrown.retryAfterMs === undefined) throw thrown
  return thrown.retryAfterMs
}
