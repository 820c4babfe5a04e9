import type { Plugin } from '@kontor/core'
import { casesFor, runCase, type CaseResult, type Suite } from '../src/index.ts'
import type { System } from '../src/index.ts'

/** Runs the suite without vitest's tests around it: all cases, or those whose id begins with one of these. */
export async function conformanceOf(
  plugin: Plugin,
  suite: Suite<System>,
  only?: readonly string[],
): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for (const one of casesFor(plugin)) {
    if (only !== undefined && !only.some((id) => one.id.startsWith(id))) continue
    results.push(await runCase(plugin, suite, one))
  }
  return results
}
