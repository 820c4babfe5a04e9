import type { Plugin } from '@kontor/core'
import { CaseContext } from '../stage/context.ts'
import { DoesNotArise, MissingScenario, Violation, type ConformanceCase } from './case.ts'
import { describeThrown } from '../host/read-run.ts'
import type { Suite, WeakerPromise } from './suite.ts'
import type { System } from './system.ts'

export type Verdict = 'kept' | 'broken' | 'weaker' | 'missing' | 'idle'

export interface CaseResult {
  readonly id: string
  readonly chapter: ConformanceCase['chapter']
  readonly name: string
  readonly verdict: Verdict
  /** What is wrong, or why less is promised. */
  readonly detail?: string
  readonly weaker?: WeakerPromise
  /** What was found. */
  readonly facts: readonly string[]
  /** What was measured, and differs from run to run. */
  readonly measured: readonly string[]
  readonly ms: number
  readonly thrown?: unknown
}

/** A case that hangs is broken. */
const LONGEST_MS = 45_000
const LONGEST_PROCESSES_MS = 200_000

/** Runs one case in a fresh world and says how it went; throws nothing. */
export async function runCase(plugin: Plugin, suite: Suite<System>, one: ConformanceCase): Promise<CaseResult> {
  const begun = performance.now()
  const base = { id: one.id, chapter: one.chapter, name: one.name }
  const weaker = weakerPromise(suite, one)
  if (weaker !== undefined)
    return { ...base, verdict: 'weaker', detail: weaker.because, weaker, facts: [], measured: [], ms: 0 }
  const context = new CaseContext(plugin, suite)
  const took = (): number => Math.round(performance.now() - begun)
  try {
    await inTime(
      one.template.run(context, one.subject),
      one.chapter === 'processes' ? LONGEST_PROCESSES_MS : LONGEST_MS,
    )
    return { ...base, verdict: 'kept', facts: context.facts, measured: context.measured, ms: took() }
  } catch (thrown) {
    if (thrown instanceof DoesNotArise)
      return { ...base, verdict: 'idle', detail: thrown.message, facts: [], measured: [], ms: took() }
    const verdict = thrown instanceof MissingScenario ? 'missing' : 'broken'
    const detail =
      thrown instanceof Violation || thrown instanceof MissingScenario
        ? thrown.message
        : `it threw ${describeThrown(thrown)}`
    return { ...base, verdict, detail, facts: context.facts, measured: context.measured, ms: took(), thrown }
  } finally {
    // A plugin that cannot even be closed has been told about above, or is by the case for that.
    await inTime(context.close(), 5_000).catch(() => undefined)
  }
}

/** By the id for this subject, else by the id for all. */
function weakerPromise(suite: Suite<System>, one: ConformanceCase): WeakerPromise | undefined {
  return suite.promises?.[one.id] ?? suite.promises?.[`${one.template.chapter}/${one.template.id}`]
}

async function inTime<T>(work: Promise<T>, longestMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Violation(`it did not end within ${longestMs / 1000} s of real time`)),
      longestMs,
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
