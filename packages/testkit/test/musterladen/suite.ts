import type { RecordOf, Ref } from '@kontor/core'
import type { Scenarios, Suite, Wish } from '../../src/index.ts'
import type { RunningSimulator } from '../../src/simulator/index.ts'
import { musterladenSimulator } from './simulator.ts'
import type { ShopOrder, ShopShipment, ShopWorld } from './world.ts'

type Shop = RunningSimulator<ShopWorld>

const orderRef = ({ id }: ShopOrder): Ref => ({ entity: 'orders', id: String(id) })
const shipmentRef = ({ id }: ShopShipment): Ref => ({ entity: 'shipments', id: String(id) })
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
const orderAt = (shop: Shop, { id }: Ref): ShopOrder => found(shop.world.orders.get(Number(id)))
const shipmentAt = (shop: Shop, { id }: Ref): ShopShipment => found(shop.world.shipments.get(Number(id)))

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new RangeError('the shop does not have this')
  return thing
}

const parcelOf = (
  order: ShopOrder,
): { reference: string; tracking: string; carrier: string; lines: { line: number; quantity: number }[] } => ({
  reference: `shop-${order.id}`,
  tracking: `T${order.id}`,
  carrier: 'Musterpost',
  lines: [{ line: 1, quantity: 2 }],
})

function shipmentWish(
  order: ShopOrder,
  lines: readonly [line: number, quantity: number][],
  tag: string,
  carrier = 'Musterpost',
): Wish<'shipments'> {
  const record: RecordOf<'shipments'> = {
    entity: 'shipments',
    id: `parcel-${order.id}-${tag}`,
    about: { entity: 'orders', id: String(order.id) },
    status: { value: 'shipped' },
    carrier,
    trackingNumber: `TRACK-${order.id}-${tag}`,
    lines: lines.map(([line, quantity]) => ({ lineId: String(line), quantity })),
  }
  return { record, about: orderRef(order) }
}

/** What the shop has of a shipment record: found by the tracking number that each record of these tests has for itself. */
const shipmentsFor = (shop: Shop, record: RecordOf<'shipments'>): ShopShipment[] =>
  [...shop.world.shipments.values()].filter(({ tracking }) => tracking === record.trackingNumber)

const priceOf = (record: RecordOf<'prices'>): string =>
  `${record.sku}=${Math.round(Number(record.price.value.amount) * 100)}`

