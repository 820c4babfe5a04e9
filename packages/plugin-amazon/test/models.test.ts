import { toInstant, type Delivery, type Instant, type Order, type Outcome } from '@kontor/core'
import {
  checkAgainstJsonSchema,
  checkAgainstOpenApi,
  NO_SPECS,
  specsFolder,
  type Exchange,
} from '@kontor/testkit/simulator'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openShop } from './shop.ts'
import { all, delivery, fetched, readBack } from './support.ts'

const specs = specsFolder()
const since = '2026-05-01T00:00:00Z' as Instant
const signal = AbortSignal.timeout(600_000)
const models = [
  'sellers',
  'orders_2026-01-01',
  'ordersV0',
  'tokens_2021-03-01',
  'listingsItems_2021-08-01',
  'feeds_2021-06-30',
  'reports_2021-06-30',
  'finances_2024-06-19',
  'fbaInventory',
  'notifications',
]

type Shop = Awaited<ReturnType<typeof openShop>>
const Made = z.object({ id: z.string() })

/** What was written, as it would be asked about later: with what the writer said of it. */
const sentOf = <D extends Delivery>(batch: readonly D[], outcomes: readonly Outcome[], at: Instant): D[] =>
  batch.flatMap((one) => {
    const outcome = outcomes.find(({ key }) => key === one.key)
    if (outcome?.is !== 'sent') return []
    const { ticket, item } = outcome
    return [
      { ...one, sent: { at, ...(ticket === undefined ? {} : { ticket }), ...(item === undefined ? {} : { item }) } },
    ]
  })

/** Reads to the end, four times over: a report is asked for by one reading, and fetched by a later one. */
async function toEnd<C>(
  { shop }: Shop,
  reader: { read(request: { since: Instant; signal: AbortSignal; checkpoint?: C }): AsyncIterable<{ checkpoint: C }> },
): Promise<void> {
  let checkpoint: C | undefined
  for (let turn = 0; turn < 4; turn += 1) {
    for await (const page of reader.read({ since, signal, ...(checkpoint === undefined ? {} : { checkpoint }) }))
      checkpoint = page.checkpoint
    await shop.clock.sleep(120_000)
  }
}

/** Everything the plugin reads. */
async function readAll(world: Shop): Promise<void> {
  const { connection, shop } = world
  await connection.check(signal)
  expect(await connection.ensure?.({ signal })).toEqual([])
  await toEnd(world, connection.readers.orders)
  await toEnd(world, connection.readers.returns)
  await toEnd(world, connection.readers.refunds)
  await toEnd(world, connection.readers.fbaStock)
  const ids = [...shop.world.orders.keys()].slice(0, 2)
  await all(
    fetched(
      connection.readers.orders,
      [...ids, 'NONE'].map((id) => ({ entity: 'orders', id })),
    ),
  )
}

/** A new order as the plugin reads it, when its two minutes are over. */
async function newOrder({ connection, shop }: Shop, given: object): Promise<Order> {
  const { id } = Made.parse(shop.act('place-order', { lines: [{ sku: 'MUG-RED', quantity: 2 }], ...given }))
  await shop.clock.sleep(180_000)
  const [intake] = await all(fetched(connection.readers.orders, [{ entity: 'orders', id }]))
  const order = intake?.records[0]
  if (order === undefined) throw new Error('the order was not read')
  return order
}

const about = ({ id }: Order) => ({ entity: 'orders', id }) as const

/** Parcels, whole and in part, by a carrier Amazon knows and by one it does not; and one that is fetched from the shop. */
async function ship(world: Shop): Promise<void> {
  const { connection, shop } = world
  for (const [carrier, quantity, programs] of [
    ['DHL', 2, []],
    ['Musterbote', 1, []],
    ['DHL', 2, ['IN_STORE_PICK_UP']],
  ] as const) {
    const order = await newOrder(world, { programs })
    const lines = [{ sku: 'MUG-RED', quantity }]
    const trackingNumber = `T-${order.id}`
    const parcel = {
      entity: 'shipments',
      id: trackingNumber,
      about: about(order),
      carrier,
      trackingNumber,
      lines,
    } as const
    const batch = [delivery<'shipments'>(parcel, { order })]
    const outcomes = await all(connection.writers.shipments.write(batch, signal))
    await readBack(connection.writers.shipments, sentOf(batch, outcomes, toInstant(shop.clock.now())))
  }
}

