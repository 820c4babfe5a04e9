import type { RecordOf, Ref } from '@kontor/core'
import { sampleFile, type BuyerCanary, type Scenarios, type Suite, type Wish } from '@kontor/testkit'
import type { RunningSimulator } from '@kontor/testkit/simulator'
import { simulator, type CareFolder, type Line, type Options, type Order, type World } from '../src/simulator/index.ts'
import { airpods, config, iphone } from './shop.ts'

type System = RunningSimulator<World, Options>

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new RangeError('the simulator does not have this')
  return thing
}
const orderAt = (system: System, id: string | undefined): Order => found(system.world.orders.get(Number(id)))
const folderAt = (system: System, { id }: Ref): CareFolder => found(system.world.care.get(Number(id)))
const firstLine = (order: Order): Line => found(order.lines[0])
const orderRef = ({ id }: Order): Ref => ({ entity: 'orders', id: String(id), numbers: [String(id)] })

/** An order that waits for the seller, or has come as far as `state`. */
function place(
  system: System,
  { skus = [airpods], quantity = 1, state = 1 }: { skus?: string[]; quantity?: number; state?: number } = {},
): Order {
  const order = orderAt(system, String(system.act('place-order', { skus, quantity, market: 'de-de' })))
  for (const line of order.lines) line.state = state
  if (state === 3)
    Object.assign(order, {
      shipped: system.clock.now(),
      tracking: { number: `T${order.id}`, url: '', shipper: 'DHL DE' },
    })
  return order
}
function bought(order: Order, buyer: BuyerCanary): Order {
  const { firstName, lastName, email, phone, street } = buyer
  Object.assign(order.person, { firstName, lastName, email, phone })
  Object.assign(found(order.address ?? undefined), { street })
  return order
}
const opened = (system: System, order = place(system, { state: 3 })): Ref => {
  const id = String(system.act('open-care', { order: order.id }))
  return { entity: 'returns', id, numbers: [id] }
}
/** Something about it has changed, and its date with it. */
const touch = (system: System, thing: { modified: number }): void => void (thing.modified = system.clock.now())

function decide(
  order: Order,
  decision: RecordOf<'decisions'>['decision'],
  more: Partial<RecordOf<'decisions'>> = {},
): Wish<'decisions'> {
  const id = String(order.id)
  return {
    record: {
      entity: 'decisions',
      id: `decision-${id}-${decision}`,
      about: { entity: 'orders', id },
      decision,
      ...more,
    },
    about: orderRef(order),
  }
}
const becomes = { accept: [2, 3], refuse: [4], cancel: [4, 5], confirm_preorder: [] } as const
const happened = {
  accept: ['line-accepted'],
  refuse: ['line-cancelled'],
  cancel: ['line-cancelled', 'line-refunded'],
  confirm_preorder: [],
} as const

function ship(order: Order, more: Partial<RecordOf<'shipments'>> = {}, tag = 'A'): Wish<'shipments'> {
  const id = String(order.id)
  return {
    record: {
      entity: 'shipments',
      id: `parcel-${id}-${tag}`,
      about: { entity: 'orders', id },
      carrier: 'DHL DE',
      trackingNumber: `${tag}${id}`,
      ...more,
    },
    about: orderRef(order),
  }
}
/** A parcel told as part of another one stands there under the other's number. */
const parcelOf = (system: System, { about, trackingNumber }: RecordOf<'shipments'>): boolean => {
  const { tracking, lines } = orderAt(system, about.id)
  return (
    lines.every(({ state }) => state >= 3) &&
    (tracking.number === trackingNumber || (trackingNumber ?? '').startsWith('B'))
  )
}

const euro = (amount: string) => ({ amount, currency: 'EUR' })
function payBack(order: Order, amount: string | undefined, tag = 'a'): Wish<'refunds'> {
  const id = String(order.id)
  const lines = [{ lineId: String(firstLine(order).id), ...(amount === undefined ? {} : { amount: euro(amount) }) }]
  return {
    record: { entity: 'refunds', id: `refund-${id}-${tag}`, about: { entity: 'orders', id }, lines },
    about: orderRef(order),
  }
}
const paidFor = (system: System, { lines }: RecordOf<'refunds'>) =>
  system.truth.effects.filter(({ what, key }) => what === 'refund-paid' && key === lines?.[0]?.lineId)

const receive = (
  about: Ref,
  outcome: RecordOf<'receipts'>['lines'][number]['outcome'],
  tag = 'a',
): Wish<'receipts'> => ({
  record: {
    entity: 'receipts',
    id: `receipt-${about.id}-${tag}`,
    about: { entity: 'returns', id: about.id },
    lines: [{ quantity: 1, outcome }],
  },
  about,
})

