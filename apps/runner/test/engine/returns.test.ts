import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { z } from 'zod'
import type { Clock } from '@kontor/core'
import { systemClock } from '@kontor/core/host'
import { simulator as portalSimulator } from '@kontor/plugin-8returns/simulator'
import { simulator as reportSimulator } from '@kontor/plugin-amazon/simulator'
import { simulator as marketSimulator } from '@kontor/plugin-backmarket/simulator'
import { simulator as shopSimulator } from '@kontor/plugin-bigcommerce/simulator'
import { simulator as clubSimulator } from '@kontor/plugin-loyalty/simulator'
import { createPluginLoader } from '../../src/cli/installed.ts'
import { createSecretSource, readConfig, type Config } from '../../src/config/index.ts'
import { openConfiguredStore } from '../../src/engine/open-engine.ts'
import { explainPoints } from '../../src/engine/ledger-facts.ts'
import { runOnce } from '../../src/engine/runner.ts'
import { readStatus } from '../../src/store/status.ts'

// The whole way on real parts: four systems over HTTP, a warehouse that is a folder, the runner and its store.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const marketToken = 'ZGVtbzpCTVQtMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA=='
const clubShop = '3f0c2a4e-1111-4111-8111-000000000001'
const Placed = z.object({ id: z.int() })
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

let folder = ''
let systems: AsyncDisposableStack
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kontor-returns-'))
  mkdirSync(join(folder, 'warehouse'))
  systems = new AsyncDisposableStack()
})
afterEach(async () => {
  await systems.disposeAsync()
  rmSync(folder, { recursive: true, force: true })
})

async function start() {
  const portal = systems.use(await portalSimulator.start({ seed: 1, options: { returns: 0 } }))
  const market = systems.use(await marketSimulator.start({ seed: 1, options: { orders: 0, token: marketToken } }))
  const shop = systems.use(await shopSimulator.start({ seed: 1, options: { orders: 0 } }))
  const club = systems.use(await clubSimulator.start({ seed: 1 }))
  const earn = { when: 'created', ignoreEmails: [] }
  const credentials = (...keys: string[]): object =>
    Object.fromEntries(keys.map((key) => [key, `\${env:${key.toUpperCase()}}`]))
  const file = join(folder, 'kontor.yaml')
  const text = stringify({
    connections: {
      portal: {
        plugin: '@kontor/plugin-8returns',
        config: { baseUrl: portal.url },
        credentials: credentials('apiKey', 'password'),
      },
      market: {
        plugin: '@kontor/plugin-backmarket',
        config: { region: 'eu', baseUrl: market.url, company: 'Muster', contactEmail: 'kontor@example.com' },
        credentials: { token: '${env:MARKET}' },
      },
      shop: {
        plugin: '@kontor/plugin-bigcommerce',
        config: { apiUrl: shop.url },
        credentials: credentials('storeHash', 'accessToken', 'clientSecret'),
      },
      club: {
        plugin: '@kontor/plugin-loyalty',
        config: { provider: 'leat', baseUrl: `${club.url}/api/v3/oauth/clients`, shop: clubShop },
        credentials: { token: '${env:CLUB}' },
      },
      warehouse: {
        plugin: '@kontor/plugin-file',
        config: { folder: './warehouse', write: { returns: { format: 'json' } }, quietFor: '1s' },
      },
    },
    flows: [
      { entity: 'orders', from: ['market', 'shop'], to: 'warehouse', start: 'all' },
      { entity: 'returns', from: ['portal', 'market'], to: 'warehouse', start: 'all' },
      { entity: 'receipts', from: 'warehouse', to: 'origin' },
      { loyalty: { shop: 'shop', provider: 'club', earn } },
      { loyalty: { shop: 'market', provider: 'club', earn } },
    ],
  })
  const config = await readConfig(text, file, {
    loadPlugin: createPluginLoader(),
    secrets: createSecretSource({
      folder,
      environment: {
        APIKEY: 'demo-key',
        PASSWORD: 'demo-password',
        MARKET: marketToken,
        STOREHASH: 'abc123example',
        ACCESSTOKEN: 'exampletoken0exampletoken0example',
        CLIENTSECRET: 'examplesecret0examplesecret0examplesecret',
        CLUB: 'exampletoken-leat-0001',
      },
    }),
  })
  return { portal, market, shop, club, config }
}

