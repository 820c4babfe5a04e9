import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { createClock } from '@kontor/testkit/simulator'
import { stringify } from 'yaml'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { openTwoSystems, type TwoSystemsSettings } from '../loyalty/two-systems.ts'
import { Place } from './kontor.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 })

/** A folder between both systems in which `kontor` runs as a process of its own. */
async function open(settings: Omit<TwoSystemsSettings, 'clock'> = {}) {
  const systems = await openTwoSystems({ clock: createClock(), ...settings })
  const place = new Place()
  copyFileSync(systems.file, join(place.folder, 'kontor.yaml'))
  copyFileSync(join(systems.folder, '.env'), join(place.folder, '.env'))
  const json = async <T>(schema: z.ZodType<T>, ...given: readonly string[]): Promise<T> => {
    const { stdout, stderr } = await place.kontor(...given, '--json')
    if (stdout === '') throw new Error(stderr)
    return schema.parse(JSON.parse(stdout))
  }
  return {
    systems,
    place,
    json,
    /** Until nothing is on its way. */
    run: () => place.kontor('run', '--once'),
    explain: async (order: number) => (await place.kontor('loyalty', 'explain', `shop/${order}`)).stdout,
    async [Symbol.asyncDispose]() {
      place[Symbol.dispose]()
      await systems[Symbol.asyncDispose]()
    },
  }
}

test('the scopes of a loyalty programme are enough: orders and refunds become points', async () => {
  const scopes = ['orders', 'transactions', 'customers', 'marketing', 'products']
  await using world = await open({ shopOptions: { scopes } })
  const check = await world.place.kontor('check')
  expect([check.code, check.stdout]).toEqual([0, expect.stringContaining('"Store Inventory: modify"')])
  const order = world.systems.place()
  world.systems.refund(order, { amount: 2500 })
  const ran = await world.run()
  expect(world.systems.balance()).toBe(40)
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('points')])
})

test('a token without a scope is told in the words of BigCommerce', async () => {
  await using world = await open({ shopOptions: { scopes: ['orders', 'transactions', 'customers', 'products'] } })
  const { stdout } = await world.place.kontor('check', 'shop')
  expect(stdout).toContain('AUTH_PERMISSION_MISSING')
  expect(stdout).toContain('"Marketing: modify"')
  await using without = await open({ shopOptions: { scopes: ['customers', 'marketing', 'products'] } })
  const refused = await without.place.kontor('check', 'shop')
  expect([refused.code, refused.stdout]).toEqual([2, expect.stringContaining('"Orders: read-only"')])
  expect((await without.run()).code).toBe(2)
})

test.each([
  ['as it was downloaded', '\n'],
  ['with its line breaks lost', ' '],
  ['with not even blanks in their place', ''],
])('the text file of the API account is enough, %s', async (_, between) => {
  await using world = await open()
  const { shop, points } = world.systems.config.connections
  const text = [
    'ACCESS TOKEN: exampletoken0exampletoken0example',
    'CLIENT NAME: kontor',
    'API PATH: https://api.bigcommerce.com/stores/abc123example/v3/',
    'CLIENT ID: exampleid0exampleid0example0id',
    'CLIENT SECRET: examplesecret0examplesecret0examplesecret',
  ].join(between)
  world.place.write('BigCommerceAPI-credentials.txt', text)
  const connections = { shop: { ...shop, credentials: { accountFile: './BigCommerceAPI-credentials.txt' } }, points }
  world.place.write('kontor.yaml', stringify({ ...world.systems.config, connections }))
  const { code, stdout, stderr } = await world.place.kontor('check', 'shop')
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^shop +@kontor\/plugin-bigcommerce .* ok /m)
  expect(stdout).not.toContain('exampletoken0')
})

