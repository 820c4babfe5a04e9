import type { RecordOf, Ref } from '@kontor/core'
import type { BuyerCanary, Suite, Wish } from '@kontor/testkit'
import type { RunningSimulator } from '@kontor/testkit/simulator'
import { z } from 'zod'
import {
  CLIENT_SECRET,
  OTHER_STORE,
  OTHER_TOKEN,
  RESTRICTED_TOKEN,
  simulator,
  STORE,
  TOKEN,
  type Options,
  type World,
} from '../src/simulator/index.ts'

type System = RunningSimulator<World, Options>

const Made = z.object({ id: z.number() })
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new RangeError('the simulator does not have this')
  return thing
}

const place = (system: System, given: object = {}): Ref => {
  const { id } = Made.parse(system.act('place-order', given))
  return { entity: 'orders', id: String(id), numbers: [String(id)] }
}
const orderAt = ({ world }: System, { id }: { id: string }) => found(world.orders.get(Number(id)))
const refundAt = ({ world }: System, { id }: { id: string }) => found(world.refunds.get(Number(id)))
const variantAt = ({ world }: System, sku: string) => found(world.variants.find((one) => one.sku === sku))

const person = ({ firstName, lastName, email, phone, street }: BuyerCanary) => ({
  first: firstName,
  last: lastName,
  email,
  phone,
  street,
})

const refund = (system: System, given: object = {}, order = place(system)): Ref => ({
  entity: 'refunds',
  id: String(Made.parse(system.act('refund', { order: Number(order.id), amount: 100, ...given })).id),
})

const newVariant = (system: System): string => {
  const sku = `NEW-${system.world.variants.length}`
  system.act('create-variant', { sku })
  return sku
}

function parcel(order: Ref, more: Partial<RecordOf<'shipments'>> = {}, tag = 'a'): Wish<'shipments'> {
  const record: RecordOf<'shipments'> = {
    entity: 'shipments',
    id: `parcel-${order.id}-${tag}`,
    about: { entity: 'orders', id: order.id },
    carrier: 'DHL Paket',
    trackingNumber: `JJD${order.id}${tag}`,
    ...more,
  }
  return { record, about: order }
}

const stock = (sku: string, available: number): Wish<'stock'> => ({
  record: { entity: 'stock', id: sku, sku, available },
})
const price = (sku: string, amount: string): Wish<'prices'> => ({
  record: { entity: 'prices', id: sku, sku, price: { value: { amount, currency: 'EUR' }, taxIncluded: true } },
})
const hundredths = (record: RecordOf<'prices'>): number => Math.round(Number(record.price.value.amount) * 100)

let codes = 0
const coupon = (more: Partial<RecordOf<'coupons'>> = {}): Wish<'coupons'> => {
  codes += 1
  return {
    record: {
      entity: 'coupons',
      id: `red-${codes}:coupon`,
      name: `LOY test/red-${codes}`,
      kind: 'amount',
      amount: { amount: '5.00', currency: 'EUR' },
      uses: 1,
      usesPerCustomer: 1,
      active: true,
      ...more,
    },
  }
}

const connection = (system: System) => ({
  config: { apiUrl: system.url, currency: 'EUR' },
  credentials: { storeHash: STORE, accessToken: TOKEN, clientSecret: CLIENT_SECRET },
})

const onScan = (make: (system: System) => Ref) => ({
  create: (system: System, count: number) => many(count, () => make(system)),
  disorder: ({ world }: System) => void (world.disordered = true),
})