async function run(config: Config, times = 1, clock: Clock = systemClock): Promise<void> {
  for (let time = 0; time < times; time++) {
    const { failures, paused } = await runOnce({
      config,
      clock,
      log: quiet,
      mask: () => undefined,
      signal: AbortSignal.timeout(90_000),
    })
    expect([failures, [...paused]]).toEqual([[], []])
  }
}

async function inStore<T>(
  config: Config,
  look: (store: Awaited<ReturnType<typeof openConfiguredStore>>) => Promise<T>,
) {
  const store = await openConfiguredStore(config, systemClock)
  try {
    return await look(store)
  } finally {
    await store.close()
  }
}

/** Points of an order as the ledger reckons them. */
const points = async (config: Config, shop: 'shop' | 'market', id: string) =>
  await inStore(config, async (store) => {
    const plan = config.loyalty.find((each) => each.shop === shop)
    return plan && (await explainPoints(store.db, plan, `${shop}/${id}`, systemClock.now()))
  })

/** The warehouse writes a file of what it found, and leaves it alone until it is taken. */
async function receive(row: string): Promise<void> {
  mkdirSync(join(folder, 'warehouse', 'receipts'), { recursive: true })
  writeFileSync(join(folder, 'warehouse', 'receipts', 'today.csv'), `return;sku;quantity;outcome\n${row}\n`)
  await new Promise((wake) => setTimeout(wake, 1300))
}

const filesIn = (name: string): string =>
  readdirSync(join(folder, 'warehouse', name))
    .map((each) => readFileSync(join(folder, 'warehouse', name, each), 'utf8'))
    .join('\n')

it('a return of the portal finds its order at the shop, takes its points back once, and hears what the warehouse found', async () => {
  const { portal, shop, club, config } = await start()
  const { id: placed } = Placed.parse(shop.act('place-order', { lines: [{ sku: 'SHIRT-M', quantity: 2 }] }))
  const order = String(placed)
  await run(config)
  const before = await points(config, 'shop', order)
  expect([before?.state, Number(before?.points.left) > 0]).toEqual(['settled', true])
  const balance = () => club.world.contacts.reduce((sum, each) => sum + each.balance, 0)
  const earned = balance()

  const id = Number(portal.act('register-return', { orderNumber: order, items: [{ sku: 'SHIRT-M', quantity: 1 }] }))
  const item = portal.world.returns.get(id)?.items[0]
  if (!item) throw new Error('the portal has no such return')
  Object.assign(item, { wants: 'refund', cents: 1000 })
  await run(config)
  expect(filesIn('returns')).toContain(`portal/${id}`)
  await inStore(config, async (store) => {
    const lane = await store.db
      .selectFrom('deliveries')
      .select(['lane', 'state'])
      .where('entity', '=', 'returns')
      .where('source', '=', 'portal')
      .execute()
    expect(lane).toEqual([{ lane: `shop/${order}`, state: 'done' }])
    expect((await readStatus(store)).unmatched).toEqual([])
  })
  expect(balance()).toBe(earned)

  // What the warehouse found goes back to the portal, and to nobody else.
  await receive(`portal/${id};SHIRT-M;1;arrived`)
  await run(config, 2)
  expect(portal.truth.effects.map(({ what, key }) => `${what} ${key}`)).toEqual([`item-arrived ${id}/SHIRT-M`])

  portal.act('refund', { id })
  await run(config)
  const after = await points(config, 'shop', order)
  expect(after).toMatchObject({ state: 'settled', refunded: { amount: '10.00', currency: 'EUR' } })
  const taken = Number(after?.points.taken)
  expect(taken).toBeGreaterThan(0)
  expect(balance()).toBe(earned - taken)

  // The shop books the same money a day later: nothing more is taken.
  shop.act('refund', { order: Number(order), amount: 1000 })
  await run(config, 2)
  expect(balance()).toBe(earned - taken)
  // A second refund that no return tells of is one of its own.
  shop.act('refund', { order: Number(order), amount: 500 })
  await run(config)
  expect(balance()).toBeLessThan(earned - taken)
})