const scenarios: Scenarios<Shop> = {
  access: {
    wrong: (shop) => ({ config: { baseUrl: shop.url }, credentials: { token: 'muster-secret-9999' } }),
    forbidden: (shop) => ({ config: { baseUrl: shop.url }, credentials: { token: 'muster-secret-0003' } }),
    otherAccount: (shop) => ({ config: { baseUrl: shop.url }, credentials: { token: 'muster-secret-0002' } }),
  },
  readers: {
    orders: {
      create: ({ world }, count) => many(count, () => orderRef(world.placeOrder())),
      change(shop, ref) {
        const order = orderAt(shop, ref)
        order.buyer.street = `${order.buyer.street} b`
        shop.world.touch(order)
      },
      malform: (shop, ref) => void (orderAt(shop, ref).damaged = true),
      unknownStatus: (shop, ref) => void (orderAt(shop, ref).state = 'levitating'),
      remove: (shop, { id }) => void shop.world.orders.delete(Number(id)),
      disorder: ({ world }) => void (world.disordered = true),
      plant: ({ world }, buyer) =>
        orderRef(
          world.placeOrder({
            first: buyer.firstName,
            last: buyer.lastName,
            mail: buyer.email,
            phone: buyer.phone,
            street: buyer.street,
          }),
        ),
    },
    shipments: {
      create: ({ world }, count) =>
        many(count, () => {
          const order = world.placeOrder()
          return shipmentRef(world.ship(order, parcelOf(order)))
        }),
      change: (shop, ref) =>
        shop.world.amend(shipmentAt(shop, ref), `${shipmentAt(shop, ref).tracking}x`, 'Musterpost'),
      malform: (shop, ref) => void Object.assign(shipmentAt(shop, ref), { cancelled: 'perhaps' }),
      disorder: ({ world }) => void (world.disordered = true),
    },
  },
  writers: {
    shipments: {
      shipments: {
        // One piece of two: a second parcel would be possible.
        good: ({ world }, count) => many(count, () => shipmentWish(world.placeOrder(), [[1, 1]], 'a')),
        effects: (shop, record) =>
          record.status?.value === 'cancelled'
            ? shipmentsFor(shop, record).reduce(
                (total, { id }) => total + (shop.truth.byKey('cancelled').get(String(id))?.length ?? 0),
                0,
              )
            : shipmentsFor(shop, record).length,
        holds: (shop, record) => {
          const [only] = shipmentsFor(shop, record)
          return (
            only !== undefined &&
            record.entity === 'shipments' &&
            only.cancelled === (record.status?.value === 'cancelled')
          )
        },
        correct: (_, wish) => ({
          ...wish,
          record: {
            ...wish.record,
            trackingNumber: `${wish.record.trackingNumber}-corrected`,
          },
        }),
        cancel: (_, wish) => ({
          ...wish,
          record: { ...wish.record, status: { value: 'cancelled' } },
        }),
        siblings({ world }) {
          const order = world.placeOrder()
          return [shipmentWish(order, [[1, 2]], 'a'), shipmentWish(order, [[2, 1]], 'b')]
        },
        refused: ({ world }) => shipmentWish(world.placeOrder(), [[1, 1]], 'a', 'unknown'),
        partial: ({ world }) => ({
          wish: shipmentWish(
            world.placeOrder(),
            [
              [1, 1],
              [2, 7],
            ],
            'a',
          ),
          applied: ['1'],
        }),
        notYet({ world }) {
          const order = world.placeOrder()
          order.held = true
          return { wish: shipmentWish(order, [[1, 1]], 'a'), ready: () => void (order.held = false) }
        },
        plant: ({ world }, buyer) => {
          const wish = shipmentWish(world.placeOrder(), [[1, 1]], 'a')
          return {
            ...wish,
            record: {
              ...wish.record,
              note: `for ${buyer.firstName} ${buyer.lastName}, ${buyer.email}`,
            },
          }
        },
      },
    },
    stock: {
      stock: {
        good: ({ world }, count) =>
          many(count, (index) => {
            const sku = found(world.placeOrder().lines[0]).sku
            return { record: { entity: 'stock', id: sku, sku, available: 3 + index } }
          }),
        effects: ({ truth }, record) => truth.byKey('stock').get(`${record.sku}=${record.available}`)?.length ?? 0,
        holds: ({ world }, record) => world.stock.get(record.sku) === record.available,
        correct: (_, wish) => ({ ...wish, record: { ...wish.record, available: 42 } }),
        refused: () => ({ record: { entity: 'stock', id: 'NOWHERE', sku: 'NOWHERE', available: 1 } }),
      },
    },
    prices: {
      prices: {
        good: ({ world }, count) =>
          many(count, (index) => {
            const sku = found(world.placeOrder().lines[0]).sku
            return {
              record: {
                entity: 'prices',
                id: sku,
                sku,
                price: { value: { amount: `${10 + index}.50`, currency: 'EUR' }, taxIncluded: true },
              },
            }
          }),
        effects: ({ truth }, record) => truth.byKey('priced').get(priceOf(record))?.length ?? 0,
        holds: ({ world }, record) => priceOf(record) === `${record.sku}=${world.prices.get(record.sku)}`,
        correct: (_, wish) => ({
          ...wish,
          record: {
            ...wish.record,
            price: { value: { amount: '99.00', currency: 'EUR' }, taxIncluded: true },
          },
        }),
        refused: () => ({
          record: {
            entity: 'prices',
            id: 'FREE',
            sku: 'FREE',
            price: { value: { amount: '0.00', currency: 'EUR' }, taxIncluded: true },
          },
        }),
      },
    },
    refunds: {
      refunds: {
        good: ({ world }, count) =>
          many(count, () => {
            const order = world.placeOrder()
            return {
              record: {
                entity: 'refunds',
                id: `refund-${order.id}`,
                about: { entity: 'orders', id: String(order.id) },
                total: { amount: '5.00', currency: 'EUR' },
              },
              about: orderRef(order),
            }
          }),
        effects: ({ truth }, { id }) => truth.byKey('refunded').get(id)?.length ?? 0,
        holds: ({ truth }, { id }) => truth.byKey('refunded').has(id),
        refused({ world }) {
          const order = world.placeOrder()
          return {
            record: {
              entity: 'refunds',
              id: `refund-${order.id}`,
              about: { entity: 'orders', id: String(order.id) },
              total: { amount: '5000.00', currency: 'EUR' },
            },
            about: orderRef(order),
          }
        },
        siblings({ world }) {
          const order = world.placeOrder()
          return ['a', 'b'].map((tag): Wish<'refunds'> => ({
            record: {
              entity: 'refunds',
              id: `refund-${order.id}-${tag}`,
              about: { entity: 'orders', id: String(order.id) },
              total: { amount: '5.00', currency: 'EUR' },
            },
            about: orderRef(order),
          }))
        },
      },
    },
  },
}

export const musterladenSuite: Suite<Shop> = {
  simulator: { start: (settings) => musterladenSimulator.start({ ...settings, options: { pageSize: 7 } }) },
  connection: (shop) => ({ config: { baseUrl: shop.url }, credentials: { token: 'muster-secret-0001' } }),
  scenarios,
  promises: {
    'privacy/reading:shipments': {
      instead: 'A shipment names nobody.',
      because: 'The shop tells no recipient with it.',
    },
    'reading/unknown-status:shipments': {
      instead: 'A shipment has no status but cancelled or not.',
      because: 'The shop tells it as a yes or no.',
    },
    'writing/corrections:refunds.refunds': {
      instead: 'A correction is refused.',
      because: 'The shop cannot change a refund.',
    },
    'writing/cancellations:refunds.refunds': {
      instead: 'A refund stays.',
      because: 'The shop cannot take money back.',
    },
    'writing/partial:refunds.refunds': {
      instead: 'A refund is one amount.',
      because: 'The shop knows no lines of a refund.',
    },
    'writing/not-yet:refunds.refunds': {
      instead: 'A refund is never too early.',
      because: 'The shop takes refunds at any time.',
    },
  },
  report: 'none',
  module: new URL('./index.ts', import.meta.url).href,
}
