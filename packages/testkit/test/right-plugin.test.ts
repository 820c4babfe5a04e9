import { expect, it } from 'vitest'
import { musterladen } from './musterladen/plugin.ts'
import { musterladenSuite } from './musterladen/suite.ts'
import { conformanceOf } from './conformance-of.ts'

it('finds nothing wrong with a plugin that is right', { timeout: 120_000 }, async () => {
  const results = await conformanceOf(musterladen, musterladenSuite, ({ chapter }) => chapter !== 'processes')
  const wrong = results.filter(({ verdict }) => verdict !== 'kept' && verdict !== 'weaker')
  expect(wrong.map(({ id, detail }) => `${id}: ${detail}`)).toEqual([])
  expect(results.filter(({ verdict }) => verdict === 'kept').length).toBeGreaterThan(80)
})
