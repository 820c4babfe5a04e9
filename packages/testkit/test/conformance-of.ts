import type { Plugin } from '@kontor/core'
import { casesFor, runCase, type CaseResult, type ConformanceCase, type Suite, type System } from '../src/index.ts'

/** Runs the suite without vitest's tests around it: all cases, or those chosen. */
export async function conformanceOf(
  plugin: Plugin,
  suite: Suite<System>,
  choose: (one: ConformanceCase) => boolean = () => true,
): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for (const one of casesFor(plugin).filter(choose)) results.push(await runCase(plugin, suite, one))
  return results
}
