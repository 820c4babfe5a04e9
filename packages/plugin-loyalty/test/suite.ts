import type { RecordOf } from '@kontor/core'
import type { Suite, Wish } from '@kontor/testkit'
import type { RunningSimulator } from '@kontor/testkit/simulator'
import {
  OTHER_SHOP,
  OTHER_TOKEN,
  ROOT,
  SHOP,
  simulator,
  TOKEN,
  type Options,
  type World,
} from '../src/simulator/index.ts'

type System = RunningSimulator<World, Options>
type Points = RecordOf<'points'>

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

let orders = 0
function earn(more: Partial<Points> = {}): Wish<'points'> {
  orders += 1
  const about = { entity: 'orders' as const, key: `shop/${orders}`, id: String(orders) }
  const value = { amount: '50.00', currency: 'EUR' }
  return {
    record: {
      entity: 'points',
      id: `shop/${orders}:earn`,
      about,
      kind: 'earn',
      points: '0',
      value,
      member: { email: `member-${orders}@example.com` },
      ...more,
    },
  }
}

const reverse = ({ record }: Wish<'points'>, points: string): Wish<'points'> => ({
  record: {
    entity: 'points',
    id: `${record.about.key}:mv:0:0-${points}`,
    about: record.about,
    kind: 'reverse',
    points,
    member: record.member,
    reverses: record.id,
  },
})

const booked =
  (kind: 'credit_reception' | 'booking') =>
  ({ truth }: System, { id }: Points): number =>
    truth.byKey(kind).get(id)?.length ?? 0

const scenario = (kind: 'credit_reception' | 'booking') => ({
  good: (_: System, count: number) => many(count, () => earn()),
  effects: booked(kind),
  holds: (system: System, record: Points) => booked(kind)(system, record) > 0,
  siblings: () => {
    const first = earn()
    return [first, reverse(first, '32')]
  },
  refused: () => earn({ member: {} }),
  plant: (_: System, buyer: { email: string }) => earn({ member: { email: buyer.email } }),
})

const start = ({ seed, clock }: Parameters<Suite<System>['simulator']['start']>[0]) =>
  simulator.start({ seed, clock, keepExchanges: 'all', options: { perSecond: 5 } })

const promises: Suite<System>['promises'] = {
  'access/forbidden': {
    instead: 'A token either works or it does not.',
    because: 'neither programme gives its tokens permissions of their own',
  },
  'writing/corrections:points.points': {
    instead: 'What is booked stays; another booking, under its own id, takes it back.',
    because: 'the ledger states a booking once and never changes it',
  },
  'writing/cancellations:points.points': {
    instead: 'A booking is taken back by another one.',
    because: 'the ledger states a booking once and never changes it',
  },
  'writing/not-yet:points.points': {
    instead: 'A booking is made at once; one that waits for a balance is tried again daily.',
    because: 'neither programme asks for a step before it',
  },
}

const leat = (system: System) => ({
  config: { provider: 'leat', baseUrl: system.url + ROOT, shop: SHOP },
  credentials: { token: TOKEN },
})

export const leatSuite: Suite<System> = {
  simulator: { start },
  connection: leat,
  scenarios: {
    access: {
      wrong: (system) => ({ ...leat(system), credentials: { token: 'exampletoken-leat-9999' } }),
      otherAccount: (system) => ({
        config: { ...leat(system).config, shop: OTHER_SHOP },
        credentials: { token: OTHER_TOKEN },
      }),
    },
    writers: { points: { points: scenario('credit_reception') } },
  },
  promises,
  module: new URL('../src/index.ts', import.meta.url).href,
}

const ledger = (system: System) => ({
  config: { provider: 'webhook-ledger', url: `${system.url}/ledger` },
  credentials: { token: TOKEN },
})

export const ledgerSuite: Suite<System> = {
  simulator: { start },
  connection: ledger,
  scenarios: {
    access: {
      wrong: (system) => ({ ...ledger(system), credentials: { token: 'exampletoken-leat-9999' } }),
      otherAccount: (system) => ({
        ...ledger(system),
        config: { provider: 'webhook-ledger', url: `${system.url}/ledger/` },
      }),
    },
    writers: { points: { points: scenario('booking') } },
  },
  promises,
  // The report of the package is that of its first provider.
  report: 'none',
  module: new URL('../src/index.ts', import.meta.url).href,
}
