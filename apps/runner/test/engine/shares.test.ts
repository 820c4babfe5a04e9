import { setImmediate as nextTurn } from 'node:timers/promises'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, it, vi } from 'vitest'
import { KontorError } from '@kontor/core'
import { systemClock } from '@kontor/core/host'
import { Scheduler } from '../../src/engine/scheduler.ts'
import { openStore } from '../../src/store/open.ts'
import { onEveryDatabase, openServerTestStore } from '../databases.ts'
import { createWorld, order, page, shipment, stoppedClock, type World } from './world.ts'

const source = (name: string) => ({ name, yields: ['orders' as const], takes: ['shipments' as const] })
const sink = (name: string) => ({
  name,
  yields: ['shipments' as const],
  takes: ['orders' as const],
  batch: { max: 10 },
})
vi.setConfig({ testTimeout: 60_000 })
const many = Array.from({ length: 200 }, (_, index) => String(index))
const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => order(String(from + index)))
const taken = (world: World, name = 'warehouse') => world.system(name).effects.map(({ record }) => record)

const sources = [source('big'), source('small'), source('third'), sink('warehouse')]
const toWarehouse = [{ entity: 'orders' as const, from: ['big', 'small', 'third'], to: ['warehouse'] }]
const folder = mkdtempSync(join(tmpdir(), 'kontor-shares-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

onEveryDatabase(() => {
  describe('the share of each source in a destination', () => {
    it('is a batch in turn: few orders do not wait for the many that were there before', async () => {
      await using world = await createWorld(sources, toWarehouse)
      world.system('big').pages.push(page(many.map((id) => order(id))))
      await world.read('big')
      world.clock.move(60_000)
      for (const name of ['small', 'third']) {
        world.system(name).pages.push(page(numbered(1, 3)))
        await world.read(name)
      }
      await world.deliver('warehouse')
      const all = taken(world)
      expect(all).toHaveLength(206)
      expect(new Set(all).size).toBe(206)
      for (const name of ['small', 'third'])
        expect(all.findLastIndex((record) => record.startsWith(`${name}/`))).toBeLessThan(30)
    })

    it('holds where each run ends after a batch, too, since the system wants to be left alone', async () => {
      await using world = await createWorld(sources, toWarehouse)
      world.system('big').pages.push(page(many.map((id) => order(id))))
      await world.read('big')
      world.clock.move(60_000)
      world.system('small').pages.push(page(numbered(1, 3)))
      await world.read('small')
      world.system('warehouse').write = async function* (batch) {
        for (const { key, name, record } of batch) {
          world.system('warehouse').effects.push({ record: name, entity: record.entity, key, content: record })
          yield { key, is: 'done' }
        }
        throw new KontorError('RATE_LIMITED', { message: 'enough for now', retryAfterMs: 1000 })
      }
      for (let run = 0; run < 2; run++) expect((await world.deliver('warehouse')).error?.code).toBe('RATE_LIMITED')
      expect(taken(world).filter((record) => record.startsWith('small/'))).toHaveLength(3)
    })

    it('is no smaller where the other has many lanes that cannot go', async () => {
      await using world = await createWorld(
        [source('shop'), sink('warehouse')],
        [
          { entity: 'orders', from: ['shop'], to: ['warehouse'] },
          { entity: 'shipments', from: ['warehouse'], to: 'origin' },
        ],
      )
      world.system('shop').pages.push(page(many.map((id) => order(id))))
      await world.read('shop')
      for (const piece of ['first', 'second']) {
        world.system('warehouse').pages.push(page(many.map((id) => shipment(`${piece}-${id}`, { key: `shop/${id}` }))))
        await world.read('warehouse')
      }
      // A person has to look at the first parcel of every order but the last.
      await world.store.db
        .updateTable('deliveries')
        .set({ state: 'parked' })
        .where('destination', '=', 'shop')
        .where('id', 'like', 'first-%')
        .where('id', '!=', 'first-199')
        .execute()
      await world.store.db
        .updateTable('deliveries')
        .set({ due_at: world.clock.now() + 1 })
        .where('destination', '=', 'shop')
        .where('id', 'like', '%-199')
        .execute()
      world.clock.move(60_000)
      await world.deliver('shop')
      expect(taken(world, 'shop').toSorted()).toEqual(['warehouse/first-199', 'warehouse/second-199'])
    })
  })

  describe('live work', () => {
    it('goes out before what a backfill brought, however long that has waited', async () => {
      await using world = await createWorld(
        [source('shop'), source('other'), sink('warehouse')],
        [{ entity: 'orders', from: ['shop', 'other'], to: ['warehouse'] }],
      )
      world.system('shop').pages.push(page(many.map((id) => order(id))))
      await world.read('shop', { backfill: true, deliver: true })
      world.clock.move(60_000)
      world.system('shop').pages.push(page(numbered(1000, 3)))
      await world.read('shop')
      world.system('other').pages.push(page(numbered(1, 12)))
      await world.read('other')
      await world.deliver('warehouse')
      const all = taken(world)
      expect(all).toHaveLength(215)
      expect(all.slice(0, 15).filter((record) => record.startsWith('other/'))).toHaveLength(12)
      expect(all.slice(0, 15).filter((record) => record.startsWith('shop/100'))).toHaveLength(3)
    })

    it('is what a live reading tells, too, of an order that waits from a backfill', async () => {
      await using world = await createWorld(
        [source('shop'), sink('warehouse')],
        [{ entity: 'orders', from: ['shop'], to: ['warehouse'] }],
      )
      world.system('shop').pages.push(page(many.map((id) => order(id))))
      await world.read('shop', { backfill: true, deliver: true })
      world.clock.move(60_000)
      world.system('shop').pages.push(page([order('150')]))
      await world.read('shop')
      await world.deliver('warehouse')
      expect(taken(world)[0]).toBe('shop/150')
      expect(taken(world)).toHaveLength(200)
    })
  })
})

describe.skipIf(inject('postgresUrl') === '')('several runners on one PostgreSQL', () => {
  it('give each source its share, and do nothing twice', async () => {
    const clock = stoppedClock()
    const systems = new Map()
    const runner = async () =>
      await createWorld(sources, toWarehouse, {
        folder,
        clock,
        systems,
        store: await openServerTestStore(folder, clock, '0'.repeat(64)),
      })
    await using world = await runner()
    await using second = await runner()
    await using third = await runner()
    world.system('big').pages.push(page(many.map((id) => order(id))))
    await world.read('big')
    clock.move(60_000)
    world.system('small').pages.push(page(numbered(1, 3)))
    await world.read('small')
    await Promise.all([world, second, third].map((each) => each.deliver('warehouse')))
    const all = taken(world)
    expect(all).toHaveLength(203)
    expect(new Set(all).size).toBe(203)
    // At most one batch of the big one is taken by each runner before.
    expect(all.findLastIndex((record) => record.startsWith('small/'))).toBeLessThan(60)
  })
})

describe('a destination', () => {
  const flows = [{ entity: 'orders' as const, from: ['shop'], to: ['slow', 'quick'] }]
  const liveWorld = async () => {
    const place = mkdtempSync(join(folder, 'store-'))
    return await createWorld([source('shop'), sink('slow'), sink('quick')], flows, {
      folder: place,
      clock: { ...systemClock, move: () => undefined },
      systems: new Map(),
      store: await openStore({ path: join(place, 'kontor.db'), clock: systemClock }),
    })
  }

  it('whose calls hang holds up no other', async () => {
    await using world = await liveWorld()
    const stop = new AbortController()
    const released = Promise.withResolvers<void>()
    const all = Promise.withResolvers<void>()
    world.system('slow').write = async function* (batch) {
      await released.promise
      for (const { key } of batch) yield { key, is: 'done' }
    }
    const write = world.system('quick').write
    world.system('quick').write = async function* (batch, begin) {
      yield* write(batch, begin)
      if (taken(world, 'quick').length === many.length) all.resolve()
    }
    world.system('shop').pages.push(page(many.map((id) => order(id))))
    const running = new Scheduler(world.engine, stop.signal).run()
    await all.promise
    expect(new Set(taken(world, 'quick')).size).toBe(many.length)
    stop.abort()
    released.resolve()
    await running
  })

  it('that answers at once leaves others their turn, with a single thread and a store that waits for nothing', async () => {
    await using world = await liveWorld()
    const stop = new AbortController()
    const last = Promise.withResolvers<number>()
    world.system('quick').write = async function* (batch) {
      for (const { key, name } of batch) {
        world.system('quick').effects.push({ record: name, entity: 'orders', key, content: order(name) })
        yield { key, is: 'done' }
      }
    }
    let slow = 0
    world.system('slow').write = async function* (batch) {
      await nextTurn()
      for (const { key } of batch) yield { key, is: 'done' }
      if (++slow === 2) last.resolve(taken(world, 'quick').length)
    }
    world.system('shop').pages.push(page(many.map((id) => order(id))))
    const running = new Scheduler(world.engine, stop.signal).run()
    expect(await last.promise).toBeLessThan(many.length)
    stop.abort()
    await running
  })
})