function bill(order: Order, more: Partial<RecordOf<'invoices'>> = {}): Wish<'invoices'> {
  const id = String(order.id)
  const file = sampleFile(`invoice-${id}.pdf`)
  return {
    record: { entity: 'invoices', id: `invoice-${id}`, about: { entity: 'orders', id }, file, ...more },
    about: orderRef(order),
  }
}
/** An upload replaces what was there. */
const lastUploaded = (system: System, { about }: RecordOf<'invoices'>): string | undefined =>
  JSON.stringify(
    system.truth
      .byKey('invoice-uploaded')
      .get(about.id ?? '')
      ?.at(-1)?.detail,
  )
const uploadsOf = (system: System, { about, file }: RecordOf<'invoices'>): number =>
  (system.truth.byKey('invoice-uploaded').get(about.id ?? '') ?? []).filter(({ detail }) =>
    JSON.stringify(detail).includes(file.sha256),
  ).length

const skuAt = (system: System, index: number): string => found([...system.world.listings.values()][index]).sku
const stock = (sku: string, available: number): Wish<'stock'> => ({
  record: { entity: 'stock', id: sku, sku, available },
})
const price = (sku: string, amount: string): Wish<'prices'> => ({
  record: { entity: 'prices', id: sku, sku, market: 'de-de', price: { value: euro(amount), taxIncluded: true } },
})
const minor = (amount: string): number => Math.round(Number(amount) * 100)

