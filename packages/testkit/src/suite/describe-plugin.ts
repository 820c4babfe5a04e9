import type { Plugin } from '@kontor/core'
import { afterAll, describe, expect, it } from 'vitest'
import { manifestOf } from './manifest.ts'
import { casesFor, strayPromises } from './cases.ts'
import type { Chapter } from './case.ts'
import { packageFolder, writeReport } from './report.ts'
import { runCase, type CaseResult } from './run-case.ts'
import type { Suite } from './suite.ts'
import type { System } from './system.ts'

const TITLES: Readonly<Record<Chapter, string>> = {
  manifest: 'what it says about itself',
  access: 'credentials and account',
  reading: 'reading',
  writing: 'writing',
  transport: 'the wire',
  privacy: 'secrets and buyers',
  processes: 'death of real processes',
}

const CASE_TIMEOUT_MS = 60_000
const PROCESS_TIMEOUT_MS = 240_000

/**
 * The conformance suite of one plugin, as vitest tests: every promise that its manifest implies. A weaker promise is a skipped test with its
 * reason; a scenario that is missing without a reason is a failure.
 */
export function describePlugin<S extends System>(plugin: Plugin, suite: Suite<S>): void {
  const { id, title } = manifestOf(plugin)
  const results: CaseResult[] = []
  describe(`${title} keeps its promises`, () => {
    it('declares weaker promises only where there is a case', () => {
      expect(
        strayPromises(plugin, suite.promises ?? {}),
        `keys of \`promises\` that belong to no case of ${id}`,
      ).toEqual([])
    })
    const byChapter = Map.groupBy(casesFor(plugin), ({ chapter }) => chapter)
    for (const [chapter, cases] of byChapter) {
      // oxlint-disable-next-line vitest/valid-title -- the titles are a table
      describe(TITLES[chapter], () => {
        for (const one of cases) {
          // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- the title is the promise; the case judges
          it(one.name, { timeout: chapter === 'processes' ? PROCESS_TIMEOUT_MS : CASE_TIMEOUT_MS }, async (test) => {
            const result = await runCase(plugin, suite, one)
            results.push(result)
            if (result.verdict === 'weaker')
              test.skip(`weaker promise: ${result.weaker?.instead} Because: ${result.weaker?.because}`)
            if (result.verdict === 'idle') test.skip(`does not arise: ${result.detail}`)
            if (result.verdict !== 'kept') throw failure(result)
          })
        }
      })
    }
    afterAll(() => {
      const { testPath } = expect.getState()
      const folder = suite.report === undefined && testPath !== undefined ? packageFolder(testPath) : undefined
      const wanted = typeof suite.report === 'object' ? suite.report.folder : folder
      if (wanted !== undefined) writeReport(plugin, results, wanted)
    })
  })
}

function failure({ id, detail, thrown }: CaseResult): Error {
  return new Error(`${id}: ${detail ?? 'not kept'}`, { cause: thrown })
}
