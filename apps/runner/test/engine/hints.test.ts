import { describe, expect, it, vi } from 'vitest'
import { KontorError, type Hints, type Look } from '@kontor/core'
import { listenForHints } from '../../src/engine/hints.ts'
import { look } from '../../src/engine/look.ts'
import type { Message } from '../../src/engine/notices.ts'
import { saveLooks } from '../../src/store/looks.ts'
import { readStatus } from '../../src/store/status.ts'
import { onEveryDatabase } from '../databases.ts'
import { at, createWorld, order, page, start, type World } from './world.ts'

const offices = [
  { name: 'shop', yields: ['orders' as const], takes: [] },
  { name: 'depot', yields: [], takes: ['orders' as const] },
]
const flows = [{ entity: 'orders' as const, from: ['shop'], to: ['depot'] }]
const changed = (id: string): Look => ({ ref: { entity: 'orders', id }, reason: 'changed' })

/** A queue of the test: what it tells, in order, an error where it cannot; and what was acknowledged. */
async function listening(world: World, turns: (readonly Look[] | KontorError)[]) {
  const acknowledged: string[] = []
  const told: Message[] = []
  world.engine.notify = async (message) => void told.push(message)
  const hints: Hints = {
    async *listen(signal) {
      for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
        if (turn instanceof KontorError) throw turn
        yield turn
        acknowledged.push(...turn.map(({ ref }) => ref.id))
      }
      signal.throwIfAborted()
      await new Promise((_, fail) => signal.addEventListener('abort', () => fail(new Error('stopped'))))
    },
  }
  const shop = world.engine.offices.get('shop')
  if (!shop) throw new Error('no office')
  shop.parts.hints = hints
  const end = new AbortController()
  const ended = listenForHints(world.engine, end.signal)
  await vi.waitUntil(() => turns.length === 0, { timeout: 10_000 })
  return {
    acknowledged,
    told,
    shop,
    stop: async () => {
      end.abort()
      await ended
    },
  }
}

const looks = async ({ store }: World): Promise<string[]> =>
  (await store.db.selectFrom('looks').select('id').orderBy('id').execute()).map(({ id }) => id)

const times = async ({ store }: World): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await store.db.selectFrom('looks').select(['id', 'due_at']).execute()).map((row) => [row.id, row.due_at]),
  )

