import type { RecordOf, Ref } from '@kontor/core'
import type { BuyerCanary, Scenarios, Suite, Wish } from '@kontor/testkit'
import type { RunningSimulator } from '@kontor/testkit/simulator'
import { z } from 'zod'
import {
  AWS_ACCESS_KEY_ID,
  AWS_SECRET_ACCESS_KEY,
  CLIENT_ID,
  CLIENT_SECRET,
  OTHER_REFRESH_TOKEN,
  OTHER_SELLER_ID,
  QUEUE_PATH,
  REFRESH_TOKEN,
  SELLER_ID,
  simulator,
  type Options,
  type World,
} from '../src/simulator/index.ts'

type System = RunningSimulator<World, Options>

const Made = z.object({ id: z.string() })
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new RangeError('the simulator does not have this')
  return thing
}

const connection = (system: System) => ({
  config: {
    region: 'eu',
    sellerId: SELLER_ID,
    baseUrl: system.url,
    orderChangeQueue: `${system.url}${QUEUE_PATH}`,
  },
  credentials: {
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    refreshToken: REFRESH_TOKEN,
    awsAccessKeyId: AWS_ACCESS_KEY_ID,
    awsSecretAccessKey: AWS_SECRET_ACCESS_KEY,
  },
})

/** Amazon tells nothing of the last two minutes: time goes on until it does. */
async function later<T>({ clock }: System, made: T): Promise<T> {
  await clock.advance(4 * 60_000)
  return made
}

const place = (system: System, given: object = {}): Ref => {
  const { id } = Made.parse(system.act('place-order', given))
  return { entity: 'orders', id, numbers: [id] }
}
const orderAt = ({ world }: System, { id }: { id: string }) => found(world.orders.get(id))
const person = ({ firstName, lastName, email, phone, street }: BuyerCanary) => ({
  name: `${firstName} ${lastName}`,
  email,
  phone,
  street,
})

const shipped = (system: System, given: object = {}): Ref => place(system, { status: 'SHIPPED', ...given })
const sendBack = (system: System, given: object = {}): Ref => ({
  entity: 'returns',
  id: Made.parse(system.act('return', { order: shipped(system, given).id })).id,
})
const returnAt = ({ world }: System, { id }: { id: string }) => found(world.returns.find(({ rma }) => rma === id))
const payBack = (system: System, given: object = {}): Ref => ({
  entity: 'refunds',
  id: Made.parse(system.act('refund', { order: shipped(system, given).id })).id,
})
const transactionAt = ({ world }: System, { id }: { id: string }) =>
  found(world.transactions.find((one) => one.id === id))

let listings = 0
const newListing = (system: System, given: object = {}): string => {
  listings += 1
  const sku = `SUITE-${listings}`
  system.act('create-listing', { sku, ...given })
  return sku
}
const skuOf = ({ id }: { id: string }): string => id.replace('@amazon-fba', '')
const listingAt = ({ world }: System, sku: string) => found(world.listings.get(sku))

