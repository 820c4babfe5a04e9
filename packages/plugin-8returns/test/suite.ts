import { KontorError, type RecordOf, type Ref } from '@kontor/core'
import type { BuyerCanary, Scenarios, Suite, Wish } from '@kontor/testkit'
import type { RunningSimulator } from '@kontor/testkit/simulator'
import {
  simulator,
  type Options,
  type SimulatedItem,
  type SimulatedReturn,
  type World,
} from '../src/simulator/index.ts'

type System = RunningSimulator<World, Options>

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

function returnAt(system: System, id: string | undefined): SimulatedReturn {
  const found = system.world.returns.get(Number(id))
  if (found === undefined) throw new KontorError('INTERNAL', { message: 'the simulator does not have this return' })
  return found
}
const refTo = ({ id, rma, orderNumber }: SimulatedReturn): Ref => ({
  entity: 'returns',
  id: String(id),
  numbers: [String(rma), orderNumber],
})

const register = (
  system: System,
  items = [
    { sku: 'A', quantity: 1 },
    { sku: 'B', quantity: 1 },
  ],
): SimulatedReturn => returnAt(system, String(system.act('register-return', { items })))

/** Something about it has changed, and its time with it. */
const touch = (system: System, one: SimulatedReturn): void => void (one.updated = system.clock.now())

const bought = (one: SimulatedReturn, { firstName, lastName, email, street }: BuyerCanary): SimulatedReturn => {
  Object.assign(one.customer, { fullName: `${firstName} ${lastName}`, email, notes: street })
  return one
}

function receipt(one: SimulatedReturn, lines: RecordOf<'receipts'>['lines'], tag = 'a'): Wish<'receipts'> {
  const about = refTo(one)
  return {
    record: { entity: 'receipts', id: `receipt-${one.id}-${tag}`, about: { entity: 'returns', id: about.id }, lines },
    about,
  }
}
/** Two pieces of three: a system that is told twice would take the third one too. */
const goodLines: RecordOf<'receipts'>['lines'] = [{ sku: 'A', quantity: 2, outcome: 'arrived' }]

/** Pieces that a line of a receipt moved, by the system's own count. */
function effects(system: System, { about, lines }: RecordOf<'receipts'>): number {
  return Math.max(
    0,
    ...lines.map(
      ({ sku, outcome }) =>
        (
          system.truth
            .byKey(outcome === 'inspected' ? 'item-inspected' : `item-${outcome}`)
            .get(`${about.id}/${sku}`) ?? []
        ).length,
    ),
  )
}
/** How far an item is, in the word of the last booking. */
const stageOf = ({ arrived, inspected, missing }: SimulatedItem): string | undefined =>
  missing ? 'missing' : inspected !== null ? 'inspected' : arrived !== null ? 'arrived' : undefined

const isSo = (system: System, { about, lines }: RecordOf<'receipts'>): boolean =>
  lines.every(({ sku, quantity, outcome }) => {
    const items = returnAt(system, about.id).items.filter((item) => item.sku === sku && stageOf(item) === outcome)
    return items.reduce((sum, item) => sum + item.quantity, 0) === quantity
  })

const scenarios: Scenarios<System> = {
  access: {
    wrong: (system) => ({ ...connection(system), credentials: { apiKey: 'demo-key', password: 'another-password' } }),
    forbidden(system) {
      Object.assign(system.options, { scopes: 'customers' })
      return connection(system)
    },
    otherAccount: (system) => ({
      ...connection(system),
      config: { ...connection(system).config, portal: 'other-shop' },
    }),
  },
  readers: {
    returns: {
      create: (system, count) => many(count, () => refTo(register(system))),
      change: (system, { id }) => void system.act('arrive', { id }),
      malform(system, { id }) {
        const one = returnAt(system, id)
        one.broken = { items: 'several' }
        touch(system, one)
      },
      unknownStatus(system, { id }) {
        returnAt(system, id).status = 'in_review'
        touch(system, returnAt(system, id))
      },
      remove: ({ world }, { id }) => void world.returns.delete(Number(id)),
      disorder: ({ options }) => void Object.assign(options, { sort: 'ignored' }),
      plant: (system, buyer) => refTo(bought(register(system), buyer)),
    },
  },
  writers: {
    receipts: {
      receipts: {
        good: (system, count) => many(count, () => receipt(register(system, [{ sku: 'A', quantity: 3 }]), goodLines)),
        effects,
        holds: isSo,
        correct: (_, wish) => ({
          ...wish,
          record: { ...wish.record, lines: [{ sku: 'A', quantity: 3, outcome: 'inspected' }] },
        }),
        siblings(system) {
          const one = register(system)
          return [
            receipt(one, [{ sku: 'A', quantity: 1, outcome: 'arrived' }]),
            receipt(one, [{ sku: 'B', quantity: 1, outcome: 'inspected' }], 'b'),
          ]
        },
        refused: (system) =>
          receipt(register(system), [
            { sku: 'A', quantity: 1, outcome: 'arrived' },
            { sku: 'A', quantity: 1, outcome: 'missing' },
          ]),
        partial(system) {
          Object.assign(system.options, { refuses: 'B' })
          const lines = [
            { sku: 'A', quantity: 1, outcome: 'arrived' as const },
            { sku: 'B', quantity: 1, outcome: 'arrived' as const },
          ]
          return { wish: receipt(register(system), lines), applied: ['A'] }
        },
        notYet(system) {
          const one = register(system)
          system.act('lock', { id: one.id })
          return {
            wish: receipt(one, [{ sku: 'A', quantity: 1, outcome: 'arrived' }]),
            ready: () => void system.act('unlock', { id: one.id }),
          }
        },
        plant: (system, buyer) =>
          receipt(bought(register(system), buyer), [
            {
              sku: 'A',
              quantity: 1,
              outcome: 'arrived',
              note: `von ${buyer.firstName} ${buyer.lastName}, ${buyer.email}`,
            },
          ]),
      },
    },
  },
}

const connection = (system: System) => ({
  config: { baseUrl: system.url, portal: 'muster-shop', pageSize: 20, pii: { customer: true, pictures: true } },
  credentials: { apiKey: 'demo-key', password: 'demo-password' },
})

export const eightReturnsSuite: Suite<System> = {
  simulator: {
    start: ({ seed, clock }) => simulator.start({ seed, clock, options: { returns: 0 }, keepExchanges: 'all' }),
  },
  connection,
  scenarios,
  promises: {
    'writing/cancellations:receipts.receipts': {
      instead: 'What was booked stays booked, and is corrected by hand in 8returns.',
      because: 'No call of 8returns is known that takes an arrival or an inspection back.',
    },
  },
  module: new URL('../src/index.ts', import.meta.url).href,
}
