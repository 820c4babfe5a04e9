import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { simulator } from '@kontor/plugin-8returns/simulator'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { z } from 'zod'
import { Place } from './kontor.ts'

// What a person sees of the returns portal: every command a process of its own, the portal over HTTP.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const [apiKey, password] = ['demo-key', 'demo-password']

let place: Place
let portal: Awaited<ReturnType<typeof simulator.start>>

async function open(options: NonNullable<Parameters<typeof simulator.start>[0]>['options'] = {}, config: object = {}) {
  portal = await simulator.start({ seed: 1, options: { returns: 0, ...options } })
  place.write(
    'kontor.yaml',
    stringify({
      connections: {
        portal: { plugin: '@kontor/plugin-8returns', config: { baseUrl: portal.url, ...config } },
        warehouse: {
          plugin: '@kontor/plugin-file',
          config: { folder: './warehouse', write: { returns: { format: 'json' } }, quietFor: '1s' },
        },
      },
      flows: [
        { entity: 'returns', from: 'portal', to: 'warehouse', start: 'all' },
        { entity: 'receipts', from: 'warehouse', to: 'origin' },
      ],
    }),
  )
  place.input = `apiKey: ${apiKey}\npassword: ${password}\n`
  const connected = await place.kontor('connect', 'portal')
  place.input = undefined
  return connected
}

beforeEach(() => {
  place = new Place()
  place.environment = {}
  mkdirSync(join(place.folder, 'warehouse'))
})
afterEach(async () => {
  await portal.close()
  place[Symbol.dispose]()
})

const register = (...items: { sku: string; quantity: number }[]): number =>
  Number(portal.act('register-return', { items }))

async function run(): Promise<Awaited<ReturnType<Place['kontor']>>> {
  const ended = await place.kontor('run', '--once')
  expect(`${ended.stdout}${ended.stderr}`).not.toContain(password)
  return ended
}

/** Returns as the warehouse has them, by id. */
const received = (): Record<string, unknown>[] =>
  readdirSync(join(place.folder, 'warehouse', 'returns')).flatMap((name) =>
    z
      .array(z.record(z.string(), z.unknown()))
      .parse([JSON.parse(readFileSync(join(place.folder, 'warehouse', 'returns', name), 'utf8'))].flat()),
  )

