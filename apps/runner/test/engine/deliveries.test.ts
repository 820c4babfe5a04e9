import { describe, expect, it } from 'vitest'
import { KontorError, type Delivery, type Outcome } from '@kontor/core'
import { Scheduler } from '../../src/engine/scheduler.ts'
import { claimBatch, noteBegun } from '../../src/store/claims.ts'
import { forgetHeldUp, noteHeldUp, writerStream } from '../../src/store/held-up.ts'
import { listDeliveries } from '../../src/store/queries.ts'
import { beginRun } from '../../src/store/runs.ts'
import { loadStream } from '../../src/store/streams.ts'
import { at, createWorld, order, page, shipment, type World } from './world.ts'
import { onEveryDatabase } from '../databases.ts'

const flows = [{ entity: 'orders' as const, from: ['shop'], to: ['warehouse'] }]
const office = (again: 'safe' | 'ask' | 'never') => [
  { name: 'shop', yields: ['orders' as const], takes: [] },
  { name: 'warehouse', yields: [], takes: ['orders' as const, 'shipments' as const], again },
]

async function withOrders(again: 'safe' | 'ask' | 'never', ids: readonly string[]): Promise<World> {
  const world = await createWorld(office(again), flows)
  world.system('shop').pages.push(page(ids.map((id) => order(id))))
  await world.read('shop')
  return world
}
const effects = (world: World): string[] => world.system('warehouse').effects.map((effect) => effect.record)
/** A write that takes effect and whose answer never comes. */
const dropsAnswer = (world: World) =>
  async function* (
    batch: readonly Delivery[],
    begin: (some: readonly Delivery[]) => Promise<void>,
  ): AsyncIterable<Outcome> {
    for (const each of batch) {
      await begin([each])
      world
        .system('warehouse')
        .effects.push({ record: each.name, entity: each.record.entity, key: each.key, content: each.record })
      yield* []
      throw new KontorError('TIMEOUT', { message: 'no answer', scope: 'record' })
    }
  }

