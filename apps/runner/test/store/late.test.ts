import { describe, expect, it } from 'vitest'
import { warnOfLateOrders } from '../../src/engine/late.ts'
import { lateOrders } from '../../src/store/late.ts'
import { onEveryDatabase } from '../databases.ts'
import { at, createWorld, order, page, start } from '../engine/world.ts'

const hour = 3_600_000
const shop = { name: 'shop', yields: ['orders' as const], takes: ['shipments' as const] }
const due = (id: string, inMs: number, more = {}) => order(id, { deadlines: { shipBy: at(start + inMs) }, ...more })
const shipped = (id: string) => ({
  lines: [{ id: `${id}-1`, sku: 'SKU-1', quantity: 1, status: { value: 'shipped' as const } }],
})

onEveryDatabase(() => {
  describe('orders that have to leave', () => {
    it('are those told long ago and those told since the runner last looked, until they are shipped', async () => {
      await using world = await createWorld([shop], [])
      world.system('shop').pages.push(page([due('1', hour), due('2', hour), due('later', 50 * hour), order('never')]))
      await world.read('shop')
      expect((await warnOfLateOrders(world.engine)).map(({ id }) => id)).toEqual(['1', '2'])
      world.clock.move(2 * hour)
      world.system('shop').pages.push(page([due('2', hour, shipped('2')), due('3', 3 * hour)]))
      await world.read('shop')
      const late = async () => (await lateOrders(world.store, world.clock.now() + 4 * hour, 'shop')).map(({ id }) => id)
      expect(await late()).toEqual(['1', '3'])
      // Those that still can, first.
      expect((await warnOfLateOrders(world.engine)).map(({ id }) => id)).toEqual(['3', '1'])
      expect(await late()).toEqual(['1', '3'])
      world.clock.move(46 * hour)
      expect(await late()).toEqual(['1', '3', 'later'])
    })

    it('are found without looking through all others again', async () => {
      await using world = await createWorld([shop], [])
      world.system('shop').pages.push(page([due('1', hour), order('never')]))
      await world.read('shop')
      world.clock.move(hour / 2 + 1)
      await warnOfLateOrders(world.engine)
      // What is looked through again fails on this.
      await world.store.db.updateTable('records').set({ content: '"shipBy":"' }).where('id', '=', 'never').execute()
      world.clock.move(hour)
      expect(await warnOfLateOrders(world.engine)).toMatchObject([{ id: '1' }])
      expect(await lateOrders(world.store, world.clock.now())).toMatchObject([{ id: '1', open: 1 }])
    })
  })
})