test('a text file that is something else is told with its place and what to do, and without a value', async () => {
  await using world = await open()
  const { shop, points } = world.systems.config.connections
  world.place.write('key.txt', 'ACCESS TOKEN: exampletoken0exampletoken0example\n')
  const connections = { shop: { ...shop, credentials: { accountFile: './key.txt' } }, points }
  world.place.write('kontor.yaml', stringify({ ...world.systems.config, connections }))
  const { code, stdout, stderr } = await world.place.kontor('check', 'shop')
  expect(code).toBe(2)
  expect(stdout + stderr).toContain('no value for API PATH')
  expect(stdout + stderr).toContain('create a new API account')
  expect(stdout + stderr).not.toContain('exampletoken0')
})

test('refunds that cannot be right are answered as they are: larger than the order, in another currency, without an address', async () => {
  await using world = await open()
  const { systems } = world
  const [larger, foreign, nobody] = [
    systems.place(),
    systems.place({ email: 'max.muster@example.com' }),
    systems.place({ guest: true, email: '' }),
  ]
  await world.run()
  systems.refund(larger, { amount: 9000 })
  systems.refund(nobody, { amount: 1000 })
  systems.changeCurrency(foreign, 'USD')
  systems.refund(foreign, { amount: 2000 })
  expect((await world.run()).code).toBe(0)
  expect(systems.balance('erika.muster@example.com')).toBe(0)
  expect(systems.balance('max.muster@example.com')).toBe(80)
  expect(await world.explain(larger)).toContain('to be gone 80 × 50.00 / 50.00 = 80')
  expect(await world.explain(foreign)).toMatch(/does not count .*it is in USD, the order in EUR/)
  expect(await world.explain(nobody)).toContain('no_identity: the order has no e-mail address')
})

test('a refund before its order waits in sight, and counts when the order is there', async () => {
  await using world = await open()
  const { systems } = world
  const order = systems.place()
  systems.refund(order, { amount: 2000 })
  systems.shop.faults.add({ match: { path: '/stores/:store/v2/orders', times: 8 }, do: 'status', status: 404 })
  await world.run()
  expect(systems.balance()).toBe(0)
  const waiting = await world.place.kontor('status')
  expect(waiting.stdout).toMatch(/refunds/)
  systems.shop.faults.clear()
  await world.run()
  expect(systems.balance()).toBe(48)
})

const Planned = z.object({
  points: z.array(z.object({ order: z.string(), bookings: z.array(z.looseObject({ kind: z.string() })) })),
})

test('plan shows what would be earned and taken back, and books nothing', async () => {
  await using world = await open({ rules: { earn: { rate: '2' } } })
  const order = world.systems.place()
  world.systems.refund(order, { amount: 1000 })
  const { points } = await world.json(Planned, 'plan')
  expect(points).toMatchObject([
    {
      order: `shop/${order}`,
      bookings: [
        { kind: 'earn', points: '100' },
        { kind: 'reverse', points: '20' },
      ],
    },
  ])
  expect((await world.place.kontor('plan')).stdout).toMatch(/^shop\/\d+ +reverse +20 +50\.00 EUR +10\.00 EUR$/m)
  expect(world.systems.programme.truth.effects).toEqual([])
  expect(existsSync(join(world.place.folder, 'kontor.db'))).toBe(false)
})