const scenarios: Scenarios<System> = {
  access: {
    wrong: (system) => ({ ...connection(system), credentials: { token: 'simulator-token-9' } }),
    forbidden: (system) => ({ ...connection(system), credentials: { token: system.options.restrictedToken } }),
    otherAccount: (system) => ({ ...connection(system), credentials: { token: system.options.otherToken } }),
  },
  readers: {
    orders: {
      create: (system, count) =>
        many(count, (index) =>
          orderRef(
            place(system, { skus: index % 3 === 2 ? [airpods, iphone] : [airpods], state: index % 2 === 0 ? 1 : 2 }),
          ),
        ),
      change(system, { id }) {
        const order = orderAt(system, id)
        for (const line of order.lines) line.state = line.state === 1 ? 2 : 1
        touch(system, order)
      },
      malform(system, { id }) {
        Object.assign(firstLine(orderAt(system, id)), { quantity: 'several' })
        touch(system, orderAt(system, id))
      },
      unknownStatus(system, { id }) {
        Object.assign(orderAt(system, id), { undocumented: 42 })
        touch(system, orderAt(system, id))
      },
      remove: ({ world }, { id }) => void world.orders.delete(Number(id)),
      disorder: ({ options }) => void Object.assign(options, { sort: 'newest' }),
      plant: (system, buyer) => orderRef(bought(place(system), buyer)),
    },
    care: {
      create: (system, count) => many(count, () => opened(system)),
      change: (system, { id }) => void system.act('close-care', { care: Number(id) }),
      malform(system, ref) {
        Object.assign(folderAt(system, ref).line, { quantity: 'several' })
        touch(system, folderAt(system, ref))
      },
      unknownStatus(system, ref) {
        Object.assign(folderAt(system, ref), { undocumented: 5 })
        touch(system, folderAt(system, ref))
      },
      remove: ({ world }, { id }) => void world.care.delete(Number(id)),
      disorder: ({ options }) => void Object.assign(options, { sort: 'newest' }),
      plant: (system, buyer) => opened(system, bought(place(system, { state: 3 }), buyer)),
    },
  },
  writers: {
    orders: {
      decisions: {
        good: (system, count) => many(count, () => decide(place(system), 'accept')),
        effects: (system, { about, decision }) =>
          system.truth.effects.filter(
            ({ what, key }) =>
              happened[decision].some((each) => each === what) &&
              orderAt(system, about.id).lines.some(({ id }) => String(id) === key),
          ).length,
        holds: (system, { about, decision }) =>
          orderAt(system, about.id).lines.some(({ state }) => becomes[decision].some((each) => each === state)),
        correct: (_, wish) => ({ ...wish, record: { ...wish.record, decision: 'cancel' } }),
        cancel: (_, wish) => ({ ...wish, record: { ...wish.record, decision: 'cancel' } }),
        siblings(system) {
          const order = place(system, { skus: [airpods, iphone] })
          return [
            decide(order, 'accept', { lines: [{ sku: airpods }] }),
            decide(order, 'refuse', { lines: [{ sku: iphone }] }),
          ]
        },
        refused: (system) => decide(place(system, { state: 2 }), 'refuse'),
        notYet(system) {
          const order = place(system, { state: 9 })
          return { wish: decide(order, 'accept'), ready: () => void system.act('pay-order', { order: order.id }) }
        },
        plant: (system, buyer) =>
          decide(bought(place(system), buyer), 'cancel', {
            message: `For ${buyer.firstName} ${buyer.lastName}, ${buyer.email}`,
          }),
      },
      shipments: {
        good: (system, count) => many(count, () => ship(place(system, { state: 2 }))),
        effects: (system, { about, trackingNumber }) =>
          (system.truth.byKey('order-shipped').get(about.id ?? '') ?? []).filter(
            ({ detail }) =>
              (trackingNumber ?? '').startsWith('B') || JSON.stringify(detail).includes(`"${trackingNumber}"`),
          ).length,
        holds: parcelOf,
        siblings(system) {
          const order = place(system, { quantity: 2, state: 2 })
          const one = { lines: [{ sku: airpods, quantity: 1 }] }
          return [ship(order, one), ship(order, one, 'B')]
        },
        refused: (system) => ship(place(system, { state: 2 }), { carrier: 'Musterpost' }),
        notYet(system) {
          const order = place(system)
          return {
            wish: ship(order),
            ready: () => {
              for (const line of order.lines) line.state = 2
            },
          }
        },
        plant: (system, buyer) =>
          ship(bought(place(system, { state: 2 }), buyer), { note: `for ${buyer.lastName}, ${buyer.phone}` }),
      },
    },
    offers: {
      stock: {
        good: (system, count) => many(count, (index) => stock(skuAt(system, index), 111 + index)),
        effects: ({ truth }, { sku, available }) =>
          (truth.byKey('stock-set').get(sku) ?? []).filter(
            ({ detail }) => JSON.stringify(detail) === JSON.stringify({ quantity: available }),
          ).length,
        holds: ({ world }, { sku, available }) => world.listings.get(sku.toLowerCase())?.quantity === available,
        correct: (_, wish) => ({ ...wish, record: { ...wish.record, available: 42 } }),
        refused: () => stock('NOWHERE', 1),
      },
      prices: {
        good: (system, count) => many(count, (index) => price(skuAt(system, index), `${1110 + index}.50`)),
        effects: ({ truth }, { sku, price: told }) =>
          (truth.byKey('price-set').get(`${sku}/de-de`) ?? []).filter(
            ({ detail }) => JSON.stringify(detail) === JSON.stringify({ price: minor(told.value.amount) }),
          ).length,
        holds: ({ world }, { sku, price: told }) =>
          world.listings.get(sku.toLowerCase())?.prices.get('de-de') === minor(told.value.amount),
        correct: (_, wish) => ({
          ...wish,
          record: { ...wish.record, price: { value: euro('1999.00'), taxIncluded: true } },
        }),
        refused: (system) => price(skuAt(system, 0), '0.00'),
      },
    },
    invoices: {
      invoices: {
        good: (system, count) => many(count, () => bill(place(system, { state: 3 }))),
        effects: uploadsOf,
        holds: (system, record) => lastUploaded(system, record)?.includes(record.file.sha256) === true,
        correct: (_, wish) => ({ ...wish, record: { ...wish.record, file: sampleFile('corrected.pdf') } }),
        refused: (system) => bill(place(system, { state: 3 }), { kind: 'credit_note' }),
        plant: (system, buyer) =>
          bill(bought(place(system, { state: 3 }), buyer), {
            file: sampleFile(`invoice of ${buyer.firstName} ${buyer.lastName}.pdf`),
          }),
      },
    },
    care: {
      receipts: {
        good: (system, count) => many(count, () => receive(opened(system), 'rejected')),
        effects: (system, { about }) => (system.truth.byKey('problem-declared').get(about.id ?? '') ?? []).length,
        holds: (system, { about }) => (system.truth.byKey('problem-declared').get(about.id ?? '') ?? []).length > 0,
        siblings(system) {
          const care = opened(system)
          return [receive(care, 'arrived'), receive(care, 'rejected', 'b')]
        },
        refused(system) {
          const care = opened(system)
          system.act('close-care', { care: Number(care.id) })
          return receive(care, 'missing')
        },
        plant(system, buyer) {
          const wish = receive(opened(system), 'rejected')
          const note = `From ${buyer.firstName} ${buyer.lastName}, ${buyer.email}`
          return { ...wish, record: { ...wish.record, lines: wish.record.lines.map((line) => ({ ...line, note })) } }
        },
      },
    },
    refunds: {
      refunds: {
        good: (system, count) => many(count, () => payBack(place(system, { state: 3 }), '5.00')),
        effects: (system, record) => paidFor(system, record).length,
        holds: (system, record) => paidFor(system, record).length > 0,
        siblings(system) {
          const order = place(system, { skus: [airpods, iphone], state: 3 })
          const second = payBack(order, '3.00', 'b')
          return [
            payBack(order, '2.00'),
            {
              ...second,
              record: { ...second.record, lines: [{ lineId: String(found(order.lines[1]).id), amount: euro('3.00') }] },
            },
          ]
        },
        refused: (system) => payBack(place(system, { state: 3 }), '99999.00'),
        partial(system) {
          const order = place(system, { skus: [airpods, iphone], state: 3 })
          const [first, second] = order.lines.map(({ id }) => String(id))
          const lines = [
            { lineId: found(first), amount: euro('1.00') },
            { lineId: found(second), amount: euro('99999.00') },
          ]
          const wish = payBack(order, undefined)
          return { wish: { ...wish, record: { ...wish.record, lines } }, applied: [found(first)] }
        },
        notYet(system) {
          const order = place(system, { state: 8 })
          return { wish: payBack(order, undefined), ready: () => void system.act('pay-order', { order: order.id }) }
        },
        plant(system, buyer) {
          const wish = payBack(bought(place(system, { state: 3 }), buyer), '5.00')
          return { ...wish, record: { ...wish.record, message: `Sorry, ${buyer.firstName} ${buyer.lastName}` } }
        },
      },
    },
  },
}