onEveryDatabase(() => {
  describe('a queue that tells what has changed', () => {
    it('has it read at once, however often and in whatever order it tells it', async () => {
      await using world = await createWorld(offices, flows)
      for (const id of ['7', '8']) world.system('shop').byId.set(id, order(id))
      const { acknowledged, shop, stop } = await listening(world, [
        [changed('8'), changed('7')],
        [changed('7')],
        [],
        [changed('8')],
      ])
      await stop()
      expect(await looks(world)).toEqual(['7', '8'])
      expect(acknowledged).toEqual(['8', '7', '7', '8'])
      await look(world.engine, shop, new AbortController().signal)
      await world.deliver('depot')
      expect(world.brought('depot')).toEqual(['shop/7', 'shop/8'])
    })

    it('is acknowledged only once what it told stands in the store', async () => {
      await using world = await createWorld(offices, flows)
      const write = world.store.write.bind(world.store)
      const away = new KontorError('STORE_UNAVAILABLE', { message: 'The disk is full.' })
      let failing = 1
      world.store.write = async (work, locks) => {
        if (locks?.[0] === 'intake shop' && failing-- > 0) throw away
        return await write(work, locks)
      }
      const { acknowledged, stop } = await listening(world, [[changed('7')], [changed('7')]])
      await stop()
      expect(acknowledged).toEqual(['7'])
      expect(await looks(world)).toEqual(['7'])
    })

    it('names nothing twice: what a reading has brought since is not read once more', async () => {
      await using world = await createWorld(offices, flows)
      await (await listening(world, [[changed('7'), changed('8')]])).stop()
      world.system('shop').pages.push(page([order('7')]))
      await world.read('shop')
      expect(await looks(world)).toEqual(['8'])
    })

    it('has what a reading brings as it was before that change read all the same', async () => {
      await using world = await createWorld(offices, flows)
      await (await listening(world, [[changed('7'), changed('8')]])).stop()
      world.clock.move(1000)
      const orders = [order('7', { updatedAt: at(start - 180_000) }), order('8', { updatedAt: at(start - 1000) })]
      world.system('shop').pages.push(page(orders))
      await world.read('shop')
      expect(await looks(world)).toEqual(['7'])
    })

    it('takes no other reason to look at it away: neither one of the reading that brought it, nor one that stands there', async () => {
      await using world = await createWorld(offices, flows)
      const later = (id: string): Look => ({
        ref: { entity: 'orders', id },
        at: at(start + 3_600_000),
        reason: 'unpaid',
      })
      await (await listening(world, [[changed('7')]])).stop()
      world.clock.move(1000)
      world.system('shop').pages.push({ ...page([order('7')]), look: [later('7')] })
      await world.read('shop')
      expect(await times(world)).toEqual({ 7: start + 3_600_000 })
      await (await listening(world, [[changed('8')]])).stop()
      await world.store.write((tx) => saveLooks(tx, 'shop', [later('8')], world.clock.now()))
      world.clock.move(1000)
      world.system('shop').pages.push(page([order('8')]))
      await world.read('shop')
      expect(await looks(world)).toEqual(['7', '8'])
    })

    it('has what is to be looked at again later read once, and then at that time', async () => {
      await using world = await createWorld(offices, flows)
      const { shop, stop } = await listening(world, [[changed('7')]])
      await stop()
      world.clock.move(1000)
      const again = start + 3_600_000
      let readings = 0
      const orders = shop.parts.readers['all']
      if (!orders) throw new Error('no reader')
      shop.parts.readers = {
        all: {
          ...orders,
          async *fetch() {
            if (++readings > 5) throw new Error('It is read again and again.')
            yield {
              records: [order('7')],
              ...(readings === 1 ? { look: [{ ref: { entity: 'orders', id: '7' }, at: at(again) }] } : {}),
            }
          },
        },
      }
      await look(world.engine, shop, new AbortController().signal)
      expect([readings, await times(world)]).toEqual([1, { 7: again }])
      world.clock.move(3_600_000)
      await look(world.engine, shop, new AbortController().signal)
      expect([readings, await times(world)]).toEqual([2, {}])
    })

    it('that tells of a change while the one before is being read has it read once more', async () => {
      await using world = await createWorld(offices, flows)
      const { shop, stop } = await listening(world, [[changed('7')]])
      await stop()
      world.clock.move(1000)
      let readings = 0
      const orders = shop.parts.readers['all']
      if (!orders) throw new Error('no reader')
      shop.parts.readers = {
        all: {
          ...orders,
          async *fetch() {
            readings++
            world.clock.move(1000)
            if (readings === 1) await (await listening(world, [[changed('7')]])).stop()
            yield { records: [order('7')] }
          },
        },
      }
      await look(world.engine, shop, new AbortController().signal)
      expect([readings, await looks(world)]).toEqual([2, []])
    })

    it('that refuses is told of once, stands in status, and stops nothing; then that it works again ends it', async () => {
      await using world = await createWorld(offices, flows)
      const denied = new KontorError('AUTH_PERMISSION_MISSING', { message: 'The queue is denied.', scope: 'record' })
      const { told, stop } = await listening(
        world,
        Array.from({ length: 20 }, () => denied),
      )
      await vi.waitUntil(() => told.length > 0)
      await stop()
      expect(told).toMatchObject([{ event: 'warning', connection: 'shop', text: expect.stringContaining('denied') }])
      expect(world.engine.paused.size).toBe(0)
      expect((await readStatus(world.store)).notices).toMatchObject([{ connection: 'shop' }])
      const again = await listening(world, [[]])
      await vi.waitUntil(async () => (await readStatus(world.store)).notices.length === 0)
      await again.stop()
    })

    it('that fails for a moment is worth no word', async () => {
      await using world = await createWorld(offices, flows)
      const away = new KontorError('UPSTREAM_UNAVAILABLE', { message: 'It is away.' })
      const { told, acknowledged, stop } = await listening(world, [away, away, [changed('7')], away])
      await stop()
      expect([told, acknowledged]).toEqual([[], ['7']])
    })
  })
})
