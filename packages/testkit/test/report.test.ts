import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { casesFor, reportOf, strayPromises, toMarkdown, writeReport, type CaseResult } from '../src/index.ts'
import { conformanceOf } from './conformance-of.ts'
import { musterladen } from './musterladen/plugin.ts'
import { musterladenSuite } from './musterladen/suite.ts'

const kept = (one: { id: string; name: string; chapter: CaseResult['chapter'] }): CaseResult => ({
  id: one.id,
  name: one.name,
  chapter: one.chapter,
  verdict: 'kept',
  facts: [],
  measured: [],
  ms: 1,
})

describe('the report', () => {
  it('shows weaker promises with what holds instead, and why', async () => {
    const results = await conformanceOf(
      musterladen,
      musterladenSuite,
      ({ id }) => id.startsWith('writing/') && id.endsWith(':refunds.refunds') && !id.includes('killed'),
    )
    const report = reportOf(musterladen, results)
    expect(report.counts).toMatchObject({ weaker: 4, broken: 0, missing: 0, idle: 1 })
    const text = toMarkdown(report)
    expect(text).toContain('A refund stays. | The shop cannot take money back.')
    expect(text).toContain('It cannot be asked; what a delivery in doubt may do is `never`.')
    expect(text).toContain('| refunds | `never`: a person decides |')
  })

  it('calls a scenario that nobody wrote and nobody explained missing, and says where it belongs', async () => {
    const { promises: _none, ...suite } = musterladenSuite
    const [result] = await conformanceOf(musterladen, suite, ({ id }) => id === 'writing/cancellations:refunds.refunds')
    expect(result?.verdict).toBe('missing')
    expect(result?.detail).toContain('scenarios.writers.refunds.refunds.cancel')
  })

  it('is written when all cases were run, for people only when every promise was kept', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kontor-report-'))
    const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8')
    const all = casesFor(musterladen).map(kept)
    writeReport(musterladen, all.slice(1), folder)
    expect(() => textOf('dist/conformance.json')).toThrow('ENOENT')
    writeReport(musterladen, [...all.slice(1), { ...all[0], verdict: 'broken' } as CaseResult], folder)
    expect(JSON.parse(textOf('dist/conformance.json'))).toMatchObject({ plugin: 'musterladen', counts: { broken: 1 } })
    expect(() => textOf('docs/conformance.md')).toThrow('ENOENT')
    writeReport(musterladen, all, folder)
    const page = textOf('docs/conformance.md')
    expect(page).toContain(`${all.length} promises kept`)
    const machines = textOf('docs/conformance.json')
    expect(JSON.parse(machines)).toMatchObject({ plugin: 'musterladen', counts: { kept: all.length, broken: 0 } })
    // Times differ from run to run, and a page in a repository must not.
    writeReport(
      musterladen,
      all.map((result) => ({ ...result, ms: result.ms + 7, measured: ['7 ms'] })),
      folder,
    )
    expect(textOf('docs/conformance.md')).toBe(page)
    expect(textOf('docs/conformance.json')).toBe(machines)
    rmSync(folder, { recursive: true })
  })

  it('finds promises that belong to no case', () => {
    const weaker = { instead: '', because: '' }
    expect(
      strayPromises(musterladen, {
        'reading/resume': weaker,
        'reading/resume:orders': weaker,
        'reading/resum:orders': weaker,
      }),
    ).toEqual(['reading/resum:orders'])
  })
})
