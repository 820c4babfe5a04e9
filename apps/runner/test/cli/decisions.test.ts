import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { simulator, type RakutenOptions, type RakutenWorld, type Sale } from '@kontor/plugin-rakuten/simulator'
import type { RunningSimulator } from '@kontor/testkit/simulator'
import { expect, test, vi } from 'vitest'
import { Place } from './kontor.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000 })

/** A marketplace that waits for the seller's word, a warehouse that may give it, and nothing decided by a policy. */
async function openMarket(
  own: object = {},
  options: Partial<RakutenOptions> = {},
): Promise<{ place: Place; market: RunningSimulator<RakutenWorld, RakutenOptions> }> {
  const place = new Place()
  const market = await simulator.start({ seed: 1, options: { sales: 0, quotaPerHour: 100_000, ...options } })
  for (const entity of ['decisions', 'orders']) mkdirSync(join(place.folder, 'warehouse', entity), { recursive: true })
  const connection = {
    plugin: '@kontor/plugin-rakuten',
    config: { login: 'muster-shop', baseUrl: market.url, ...own },
    credentials: { token: '${env:MARKET_TOKEN}' },
    limits: { calls: { burst: 1000 }, quota: { burst: 100_000 } },
    linger: '0s',
  }
  place.environment = { MARKET_TOKEN: 'simulated-token-1' }
  place.write('kontor.yaml', {
    connections: {
      market: connection,
      warehouse: { plugin: '@kontor/plugin-file', config: { folder: './warehouse' } },
    },
    flows: [
      { entity: 'orders', from: 'market', to: 'warehouse', start: 'all' },
      { entity: 'decisions', from: 'warehouse', to: 'origin' },
    ],
  })
  return { place, market }
}

test('manual: what a person and a warehouse decide is accepted, refused, cancelled and confirmed, each once', async () => {
  const { place, market } = await openMarket()
  using _ = place
  await using __ = market
  const sell = (wish: object): Sale =>
    market.act('place-sale', { soldAt: market.clock.now() - 7_200_000, ...wish }) as Sale
  const accepted = sell({ kind: 'twins' })
  const refused = sell({ kind: 'tracked' })
  const cancelled = sell({ kind: 'tracked', status: 'ACCEPTED' })
  const byFile = sell({ kind: 'tracked' })
  const soon = sell({ kind: 'preorder' })
  const left = sell({ kind: 'tracked' })
  const statuses = () =>
    [accepted, refused, cancelled, byFile, soon, left].map(({ units }) => units.map(({ status }) => status).join())

  expect((await place.kontor('run', '--once')).code).toBe(0)
  expect(market.truth.count()).toBe(0)
  expect((await place.kontor('trace', left.purchaseId)).stdout).toContain('nobody has decided about it yet')
  for (const [sale, ...decision] of [
    [accepted, 'accept'],
    [refused, 'refuse', '--reason', 'out_of_stock'],
    [cancelled, 'cancel', '--message', 'Article épuisé'],
    [soon, 'confirm-preorder'],
  ] as const)
    expect((await place.kontor('decide', sale.purchaseId, ...decision)).code).toBe(0)
  place.write('warehouse/decisions/one.csv', `order,decision\nmarket/${byFile.purchaseId},accept\n`)
  expect((await place.kontor('run', '--once')).code).toBe(0)
  expect((await place.kontor('run', '--once')).code).toBe(0)
  expect(statuses()).toEqual(['ACCEPTED,ACCEPTED', 'REFUSED', 'CANCELLED', 'ACCEPTED', 'ACCEPTED', 'TO_CONFIRM'])
  for (const what of ['unit-accepted', 'unit-refused', 'unit-cancelled', 'preorder-confirmed'])
    expect([what, market.truth.doubled(what)]).toEqual([what, []])
  expect(market.truth.count()).toBe(6)

  // What cannot be done any more is said with what can.
  await place.kontor('decide', accepted.purchaseId, 'refuse')
  expect((await place.kontor('run', '--once')).code).toBe(4)
  const { stdout } = await place.kontor('deliveries', 'list')
  expect(stdout).toMatch(/decisions.*refused.*decide cancel instead, which refunds the buyer in full/)
  expect(market.truth.count()).toBe(6)
})

test('a carrier that would be refused is found by check, which then ends with 2', async () => {
  const { place, market } = await openMarket({ carriers: { Musterpost: 'auto', Colissimo: 'auto', Post: 'Colisimo' } })
  using _ = place
  await using __ = market
  const { code, stdout } = await place.kontor('check')
  expect(code).toBe(2)
  expect(stdout).toContain('connections.market.carriers.Musterpost')
  expect(stdout).toContain('Perhaps "Colissimo" is meant.')
  expect(stdout).not.toContain('carriers.Colissimo')
})

test('a quota that is used up lets check prove nothing, which it says, and ends with 3', async () => {
  const { place, market } = await openMarket({}, { quotaPerHour: 1 })
  using _ = place
  await using __ = market
  expect((await place.kontor('check')).code).toBe(0)
  const { code, stdout } = await place.kontor('check')
  expect(code).toBe(3)
  expect(stdout).toContain('Login and token were not checked')
})
