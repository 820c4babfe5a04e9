import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import {
  definePlugin,
  type AnyRecord,
  type Clock,
  type Delivery,
  type Entity,
  type Instant,
  type Intake,
  type Log,
  type Order,
  type Outcome,
  type Page,
  type Parts,
  type Ref,
  type Shipment,
  type WriterSpec,
} from '@kontor/core'
import type { Engine } from '../../src/engine/engine.ts'
import { deliver } from '../../src/engine/deliver.ts'
import { storeJournal } from '../../src/engine/journal.ts'
import type { Flow, Office } from '../../src/engine/office.ts'
import { pull } from '../../src/engine/pull.ts'
import { reconcile } from '../../src/engine/reconcile.ts'
import { openTestStore } from '../databases.ts'
import type { Store } from '../../src/store/store.ts'

export const start = Date.parse('2026-05-04T08:00:00Z')
export const at = (ms: number): Instant => new Date(ms).toISOString() as Instant

/** A clock that stands until it is moved. */
export function stoppedClock(): Clock & { move(ms: number): void } {
  let now = start
  return { now: () => now, sleep: async (ms) => void (now += ms), move: (ms) => void (now += ms) }
}

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** What a system of the test does: pages to yield, and how it takes deliveries. */
export interface FakeSystem {
  /** What its next reading yields; an error ends it there. */
  pages: (Page | Error)[]
  byId: Map<string, AnyRecord>
  write: (batch: readonly Delivery[], begin: (keys: readonly Delivery[]) => Promise<void>) => AsyncIterable<Outcome>
  readBack: (batch: readonly Delivery[]) => AsyncIterable<Outcome>
  /** What it tells that it holds; without it, it cannot tell. */
  holds?: () => AnyRecord[]
  /** Everything that took effect, in order. */
  effects: { record: string; entity: Entity; key: string; content: AnyRecord }[]
  batches: string[][]
  /** Where each reading began. */
  began: unknown[]
}

export interface FakeOffice {
  name: string
  yields: Entity[]
  takes: Entity[]
  again?: WriterSpec['again']
  account?: string
  batch?: WriterSpec['batch']
  /** Written only once it was read to its end. */
  after?: boolean
  holds?: () => AnyRecord[]
}

export interface World extends AsyncDisposable {
  /** Names its store. */
  folder: string
  engine: Engine
  store: Store
  clock: ReturnType<typeof stoppedClock>
  system: (name: string) => FakeSystem
  /** Reads the pages a system has been given. */
  read: (name: string, options?: { backfill?: boolean; deliver?: boolean }) => Promise<Awaited<ReturnType<typeof pull>>>
  deliver: (name: string) => Promise<Awaited<ReturnType<typeof deliver>>>
  /** Keys of the records a system was brought, sorted. */
  brought: (name: string) => string[]
  /** Compares what a system holds with what it ought to. `meanwhile`: what happens there before the orders are read once more. */
  reconcile: (name: string, meanwhile?: () => void) => Promise<Awaited<ReturnType<typeof reconcile>>>
  /** Another process on the same store. */
  twin: () => Promise<World>
  /** The same systems on another store. */
  on: (store: Store) => Promise<World>
}

export async function createWorld(
  offices: readonly FakeOffice[],
  flows: readonly (Partial<Flow> & Pick<Flow, 'entity' | 'from' | 'to'>)[],
  shared?: { folder: string; clock: ReturnType<typeof stoppedClock>; systems: Map<string, FakeSystem>; store?: Store },
): Promise<World> {
  const folder = shared?.folder ?? mkdtempSync(join(tmpdir(), 'kontor-engine-'))
  const clock = shared?.clock ?? stoppedClock()
  const store = shared?.store ?? (await openTestStore(folder, clock))
  const systems = shared?.systems ?? new Map<string, FakeSystem>()
  for (const { name, holds } of offices) if (holds) systems.set(name, { ...newSystem(), holds })
  const engine: Engine = {
    store,
    clock,
    log: quiet,
    owner: `test/${Math.random()}`,
    ttlMs: 10_000,
    claims: new Map(),
    turns: new Map(),
    runs: new Set(),
    decide: new Map(),
    loyalty: [],
    paused: new Map(),
    troubled: new Set(),
    notify: async () => undefined,
    shown: () => new Set(),
    offices: new Map(),
    flows: flows.map((flow) => ({
      id: `${flow.entity}:${flow.from.join('+')}>${flow.to === 'origin' ? 'origin' : flow.to.join('+')}`,
      where: flow.entity === 'orders' ? 'shippable' : 'all',
      start: 0,
      everyMs: undefined,
      guard: undefined,
      ...flow,
    })),
  }
  const journal = storeJournal(engine)
  for (const office of offices) {
    const system = systems.get(office.name) ?? newSystem()
    systems.set(office.name, system)
    ;(engine.offices as Map<string, Office>).set(
      office.name,
      toOffice(office, system, (some) =>
        journal.begin(
          some.map(({ key }) => key),
          { doing: 'write', method: 'POST', url: 'http://test', effect: 'once' },
        ),
      ),
    )
  }
  const signal = new AbortController().signal
  const office = (name: string): Office => {
    const found = engine.offices.get(name)
    if (!found) throw new Error(`no office ${name}`)
    return found
  }
  return {
    folder,
    engine,
    store,
    clock,
    system: (name) => systems.get(name) ?? newSystem(),
    read: (name, options) =>
      pull(engine, {
        office: office(name),
        reader: 'all',
        spec: office(name).plugin.readers['all'],
        since: at(0),
        signal,
        ...(options?.backfill ? { backfill: { name: 'backfill', deliver: options.deliver ?? false } } : {}),
      }),
    deliver: (name) =>
      deliver(engine, { office: office(name), writer: 'all', spec: office(name).plugin.writers['all'], signal }),
    brought: (name) => (systems.get(name)?.effects ?? []).map(({ record }) => record).toSorted(),
    reconcile: (name, meanwhile) =>
      reconcile(engine, {
        office: office(name),
        writer: 'all',
        spec: office(name).plugin.writers['all'],
        signal,
        readAgain: async () => {
          meanwhile?.()
          await pull(engine, {
            office: office(name),
            reader: 'all',
            spec: office(name).plugin.readers['all'],
            since: at(0),
            signal,
          })
        },
      }),
    twin: () => createWorld(offices, flows, { folder, clock, systems }),
    on: (other) => createWorld(offices, flows, { folder, clock, systems, store: other }),
    async [Symbol.asyncDispose]() {
      await store.close()
      if (!shared) rmSync(folder, { recursive: true, force: true })
    },
  }
}