async function receive(...rows: string[]): Promise<void> {
  const folder = join(place.folder, 'warehouse', 'receipts')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${rows.length}-${Date.now()}.csv`), `return;sku;quantity;outcome\n${rows.join('\n')}\n`)
  await new Promise((wake) => setTimeout(wake, 1300))
}

const bookings = (): string[] => portal.truth.effects.map(({ what, key }) => `${what} ${key}`)
const words = (text: string): string => text.replace(/\s+/g, ' ')

test('connect takes the credential in, and check says how certain every operation is and what is beyond need', async () => {
  const connected = await open({ returns: 1 }, { check: { readOne: true } })
  expect([connected.code, connected.stdout.includes(apiKey), connected.stdout.includes(password)]).toEqual([
    0,
    false,
    false,
  ])
  const shown = await place.kontor('check', 'portal')
  expect(shown.stdout).toContain(
    'needed: Retourenverwaltung; Kundeninformationen with `pii.customer` (returns:portal>warehouse)',
  )
  expect(shown.stdout).toContain('needed: Retourenverwaltung (receipts:warehouse>origin)')
  const { code, stdout } = await place.kontor('check', 'portal', '--json')
  const found = z
    .object({
      connections: z.tuple([
        z.object({
          facts: z.record(z.string(), z.string()),
          problems: z.array(z.object({ level: z.string(), message: z.string() })),
        }),
      ]),
    })
    .parse(JSON.parse(stdout)).connections[0]
  expect(code).toBe(0)
  expect(
    Object.fromEntries(
      Object.entries(found.facts).map(([name, text]) => [name, /(observed|inferred|assumed)/.exec(text)?.[1]]),
    ),
  ).toEqual({
    listReturns: 'observed',
    getReturn: 'inferred',
    updateReturnItems: 'observed',
    createReturn: 'assumed',
    createLabel: 'assumed',
    findOrders: 'assumed',
  })
  expect(found.facts['createLabel']).toMatch(/^off, .*needs "Versandetiketten-Erstellung"/)
  const said = found.problems.map(({ message }) => message).join(' ')
  expect(said).toContain('This configuration needs "Retourenverwaltung"')
  expect(said).toContain('The credential sees customers, which is more than this configuration needs')
})

test('a wrong credential is stored all the same, and refused with what to do; a malformed one is named', async () => {
  await open({ apiKey: 'another-key' })
  const { code, stdout } = await place.kontor('check', 'portal')
  expect([code, words(stdout)]).toEqual([2, expect.stringMatching(/AUTH_INVALID connections\.portal\.credentials/)])
  place.input = 'apiKey: demo-key\npassword: "demo,password"\n'
  const malformed = await place.kontor('connect', 'portal')
  expect(malformed.code).toBe(2)
  expect(words(malformed.stderr)).toMatch(/SECRET_MALFORMED.*nothing was stored: password: the password holds a quote/)
  expect(malformed.stderr).not.toContain('demo,password')
})

test('a missing permission is named in the words of the menu', async () => {
  const { code, stdout } = await open({ scopes: 'customers' })
  expect([code, words(stdout)]).toEqual([
    2,
    expect.stringMatching(/AUTH_PERMISSION_MISSING .*"Retourenverwaltung" \(returns management\)/),
  ])
})

test('record saves what a live portal answers without what is a person’s, and says what is new', async () => {
  await open({ returns: 2 })
  const [one] = portal.world.returns.values()
  if (!one) throw new Error('there is no return')
  one.broken = { carrier_hint: 'bei Muster klingeln' }
  const recorded = await place.kontor('record', 'portal')
  expect([recorded.code, words(recorded.stdout)]).toEqual([
    0,
    expect.stringMatching(
      /listReturns 1 difference observed new field customer_returns\[\]\.carrier_hint \(string\) getReturn as assumed/,
    ),
  ])
  const file = join(place.folder, 'recorded-portal.json')
  const saved = readFileSync(file, 'utf8')
  for (const value of [
    one.orderNumber,
    one.customer.email,
    one.customer.fullName,
    one.items[0]?.sku ?? '',
    password,
    'klingeln',
  ])
    expect(`${saved}${recorded.stdout}`).not.toContain(value)
  const again = await place.kontor('record', 'portal')
  expect([again.code, words(again.stderr)]).toEqual([2, expect.stringContaining('is there already')])
  const unable = await place.kontor('record', 'warehouse')
  expect([unable.code, words(unable.stderr)]).toEqual([1, expect.stringContaining('UNSUPPORTED')])
  expect(existsSync(join(place.folder, 'recorded-warehouse.json'))).toBe(false)
})

test('what is assumed is off, says so before anything is connected, and is done only where it is allowed', async () => {
  await open({ assume: true, scopes: 'returns,customers,labels,orders' })
  const Known = z.array(z.object({ name: z.string(), evidence: z.string(), permission: z.string() }))
  expect(Known.parse(JSON.parse((await place.kontor('act', 'portal', '--json')).stdout))).toEqual([
    { name: 'record', evidence: 'observed', permission: 'Retourenverwaltung' },
    { name: 'createReturn', evidence: 'assumed', permission: 'Retourenverwaltung' },
    { name: 'createLabel', evidence: 'assumed', permission: 'Versandetiketten-Erstellung' },
    { name: 'findOrders', evidence: 'assumed', permission: 'Bestellungszugriff' },
  ])
  const id = register({ sku: 'A', quantity: 1 })
  const off = await place.kontor('act', 'portal', 'createLabel', `return=${id}`)
  expect([off.code, words(off.stderr)]).toEqual([1, expect.stringContaining('allowAssumed: [createLabel]')])
  place.write(
    'kontor.yaml',
    readFileSync(join(place.folder, 'kontor.yaml'), 'utf8').replace(
      'baseUrl:',
      'allowAssumed: [createLabel]\n      baseUrl:',
    ),
  )
  await run()
  const made = await place.kontor('act', 'portal', 'createLabel', '--return', `portal/${id}`)
  expect([made.code, JSON.parse(made.stdout)]).toMatchObject([0, { status: 'ready', carrier: 'dhl' }])
  expect(bookings()).toEqual([`label-created ${id}`])
  const wrong = await place.kontor('act', 'portal', 'creatLabel')
  expect([wrong.code, words(wrong.stderr)]).toEqual([2, expect.stringContaining('Did you mean "createLabel"?')])
})

test('odd values arrive whole: unknown words, amounts as numbers, EANs without their zeros', async () => {
  await open({ words: 'unknown', amounts: 'number', eans: 'number' })
  const id = register({ sku: 'A', quantity: 1 })
  const item = portal.world.returns.get(id)?.items[0]
  if (!item) throw new Error('there is no item')
  Object.assign(item, { ean: '0012345678905', cents: 1990 })
  expect((await run()).code).toBe(0)
  expect(received()).toMatchObject([
    {
      lifecycle: { value: 'unknown', source: expect.stringMatching(/./) },
      lines: [{ gtin: '0012345678905', unitPrice: { amount: '19.9', currency: 'EUR' } }],
      flags: expect.arrayContaining(['unknown-status', 'unknown-return-type']),
    },
  ])
})

test('a web page where the list is due stops the reading and loses nothing', async () => {
  await open()
  register({ sku: 'A', quantity: 1 })
  const fault = portal.faults.add({ match: { method: 'GET' }, do: 'html', status: 200 })
  const stopped = await run()
  expect([stopped.code, words(`${stopped.stdout}${stopped.stderr}`)]).toEqual([
    2,
    expect.stringContaining('ENDPOINT_MISMATCH'),
  ])
  fault.remove()
  expect((await run()).code).toBe(0)
  expect(received()).toHaveLength(1)
})

test('two outcomes for one SKU are refused before anything is sent, and a person is told', async () => {
  await open()
  const id = register({ sku: 'A', quantity: 1 }, { sku: 'A', quantity: 1 })
  await run()
  await receive(`portal/${id};A;1;arrived`, `portal/${id};A;1;missing`)
  expect((await run()).code).toBe(4)
  const list = await place.kontor('deliveries', 'list', '--json')
  expect(JSON.parse(list.stdout)).toMatchObject([
    { entity: 'receipts', state: 'refused', error: { code: 'RETURN_LINE_AMBIGUOUS' } },
  ])
  expect(bookings()).toEqual([])
  expect((await place.kontor('explain', 'RETURN_LINE_AMBIGUOUS')).stdout).toContain('Book this return by hand')
})

test.each(['dropAnswer', 'cutBody'] as const)(
  'a connection cut after the write took effect (%s) books nothing twice',
  async (fault) => {
    await open()
    const id = register({ sku: 'A', quantity: 1 })
    await run()
    portal.faults.add({ match: { method: 'PATCH', times: 1 }, do: fault })
    await receive(`portal/${id};A;1;arrived`)
    for (let time = 0; time < 3; time++) await run()
    expect(bookings()).toEqual([`item-arrived ${id}/A`])
    expect(portal.exchanges.count({ method: 'PATCH' })).toBe(1)
  },
)