export const bigcommerceSuite: Suite<System> = {
  simulator: {
    start: ({ seed, clock }) => simulator.start({ seed, clock, options: { orders: 0 }, keepExchanges: 'all' }),
  },
  connection,
  scenarios: {
    access: {
      wrong: (system) => ({
        ...connection(system),
        credentials: { storeHash: STORE, accessToken: 'wrongtoken0wrongtoken0wrongtoken0' },
      }),
      forbidden: (system) => ({
        ...connection(system),
        credentials: { storeHash: STORE, accessToken: RESTRICTED_TOKEN },
      }),
      otherAccount: (system) => ({
        ...connection(system),
        credentials: { storeHash: OTHER_STORE, accessToken: OTHER_TOKEN },
      }),
    },
    readers: {
      orders: {
        create: (system, count) => many(count, () => place(system)),
        change: (system, ref) =>
          void system.act('set-status', { id: Number(ref.id), status: orderAt(system, ref).statusId === 2 ? 10 : 2 }),
        malform: (system, ref) => void (orderAt(system, ref).damaged = true),
        unknownStatus: (system, ref) => void (orderAt(system, ref).statusId = 77),
        remove: (system, { id }) => void system.act('delete-order', { id: Number(id) }),
        disorder: ({ world }) => void (world.disordered = true),
        plant: (system, buyer) => place(system, { person: person(buyer) }),
      },
      refunds: {
        create: (system, count) => many(count, () => refund(system)),
        change: (system, { id }) => void system.act('decline-refund', { id: Number(id) }),
        malform: (system, ref) => void (refundAt(system, ref).damaged = true),
        remove: (system, { id }) => void system.world.refunds.delete(Number(id)),
        disorder: ({ world }) => void (world.disordered = true),
        plant: (system, buyer) => {
          const ref = refund(system, {}, place(system, { person: person(buyer) }))
          refundAt(system, ref).reason = `${buyer.firstName} ${buyer.lastName}, ${buyer.email}`
          return ref
        },
      },
      stock: {
        ...onScan((system) => ({ entity: 'stock', id: `${newVariant(system)}@1` })),
        change: (system, { id }) => {
          const variant = variantAt(system, id.replace('@1', ''))
          variant.stock.set(1, (variant.stock.get(1) ?? 0) + 1)
        },
        malform: (system, { id }) => void (variantAt(system, id.replace('@1', '')).damaged = true),
      },
      prices: {
        ...onScan((system) => ({ entity: 'prices', id: newVariant(system) })),
        change: (system, { id }) => void (variantAt(system, id).price = 12_345),
        malform: (system, { id }) => void (variantAt(system, id).damaged = true),
      },
      products: {
        ...onScan((system) => ({ entity: 'products', id: String(variantAt(system, newVariant(system)).id) })),
        change: ({ world, clock }, { id }) => {
          const variant = found(world.variants.find((one) => String(one.id) === id))
          Object.assign(variant, { name: `${variant.name}!`, modified: Math.floor(clock.now() / 1000) * 1000 })
        },
        malform: ({ world }, { id }) =>
          void (found(world.variants.find((one) => String(one.id) === id)).damaged = true),
        unknownStatus: ({ world }, { id }) =>
          void (found(world.variants.find((one) => String(one.id) === id)).condition = 'Levitating'),
      },
    },
    writers: {
      shipments: {
        shipments: {
          good: (system, count) => many(count, () => parcel(place(system))),
          effects: ({ truth }, { about, trackingNumber }) =>
            truth.effects.filter(
              ({ what, key }) => what === 'shipment' && key.startsWith(`${about.id}/${trackingNumber}/`),
            ).length,
          holds: ({ world }, { about, trackingNumber }) =>
            world.shipments.some(
              ({ orderId, tracking }) => String(orderId) === about.id && tracking === trackingNumber,
            ),
          siblings(system) {
            const order = place(system, { lines: [{ sku: 'SKU-1', quantity: 2 }] })
            const lines = [{ sku: 'SKU-1', quantity: 1 }]
            return [parcel(order, { lines }), parcel(order, { lines }, 'b')]
          },
          refused: (system) => parcel(place(system), { lines: [{ sku: 'NOWHERE', quantity: 1 }] }),
          plant: (system, buyer) => parcel(place(system, { person: person(buyer) }), { note: `for ${buyer.lastName}` }),
        },
      },
      stock: {
        stock: {
          good: (system, count) => many(count, (index) => stock(newVariant(system), 500 + index)),
          effects: ({ truth }, { sku, available }) =>
            (truth.byKey('stock').get(`${sku}@1`) ?? []).filter(({ detail }) => detail === available).length,
          holds: (system, { sku, available }) => variantAt(system, sku).stock.get(1) === available,
          correct: (_, wish) => ({ ...wish, record: { ...wish.record, available: 42 } }),
          refused: () => stock('NOWHERE', 1),
        },
      },
      prices: {
        prices: {
          good: (system, count) => many(count, (index) => price(newVariant(system), `${7000 + index}.50`)),
          effects: ({ truth }, record) =>
            (truth.byKey('price').get(record.sku) ?? []).filter(({ detail }) =>
              JSON.stringify(detail).includes(`:${hundredths(record)},`),
            ).length,
          holds: (system, record) => variantAt(system, record.sku).price === hundredths(record),
          correct: (_, wish) => ({
            ...wish,
            record: { ...wish.record, price: { value: { amount: '199.00', currency: 'EUR' }, taxIncluded: true } },
          }),
          refused: (system) => price(newVariant(system), '0.00'),
        },
      },
      coupons: {
        coupons: {
          good: (_, count) => many(count, () => coupon()),
          effects: ({ truth }, { name, active }) =>
            truth.byKey(active === false ? 'coupon-changed' : 'coupon').get(name)?.length ?? 0,
          holds: ({ world }, { name, active }) =>
            world.coupons.some(({ body }) => body.name === name && body['enabled'] === (active !== false)),
          cancel: (_, wish) => ({ ...wish, record: { ...wish.record, active: false } }),
          siblings(system) {
            const order = place(system)
            const about = { entity: 'orders' as const, id: order.id }
            return [coupon({ about }), coupon({ about })].map((wish) => ({ ...wish, about: order }))
          },
          refused: () => coupon({ kind: 'free_product', sku: 'SKU-1', amount: null }),
        },
      },
    },
  },
  promises: {
    'reading/unknown-status:refunds': {
      instead: 'A refund is done, or declined where all of its payments were.',
      because: 'a refund has no status; each payment says whether it was declined',
    },
    'reading/unknown-status:stock': { instead: 'Stock is a number.', because: 'it has no status' },
    'reading/unknown-status:prices': { instead: 'A price is an amount.', because: 'it has no status' },
    'privacy/reading:stock': { instead: 'Nothing of a buyer is read.', because: 'stock knows no buyer' },
    'privacy/reading:prices': { instead: 'Nothing of a buyer is read.', because: 'prices know no buyer' },
    'privacy/reading:products': { instead: 'Nothing of a buyer is read.', because: 'products know no buyer' },
    'writing/corrections:shipments.shipments': {
      instead: 'A corrected tracking number is refused with the shipment it stands in, to be corrected there.',
      because: 'a second report would mail the shopper again',
    },
    'writing/cancellations:shipments.shipments': {
      instead: 'A shipment that was reported stays.',
      because: 'deleting it does not take the order back to where it was',
    },
    'writing/partial:shipments.shipments': {
      instead: 'Of a line only what is still open is reported; an unknown line refuses the parcel.',
      because: 'a shipment is taken as a whole or not at all',
    },
    'writing/not-yet:shipments.shipments': {
      instead: 'A shipment is reported whatever the status of its order.',
      because: 'BigCommerce asks for no step before it',
    },
    'writing/corrections:coupons.coupons': {
      instead: 'Another discount under the same name is refused and shown.',
      because: 'the code may have been handed out already',
    },
    'writing/not-yet:coupons.coupons': { instead: 'A code is made at once.', because: 'nothing has to come before it' },
  },
  module: new URL('../src/index.ts', import.meta.url).href,
}