function parcel(order: Ref, more: Partial<RecordOf<'shipments'>> = {}, tag = 'a'): Wish<'shipments'> {
  const record: RecordOf<'shipments'> = {
    entity: 'shipments',
    id: `parcel-${order.id}-${tag}`,
    about: { entity: 'orders', id: order.id },
    carrier: 'DHL Paket',
    trackingNumber: `JJD${order.id.replaceAll('-', '')}${tag}`,
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
const DE = 'A1PA6795UKMFR9'

/** One piece of two: paying twice would be possible. */
function refund(system: System, more: Partial<RecordOf<'refunds'>> = {}, given: object = {}): Wish<'refunds'> {
  const order = shipped(system, { lines: [{ sku: 'MUG-RED', quantity: 4, unit: 1000 }], ...given })
  return {
    record: {
      entity: 'refunds',
      id: `refund-${order.id}`,
      about: { entity: 'orders', id: order.id },
      reason: { value: 'return' },
      lines: [{ sku: 'MUG-RED', quantity: 1, amount: { amount: '10.00', currency: 'EUR' } }],
      ...more,
    },
    about: order,
  }
}

const hundredths = ({ lines }: RecordOf<'refunds'>): number => Math.round(Number(lines?.[0]?.amount?.amount) * 100)

function decide(system: System, more: Partial<RecordOf<'decisions'>> = {}, given: object = {}): Wish<'decisions'> {
  const order = place(system, given)
  return {
    record: {
      entity: 'decisions',
      id: `decision-${order.id}`,
      about: { entity: 'orders', id: order.id },
      decision: 'cancel',
      reason: { value: 'out_of_stock' },
      ...more,
    },
    about: order,
  }
}

const scenarios: Scenarios<System> = {
  access: {
    wrong: (system) => ({
      ...connection(system),
      credentials: { ...connection(system).credentials, clientSecret: 'amzn1.oa2-cs.v1.wrong' },
    }),
    forbidden(system) {
      system.act('set-roles', { roles: ['Product Listing'] })
      return connection(system)
    },
    otherAccount: (system) => ({
      config: { ...connection(system).config, sellerId: OTHER_SELLER_ID },
      credentials: { ...connection(system).credentials, refreshToken: OTHER_REFRESH_TOKEN },
    }),
  },
  readers: {
    orders: {
      create: (system, count) =>
        later(
          system,
          many(count, () => place(system)),
        ),
      // Addresses come with some statuses only, and what is not told any more is kept: so it is not the status that changes here.
      change(system, ref) {
        for (const line of orderAt(system, ref).lines)
          line.cancellationRequest = line.cancellationRequest === undefined ? 'Ordered by mistake' : undefined
        return later(system, void system.act('touch-order', { id: ref.id }))
      },
      malform(system, ref) {
        orderAt(system, ref).damaged = true
        return later(system, void system.act('touch-order', { id: ref.id }))
      },
      unknownStatus: (system, { id }) => later(system, void system.act('set-status', { id, status: 'LEVITATING' })),
      remove: (system, { id }) => void system.act('delete-order', { id }),
      disorder: ({ world }) => void (world.disordered = true),
      plant: (system, buyer) => later(system, place(system, { buyer: person(buyer) })),
    },
    returns: {
      create: (system, count) =>
        later(
          system,
          many(count, () => sendBack(system)),
        ),
      change: (system, ref) => void (returnAt(system, ref).status = 'Closed'),
      malform: (system, ref) => void (returnAt(system, ref).damaged = true),
      unknownStatus: (system, ref) => void (returnAt(system, ref).status = 'Levitating'),
      plant: (system, buyer) => later(system, sendBack(system, { buyer: person(buyer) })),
    },
    refunds: {
      create: (system, count) =>
        later(
          system,
          many(count, () => payBack(system)),
        ),
      malform: (system, ref) => void (transactionAt(system, ref).damaged = true),
      plant: (system, buyer) => later(system, payBack(system, { buyer: person(buyer) })),
    },
    fbaStock: {
      create: (system, count) =>
        many(count, () => ({ entity: 'stock', id: `${newListing(system, { fba: true, quantity: 5 })}@amazon-fba` })),
      change(system, ref) {
        const { fba } = listingAt(system, skuOf(ref))
        system.act('set-fba', { sku: skuOf(ref), fulfillable: (fba?.fulfillable ?? 0) + 1 })
      },
      malform: (system, ref) => void (listingAt(system, skuOf(ref)).damaged = true),
      disorder: ({ world }) => void (world.disordered = true),
    },
  },
  writers: {
    shipments: {
      shipments: {
        good: (system, count) =>
          many(count, () => {
            const wish = parcel(place(system, { lines: [{ sku: 'MUG-RED', quantity: 2 }] }))
            return { ...wish, record: { ...wish.record, lines: [{ sku: 'MUG-RED', quantity: 1 }] } }
          }),
        effects: ({ truth }, { about, trackingNumber }) =>
          truth.effects.filter(
            ({ what, key }) =>
              (what === 'shipment' || what === 'shipment-edited') && key === `${about.id}/${trackingNumber}`,
          ).length,
        holds: ({ world }, { about, trackingNumber }) =>
          found(world.orders.get(about.id ?? '')).packages.some(({ tracking }) => tracking === trackingNumber),
        correct: (_, wish) => ({
          ...wish,
          record: { ...wish.record, trackingNumber: `${wish.record.trackingNumber ?? ''}X` },
        }),
        siblings(system) {
          const order = place(system, { lines: [{ sku: 'MUG-RED', quantity: 2 }] })
          const lines = [{ sku: 'MUG-RED', quantity: 1 }]
          return [parcel(order, { lines }), parcel(order, { lines }, 'b')]
        },
        refused: (system) => parcel(place(system), { lines: [{ sku: 'NOWHERE', quantity: 1 }] }),
        plant: (system, buyer) => parcel(place(system, { buyer: person(buyer) }), { note: `for ${buyer.lastName}` }),
      },
    },
    offers: {
      stock: {
        good: (system, count) => many(count, (index) => stock(newListing(system), 500 + index)),
        effects: ({ truth }, { sku, available }) =>
          (truth.byKey('stock').get(sku) ?? []).filter(({ detail }) => detail === available).length,
        holds: (system, { sku, available }) =>
          JSON.stringify(listingAt(system, sku).attributes['fulfillment_availability']).includes(
            `"quantity":${available},`,
          ),
        correct: (_, wish) => ({ ...wish, record: { ...wish.record, available: 42 } }),
        refused: () => stock('NOWHERE', 1),
      },
      prices: {
        good: (system, count) => many(count, (index) => price(newListing(system), `${7000 + index}.50`)),
        effects: ({ truth }, { sku, price: { value } }) =>
          (truth.byKey('price').get(`${sku}@${DE}`) ?? []).filter(({ detail }) => detail === Number(value.amount))
            .length,
        holds: ({ truth }, { sku, price: { value } }) =>
          truth.last('price', `${sku}@${DE}`)?.detail === Number(value.amount),
        correct: (_, wish) => ({
          ...wish,
          record: { ...wish.record, price: { value: { amount: '199.00', currency: 'EUR' }, taxIncluded: true } },
        }),
        refused: (system) => price(newListing(system), '0.00'),
      },
    },
    refunds: {
      refunds: {
        good: (system, count) => many(count, () => refund(system)),
        effects: ({ truth }, record) =>
          (truth.byKey('refund').get(record.about.id ?? '') ?? []).filter(({ detail }) =>
            JSON.stringify(detail).startsWith(`{"amount":${hundredths(record)},`),
          ).length,
        holds: ({ truth }, { about }) => truth.byKey('refund').has(about.id ?? ''),
        siblings(system) {
          const first = refund(system)
          const lines = [{ sku: 'MUG-RED', quantity: 1, amount: { amount: '7.00', currency: 'EUR' } }]
          return [first, { ...first, record: { ...first.record, id: `${first.record.id}-b`, lines } }]
        },
        refused: (system) => refund(system, { lines: [{ sku: 'NOWHERE', quantity: 1 }] }),
        plant: (system, buyer) => refund(system, { message: `for ${buyer.lastName}` }, { buyer: person(buyer) }),
      },
    },
    decisions: {
      decisions: {
        good: (system, count) => many(count, () => decide(system)),
        effects: ({ truth }, { about }) => truth.byKey('order-cancelled').get(about.id ?? '')?.length ?? 0,
        holds: ({ world }, { about }) => found(world.orders.get(about.id ?? '')).status === 'CANCELLED',
        refused: (system) => decide(system, { lines: [{ sku: 'NOWHERE' }] }),
        notYet(system) {
          const wish = decide(system, {}, { status: 'PENDING' })
          const id = wish.record.about.id ?? ''
          return { wish, ready: () => void system.act('set-status', { id, status: 'UNSHIPPED' }) }
        },
        plant: (system, buyer) => decide(system, { message: `for ${buyer.lastName}` }, { buyer: person(buyer) }),
      },
    },
  },
}

export const amazonSuite: Suite<System> = {
  simulator: {
    start: ({ seed, clock }) => simulator.start({ seed, clock, options: { orders: 0 }, keepExchanges: 'all' }),
  },
  connection,
  scenarios,
  promises: {
    'transport/limits': {
      instead:
        'No request is refused, and a thousand or ten thousand orders take no longer than the plan of searchOrders allows.',
      because:
        'twenty SKUs are looked up with one call, so the changes of this case never fill that bucket; test/optimum.test.ts measures both in virtual time',
    },
    'reading/changes-arrive:refunds': {
      instead: 'A refund stays as it is.',
      because: 'a transaction that was posted is final',
    },
    'reading/unknown-status:refunds': {
      instead: 'A refund in the list of transactions is done.',
      because: 'money that was posted has been paid; its status says only when the account of the seller is settled',
    },
    'reading/unknown-status:fbaStock': { instead: 'Stock is a number.', because: 'it has no status' },
    'reading/pages-shift:refunds': {
      instead: 'Transactions of a window are told once.',
      because: 'a transaction that was posted is final',
    },
    'reading/pages-disordered:returns': { instead: 'A report is told once.', because: 'it is a file' },
    'reading/pages-disordered:refunds': {
      instead: 'Transactions come by their date.',
      because: 'they are told in that order',
    },
    'privacy/reading:fbaStock': { instead: 'Nothing of a buyer is read.', because: 'stock knows no buyer' },
    'writing/cancellations:shipments.shipments': {
      instead: 'A confirmed shipment stays; taking it back is refused with where to do it.',
      because: 'Amazon has no operation for it',
    },
    'writing/partial:shipments.shipments': {
      instead: 'A package is taken as a whole or not at all.',
      because: 'confirmShipment answers for the package',
    },
    'writing/not-yet:shipments.shipments': {
      instead: 'A shipment that is only announced waits for its next revision.',
      because: 'nothing at Amazon makes it possible; the parcel has to leave',
    },
    'writing/corrections:decisions.decisions': {
      instead: 'A cancellation that was done stays.',
      because: 'Amazon cannot open an order again',
    },
    'writing/cancellations:decisions.decisions': {
      instead: 'A cancellation that was done stays.',
      because: 'Amazon cannot open an order again',
    },
    'writing/partial:decisions.decisions': {
      instead: 'A message of the feed is taken as a whole or not at all.',
      because: 'the processing report answers for the message',
    },
    'writing/siblings:decisions.decisions': {
      instead: 'Of two cancellations of one order the second finds it cancelled.',
      because: 'an order is cancelled once',
    },
    'writing/corrections:refunds.refunds': {
      instead: 'A refund that was paid stays; another amount is another refund.',
      because: 'money that is with the buyer cannot be taken back',
    },
    'writing/cancellations:refunds.refunds': {
      instead: 'A refund that was paid stays.',
      because: 'money that is with the buyer cannot be taken back',
    },
    'writing/partial:refunds.refunds': {
      instead: 'A message of the feed is taken as a whole or not at all.',
      because: 'the processing report answers for the message',
    },
    'writing/not-yet:refunds.refunds': {
      instead: 'A refund of an order that is not shipped is refused by Amazon, in its words.',
      because: 'Amazon wants such an order cancelled and not refunded',
    },
  },
  module: new URL('../src/index.ts', import.meta.url).href,
}
