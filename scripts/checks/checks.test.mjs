import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import * as connectorRooms from './connector-rooms.mjs'
import * as importRules from './import-rules.mjs'
import * as repositoryWords from './repository-words.mjs'
import * as secrets from './secrets.mjs'
import * as vendorNames from './vendor-names.mjs'

const made = []
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

/** A folder with these files, given as `{ path: text }`. */
function tree(files) {
  const root = mkdtempSync(join(tmpdir(), 'kontor-checks-'))
  made.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

const linked = '[report](docs/conformance.md) ([JSON](docs/conformance.json))'
const headed = (headings) => [linked, ...headings.map((heading) => `## ${heading}\n`)].join('\n')
const readme = headed(connectorRooms.headings)

/** A small repository that breaks no rule. */
const sound = {
  'packages/core/package.json': '{}',
  'packages/core/src/index.ts': "export * from './canonical/order.ts'",
  'packages/core/src/canonical/order.ts': "import { z } from 'zod'\nexport const Order = z.object({})",
  'packages/core/src/http/client.ts': "import fetchRetry from 'fetch-retry'\nexport const client = fetchRetry(fetch)",
  'packages/core/src/host/index.ts':
    "import 'reflect-metadata'\nimport { container } from 'tsyringe'\nexport { container }",
  'packages/testkit/package.json': '{}',
  'packages/testkit/src/index.ts': "export * from '@kontor/core'",
  'packages/plugin-alpha/package.json': '{}',
  'packages/plugin-alpha/README.md': `# Alpha\n\n${readme}`,
  'packages/plugin-alpha/docs/conformance.md': '',
  'packages/plugin-alpha/docs/conformance.json': '{}',
  'packages/plugin-alpha/src/index.ts': "export { alpha } from './plugin.ts'",
  'packages/plugin-alpha/src/plugin.ts': "export const alpha = { simulator: () => import('./simulator/index.ts') }",
  'packages/plugin-alpha/src/wire.ts':
    "import { z } from 'zod'\nexport type Wire = z.infer<typeof schema>\nconst schema = z.object({})",
  'packages/plugin-alpha/src/mapping.ts':
    "import type { Wire } from './wire.ts'\nexport const toOrder = (wire: Wire) => wire",
  'packages/plugin-alpha/src/client.ts': 'export const get = ({ fetch, clock }) => fetch(new Date(clock.now()))',
  'packages/plugin-alpha/src/client.test.ts': "import { host } from '@kontor/core/host'\nsetTimeout(() => host, 1)",
  'packages/plugin-alpha/src/simulator/index.ts':
    "import { server } from '@kontor/testkit/simulator'\nsetTimeout(server, Date.now())",
  'apps/runner/package.json': '{}',
  'apps/runner/src/cli.ts': 'export const load = (name: string) => import(name)',
}

const problemsOf = ({ check }, files) => check(tree({ ...sound, ...files })).problems

describe('a sound tree breaks no rule', () => {
  test.each([importRules, vendorNames, connectorRooms, repositoryWords, secrets])('$title', (rule) => {
    const { files, problems } = rule.check(tree(sound))
    expect(problems).toEqual([])
    expect(files).toBeGreaterThan(0)
  })
})

test.each([importRules, vendorNames, connectorRooms, repositoryWords, secrets])(
  'an empty tree is reported as nothing looked at: $title',
  ({ check }) => expect(check(tree({})).files).toBe(0),
)

test('the command fails when a check finds nothing to look at', () => {
  const folder = join(import.meta.dirname, '..', '..')
  const root = tree({ 'package.json': '{}' })
  execFileSync('cp', ['-r', join(folder, 'scripts'), root])
  execFileSync('ln', ['-s', join(folder, 'node_modules'), join(root, 'node_modules')])
  const run = () =>
    execFileSync(process.execPath, [join(root, 'scripts/check.mjs')], { encoding: 'utf8', stdio: 'pipe' })
  expect(run).toThrow(/status|Command failed/)
})

describe('each import rule fires', () => {
  const core = 'packages/core/src'
  const alpha = 'packages/plugin-alpha/src'
  test.each([
    [
      'an earlier room of core does not know a later one',
      `${core}/errors/a.ts`,
      "import '../contract/b.ts'",
      'comes after it',
    ],
    [
      'a type import counts as well',
      `${core}/canonical/a.ts`,
      "import type { A } from '../http/client.ts'",
      'comes after it',
    ],
    [
      'an import type counts as well',
      `${core}/canonical/a.ts`,
      "export type A = import('../http/client.ts').A",
      'comes after it',
    ],
    ['a re-export counts as well', `${core}/canonical/a.ts`, "export * from '../errors/b.ts'", 'comes after it'],
    [
      'the entry of core does not load the host',
      `${core}/index.ts`,
      "export * from './host/index.ts'",
      'its own entry',
    ],
    ['a room of core does not import the entry', `${core}/http/a.ts`, "import '../index.ts'", 'entry of core'],
    ['core has five rooms', `${core}/misc/a.ts`, 'export {}', 'no room of core'],
    ['canonical knows zod alone', `${core}/canonical/a.ts`, "import 'node:fs'", 'zod alone'],
    ['core imports no package of ours', `${core}/http/a.ts`, "import '@kontor/testkit'", 'no package of ours'],
    ['tsyringe has one home', `${core}/http/a.ts`, "import 'tsyringe'", 'which only packages/core/src/host/'],
    [
      'tsyringe stays out of the runner',
      'apps/runner/src/a.ts',
      "import 'tsyringe'",
      'which only packages/core/src/host/',
    ],
    [
      'reflect-metadata has one home',
      `${core}/http/a.ts`,
      "import 'reflect-metadata'",
      'which only packages/core/src/host/',
    ],
    ['fetch-retry has one home', `${core}/host/a.ts`, "import 'fetch-retry'", 'which only packages/core/src/http/'],
    ['the testkit knows no plugin', 'packages/testkit/src/a.ts', "import '@kontor/plugin-alpha'", 'knows no plugin'],
    [
      'the runner imports no plugin',
      'apps/runner/src/a.ts',
      "import '@kontor/plugin-alpha'",
      'only through the config',
    ],
    ['nor by a literal on demand', 'apps/runner/src/a.ts', "import('@kontor/plugin-alpha')", 'only through the config'],
    [
      'nothing leaves its package',
      `${core}/http/a.ts`,
      "import '../../../testkit/src/index.ts'",
      'outside its package',
    ],
    ['a plugin knows no other plugin', `${alpha}/client.ts`, "import '@kontor/plugin-beta'", 'no other plugin'],
    ['a plugin knows no runner', `${alpha}/client.test.ts`, "import '@kontor/runner'", 'no other plugin and no runner'],
    ['a plugin does not load the host', `${alpha}/client.ts`, "import '@kontor/core/host'", '@kontor/core alone'],
    [
      'a plugin loads no testkit in production',
      `${alpha}/client.ts`,
      "import '@kontor/testkit'",
      'only tests and the simulator',
    ],
    ['a plugin opens no socket', `${alpha}/client.ts`, "import 'node:https'", 'takes network'],
    ['a plugin reads no file', `${alpha}/client.ts`, "import { readFile } from 'fs/promises'", 'takes network'],
    ['a plugin imports no computed name', `${alpha}/client.ts`, 'import(name)', 'computed name'],
    [
      'mapping does not know the client',
      `${alpha}/mapping.ts`,
      "import './client.ts'",
      'is in mapping and imports client',
    ],
    ['mapping takes types alone from wire', `${alpha}/mapping.ts`, "import { a } from './wire.ts'", 'more than types'],
    [
      'the client does not know mapping',
      `${alpha}/client.ts`,
      "import './mapping/order.ts'",
      'is in client and imports mapping',
    ],
    [
      'readers do not know writers',
      `${alpha}/readers/a.ts`,
      "import '../writers/b.ts'",
      'is in readers and imports writers',
    ],
    [
      'the simulator does not know wire',
      `${alpha}/simulator/a.ts`,
      "import '../wire.ts'",
      'is in simulator and imports wire',
    ],
    ['the simulator does not know mapping', `${alpha}/simulator/a.ts`, "import '../mapping.ts'", 'imports mapping'],
    ['the simulator is loaded on demand', `${alpha}/plugin.ts`, "import './simulator/index.ts'", 'statically'],
    ['a workspace without sources is no pass', 'packages/plugin-empty/package.json', '{}', 'holds no module'],
  ])('%s', (_title, path, source, expected) => {
    expect(problemsOf(importRules, { [path]: source })).toEqual([expect.stringContaining(expected)])
  })
})

describe('a plugin uses no global of network, time or environment', () => {
  const path = 'packages/plugin-alpha/src/client.ts'
  test.each([
    ['fetch', "export const a = () => fetch('x')"],
    ['fetch', 'export const a = { send: fetch }'],
    ['fetch', 'export const a = (fetch) => fetch\nexport const b = () => fetch(1)'],
    ['process', 'export const a = process.env.TOKEN'],
    ['setTimeout', 'setTimeout(() => {}, 1)'],
    ['setInterval', 'setInterval(() => {}, 1)'],
    ['Date.now', 'export const a = Date.now()'],
    ['Date.now', "export const a = Date['now']()"],
    ['new Date()', 'export const a = new Date()'],
    ['Date()', 'export const a = Date()'],
    ['performance.now', 'export const a = performance.now()'],
    ['globalThis', 'export const a = (globalThis as any).fetch'],
    ['console', "console.log('x')"],
    ['AbortSignal.timeout', 'export const a = AbortSignal.timeout(5)'],
  ])('%s: %s', (name, source) => {
    expect(problemsOf(importRules, { [path]: source })).toEqual([expect.stringContaining(`uses ${name};`)])
  })

  test.each([
    ['a parameter of that name', 'export const a = ({ fetch }) => fetch(1)'],
    ['an import of that name', "import { setTimeout } from './errors.ts'\nsetTimeout()"],
    ['a property of that name', 'export const a = (http) => http.fetch({ process: 1 })'],
    ['a type of that name', 'export type A = typeof fetch'],
    ['a date of something', 'export const a = (ms: number) => new Date(ms)'],
  ])('but %s is fine', (_title, source) => {
    expect(problemsOf(importRules, { [path]: source })).toEqual([])
  })

  test('only the file plugin reads files', () => {
    const file = { 'packages/plugin-file/package.json': '{}', 'packages/plugin-file/src/index.ts': "import 'node:fs'" }
    expect(problemsOf(importRules, file)).toEqual([])
  })
})

describe('vendors', () => {
  test.each(['backmarket', 'Back Market', 'back_market', 'AmazonOrder', 'Leat', 'leatClient', '8returns'])(
    '%s',
    (name) => {
      expect(problemsOf(vendorNames, { 'apps/runner/src/a.ts': `// like ${name}` })).toHaveLength(1)
      expect(problemsOf(vendorNames, { 'apps/runner/src/demo/a.ts': `// like ${name}` })).toEqual([])
    },
  )
  test('a word that contains one is none', () => {
    expect(problemsOf(vendorNames, { 'packages/core/src/http/a.ts': '// pleating leather, at least' })).toEqual([])
  })
  test('a file name counts', () => {
    expect(problemsOf(vendorNames, { 'packages/core/src/http/rakuten.ts': '' })).toHaveLength(1)
  })
})

describe('rooms and headings of connectors', () => {
  test('an unknown room', () => {
    expect(problemsOf(connectorRooms, { 'packages/plugin-alpha/src/utils.ts': '' })).toEqual([
      'packages/plugin-alpha/src/utils.ts is no room of a connector',
    ])
  })
  test('a missing plugin.ts, index.ts and README', () => {
    expect(problemsOf(connectorRooms, { 'packages/plugin-beta/package.json': '{}' })).toHaveLength(3)
  })
  test('headings in another order', () => {
    const turned = headed(connectorRooms.headings.toReversed())
    expect(problemsOf(connectorRooms, { 'packages/plugin-alpha/README.md': turned })).toHaveLength(1)
  })
  test('reports that are not there, or that nobody finds', () => {
    expect(problemsOf(connectorRooms, { 'packages/plugin-alpha/README.md': readme.replace(linked, '') })).toEqual([
      'packages/plugin-alpha/README.md does not link docs/conformance.md',
      'packages/plugin-alpha/README.md does not link docs/conformance.json',
    ])
    const files = { 'packages/plugin-beta/package.json': '{}', 'packages/plugin-beta/README.md': readme }
    expect(problemsOf(connectorRooms, files)).toContain(
      'packages/plugin-beta/docs/conformance.json is missing: run its conformance suite',
    )
  })
  test('a comment in a code block is no heading', () => {
    const text = `${readme}\n\`\`\`sh\n## not a heading\n\`\`\`\n`
    expect(problemsOf(connectorRooms, { 'packages/plugin-alpha/README.md': text })).toEqual([])
  })
})

describe('words of the repository', () => {
  test.each([
    ['a machine path', 'docs/a.md', 'see /home/erika/kontor'],
    ['a registry', 'docs/a.md', 'from https://registry.npmjs.org/zod'],
    ['its making', 'docs/a.md', 'as found in an earlier session'],
    ['a host in the lockfile', 'pnpm-lock.yaml', 'tarball: https://example.test/a.tgz'],
  ])('%s', (_title, path, text) => expect(problemsOf(repositoryWords, { [path]: text })).toHaveLength(1))

  test('addresses of the web are fine', () => {
    const text = 'https://example.test/home/index and ${url}/work/items and a login session'
    expect(problemsOf(repositoryWords, { 'docs/a.md': text })).toEqual([])
  })
})

describe('secrets', () => {
  const hex = (length) => 'a1b2c3d4e5'.repeat(8).slice(0, length)
  const base64 = (text) => Buffer.from(text).toString('base64')
  // Joined here, so that this file holds none of the shapes it tests.
  test.each([
    ['a Back Market token', `${hex(24)}:BMT-${hex(40)}`],
    ['an encoded Back Market token', base64(`${hex(24)}:BMT-${hex(40)}`)],
    ['an old Back Market token', base64(['erika', 'muster-shop.de:Sommer-2026'].join('@'))],
    ['a private key', ['-----BEGIN', 'PRIVATE KEY-----'].join(' ')],
    ['an AWS key id', ['AKIA', 'ABCDEFGHIJKLMNOP'].join('')],
    ['a GitHub token', ['ghp', hex(36)].join('_')],
    ['a password in a URL', ['postgres://kontor:verysecret', 'db.muster-shop.de/kontor'].join('@')],
  ])('%s', (_title, secret) => {
    const problems = problemsOf(secrets, { 'docs/a.md': `token: "${secret}"` })
    expect(problems).toHaveLength(1)
    expect(problems[0]).not.toContain(secret)
  })
  test('invented values are fine', () => {
    const values = [
      base64('erika@example.com:invented'),
      'postgres://kontor:kontor-test@localhost/kontor',
      '${env:BACKMARKET_TOKEN}',
    ]
    expect(problemsOf(secrets, { 'docs/a.md': values.join('\n') })).toEqual([])
  })
})
