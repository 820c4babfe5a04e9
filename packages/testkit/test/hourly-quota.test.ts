import { describe, expect, it } from 'vitest'
import type { SystemSource } from '../src/index.ts'
import { conformanceOf } from './conformance-of.ts'
import { musterladen } from './musterladen/plugin.ts'
import { musterladenSimulator } from './musterladen/simulator.ts'
import { musterladenSuite } from './musterladen/suite.ts'

describe('a quota by the hour', () => {
  it('is waited for in the case of limits, also by what only reads the orders to write about', async () => {
    const { reads, writes } = musterladen.limits ?? {}
    const source = 'an invented guide, 2026-01-01'
    const slow = {
      ...musterladen,
      limits: {
        reads: { ...reads, burst: 60, per: '1h', source },
        writes: { ...writes, burst: 30, per: '10s', source },
      },
    }
    const suite = {
      ...musterladenSuite,
      simulator: {
        start: (settings: Parameters<SystemSource<never>['start']>[0]) =>
          musterladenSimulator.start({ ...settings, options: { pageSize: 7, readsPer: '1h' } }),
      },
    }
    const results = await conformanceOf(slow as typeof musterladen, suite, ({ id }) => id === 'transport/limits')
    expect(results.map(({ verdict, detail }) => [verdict, detail])).toEqual([['kept', undefined]])
  }, 60_000)
})
