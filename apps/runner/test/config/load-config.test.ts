import { expect, test } from 'vitest'
import { loadConfig, problemText } from '../../src/config/index.ts'
import { complaints, load, loadPlugin } from './load.ts'

const base = `
connections:
  shop-eu: { plugin: plugin-shop, config: { region: europe }, credentials: { login: a, token: "\${env:A}" }, limits: { offers: { burst: 2 } }, every: { orders: 2m } }
  shop-us: { plugin: plugin-shop, config: { region: america }, credentials: { login: b, token: "\${env:B}" }, every: 10m, linger: 2s, paused: true }
  depot: { plugin: plugin-depot }
`

test('a flow of several ends becomes one flow for each pair, whose id does not change when another joins', async () => {
  const ids = async (from: string): Promise<string[]> =>
    (await load(`${base}flows:\n  - { entity: orders, from: ${from}, to: depot }\n`)).flows.map((flow) => flow.id)
  expect(await ids('[shop-us]')).toEqual(['orders:shop-us>depot'])
  expect(await ids('[shop-eu, shop-us]')).toEqual(['orders:shop-eu>depot', 'orders:shop-us>depot'])
})

test('a flow says what is delivered, when, and what holds it back', async () => {
  const { flows } = await load(`${base}flows:
  - { entity: orders, from: shop-eu, to: depot, every: 5m }
  - { entity: orders, from: shop-us, to: depot, where: paid, start: 2026-05-03, cron: "0 6 * * *" }
  - { entity: shipments, from: depot, to: origin, start: all }
  - { entity: stock, from: depot, to: [shop-eu], guard: { dropToZero: 20%, } }
`)
  expect(flows).toEqual([
    {
      id: 'orders:shop-eu>depot',
      entity: 'orders',
      from: ['shop-eu'],
      to: ['depot'],
      where: 'shippable',
      start: 'first-run',
      everyMs: 300_000,
      cron: undefined,
      guard: undefined,
    },
    {
      id: 'orders:shop-us>depot',
      entity: 'orders',
      from: ['shop-us'],
      to: ['depot'],
      where: 'paid',
      start: Date.parse('2026-05-03T00:00:00Z'),
      everyMs: undefined,
      cron: '0 6 * * *',
      guard: undefined,
    },
    {
      id: 'shipments:depot>origin',
      entity: 'shipments',
      from: ['depot'],
      to: 'origin',
      where: 'all',
      start: 0,
      everyMs: undefined,
      cron: undefined,
      guard: undefined,
    },
    {
      id: 'stock:depot>shop-eu',
      entity: 'stock',
      from: ['depot'],
      to: ['shop-eu'],
      where: 'all',
      start: 'first-run',
      everyMs: undefined,
      cron: undefined,
      guard: { dropToZero: 0.2 },
    },
  ])
})

test('a connection knows its limits, its pace, how long it gathers and whether it is paused', async () => {
  const { connections } = await load(base)
  const [europe, america] = [connections.get('shop-eu'), connections.get('shop-us')]
  expect(europe?.limits['offers']).toEqual({ burst: 2, per: '10s', atOnce: 1, source: 'invented' })
  expect(europe?.limits['orders']).toEqual({ burst: 10, per: '1s', source: 'invented' })
  expect([europe?.everyMs('orders'), europe?.everyMs('returns'), america?.everyMs('orders')]).toEqual([
    120_000,
    undefined,
    600_000,
  ])
  expect([europe?.lingerMs, america?.lingerMs]).toEqual([undefined, 2000])
  expect([europe?.paused, america?.paused]).toEqual([false, true])
})

test('prices have a floor by currency, and stock has none', async () => {
  const flow = (entity: string): string =>
    `${base}flows:\n  - { entity: ${entity}, from: depot, to: shop-eu, guard: { floor: { EUR: 49.90, GBP: "45.00" } } }\n`
  const config = await load(flow('prices'))
  expect(config.flows[0]?.guard).toEqual({ floor: { EUR: '49.9', GBP: '45.00' } })
  await expect(load(flow('stock'))).rejects.toThrow('is about prices; this flow delivers stock')
})

test('points and decisions have their rules', async () => {
  const config = await load(
    `${base}flows:\n  - { loyalty: { shop: shop-eu, provider: depot, earn: { when: paid } } }\ndecide:\n  shop-eu: { accept: auto, notBefore: 60m }\n`,
  )
  expect(config.loyalty).toMatchObject([
    {
      id: 'points:shop-eu>depot',
      shop: 'shop-eu',
      provider: 'depot',
      rules: { earn: { when: 'paid', value: 'total' }, decimals: 0 },
    },
  ])
  expect(config.warnings).toEqual([])
  expect(config.decide.get('shop-eu')).toEqual({
    accept: 'auto',
    rules: [],
    notBeforeMs: 3_600_000,
    preorders: 'in-stock',
  })
  expect(config.decide.get('shop-us')).toBeUndefined()
})

test('what looks wrong and may be meant is a warning', async () => {
  const config = await load(`
connections:
  one: { plugin: plugin-shop, config: { region: europe }, credentials: { login: a, token: "\${env:A}" } }
  two: { plugin: plugin-shop, credentials: { token: "\${env:A}", login: a }, config: { region: europe } }
  depot: { plugin: plugin-depot }
  store: { plugin: plugin-depot, config: { folder: ./store } }
flows:
  - { entity: stock, from: [depot, store], to: one }
`)
  expect(config.warnings.map(problemText).map((text) => text.replace('/etc/kontor/', ''))).toEqual([
    'kontor.yaml:4:3 connections.two: says the same as one. Two connections to one account read and deliver everything twice.',
    'kontor.yaml:8:48 flows.0.to: one gets stock from both depot and store. If a SKU is in both, the one read last wins.',
  ])
})

test('orders may go on from where they came to: only states must not go round', async () => {
  const ring = (entity: string): string => `
connections:
  a: { plugin: plugin-depot }
  b: { plugin: plugin-depot, config: { folder: ./b } }
  c: { plugin: plugin-depot, config: { folder: ./c } }
flows:
  - { entity: ${entity}, from: a, to: b }
  - { entity: ${entity}, from: b, to: c }
  - { entity: ${entity}, from: c, to: a }
`
  expect(await complaints(ring('stock'))).toEqual([
    'kontor.yaml:9:35 flows.2.to: stock would go round in a ring: c → a → b → c. Decide which connection is the source.',
  ])
})

test('a file that is not there says how to get one', async () => {
  await expect(loadConfig('/nowhere/kontor.yaml', { loadPlugin })).rejects.toThrow(
    '/nowhere/kontor.yaml There is no such file. "kontor init" writes one; --config names another.',
  )
})
