import { Coupon, OfferPrice, Shipment, StockLevel } from '@kontor/core'
import { checkAgainstOpenApi, NO_SPECS, specsFolder } from '@kontor/testkit/simulator'
import { describe, expect, it } from 'vitest'
import { all, delivery, openShop } from '../../test/shop.ts'

const specs = specsFolder()
const since = '2026-05-01T00:00:00Z'
const files = [
  'orders.v2.oas2',
  'orders.v3',
  'product-variants_catalog.v3',
  'products_catalog.v3',
  'inventory.v3',
  'price_lists.v3',
  'marketing.v2',
  'promotions.v3',
  'webhooks.v3',
  'customers.v3',
  'store_information.v2',
]

/** Everything the plugin can do, once. */
async function traffic(config: object, consignments: boolean) {
  await using world = await openShop({ options: { orders: 3, consignments }, config })
  await world.shop.drive(everything(world))
  return { exchanges: world.shop.exchanges.all, unknown: world.shop.unknownRoutes, failures: world.shop.failures }
}

async function everything({ shop, connection }: Awaited<ReturnType<typeof openShop>>): Promise<void> {
  shop.act('place-order', { id: 9001, discount: 100, lines: [{ sku: 'SKU-1', quantity: 2 }] })
  shop.act('place-order', { id: 9002, digital: true })
  shop.act('refund', { order: 9001, amount: 500 })
  shop.act('refund', { order: 9002 })
  await connection.check()
  await connection.ensure?.({ webhookUrl: 'https://kontor.example.com/hooks' })
  shop.act('deactivate-hooks')
  await connection.ensure?.({ webhookUrl: 'https://kontor.example.com/hooks' })
  const orders = (await all(connection.readers.orders.read({ since }))).flatMap((page) => page.records)
  for (const name of ['refunds', 'stock', 'prices', 'products'] as const)
    await all<unknown>(connection.readers[name].read({ since }))
  await all(
    connection.readers.orders.fetch?.([
      { entity: 'orders', id: '9001' },
      { entity: 'orders', id: '1' },
    ]) ?? none(),
  )
  const order = orders.find(({ id }) => id === '9001')
  const shipment = Shipment.parse({
    entity: 'shipments',
    id: 's',
    about: { id: '9001' },
    carrier: 'DPD',
    trackingNumber: '1',
    trackingUrl: 'https://track.example.com/1',
    service: 'Classic',
  })
  await all(connection.writers.shipments.write([delivery<'shipments'>(shipment, order ? { order } : {})]))
  await all(
    connection.writers.shipments.readBack?.([delivery<'shipments'>(shipment, order ? { order } : {})]) ?? none(),
  )
  await all(
    connection.writers.stock.write([
      delivery<'stock'>(StockLevel.parse({ entity: 'stock', id: 'a', sku: 'SKU-1', available: 3 })),
      delivery<'stock'>(StockLevel.parse({ entity: 'stock', id: 'b', sku: 'NONE', available: 3 })),
    ]),
  )
  const price = {
    price: { value: { amount: '7.77', currency: 'EUR' }, taxIncluded: true },
    compareAt: { amount: '9.99', currency: 'EUR' },
  }
  await all(
    connection.writers.prices.write([
      delivery<'prices'>(OfferPrice.parse({ entity: 'prices', id: 'a', sku: 'SKU-1', ...price })),
      delivery<'prices'>(OfferPrice.parse({ entity: 'prices', id: 'b', sku: 'NONE', ...price })),
    ]),
  )
  const amount = {
    kind: 'amount',
    amount: { amount: '5.00', currency: 'EUR' },
    minimumOrder: { amount: '20.00', currency: 'EUR' },
    expiresAt: '2026-09-01T00:00:00Z',
  }
  const kinds = [amount, { kind: 'percent', percent: '10' }, { kind: 'free_shipping' }].map((kind, index) =>
    Coupon.parse({ entity: 'coupons', id: `c${index}`, name: `LOY ${index}`, ...kind }),
  )
  for (const active of [true, true, false])
    await all(connection.writers.coupons.write(kinds.map((kind) => delivery<'coupons'>({ ...kind, active }))))
}

async function* none(): AsyncIterable<never> {}

describe.skipIf(specs === undefined)(`official specification (skipped where ${NO_SPECS})`, () => {
  it('agrees with what is sent and answered', { timeout: 60_000 }, async () => {
    const runs = [
      await traffic({}, true),
      await traffic({ coupons: { as: 'promotion' }, priceListId: 2, channels: [1] }, false),
    ]
    const report = checkAgainstOpenApi({
      file: files.map((name) => `${specs}/bigcommerce/${name}.yml`),
      exchanges: runs.flatMap(({ exchanges }) => exchanges),
      exceptions: [
        {
          reason: 'the text of the parameter says that :asc and :desc may be added; its enum leaves that out',
          path: '/orders',
          where: /query\/sort/,
        },
        {
          reason: 'an empty list of v2 is 204 (trackers of several clients); some lists describe it and some do not',
          where: /response 204/,
        },
        { reason: 'an account without webhooks has an empty list', path: '/hooks', where: /response 200 body\/data$/ },
        {
          reason: 'neither condition requires anything, so a cart condition fits both of the alternatives',
          where: /rules\/0\/condition$/,
          message: /oneOf/,
        },
        {
          reason: 'follows from the condition: the whole fits no alternative where its condition fits two',
          path: '/promotions',
          where: /body(\/data(\/0)?)?(\/redemption_type)?$/,
          message: /oneOf|AUTOMATIC/,
        },
      ],
    })
    expect(runs.flatMap(({ unknown, failures }) => [...unknown, ...failures])).toEqual([])
    expect(
      report.violations.map(
        ({ operation, where, message, value, times }) =>
          `${operation} | ${where} | ${message} | ${JSON.stringify(value)?.slice(0, 80)} | ${times}`,
      ),
    ).toEqual([])
    expect(report.covered.length).toBe(29)
  })
})