it('a return of a marketplace finds its order there, the ledger hears of its refund, and its receipt goes back there', async () => {
  const { market, portal, config } = await start()
  const order = String(market.act('place-order', { market: 'FR' }))
  await run(config, 2)
  // Without an address of the buyer the order is no member's: nothing is earned, and why is told.
  expect(await points(config, 'market', order)).toMatchObject({ state: 'never', refunds: [] })

  const care = Number(market.act('open-care', { order: Number(order), resolution: 'REFUND' }))
  await run(config)
  expect(filesIn('returns')).toContain(`market/${care}`)
  await inStore(config, async (store) => {
    const lanes = await store.db
      .selectFrom('deliveries')
      .select(['lane', 'state'])
      .where('entity', '=', 'returns')
      .execute()
    expect(lanes).toEqual([{ lane: `market/${order}`, state: 'done' }])
  })

  const folderOf = market.world.care.get(care)
  if (!folderOf) throw new Error('the marketplace has no such folder')
  Object.assign(folderOf.line, { state: 6 })
  Object.assign(folderOf, { modified: market.clock.now() })
  await run(config)
  const heard = await points(config, 'market', order)
  expect(heard?.refunds).toMatchObject([{ id: `of return ${care}`, counted: heard?.value?.now }])

  await receive(`market/${care};${folderOf.line.sku};1;missing`)
  await run(config, 2)
  expect(market.truth.effects.flatMap(({ what, key }) => (what === 'problem-declared' ? [key] : []))).toEqual([
    String(care),
  ])
  expect(portal.truth.effects).toEqual([])
})

it('a return that comes in a report finds its order at the marketplace that made the report', async () => {
  const market = systems.use(
    await reportSimulator.start({
      seed: 1,
      options: { orders: 1, plainOrders: true, searchOrdersRate: 1, reportQueue: 0, reportWork: 0 },
    }),
  )
  const secrets = {
    CLIENT: 'amzn1.application-oa2-client.example0000000000000000000000000',
    SECRET: 'amzn1.oa2-cs.v1.example000000000000000000000000000000000',
    TOKEN: 'Atzr|exampleRefresh',
  }
  const config = await readConfig(
    stringify({
      connections: {
        market: {
          plugin: '@kontor/plugin-amazon',
          config: { region: 'eu', sellerId: 'A1EXAMPLESELLER', baseUrl: market.url },
          credentials: { clientId: '${env:CLIENT}', clientSecret: '${env:SECRET}', refreshToken: '${env:TOKEN}' },
          limits: { searchOrders: { per: '1s' } },
        },
        warehouse: { plugin: '@kontor/plugin-file', config: { folder: './warehouse' } },
      },
      flows: [
        { entity: 'orders', from: 'market', to: 'warehouse', start: 'all' },
        { entity: 'returns', from: 'market', to: 'warehouse', start: 'all' },
      ],
    }),
    join(folder, 'kontor.yaml'),
    { loadPlugin: createPluginLoader(), secrets: createSecretSource({ folder, environment: secrets }) },
  )
  const [order] = market.world.orders.keys()
  market.act('return', { order })
  await run(config)
  // The report is fetched by a later run: two minutes on, by the clock of the runner.
  await run(config, 2, { ...systemClock, now: () => systemClock.now() + 120_000 })
  await inStore(config, async (store) => {
    const lanes = await store.db
      .selectFrom('deliveries')
      .select(['lane', 'state'])
      .where('entity', '=', 'returns')
      .execute()
    expect(lanes).toEqual([{ lane: `market/${order}`, state: 'done' }])
  })
})