/** A refund and a cancellation, and what became of them. */
async function payBackAndCancel(world: Shop): Promise<void> {
  const { connection, shop } = world
  const shipped = await newOrder(world, { status: 'SHIPPED' })
  const lines = [{ sku: 'MUG-RED', quantity: 1, amount: { amount: '5.00', currency: 'EUR' } }]
  const refunds = [
    delivery<'refunds'>({ entity: 'refunds', id: 'r', about: about(shipped), lines }, { order: shipped }),
  ]
  const paid = await all(connection.writers.refunds.write(refunds, signal))
  const open = await newOrder(world, {})
  const decisions = [
    delivery<'decisions'>({ entity: 'decisions', id: 'd', about: about(open), decision: 'cancel' }, { order: open }),
  ]
  const cancelled = await all(connection.writers.decisions.write(decisions, signal))
  const at = toInstant(shop.clock.now())
  await shop.clock.sleep(120_000)
  await readBack(connection.writers.refunds, sentOf(refunds, paid, at))
  await readBack(connection.writers.decisions, sentOf(decisions, cancelled, at))
  // Begun, and nobody knows whether it was taken: the list of feeds tells.
  await readBack(
    connection.writers.refunds,
    refunds.map((one) => ({ ...one, sent: { at } })),
  )
  expect(shop.truth.last('refund', shipped.id)?.detail).toMatchObject({ amount: 500 })
  expect(shop.truth.count('order-cancelled')).toBe(1)
}

/** Stock and prices, of some SKUs one by one and of many as a feed. */
async function offer({ connection, shop }: Shop): Promise<void> {
  const skus = ['MUG-RED', 'SET/50% +ß', 'Größe 42 & mehr', 'WITH,COMMA', 'NOWHERE']
  shop.act('create-listing', { sku: 'WITH,COMMA' })
  const price = { value: { amount: '17.50', currency: 'EUR' }, taxIncluded: true }
  const batch = skus.flatMap((sku): Delivery<'stock' | 'prices'>[] => [
    delivery<'stock' | 'prices'>({ entity: 'stock', id: sku, sku, available: 6 }),
    delivery<'stock' | 'prices'>({ entity: 'prices', id: sku, sku, price }),
  ])
  const outcomes = await all(connection.writers.offers.write(batch, signal))
  await shop.clock.sleep(120_000)
  await readBack(connection.writers.offers, sentOf(batch, outcomes, toInstant(shop.clock.now())))
}

async function traffic(config: object): Promise<Shop['shop']['exchanges']['all']> {
  await using world = await openShop({ options: { orders: 48 }, config, queue: true })
  const { shop } = world
  const { id } = Made.parse(shop.act('place-order', { status: 'SHIPPED', lines: [{ sku: 'MUG-RED', quantity: 2 }] }))
  shop.act('return', { order: id })
  shop.act('refund', { order: id })
  await shop.drive(
    (async () => {
      await readAll(world)
      await ship(world)
      await offer(world)
      await payBackAndCancel(world)
    })(),
  )
  expect([shop.unknownRoutes, shop.failures]).toEqual([[], []])
  expect(shop.exchanges.all.filter(({ status }) => status === 429)).toEqual([])
  return shop.exchanges.all
}

const feedsIn = (exchanges: readonly Exchange[]): unknown[] =>
  exchanges
    .filter(({ method, path }) => method === 'PUT' && path.startsWith('/documents/'))
    .map(({ requestBody: [first], requestBody }) =>
      (first === 0x1f ? gunzipSync(requestBody) : requestBody).toString('utf8'),
    )
    .filter((text) => text.startsWith('{'))
    .map((text): unknown => JSON.parse(text))

describe.skipIf(specs === undefined)(`what the plugin asks (skipped where ${NO_SPECS})`, () => {
  it('is what the models describe, the body of a feed included', { timeout: 120_000 }, async () => {
    const exchanges = [...(await traffic({})), ...(await traffic({ feedFrom: 1, marketplaces: ['DE', 'FR'] }))]
    const { violations, covered } = checkAgainstOpenApi({
      file: models.map((name) => `${specs}/amazon/${name}.json`),
      exchanges: exchanges.filter(({ path }) => !/^\/(auth\/|documents\/|$)/.test(path)),
    })
    expect(
      violations.map(
        ({ operation, where, message, value }) => `${operation} | ${where} | ${message} | ${JSON.stringify(value)}`,
      ),
    ).toEqual([])
    expect(covered.length).toBe(22)
    const feeds = feedsIn(exchanges)
    expect(feeds.length).toBeGreaterThan(0)
    for (const value of feeds)
      expect(checkAgainstJsonSchema({ schema: `${specs}/amazon/listings-feed-schema-v2.json`, value })).toEqual([])
  })
})
