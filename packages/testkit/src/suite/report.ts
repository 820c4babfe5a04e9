import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from '@kontor/core'
import { casesFor } from './cases.ts'
import type { CaseResult, Verdict } from './run-case.ts'
import { manifestOf } from './manifest.ts'

export interface ConformanceReport {
  readonly plugin: string
  readonly title: string
  readonly upstream?: string
  readonly counts: Readonly<Record<Verdict, number>>
  readonly seconds: number
  /** What each writer may do with a delivery in doubt. */
  readonly again: Readonly<Record<string, string>>
  readonly results: readonly Omit<CaseResult, 'thrown'>[]
}

export function reportOf(plugin: Plugin, results: readonly CaseResult[]): ConformanceReport {
  const manifest = manifestOf(plugin)
  const count = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length
  return {
    plugin: manifest.id,
    title: manifest.title,
    ...(manifest.upstream === undefined ? {} : { upstream: manifest.upstream.version }),
    counts: {
      kept: count('kept'),
      weaker: count('weaker'),
      broken: count('broken'),
      missing: count('missing'),
      idle: count('idle'),
    },
    seconds: Math.round(results.reduce((total, { ms }) => total + ms, 0) / 100) / 10,
    again: Object.fromEntries(Object.entries(manifest.writers).map(([name, { again }]) => [name, again])),
    results: results.map(withoutThrown),
  }
}

const WORDS: Readonly<Record<Verdict, string>> = {
  kept: 'kept',
  weaker: 'weaker',
  broken: '**broken**',
  missing: '**not shown**',
  idle: 'does not arise',
}

function withoutThrown(result: CaseResult): Omit<CaseResult, 'thrown'> {
  const { id, chapter, name, verdict, detail, weaker, facts, measured, ms } = result
  return {
    id,
    chapter,
    name,
    verdict,
    ...(detail === undefined ? {} : { detail }),
    ...(weaker === undefined ? {} : { weaker }),
    facts,
    measured,
    ms,
  }
}

export function toMarkdown(report: ConformanceReport): string {
  const { counts } = report
  const weaker = report.results.filter((result) => result.weaker !== undefined)
  const idle = report.results.filter(({ verdict }) => verdict === 'idle')
  const facts = report.results.filter((result) => result.facts.length > 0)
  return [
    `# Conformance of ${report.title}`,
    '',
    `${counts.kept} promises kept, ${counts.weaker} weaker, ${counts.broken} broken, ${counts.missing} not shown; ${counts.idle} do not arise. Found by tests against its simulator${report.upstream === undefined ? '' : ` (interface ${report.upstream})`}.`,
    'Written by the conformance suite of `@kontor/testkit`, and for machines as [JSON](conformance.json); do not edit.',
    '',
    ...section(
      'Where less is promised',
      weaker,
      ['promise', 'what holds instead', 'because'],
      ({ name, weaker: less }) => [name, less?.instead ?? '', less?.because ?? ''],
    ),
    ...section(
      'A delivery in doubt',
      Object.entries(report.again),
      ['writer', 'may be sent again'],
      ([writer, again]) => [writer, AGAIN[again] ?? again],
    ),
    ...section('What does not arise', idle, ['promise', 'because'], ({ name, detail }) => [name, detail ?? '']),
    ...section('Found', facts, ['promise', 'found'], (result) => [result.name, result.facts.join('; ')]),
    ...section('Every promise', report.results, ['promise', ''], (result) => [result.name, WORDS[result.verdict]]),
  ].join('\n')
}

const AGAIN: Readonly<Record<string, string>> = {
  safe: '`safe`: it is written once more, without a second effect',
  ask: '`ask`: the system is asked first',
  never: '`never`: a person decides',
}

function section<T>(
  title: string,
  rows: readonly T[],
  head: readonly string[],
  cells: (row: T) => readonly string[],
): string[] {
  if (rows.length === 0) return []
  const line = (all: readonly string[]): string =>
    `| ${all.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [`## ${title}`, '', line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map((row) => line(cells(row))), '']
}

/**
 * Writes what a run of all cases has found: `dist/conformance.json` with times and measurements, and, when every promise was kept,
 * `docs/conformance.md` and `docs/conformance.json`, which have no number that changes from run to run. A run of only some cases writes nothing:
 * it would say too little.
 */
export function writeReport(plugin: Plugin, results: readonly CaseResult[], folder: string): void {
  if (results.length < casesFor(plugin).length) return
  const report = reportOf(plugin, results)
  write(join(folder, 'dist'), 'conformance.json', toJson(report))
  if (report.counts.broken + report.counts.missing > 0) return
  write(join(folder, 'docs'), 'conformance.md', toMarkdown(report))
  write(join(folder, 'docs'), 'conformance.json', toJson(lasting(report)))
}

const toJson = (value: unknown): string => JSON.stringify(value, undefined, 2)

/** The report without what is another number in the next run. */
function lasting({ seconds: _seconds, results, ...report }: ConformanceReport): object {
  return { ...report, results: results.map(({ ms: _ms, measured: _measured, ...result }) => result) }
}

function write(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), `${text.trimEnd()}\n`)
}

/** The package that a file belongs to: the nearest folder with a package.json. */
export function packageFolder(file: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) return undefined
  }
}
