import type { RecordOf, Ref } from '@kontor/core'
import type { Scenarios, Suite, Wish } from '@kontor/testkit'
import type { RunningSimulator } from '@kontor/testkit/simulator'
import { simulator, type RakutenOptions, type RakutenWorld, type Sale, type Unit } from '../src/simulator/index.ts'

type System = RunningSimulator<RakutenWorld, RakutenOptions>

const hour = 3_600_000
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
const orderRef = ({ purchaseId }: Sale): Ref => ({ entity: 'orders', id: purchaseId, numbers: [purchaseId] })
const place = (system: System, wish: object = {}): Sale => system.act('place-sale', wish) as Sale
const saleAt = (system: System, { id }: Ref): Sale => found(system.world.sales.get(id))
const firstUnit = (sale: Sale): Unit => found(sale.units[0])

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new RangeError('the simulator does not have this')
  return thing
}

const claimed = (system: System, wish: object = {}): Ref => {
  const unit = firstUnit(place(system, { kind: 'tracked', status: 'ACCEPTED', soldAt: system.clock.now(), ...wish }))
  system.act('open-claim', { itemId: unit.itemId })
  return { entity: 'returns', id: unit.itemId, numbers: [unit.itemId] }
}

/** A sale the buyer can no longer cancel freely. */
const settled = (system: System, wish: object = {}): Sale =>
  place(system, { kind: 'tracked', soldAt: system.clock.now() - 2 * hour, ...wish })

function decide(
  sale: Sale,
  decision: RecordOf<'decisions'>['decision'],
  more: Partial<RecordOf<'decisions'>> = {},
): Wish<'decisions'> {
  const { purchaseId: id } = sale
  return {
    record: {
      entity: 'decisions',
      id: `decision-${id}-${decision}`,
      about: { entity: 'orders', id },
      decision,
      ...more,
    },
    about: orderRef(sale),
  }
}

const happened = {
  accept: 'unit-accepted',
  refuse: 'unit-refused',
  cancel: 'unit-cancelled',
  confirm_preorder: 'preorder-confirmed',
} as const
const becomes = { accept: 'ACCEPTED', refuse: 'REFUSED', cancel: 'CANCELLED', confirm_preorder: 'ACCEPTED' } as const
const unitsOf = (system: System, { about }: { about: { id?: string | undefined } }): Unit[] =>
  found(system.world.sales.get(about.id ?? '')).units

function payBack(sale: Sale, amount?: string): Wish<'refunds'> {
  const { purchaseId: id } = sale
  const { sku } = firstUnit(sale)
  const money = amount === undefined ? {} : { amount: { amount, currency: 'EUR' } }
  return {
    record: { entity: 'refunds', id: `refund-${id}`, about: { entity: 'orders', id }, lines: [{ sku, ...money }] },
    about: orderRef(sale),
  }
}

function ship(sale: Sale, more: Partial<RecordOf<'shipments'>> = {}, tag = 'a'): Wish<'shipments'> {
  const { purchaseId: id } = sale
  return {
    record: {
      entity: 'shipments',
      id: `parcel-${id}-${tag}`,
      about: { entity: 'orders', id },
      carrier: 'Colissimo',
      trackingNumber: `6C${id}${tag}`,
      ...more,
    },
    about: orderRef(sale),
  }
}

const shippedWith = (system: System, record: RecordOf<'shipments'>): Unit[] =>
  unitsOf(system, record).filter((unit) => unit.shipped && unit.tracking?.number === record.trackingNumber)