const connection = (system: System) => ({
  config: { ...config, baseUrl: system.url, whenImeiMissing: 'ship' },
  credentials: { token: system.options.token },
})

export const backMarketSuite: Suite<System> = {
  simulator: {
    start: ({ seed, clock }) =>
      simulator.start({
        seed,
        clock,
        options: { orders: 3, ordersPerHour: 0, odd: false, backshipShare: 0, listings: 40 },
        keepExchanges: 'all',
      }),
  },
  connection,
  scenarios,
  promises: {
    'writing/corrections:orders.shipments': {
      instead:
        'It is refused with both numbers and where to correct it; a word about the parcel that changes nothing is already done.',
      because: 'an order is shipped once, with one tracking number, and the API has no way to change it',
    },
    'writing/cancellations:orders.shipments': {
      instead: 'It is refused with words that say what can be done.',
      because: 'an order that is shipped cannot be made unshipped',
    },
    'writing/corrections:refunds.refunds': {
      instead: 'It is refused: what is missing is a refund of its own.',
      because: 'money that was paid back is not taken back',
    },
    'writing/cancellations:refunds.refunds': {
      instead: 'Nothing is sent.',
      because: 'money that was paid back is not taken back',
    },
    'writing/siblings:invoices.invoices': {
      instead: 'The first is uploaded; a second one finds an invoice there and leaves it.',
      because: 'Back Market keeps one invoice of an order',
    },
    'writing/cancellations:invoices.invoices': {
      instead: 'A credit note is refused with words that say so.',
      because: 'Back Market takes one invoice for an order, and has no way to remove it',
    },
    'writing/corrections:care.receipts': {
      instead:
        'It is told where it says something else for Back Market: a fault, or words of the config for the buyer.',
      because: 'what was declared or written is not taken back',
    },
    'writing/cancellations:care.receipts': {
      instead: 'Nothing is sent.',
      because: 'what was declared or written is not taken back',
    },
    'writing/partial:care.receipts': {
      instead: 'One thing is told for all lines: the fault, where one of them has one.',
      because: 'a folder is about one order line',
    },
    'writing/not-yet:care.receipts': {
      instead: 'It is told at once.',
      because: 'a folder that is open takes problems and messages at any time',
    },
    'writing/not-yet:invoices.invoices': {
      instead: 'It is uploaded at once.',
      because: 'no state is documented in which an order takes no invoice',
    },
    'writing/partial:orders.decisions': {
      instead:
        'Every line is looked at before the first call, and nothing is sent where one of them cannot be answered.',
      because: 'an order goes on only when all its lines are answered',
    },
    'writing/partial:orders.shipments': {
      instead: 'All lines are shipped, or none.',
      because: 'Back Market ships all lines of an order as one parcel',
    },
  },
  module: new URL('../src/index.ts', import.meta.url).href,
}