test('points of the past are given from a day on, once; a ledger that was lost is rebuilt from the programme', async () => {
  await using world = await open()
  const { systems, place } = world
  const old = systems.place()
  systems.refund(old, { amount: 2500 })
  const planned = await place.kontor('loyalty', 'backfill', '--from', '30d', '--plan')
  expect(planned.stdout).toMatch(/^shop\/\d+ +earn +as the programme decides +50\.00 EUR +25\.00 EUR$/m)
  expect(planned.stdout).toContain('of them 25.00 / 50.00')
  expect(existsSync(join(place.folder, 'kontor.db'))).toBe(false)

  expect((await place.kontor('backfill', 'shop', '--from', '30d')).code).toBe(0)
  await place.kontor('loyalty', 'backfill', '--from', '30d')
  await place.kontor('loyalty', 'backfill', '--from', '30d')
  await world.run()
  expect(systems.balance()).toBe(40)
  expect((await place.kontor('loyalty', 'rebuild')).stdout).toContain('1 orders, 2 bookings agree, 0 differ')

  // The store is lost: another folder, the same systems.
  using fresh = new Place()
  copyFileSync(systems.file, join(fresh.folder, 'kontor.yaml'))
  copyFileSync(join(systems.folder, '.env'), join(fresh.folder, '.env'))
  await fresh.kontor('backfill', 'shop', '--from', '30d')
  const seen = await fresh.kontor('loyalty', 'rebuild')
  expect([seen.code, seen.stdout]).toEqual([0, expect.stringContaining('0 bookings agree, 2 differ')])
  expect((await fresh.kontor('loyalty', 'rebuild', '--apply')).stdout).toContain('2 bookings were taken over')
  await fresh.kontor('run', '--once')
  expect(systems.balance()).toBe(40)
  expect(systems.programme.truth.count('credit_reception')).toBe(2)
})

test('a reward becomes a code, which is shown on demand alone, and can be withdrawn while it is unused', async () => {
  const rewards = {
    'five-euros': {
      reward: '9f2b0000-0000-4000-8000-000000000005',
      points: '50',
      discount: { kind: 'amount', amount: '5.00', currency: 'EUR', minimumOrder: '20.00', expiresDays: 90 },
    },
  }
  await using world = await open({ rules: { redeem: { rewards } } })
  const { systems, place } = world
  systems.programme.act('contact', { email: 'erika.muster@example.com', balance: 120 })
  expect((await place.kontor('loyalty', 'rewards')).stdout).toMatch(/^points +5 EUR +50 +yes +five-euros/m)
  await world.run()
  const asked = ['loyalty', 'redeem', 'five-euros', '--member', 'Erika.Muster@example.com', '--id', 'mine-1']
  expect((await place.kontor(...asked)).code).toBe(0)
  expect((await place.kontor(...asked)).stdout).toContain('was asked for before')
  expect((await place.kontor('loyalty', 'redeem', 'five-euro', '--member', 'x@example.com')).stderr).toContain(
    'Did you mean "five-euros"?',
  )
  await world.run()
  expect(systems.shop.truth.count('coupon')).toBe(1)
  const shown = await place.kontor('loyalty', 'redemptions')
  expect(shown.stdout).toMatch(/^points\/r-mine-1 +50 +issued +…[A-Z2-9]{4} /m)
  expect(shown.stdout).not.toContain('erika')
  expect((await place.kontor('loyalty', 'redemptions', '--full')).stdout).toMatch(/ [A-Z2-9]{16} +erika\.muster@/)
  expect((await place.kontor('loyalty', 'explain', 'erika.muster@example.com')).stdout).toMatch(
    /^points\/r-mine-1: a reward for 50 points \(issued: the code can be used\)\n0 points by 0 orders, before 1 rewards; points says 70$/m,
  )
  await place.kontor('loyalty', 'withdraw', 'points/r-mine-1')
  await world.run()
  expect(systems.balance()).toBe(0)
  expect((await place.kontor('loyalty', 'redemptions')).stdout).toContain('given_back')
})

test('explain answers for a member as well: every order, the rewards, and what the programme says', async () => {
  await using world = await open()
  const { systems, place } = world
  const [one, two] = [systems.place(), systems.place({ lines: [{ sku: 'SKU-2', quantity: 1 }] })]
  systems.refund(one, { amount: 2500 })
  systems.place({ email: 'max.muster@example.com' })
  await world.run()
  const { code, stdout } = await place.kontor('loyalty', 'explain', 'Erika.Muster@example.com')
  expect(code).toBe(0)
  expect(stdout).toContain(`shop/${one}: 40 points`)
  expect(stdout).toContain(`shop/${two}: 31 points`)
  expect(stdout).toContain('71 points by 2 orders; points says 71')
  expect(stdout).not.toContain('max')
  expect((await place.kontor('loyalty', 'explain', 'nobody@example.com')).code).toBe(1)
})