const scenarios: Scenarios<System> = {
  access: {
    wrong: (system) => ({ ...connection(system), credentials: { token: 'simulated-token-9' } }),
    forbidden: (system) => ({ ...connection(system), credentials: { token: system.options.restrictedToken } }),
    otherAccount: (system) => ({
      config: { login: system.options.otherLogin, baseUrl: system.url },
      credentials: { token: system.options.otherToken },
    }),
  },
  readers: {
    orders: {
      create: (system, count) =>
        many(count, (index) =>
          orderRef(
            place(system, {
              soldAt: system.clock.now(),
              kind: index % 3 === 2 ? 'twins' : 'tracked',
              ...(index % 2 === 0 ? {} : { status: 'ACCEPTED' }),
            }),
          ),
        ),
      change(system, ref) {
        for (const unit of saleAt(system, ref).units) {
          if (unit.status === 'ACCEPTED') unit.shipped = !unit.shipped
          else unit.status = unit.status === 'REMINDED' ? 'TO_CONFIRM' : 'REMINDED'
        }
      },
      malform: (system, ref) => void (saleAt(system, ref).damaged = true),
      unknownStatus: (system, ref) => void Object.assign(firstUnit(saleAt(system, ref)), { status: 'LEVITATING' }),
      remove: (system, { id }) => void system.world.sales.delete(id),
      disorder: ({ world }) => void (world.disordered = true),
      plant: (system, buyer) =>
        orderRef(place(system, { kind: 'tracked', status: 'ACCEPTED', soldAt: system.clock.now(), buyer })),
    },
    claims: {
      create: (system, count) => many(count, () => claimed(system)),
      change: (system, { id }) => void system.act('close-claim', { itemId: id }),
      malform: (system, { id }) => void (found(system.world.claims.get(id)).damaged = true),
      disorder: ({ world }) => void (world.disordered = true),
      plant: (system, buyer) => claimed(system, { buyer }),
    },
    payouts: {
      create: ({ world, clock }, count) =>
        many(count, () => {
          const number = world.operations.length
          const operationId = String(502_200_000 + number)
          world.operations.push({
            operationId,
            at: clock.now() - 3_600_000 + number * 1000,
            amount: '12.34',
            compensationId: String(560_000 + number),
          })
          return { entity: 'payouts', id: operationId }
        }),
      malform: ({ world }, { id }) =>
        void Object.assign(found(world.operations.find((one) => one.operationId === id)), { amount: 'beaucoup' }),
      plant: ({ world, clock }) => {
        world.operations.push({ operationId: '502300000', at: clock.now(), amount: '1.00', compensationId: '570000' })
        return { entity: 'payouts', id: '502300000' }
      },
    },
  },
  writers: {
    orders: {
      decisions: {
        good: (system, count) => many(count, () => decide(settled(system), 'accept')),
        effects: (system, record) =>
          unitsOf(system, record).reduce(
            (total, { itemId }) => total + (system.truth.byKey(happened[record.decision]).get(itemId)?.length ?? 0),
            0,
          ),
        holds: (system, record) => unitsOf(system, record).some(({ status }) => status === becomes[record.decision]),
        correct: (_, wish) => ({ ...wish, record: { ...wish.record, decision: 'cancel' } }),
        cancel: (_, wish) => ({ ...wish, record: { ...wish.record, decision: 'cancel' } }),
        siblings(system) {
          const sale = settled(system, { kind: 'twins' })
          const one = { lines: [{ sku: firstUnit(sale).sku, quantity: 1 }] }
          return [decide(sale, 'accept', one), decide(sale, 'refuse', one)]
        },
        refused: (system) => decide(settled(system, { status: 'ACCEPTED' }), 'refuse'),
        partial(system) {
          const sale = settled(system, { kind: 'twins' })
          const [first, second] = sale.units
          found(second).status = 'ACCEPTED'
          return { wish: decide(sale, 'refuse'), applied: [found(first).itemId] }
        },
        plant: (system, buyer) =>
          decide(settled(system, { status: 'ACCEPTED', buyer }), 'cancel', {
            message: `Pour ${buyer.firstName} ${buyer.lastName}, ${buyer.email}`,
          }),
      },
      refunds: {
        good: (system, count) => many(count, () => payBack(settled(system, { status: 'ACCEPTED' }))),
        effects: (system, record) =>
          unitsOf(system, record).reduce(
            (total, { itemId }) =>
              total +
              (system.truth.byKey('unit-cancelled').get(itemId) ?? []).filter(({ detail }) =>
                JSON.stringify(detail).includes(`"${record.message ?? 'Article indisponible'}"`),
              ).length,
            0,
          ),
        holds: (system, record) => unitsOf(system, record).every(({ status }) => status === 'CANCELLED'),
        correct: (_, wish) => ({ ...wish, record: { ...wish.record, message: 'Désolés' } }),
        siblings(system) {
          const sale = settled(system, { kind: 'twins', status: 'ACCEPTED' })
          const one = (tag: string): Wish<'refunds'> => {
            const wish = payBack(sale)
            const lines = [{ sku: firstUnit(sale).sku, quantity: 1 }]
            return {
              ...wish,
              record: { ...wish.record, id: `${wish.record.id}-${tag}`, lines, message: `Remboursement ${tag}` },
            }
          }
          return [one('a'), one('b')]
        },
        refused: (system) => payBack(settled(system, { status: 'ACCEPTED' }), '0.50'),
        partial(system) {
          const sale = settled(system, { kind: 'twins', status: 'ACCEPTED' })
          const [first, second] = sale.units
          found(second).status = 'CLOSED'
          return { wish: payBack(sale), applied: [found(first).itemId] }
        },
        plant: (system, buyer) => {
          const wish = payBack(settled(system, { status: 'ACCEPTED', buyer }))
          const message = `Pour ${buyer.firstName} ${buyer.lastName}, ${buyer.email}`
          return { ...wish, record: { ...wish.record, message } }
        },
      },
      shipments: {
        good: (system, count) => many(count, () => ship(settled(system, { status: 'ACCEPTED' }))),
        effects: (system, record) =>
          ['unit-shipped', 'tracking-corrected'].reduce(
            (total, what) =>
              total +
              system.truth.effects.filter(
                (effect) =>
                  effect.what === what && JSON.stringify(effect.detail).includes(`"${record.trackingNumber}"`),
              ).length,
            0,
          ),
        holds: (system, record) => shippedWith(system, record).length === 1,
        correct: (_, wish) => ({
          ...wish,
          record: { ...wish.record, trackingNumber: `${wish.record.trackingNumber}9` },
        }),
        siblings(system) {
          const sale = settled(system, { kind: 'twins', status: 'ACCEPTED' })
          const { sku } = firstUnit(sale)
          return [ship(sale, { lines: [{ sku, quantity: 1 }] }), ship(sale, { lines: [{ sku, quantity: 1 }] }, 'b')]
        },
        refused: (system) => ship(settled(system, { status: 'ACCEPTED' }), { carrier: 'Musterpost' }),
        partial(system) {
          const sale = settled(system, { kind: 'twins', status: 'ACCEPTED' })
          const [first, second] = sale.units
          found(second).status = 'CANCELLED'
          return {
            wish: ship(sale, { lines: [{ sku: found(first).sku, quantity: 2 }] }),
            applied: [found(first).itemId],
          }
        },
        notYet(system) {
          const sale = settled(system)
          return { wish: ship(sale), ready: () => void (firstUnit(sale).status = 'ACCEPTED') }
        },
        plant: (system, buyer) =>
          ship(settled(system, { status: 'ACCEPTED', buyer }), { note: `for ${buyer.lastName}` }),
      },
    },
    offers: {
      stock: {
        good: (system, count) => many(count, (index) => stock(newSku(system), 11 + index)),
        effects: ({ truth }, { sku, available }) => truth.byKey('stock-set').get(`${sku}=${available}`)?.length ?? 0,
        holds: ({ world }, { sku, available }) => world.adverts.get(sku)?.quantity === available,
        correct: (_, wish) => ({ ...wish, record: { ...wish.record, available: 42 } }),
        refused: () => stock('NOWHERE', 1),
      },
      prices: {
        good: (system, count) => many(count, (index) => price(newSku(system), `${110 + index}.50`)),
        effects: ({ truth }, { sku, price: told }) =>
          truth.byKey('price-set').get(`${sku}=${told.value.amount}`)?.length ?? 0,
        holds: ({ world }, { sku, price: told }) => world.adverts.get(sku)?.price === told.value.amount,
        correct: (_, wish) => ({
          ...wish,
          record: { ...wish.record, price: { value: { amount: '199.00', currency: 'EUR' }, taxIncluded: true } },
        }),
        refused: (system) => price(newSku(system), '0.00'),
      },
    },
  },
}

