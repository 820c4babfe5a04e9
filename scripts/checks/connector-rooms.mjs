import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { textOf, workspaces } from './files.mjs'

export const title = 'the same rooms, headings and reports in every connector'

/** A room is a file or a folder of that name; it may be absent, never renamed. */
const rooms = [
  'plugin',
  'index',
  'config',
  'limits',
  'wire',
  'client',
  'errors',
  'mapping',
  'tables',
  'readers',
  'writers',
  'guide',
  'simulator',
]
const required = ['index', 'plugin']

/** The headings of a connector's README, in this order. */
export const headings = [
  'Status',
  'Install',
  'Shortest configuration',
  'Options',
  'Credentials',
  'What it maps and what it drops',
  'Limits',
  'Upstream version',
  'Simulator',
  'Changelog',
]

export function check(root) {
  const connectors = workspaces(root).filter((path) => path.startsWith('packages/plugin-'))
  return {
    files: connectors.length,
    problems: connectors.flatMap((path) => [
      ...roomProblems(root, path),
      ...readmeProblems(root, path),
      ...reportProblems(root, path),
    ]),
  }
}

function roomProblems(root, connector) {
  const source = join(root, connector, 'src')
  const entries = existsSync(source) ? readdirSync(source).filter((name) => !name.endsWith('.test.ts')) : []
  const found = entries.map(roomOf)
  return [
    ...entries
      .filter((name) => !rooms.includes(roomOf(name)))
      .map((name) => `${connector}/src/${name} is no room of a connector`),
    ...required.filter((name) => !found.includes(name)).map((name) => `${connector}/src has no ${name}.ts`),
  ]
}

const roomOf = (name) => name.replace(/\.ts$/, '')

function readmeProblems(root, connector) {
  const path = `${connector}/README.md`
  if (!existsSync(join(root, path))) return [`${path} is missing`]
  const found = (textOf(root, path) ?? '')
    .replaceAll(/^```.*?^```/gms, '')
    .split('\n')
    .flatMap((line) => /^## (.+)$/.exec(line)?.[1] ?? [])
  const same = found.length === headings.length && found.every((heading, index) => heading === headings[index])
  return same ? [] : [`${path} has the headings ${found.join(' · ')}; expected ${headings.join(' · ')}`]
}

/** What the conformance suite has written, for people and for machines; both are linked from the README. */
const reports = ['docs/conformance.md', 'docs/conformance.json']

function reportProblems(root, connector) {
  if (!existsSync(join(root, connector, 'README.md'))) return []
  const readme = textOf(root, `${connector}/README.md`) ?? ''
  return reports.flatMap((report) => [
    ...(existsSync(join(root, connector, report))
      ? []
      : [`${connector}/${report} is missing: run its conformance suite`]),
    ...(readme.includes(`](${report})`) ? [] : [`${connector}/README.md does not link ${report}`]),
  ])
}
