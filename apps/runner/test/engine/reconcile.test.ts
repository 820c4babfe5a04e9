import { describe, expect, it } from 'vitest'
import type { AnyRecord, OfferPrice, StockLevel } from '@kontor/core'
import type { Flow, Office } from '../../src/engine/office.ts'
import { reconcileDue, reconcileStream } from '../../src/engine/reconcile.ts'
import { Scheduler } from '../../src/engine/scheduler.ts'
import { listDeliveries } from '../../src/store/queries.ts'
import { loadStream } from '../../src/store/streams.ts'
import { createWorld, order, page, type FakeOffice, type World } from './world.ts'
import { onEveryDatabase } from '../databases.ts'

const stock = (sku: string, available: number): StockLevel => ({ entity: 'stock', id: sku, sku, available })
const price = (sku: string, amount: string, market?: string, minimum?: string): OfferPrice => ({
  entity: 'prices',
  id: `${sku} ${market ?? ''}`,
  sku,
  ...(market === undefined ? {} : { market }),
  price: { value: { amount, currency: 'EUR' }, taxIncluded: true },
  ...(minimum === undefined ? {} : { minimum: { amount: minimum, currency: 'EUR' } }),
})
const nameOf = (record: AnyRecord): string =>
  record.entity === 'stock'
    ? `${record.sku}=${record.available}`
    : record.entity === 'prices'
      ? `${record.sku}${record.market ? `@${record.market}` : ''}=${record.price.value.amount}`
      : record.entity

/** An ERP whose states a market is told; what the market holds lies in a list that a test may tamper with. */
async function trade(held: AnyRecord[], guard?: Flow['guard']): Promise<World> {
  const erp: FakeOffice = { name: 'erp', yields: ['stock', 'prices'], takes: ['orders'] }
  const market: FakeOffice = {
    name: 'market',
    yields: ['orders'],
    takes: ['stock', 'prices'],
    batch: { max: 500 },
    after: true,
    holds: () => held,
  }
  return await createWorld(
    [erp, market],
    [
      { entity: 'stock', from: ['erp'], to: ['market'], guard },
      { entity: 'prices', from: ['erp'], to: ['market'] },
      { entity: 'orders', from: ['market'], to: ['erp'] },
    ],
  )
}
const told = (world: World): string[] => world.system('market').effects.map(({ content }) => nameOf(content))
async function tell(world: World, ...records: AnyRecord[]): Promise<void> {
  world.system('erp').pages.push(page(records))
  await world.read('erp')
  await world.deliver('market')
}

