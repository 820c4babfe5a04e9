import { describe, expect, it } from 'vitest'
import { KontorError, type Refund } from '@kontor/core'
import { readWindow } from '../../src/engine/backfill.ts'
import { look } from '../../src/engine/look.ts'
import { eraseOrder } from '../../src/engine/retention.ts'
import type { RunResult } from '../../src/engine/run.ts'
import { dueLooks } from '../../src/store/looks.ts'
import { loadStream } from '../../src/store/streams.ts'
import { onEveryDatabase } from '../databases.ts'
import { at, createWorld, order, page, start, type World } from './world.ts'

const shop = { name: 'shop', yields: ['orders' as const], takes: ['shipments' as const] }
const warehouse = { name: 'warehouse', yields: ['shipments' as const], takes: ['orders' as const] }
const shopToWarehouse = () => createWorld([shop, warehouse], [{ entity: 'orders', from: ['shop'], to: ['warehouse'] }])
const signal = new AbortController().signal

function officeOf(world: World) {
  const office = world.engine.offices.get('shop')
  if (!office) throw new Error('no shop')
  return office
}
const readPast = (world: World, deliver = false): Promise<RunResult | undefined> => {
  const office = officeOf(world)
  const backfill = { name: 'the past', deliver }
  return readWindow(world.engine, {
    office,
    reader: 'all',
    spec: office.plugin.readers['all'],
    since: at(0),
    signal,
    backfill,
  })
}
const hint = (id: string) => ({ ref: { entity: 'orders' as const, id }, reason: 'a hint' })

onEveryDatabase(() => {
  describe('a backfill', () => {
    it('leaves the live reading where it is, and begins anew when it is asked for again', async () => {
      await using world = await shopToWarehouse()
      world.system('shop').pages.push(page([order('new')], { checkpoint: { page: 77 } }))
      await world.read('shop')
      for (let time = 0; time < 2; time++) {
        world.system('shop').pages.push(page([order('old')], { checkpoint: { page: 2 } }))
        await readPast(world)
      }
      await world.read('shop')
      expect(world.system('shop').began).toEqual([undefined, undefined, undefined, { page: 77 }])
      expect((await loadStream(world.store, 'shop', 'all'))?.checkpoint).toEqual({ page: 77 })
    })

    it('that broke off goes on where it stopped', async () => {
      await using world = await shopToWarehouse()
      world
        .system('shop')
        .pages.push(page([order('1')], { checkpoint: { page: 1 } }), new KontorError('TIMEOUT', { message: 'no' }))
      expect((await readPast(world))?.error).toMatchObject({ code: 'TIMEOUT' })
      world.system('shop').pages.push(page([order('2')], { checkpoint: { page: 2 } }))
      expect(await readPast(world)).toMatchObject({ counts: { read: 1 }, error: undefined })
      expect(world.system('shop').began).toEqual([undefined, { page: 1 }])
    })

    it('waits where live work uses up the rate limit, and where the system has it ready later, and reads to the end', async () => {
      await using world = await shopToWarehouse()
      const before = world.clock.now()
      const busy = new KontorError('RATE_LIMITED', { message: 'used up', retryAfterMs: 40_000 })
      world.system('shop').pages.push(page([order('1')], { checkpoint: { page: 1 } }), busy)
      const original = world.engine.offices.get('shop')?.parts.readers['all']
      if (!original) throw new Error('no reader')
      const read = original.read.bind(original)
      let runs = 0
      // The first run ends at the error, the second with a page that is to be gone on from later, the third has the last one.
      original.read = async function* (request) {
        if (++runs === 2)
          world
            .system('shop')
            .pages.push(page([order('2')], { checkpoint: { page: 2 }, resumeAt: at(before + 100_000) }))
        if (runs === 3) world.system('shop').pages.push(page([order('3')], { checkpoint: { page: 3 } }))
        yield* read(request)
      }
      expect(await readPast(world)).toMatchObject({ counts: { read: 3, changed: 3 }, error: undefined })
      expect(world.system('shop').began).toEqual([undefined, { page: 1 }, { page: 2 }])
      expect(world.clock.now() - before).toBeGreaterThanOrEqual(100_000)
    })

    it('delivers nothing of what is read by the ids it leads to, unless told to; live ids go first', async () => {
      await using world = await shopToWarehouse()
      for (const id of ['past', 'live', 'both']) world.system('shop').byId.set(id, order(id))
      world.system('shop').pages.push(page([], { look: [hint('past'), hint('both')] }))
      await readPast(world)
      world.clock.move(1000)
      world.system('shop').pages.push(page([], { look: [hint('live'), hint('both')] }))
      await world.read('shop')
      world.clock.move(1000)
      world.system('shop').pages.push(page([], { look: [hint('past')] }))
      await readPast(world)
      const first = await dueLooks(world.store, 'shop', ['orders'], 50)
      expect(first.map(({ id }) => id).toSorted()).toEqual(['both', 'live'])
      await look(world.engine, officeOf(world), signal)
      await world.deliver('warehouse')
      expect(world.brought('warehouse')).toEqual(['shop/both', 'shop/live'])
      world.system('shop').pages.push(page([], { look: [hint('past')] }))
      await readPast(world, true)
      await look(world.engine, officeOf(world), signal)
      await world.deliver('warehouse')
      expect(world.brought('warehouse')).toEqual(['shop/both', 'shop/live', 'shop/past'])
    })

    it('that is to deliver delivers what was told before its order, once that is known', async () => {
      await using world = await createWorld(
        [
          { name: 'shop', yields: ['orders', 'refunds'], takes: [] },
          { name: 'books', yields: [], takes: ['refunds'] },
        ],
        [{ entity: 'refunds', from: ['shop'], to: ['books'], start: 'first-run' }],
      )
      const refund = (id: string): Refund => ({
        entity: 'refunds',
        id,
        about: { entity: 'orders', id: `of-${id}` },
        refundedAt: at(start - 86_400_000),
        total: { amount: '5.00', currency: 'EUR' },
      })
      world.system('shop').pages.push(page([refund('told')]), page([order('of-told')]))
      await readPast(world, true)
      world.system('shop').pages.push(page([refund('history')]), page([order('of-history')]))
      await readPast(world)
      await world.deliver('books')
      expect(world.system('books').effects.map(({ record }) => record)).toEqual(['shop/told'])
    })

    it('delivers no order whose buyer was forgotten', async () => {
      await using world = await createWorld(
        [shop, warehouse],
        [{ entity: 'orders', from: ['shop'], to: ['warehouse'], where: 'all', start: 'first-run' }],
      )
      world.system('shop').pages.push(page([order('1'), order('2')]))
      await world.read('shop')
      expect(await eraseOrder(world.store, [], { connection: 'shop', id: '1' })).toMatchObject({
        emptied: ['orders shop/1'],
      })
      world.system('shop').pages.push(page([order('1'), order('2')]))
      await readPast(world, true)
      await world.deliver('warehouse')
      expect(world.system('warehouse').effects.map(({ record }) => record)).toEqual(['shop/2'])
    })
  })
})