function newSku(system: System): string {
  const sku = `OFFER-${system.world.adverts.size}`
  system.act('create-advert', { sku })
  return sku
}
const stock = (sku: string, available: number): Wish<'stock'> => ({
  record: { entity: 'stock', id: sku, sku, available },
})
const price = (sku: string, amount: string): Wish<'prices'> => ({
  record: { entity: 'prices', id: sku, sku, price: { value: { amount, currency: 'EUR' }, taxIncluded: true } },
})

const connection = (system: System) => ({
  config: { login: system.options.login, baseUrl: system.url, payoutLines: false },
  credentials: { token: system.options.token },
})

export const rakutenSuite: Suite<System> = {
  simulator: {
    start: ({ seed, clock }) =>
      simulator.start({ seed, clock, options: { sales: 0, payoutsPerPage: 25 }, keepExchanges: 'all' }),
  },
  connection,
  scenarios,
  promises: {
    'reading/unknown-status:claims': {
      instead: 'A cause on the to-do list that is no claim makes no record; a claim is told as requested.',
      because: 'the to-do list names causes and no status',
    },
    'reading/changes-arrive:payouts': {
      instead: 'A payout is told once.',
      because: 'the wallet lists transfers that have been made; they do not change',
    },
    'reading/pages-shift:payouts': {
      instead: 'A walk ends at payouts told before, and begins anew at the newest one.',
      because: 'transfers do not move in the list',
    },
    'reading/pages-disordered:payouts': {
      instead: 'Payouts are read in the order of their dates.',
      because: 'the wallet is paged by date and by nothing else',
    },
    'reading/unknown-status:payouts': {
      instead: 'The state of a transfer stands in the extensions, in the words of the wallet.',
      because: 'a payout has no status of ours',
    },
    'transport/limits': {
      instead:
        'At most 600 calls leave within one hour of the clock, and one a second; then everything waits for the next hour. `check.test.ts` proves it.',
      because: 'the quota is one of the clock hour, which a load of more than twice its size outlasts by far',
    },
    'writing/not-yet:orders.decisions': {
      instead: 'A decision that comes too early waits until a time it names, and is then sent by itself.',
      because: 'what it waits for is the hour in which the buyer may cancel, and nothing else',
    },
    'writing/corrections:orders.refunds': {
      instead: 'What is left of it is paid back; what was paid back stays so.',
      because: 'money that was paid back is not taken back',
    },
    'writing/not-yet:orders.refunds': {
      instead: 'It is refused, with the decision that fits.',
      because: 'before acceptance nothing was paid that could be paid back',
    },
    'writing/cancellations:orders.refunds': {
      instead: 'Nothing is sent.',
      because: 'money that was paid back is not taken back',
    },
    'writing/cancellations:orders.shipments': {
      instead: 'It is refused with words that say what can be done.',
      because: 'a shipment that was confirmed cannot be taken back at Rakuten',
    },
  },
  module: new URL('../src/index.ts', import.meta.url).href,
}