function newSystem(): FakeSystem {
  const system: FakeSystem = {
    pages: [],
    byId: new Map(),
    effects: [],
    batches: [],
    began: [],
    async *write(batch, begin) {
      system.batches.push(batch.map((each) => `${each.record.entity} ${each.name}`))
      for (const each of batch) {
        await begin([each])
        system.effects.push({ record: each.name, entity: each.record.entity, key: each.key, content: each.record })
        yield { key: each.key, is: 'done' }
      }
    },
    async *readBack(batch) {
      for (const each of batch)
        yield system.effects.some((effect) => effect.key === each.key)
          ? { key: each.key, is: 'done' as const }
          : { key: each.key, is: 'absent' as const }
    },
  }
  return system
}

function toOffice(fake: FakeOffice, system: FakeSystem, begin: (some: readonly Delivery[]) => Promise<void>): Office {
  const plugin = definePlugin({
    id: 'fake',
    title: 'Fake',
    apiVersion: 1,
    description: 'A system of the test.',
    config: z.object({}),
    readers: { all: { yields: fake.yields, checkpoint: z.object({ page: z.number() }) } },
    writers: {
      all: {
        takes: fake.takes,
        again: fake.again ?? 'safe',
        settles: '2m',
        ...(fake.batch ? { batch: fake.batch } : {}),
        ...(fake.after ? { after: ['all'] } : {}),
      },
    },
    create: () => {
      throw new Error('made by hand')
    },
  })
  const parts: Parts = {
    check: async () => ({ problems: [] }),
    readers: {
      all: {
        async *read({ checkpoint }) {
          system.began.push(checkpoint)
          for (const page of system.pages.splice(0)) {
            if (page instanceof Error) throw page
            yield page
          }
        },
        async *fetch(refs: readonly Ref[]): AsyncIterable<Intake> {
          yield { records: refs.flatMap((ref) => system.byId.get(ref.id) ?? []) }
        },
      },
    },
    writers: {
      all: {
        write: (batch) => system.write(batch, begin),
        readBack: (batch) => system.readBack(batch),
        ...(system.holds
          ? {
              async *holds() {
                yield system.holds?.() ?? []
              },
            }
          : {}),
      },
    },
  }
  return {
    name: fake.name,
    plugin,
    parts,
    account: fake.account ?? fake.name,
    everyMs: () => undefined,
    dependsOn: () => '',
  }
}

export const order = (id: string, more: Partial<Order> = {}): Order => ({
  entity: 'orders',
  id,
  numbers: [id],
  orderedAt: at(start - 60_000),
  lifecycle: { value: 'open' },
  payment: { value: 'paid' },
  acceptance: { value: 'accepted' },
  fulfilledBy: 'merchant',
  lines: [{ id: `${id}-1`, sku: 'SKU-1', quantity: 1, status: { value: 'to_ship' } }],
  ...more,
})
export const shipment = (id: string, about: Partial<Shipment['about']>, more: Partial<Shipment> = {}): Shipment => ({
  entity: 'shipments',
  id,
  about: { entity: 'orders', ...about },
  carrier: 'DHL',
  trackingNumber: `T-${id}`,
  ...more,
})
export const page = (records: AnyRecord[], more: Partial<Page> = {}): Page => ({
  records,
  checkpoint: { page: 1 },
  ...more,
})
