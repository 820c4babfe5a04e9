import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { ask } from '../../src/cli/ask.ts'
import { complaintsAbout, credentialFields, fromAnswers, fromText } from '../../src/cli/credential-input.ts'
import { shop } from '../plugins/shop.ts'
import { till } from '../plugins/till.ts'
import { vault } from '../plugins/vault.ts'
import { config, order, Place } from './kontor.ts'

vi.setConfig({ testTimeout: 120_000 })

const token = 'once-shown-token-4711'
const bare = config().replace(/ {4}credentials:.*\n/, '')

let place: Place
beforeEach(() => {
  place = new Place()
  place.environment = {}
  place.write('kontor.yaml', bare)
})
afterEach(() => place[Symbol.dispose]())

/** Everything the command left behind, as it lies on the disk. */
const everyFile = (): string =>
  readdirSync(place.folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => readFileSync(join(each.parentPath, each.name), 'latin1'))
    .join('\n')

test('a credential that is piped in is stored encrypted, checked, used from then on, and never shown', async () => {
  place.write('till/orders.json', [order('1')])
  const before = await place.kontor('run', '--once')
  expect([before.code, before.stderr]).toEqual([2, expect.stringContaining('Enter them with "kontor connect till"')])

  place.input = `${token}\n`
  const connected = await place.kontor('connect', 'till')
  expect([connected.code, connected.stdout]).toEqual([0, expect.stringContaining('The credentials of till are stored')])
  expect(connected.stdout).toMatch(/^till .* ok /m)

  place.input = undefined
  const ran = await place.kontor('run', '--once', '--log-level', 'debug')
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringMatching(/^till +pull orders +1 +1/m)])
  for (const { stdout, stderr } of [connected, ran]) expect(`${stdout}${stderr}`).not.toContain(token)
  expect(everyFile()).not.toContain(token)

  // What the plugin says clumsily is masked, although the value stands in no file.
  place.write('kontor.yaml', bare.replace('folder: ./till', 'folder: ./till, trouble: away'))
  const away = await place.kontor('run', '--once', '--log-level', 'debug')
  expect(`${away.stdout}${away.stderr}`).toContain('The till at')
  expect(`${away.stdout}${away.stderr}`).not.toContain(token)
})

test('a second time replaces it, from a file too; --forget takes it away', async () => {
  const Document = z.looseObject({
    stored: z.boolean(),
    replaced: z.boolean(),
    connections: z.array(z.looseObject({ ok: z.boolean() })),
  })
  writeFileSync(join(place.folder, 'token.txt'), token)
  const given = ['connect', 'till', '--file', join(place.folder, 'token.txt'), '--json']
  expect(Document.parse(JSON.parse((await place.kontor(...given)).stdout))).toMatchObject({ replaced: false })
  expect(Document.parse(JSON.parse((await place.kontor(...given)).stdout))).toMatchObject({
    stored: true,
    replaced: true,
    connections: [{ ok: true }],
  })
  expect((await place.kontor('check')).code).toBe(0)
  const forgotten = await place.kontor('connect', 'till', '--forget')
  expect([forgotten.code, forgotten.stdout]).toEqual([0, 'The credentials of till are no longer in the store.\n'])
  expect((await place.kontor('check')).code).toBe(2)
})

test.each([
  ['one the plugin cannot use', 'short', 'till', 'nothing was stored: token: found another text'],
  ['none', '\n', 'till', 'Nothing came in.'],
  ['one for a plugin that takes none', token, 'shelf', 'Plugin shelf takes no credentials'],
  ['one for a connection that is not there', token, 'tll', 'Did you mean "till"?'],
])('%s is refused before anything is stored', async (_title, input, connection, says) => {
  place.input = input
  const { code, stdout, stderr } = await place.kontor('connect', connection)
  expect([code, stdout, stderr.replace(/\s+/g, ' ')]).toEqual([2, '', expect.stringContaining(says)])
  expect(stderr).not.toMatch(/found "?short/)
  expect(readdirSync(place.folder)).not.toContain('kontor.db')
})

test('where the config says where the credentials are, it is not overruled', async () => {
  place.environment = { TILL_TOKEN: 'till-token-1' }
  place.write('kontor.yaml', config())
  place.input = token
  const { code, stderr } = await place.kontor('connect', 'till')
  expect([code, stderr.replace(/\s+/g, ' ')]).toEqual([2, expect.stringContaining('remove that block from the config')])
})

test('a system that refuses it: it is kept, for it is shown once, and what is wrong is said', async () => {
  place.write('kontor.yaml', bare.replace('folder: ./till', 'folder: ./till, trouble: refuses'))
  place.input = token
  const { code, stdout } = await place.kontor('connect', 'till')
  expect([code, stdout]).toEqual([2, expect.stringContaining('The credentials of till are stored')])
  expect(stdout).toContain('The till is locked.')
})

test('another key of the store: what was sealed is not readable, and the message says what to do', async () => {
  place.input = token
  await place.kontor('connect', 'till')
  writeFileSync(join(place.folder, 'kontor.db.key'), `${'0'.repeat(64)}\n`)
  const { code, stdout } = await place.kontor('check', 'till')
  expect([code, stdout.replace(/\s+/g, ' ')]).toEqual([2, expect.stringContaining('sealed with another key')])
})

test('in a terminal each field is asked for, and what is secret is not shown', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const asked = ask(
    [
      { text: 'login: ', hidden: false },
      { text: 'token: ', hidden: true },
    ],
    { input, output },
    AbortSignal.timeout(20_000),
  )
  input.write('muster\r')
  await vi.waitFor(() => expect(String(output.read() ?? '')).toContain('token: '))
  input.write(`${token}\r`)
  expect(await asked).toEqual(['muster', token])
  output.end()
  expect(await text(output)).not.toContain(token)
})

test('Ctrl-C while a secret is typed ends the questions', async () => {
  const input = new PassThrough()
  const asked = ask(
    [{ text: 'token: ', hidden: true }],
    { input, output: new PassThrough() },
    new AbortController().signal,
  )
  input.write('abc\u0003')
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
})

test('credentials of every kind of plugin are understood', () => {
  expect(credentialFields(shop).map(({ name, secret }) => [name, secret])).toEqual([
    ['login', false],
    ['token', true],
  ])
  expect(fromAnswers(shop, ['muster', token])).toEqual({ login: 'muster', token })
  expect(fromText(shop, `login: muster\ntoken: "00123"`)).toEqual({ login: 'muster', token: '00123' })
  expect(fromText(shop, JSON.stringify({ login: 'muster', token }))).toEqual({ login: 'muster', token })
  expect(() => fromText(shop, token)).toThrow('"login: …", "token: …"')
  expect(fromText(vault, 'NAME: x\nKEY: k-123\n')).toEqual({ key: 'k-123' })
  expect(() => fromText(vault, 'nothing')).toThrow('Download it again.')
  expect(fromText(till, ` ${token} \n`)).toEqual({ token })
  expect(complaintsAbout(till, { token: 'short' })).toEqual([
    'token: found another text, expected at least 8 characters.',
  ])
})