onEveryDatabase(() => {
  describe('the nightly reconcile', () => {
    it('tells again what the destination holds otherwise, and nothing else', async () => {
      const held: AnyRecord[] = []
      await using world = await trade(held)
      await tell(
        world,
        stock('A', 5),
        stock('B', 5),
        stock('C', 5),
        price('A', '10.00', 'de'),
        price('A', '12.00', 'fr', '11'),
        price('A', '13.00', 'it', '11'),
        price('A', '14.00', 'es', '11'),
        price('B', '10.00'),
      )
      const before = told(world).length
      held.push(
        stock('a', 5),
        stock('B', 7),
        price('A', '10', 'de'),
        price('A', '12.00', 'fr', '9'),
        price('A', '13.00', 'it'),
        { ...price('A', '14.00', 'es'), minimum: null },
        price('B', '9.99'),
        stock('UNKNOWN', 3),
      )
      const result = await world.reconcile('market')
      expect(result).toMatchObject({ counts: { read: 8, changed: 5 }, error: undefined })
      await world.deliver('market')
      expect(told(world).slice(before).toSorted()).toEqual(['A@es=14.00', 'A@fr=12.00', 'B=10.00', 'B=5', 'C=5'])
    })

    it('changes nothing where all is as it ought to be, and leaves no trace of a run but its time', async () => {
      const held: AnyRecord[] = []
      await using world = await trade(held)
      await tell(world, stock('A', 5))
      held.push(stock('A', 5))
      expect(await world.reconcile('market')).toMatchObject({ counts: { read: 1, changed: 0 } })
      await world.deliver('market')
      expect(told(world)).toEqual(['A=5'])
      const stream = await loadStream(world.store, 'market', reconcileStream('all'))
      expect(stream?.caughtUpAt).toBe(world.clock.now())
    })

    it('leaves alone what an order has lowered while it looked', async () => {
      const held: AnyRecord[] = []
      await using world = await trade(held)
      await tell(world, stock('SKU-1', 5), stock('B', 5))
      held.push(stock('SKU-1', 4), stock('B', 4))
      await world.reconcile('market', () => world.system('market').pages.push(page([order('1')])))
      await world.deliver('market')
      // 5 less the one that is sold and that the ERP does not know of; B is nobody's order, and goes back to 5.
      expect(told(world).slice(2).toSorted()).toEqual(['B=5', 'SKU-1=4'])
    })

    it('corrects nothing as long as the orders cannot be read, and comes back in a quarter of an hour', async () => {
      const held: AnyRecord[] = []
      await using world = await trade(held)
      await tell(world, stock('A', 5))
      held.push(stock('A', 9))
      const result = await world.reconcile('market', () => {
        world.system('market').pages.push({ records: [], checkpoint: undefined } as never)
      })
      expect(result?.error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' })
      await world.deliver('market')
      expect(told(world)).toEqual(['A=5'])
      const stream = await loadStream(world.store, 'market', reconcileStream('all'))
      expect((stream?.dueAt ?? 0) - world.clock.now()).toBeGreaterThanOrEqual(15 * 60_000)
    })

    it('leaves what is under way, refused or held to its own course', async () => {
      const held: AnyRecord[] = [stock('A', 1)]
      await using world = await trade(held)
      world.system('erp').pages.push(page([stock('A', 5)]))
      await world.read('erp')
      expect(await world.reconcile('market')).toMatchObject({ counts: { changed: 0 } })
      expect(await listDeliveries(world.store, { entity: 'stock' })).toMatchObject([{ state: 'pending', tries: 0 }])
    })

    it('lets a guard judge what was never told before by what is there', async () => {
      const held = ['A', 'B', 'C', 'D'].map((sku) => stock(sku, 5))
      await using world = await trade(held, { dropToZero: 0.2 })
      await world.reconcile('market')
      await tell(world, stock('A', 0), stock('B', 0), stock('C', 4))
      expect(told(world)).toEqual([])
      expect(await listDeliveries(world.store, { state: 'held' })).toHaveLength(3)
      await tell(world, stock('A', 5), stock('B', 5))
      expect(told(world).toSorted()).toEqual(['A=5', 'B=5'])
    })

    it('is run when its time has come, and what it finds is set right in the same run', async () => {
      const held: AnyRecord[] = []
      await using world = await trade(held)
      const market = world.engine.offices.get('market')
      if (!market) throw new Error('no market')
      ;(world.engine.offices as Map<string, Office>).set('market', { ...market, reconcile: '0 3 * * *' })
      const once = (): Promise<void> => new Scheduler(world.engine, new AbortController().signal).once()
      await tell(world, stock('A', 5))
      held.push(stock('A', 9))
      await once()
      expect(told(world)).toEqual(['A=5'])
      world.clock.move(24 * 3_600_000)
      await once()
      expect(told(world)).toEqual(['A=5', 'A=5'])
      await once()
      expect(told(world)).toEqual(['A=5', 'A=5'])
    })

    it('is put down for its next time at the start, and never for a system that cannot tell', async () => {
      await using world = await trade([])
      const market = world.engine.offices.get('market')
      if (!market) throw new Error('no market')
      const due = (): Promise<boolean> =>
        reconcileDue(world.engine, { ...market, reconcile: '0 3 * * *' }, 'all', market.plugin.writers['all'])
      expect(await due()).toBe(false)
      world.clock.move(24 * 3_600_000)
      expect(await due()).toBe(true)
      expect(await reconcileDue(world.engine, market, 'all', market.plugin.writers['all'])).toBe(false)
      const mute = { ...market, reconcile: '0 3 * * *', parts: { ...market.parts, writers: {} } }
      expect(await reconcileDue(world.engine, mute, 'all', market.plugin.writers['all'])).toBe(false)
    })
  })
})