onEveryDatabase(() => {
  describe('a delivery in doubt', () => {
    it('"ask": is asked about and found, and not sent twice', async () => {
      await using world = await withOrders('ask', ['1'])
      const write = world.system('warehouse').write
      world.system('warehouse').write = dropsAnswer(world)
      await world.deliver('warehouse')
      world.system('warehouse').write = write
      await world.deliver('warehouse')
      expect(effects(world)).toEqual(['shop/1'])
      expect(await listDeliveries(world.store)).toMatchObject([{ state: 'done' }])
    })

    it('"ask": an absence counts only once the call has had time to show', async () => {
      await using world = await withOrders('ask', ['1'])
      const write = world.system('warehouse').write
      world.system('warehouse').write = async function* (batch, begin) {
        await begin(batch)
        yield* []
        throw new KontorError('TIMEOUT', { message: 'no answer', scope: 'record' })
      }
      await world.deliver('warehouse')
      world.system('warehouse').write = write
      await world.deliver('warehouse')
      expect(effects(world)).toEqual([])
      world.clock.move(121_000)
      await world.deliver('warehouse')
      expect(effects(world)).toEqual(['shop/1'])
    })

    it('"never": is parked for a person, and a newer revision waits behind it', async () => {
      await using world = await withOrders('never', ['1'])
      const write = world.system('warehouse').write
      world.system('warehouse').write = dropsAnswer(world)
      await world.deliver('warehouse')
      world.system('warehouse').write = write
      world.system('shop').pages.push(page([order('1', { buyerNote: 'new' })]))
      world.clock.move(3_600_000)
      await world.read('shop')
      await world.deliver('warehouse')
      expect(effects(world)).toEqual(['shop/1'])
      expect(await listDeliveries(world.store)).toMatchObject([
        { state: 'parked', error: { code: expect.any(String) } },
      ])
    })

    it('"never": what had not begun is sent again after a failure', async () => {
      await using world = await withOrders('never', ['1', '2'])
      const write = world.system('warehouse').write
      world.system('warehouse').write = dropsAnswer(world)
      await world.deliver('warehouse')
      world.system('warehouse').write = write
      world.clock.move(60_000)
      await world.deliver('warehouse')
      expect(effects(world).toSorted()).toEqual(['shop/1', 'shop/2'])
    })

    it('"safe": is written once more under the same key', async () => {
      await using world = await withOrders('safe', ['1'])
      const write = world.system('warehouse').write
      world.system('warehouse').write = dropsAnswer(world)
      await world.deliver('warehouse')
      const [failed] = await listDeliveries(world.store)
      expect(failed).toMatchObject({ state: 'pending', tries: 1, error: { code: 'TIMEOUT' } })
      expect(failed?.dueAt).toBeGreaterThan(world.clock.now())
      world.system('warehouse').write = write
      world.clock.move(60_000)
      await world.deliver('warehouse')
      const keys = world.system('warehouse').effects.map((effect) => effect.key)
      expect(keys).toHaveLength(2)
      expect(new Set(keys).size).toBe(1)
    })
  })

  describe('a wish', () => {
    it('holds the newest revision: what changed while it was under way goes out afterwards, once', async () => {
      await using world = await withOrders('safe', ['1'])
      const notes: (string | null | undefined)[] = []
      let first = true
      world.system('warehouse').write = async function* (batch) {
        for (const each of batch) {
          notes.push(each.record.entity === 'orders' ? each.record.buyerNote : undefined)
          if (first) {
            first = false
            for (const note of ['b', 'c']) {
              world.system('shop').pages.push(page([order('1', { buyerNote: note })]))
              await world.read('shop')
            }
          }
          yield { key: each.key, is: 'done' }
        }
      }
      await world.deliver('warehouse')
      expect(notes).toEqual([undefined, 'c'])
    })

    it('A → B → A while A is under way needs no second call', async () => {
      await using world = await withOrders('safe', ['1'])
      let calls = 0
      world.system('warehouse').write = async function* (batch) {
        calls++
        for (const note of ['b', null]) {
          world.system('shop').pages.push(page([order('1', { buyerNote: note, numbers: ['1'] })]))
          await world.read('shop')
        }
        for (const each of batch) yield { key: each.key, is: 'done' }
      }
      world.system('shop').pages.push(page([order('1', { buyerNote: null })]))
      await world.read('shop')
      await world.deliver('warehouse')
      expect(calls).toBe(1)
      expect(await listDeliveries(world.store)).toMatchObject([{ state: 'done' }])
    })

    it('refused, it stays refused until its record changes', async () => {
      await using world = await withOrders('safe', ['1'])
      const write = world.system('warehouse').write
      world.system('warehouse').write = async function* (batch) {
        for (const each of batch)
          yield { key: each.key, is: 'refused', error: new KontorError('REQUEST_REJECTED', { message: 'no' }) }
      }
      await world.deliver('warehouse')
      world.system('warehouse').write = write
      world.clock.move(86_400_000)
      await world.deliver('warehouse')
      expect(effects(world)).toEqual([])
      world.system('shop').pages.push(page([order('1', { buyerNote: 'corrected' })]))
      await world.read('shop')
      await world.deliver('warehouse')
      expect(effects(world)).toEqual(['shop/1'])
    })
  })

  describe('a lane', () => {
    const lane = [
      { name: 'shop', yields: ['orders' as const], takes: ['decisions' as const, 'shipments' as const] },
      { name: 'warehouse', yields: ['shipments' as const, 'decisions' as const], takes: ['orders' as const] },
    ]
    const toOrigin = [
      { entity: 'shipments' as const, from: ['warehouse'], to: 'origin' as const },
      { entity: 'decisions' as const, from: ['warehouse'], to: 'origin' as const },
    ]

    it('gives all that is open for one order together, decisions first', async () => {
      await using world = await createWorld(lane, toOrigin)
      world.system('shop').pages.push(page([order('1')]))
      await world.read('shop')
      world
        .system('warehouse')
        .pages.push(
          page([
            shipment('a', { key: 'shop/1' }),
            shipment('b', { key: 'shop/1' }),
            { entity: 'decisions', id: 'd', about: { entity: 'orders', key: 'shop/1' }, decision: 'accept' },
          ]),
        )
      await world.read('warehouse')
      await world.deliver('shop')
      expect(world.system('shop').batches).toEqual([
        ['decisions warehouse/d', 'shipments warehouse/a', 'shipments warehouse/b'],
      ])
    })

    it('what waits goes on when its order changes', async () => {
      await using world = await createWorld(lane, toOrigin)
      world.system('shop').pages.push(page([order('1', { acceptance: { value: 'awaiting' } })]))
      await world.read('shop')
      world.system('warehouse').pages.push(page([shipment('a', { key: 'shop/1' })]))
      await world.read('warehouse')
      const write = world.system('shop').write
      world.system('shop').write = async function* (batch) {
        for (const each of batch)
          yield { key: each.key, is: 'waiting', error: new KontorError('NOT_YET', { message: 'not accepted yet' }) }
      }
      await world.deliver('shop')
      world.system('shop').write = write
      await world.deliver('shop')
      expect(world.system('shop').effects).toEqual([])
      world.system('shop').pages.push(page([order('1')]))
      await world.read('shop')
      await world.deliver('shop')
      expect(world.system('shop').effects).toHaveLength(1)
    })

    it('what was sent is asked about when its order changes, unless its ticket stands for many', async () => {
      await using world = await createWorld(lane, toOrigin)
      world.system('shop').pages.push(page([order('1')]))
      await world.read('shop')
      world.system('warehouse').pages.push(page([shipment('a', { key: 'shop/1' }), shipment('b', { key: 'shop/1' })]))
      await world.read('warehouse')
      const askAt = at(world.clock.now() + 900_000)
      const asked: string[] = []
      world.system('shop').write = async function* (batch, begin) {
        await begin(batch)
        for (const { key, record } of batch)
          yield { key, is: 'sent', ticket: 't', askAt, ...(record.id === 'b' ? { item: 'b' } : {}) }
      }
      world.system('shop').readBack = async function* (batch) {
        for (const { key, record } of batch) {
          asked.push(record.id)
          yield { key, is: 'done' }
        }
      }
      await world.deliver('shop')
      await world.deliver('shop')
      expect(asked).toEqual([])
      world.system('shop').pages.push(page([order('1', { buyerNote: 'shipped' })]))
      await world.read('shop')
      await world.deliver('shop')
      expect(asked).toEqual(['a'])
    })
  })

  describe('a plugin that breaks down', () => {
    const breaksDownAt = (world: World, id: string | undefined) => {
      world.system('warehouse').write = async function* (batch, begin) {
        world.system('warehouse').batches.push(batch.map(({ record }) => record.id))
        for (const each of batch) {
          if (id === undefined || each.record.id === id) throw new TypeError('a mistake of the plugin')
          await begin([each])
          const { name, record, key } = each
          world.system('warehouse').effects.push({ record: name, entity: record.entity, key, content: record })
          yield { key, is: 'done' }
        }
      }
    }

    it('over one delivery keeps the others of its batch for one attempt, and no longer', async () => {
      await using world = await withOrders('safe', ['1', '2', '3', '4', '5'])
      breaksDownAt(world, '2')
      expect((await world.deliver('warehouse')).error?.code).toBe('INTERNAL')
      expect(effects(world)).toEqual(['shop/1'])
      world.clock.move(60_000)
      expect((await world.deliver('warehouse')).error?.code).toBe('INTERNAL')
      expect(effects(world).toSorted()).toEqual(['shop/1', 'shop/3', 'shop/4', 'shop/5'])
      const left = await listDeliveries(world.store, { state: 'open' })
      expect(left).toMatchObject([{ record: 'shop/2', state: 'pending', error: { code: 'INTERNAL' } }])
    })

    it('over everything is left alone after three attempts', async () => {
      await using world = await withOrders('safe', ['1', '2', '3', '4', '5'])
      breaksDownAt(world, undefined)
      await world.deliver('warehouse')
      world.clock.move(60_000)
      await world.deliver('warehouse')
      expect(world.system('warehouse').batches.map(({ length }) => length)).toEqual([5, 1, 1, 1])
      expect(effects(world)).toEqual([])
    })
  })

  it(
    'a system that fails at some calls is not left alone for as long as one that fails at all',
    { timeout: 30_000 },
    async () => {
      const ids = Array.from({ length: 40 }, (_, index) => String(index + 1))
      await using world = await withOrders('safe', ids)
      const scheduler = new Scheduler(world.engine, new AbortController().signal)
      let calls = 0
      world.system('warehouse').write = async function* (batch, begin) {
        for (const each of batch) {
          await begin([each])
          if (++calls % 3 === 0) throw new KontorError('TIMEOUT', { message: 'no answer' })
          const { name, record, key } = each
          world.system('warehouse').effects.push({ record: name, entity: record.entity, key, content: record })
          yield { key, is: 'sent', askAt: at(world.clock.now() + 86_400_000) }
        }
      }
      for (let second = 0; second < 120; second++) {
        await scheduler.once()
        world.clock.move(1000)
      }
      // Of the last ones each may wait for its own next attempt.
      expect(new Set(effects(world)).size).toBeGreaterThan(35)
    },
  )

  describe('what a process was at when a plugin held it up', () => {
    it('is put off for that connection alone, longer each time, until it goes well', async () => {
      await using world = await withOrders('safe', ['1', '2'])
      const { store, clock } = world
      const error = new KontorError('PLUGIN_STALLED', { message: 'held up' })
      const who = { host: 'here', pid: 7 }
      for (const failures of [1, 2]) {
        const run = { connection: 'warehouse', part: 'all', owner: 'here/7/0/x' }
        await beginRun(store, { kind: 'deliver', ...run })
        await beginRun(store, { kind: 'pull', ...run, connection: 'shop' })
        await noteHeldUp(store, who, { connection: 'warehouse', doing: 'write all' }, error)
        const stream = await loadStream(store, 'warehouse', writerStream('all'))
        expect(stream).toMatchObject({ failures })
        expect(stream?.dueAt).toBeGreaterThan(clock.now() + 60_000 * failures)
      }
      expect(await loadStream(store, 'shop', 'all')).toMatchObject({ failures: 0 })
      await forgetHeldUp(store, 'warehouse', writerStream('all'))
      expect(await loadStream(store, 'warehouse', writerStream('all'))).toBeUndefined()
    })
  })

  describe('two processes on one store', () => {
    it('never work on one lane together, and the one that was stopped past its lease cannot begin a call', async () => {
      await using world = await withOrders('ask', ['1'])
      await using twin = await world.twin()
      const request = {
        destination: 'warehouse',
        entities: ['orders' as const],
        again: 'ask' as const,
        max: 10,
        ttlMs: 10_000,
      }
      const mine = await claimBatch(world.store, { ...request, owner: world.engine.owner })
      expect(mine?.rows).toHaveLength(1)
      expect(await claimBatch(twin.store, { ...request, owner: twin.engine.owner })).toBeUndefined()
      world.clock.move(10_001)
      const theirs = await claimBatch(twin.store, { ...request, owner: twin.engine.owner })
      expect(theirs?.rows).toHaveLength(1)
      const attempt = (batch: typeof mine, owner: string) => [
        { key: batch?.rows[0]?.try_key ?? '', fence: batch?.rows[0]?.fence ?? 0, owner },
      ]
      await expect(noteBegun(world.store, attempt(mine, world.engine.owner))).rejects.toMatchObject({ code: 'FENCED' })
      await expect(noteBegun(twin.store, attempt(theirs, twin.engine.owner))).resolves.toBeUndefined()
    })
  })
})
