import { describe, expect, it } from 'vitest'
import type { OfferPrice, StockLevel } from '@kontor/core'
import { rememberAccounts } from '../../src/engine/accounts.ts'
import { look } from '../../src/engine/look.ts'
import { saveLooks } from '../../src/store/looks.ts'
import { settleFlows } from '../../src/engine/flows.ts'
import { listDeliveries, retryDeliveries, skipDeliveries } from '../../src/store/queries.ts'
import { at, createWorld, order, page, type World } from './world.ts'
import { onEveryDatabase } from '../databases.ts'

const stock = (sku: string, available: number): StockLevel => ({ entity: 'stock', id: sku, sku, available })
const erp = { name: 'erp', yields: ['stock' as const], takes: [] }
const market = { name: 'market', yields: [], takes: ['stock' as const], batch: { max: 500 } }
const flow = { entity: 'stock' as const, from: ['erp'], to: ['market'], guard: { dropToZero: 0.2 } }
const sent = (world: Awaited<ReturnType<typeof createWorld>>): string[] =>
  world
    .system('market')
    .effects.map(({ content }) => (content.entity === 'stock' ? `${content.sku}=${content.available}` : ''))

onEveryDatabase(() => {
  describe('states', () => {
    it('of one run go out together, as one batch', async () => {
      await using world = await createWorld([erp, market], [flow])
      world.system('erp').pages.push(page([stock('A', 1), stock('B', 2)]), page([stock('C', 3)]))
      await world.read('erp')
      await world.deliver('market')
      expect(world.system('market').batches).toHaveLength(1)
      expect(sent(world)).toEqual(['A=1', 'B=2', 'C=3'])
    })

    it('are held by a guard when too many would drop to zero, until a person releases them', async () => {
      await using world = await createWorld([erp, market], [flow])
      world.system('erp').pages.push(page(['A', 'B', 'C', 'D'].map((sku) => stock(sku, 5))))
      await world.read('erp')
      await world.deliver('market')
      world.system('erp').pages.push(page([stock('A', 0), stock('B', 0), stock('C', 4)]))
      await world.read('erp')
      await world.deliver('market')
      expect(sent(world)).toHaveLength(4)
      expect(await listDeliveries(world.store, { state: 'held' })).toMatchObject([
        { error: { code: 'GUARD_TRIPPED' } },
        { error: { code: 'GUARD_TRIPPED' } },
        { error: { code: 'GUARD_TRIPPED' } },
      ])
      expect(await retryDeliveries(world.store, { destination: 'market', state: ['held'] })).toBe(3)
      await world.deliver('market')
      expect(sent(world).slice(4)).toEqual(['A=0', 'B=0', 'C=4'])
    })

    it('of a reading that failed after a page go out with the next one that ends, and only with one of the same reader', async () => {
      await using world = await createWorld([erp, market], [flow])
      world.system('erp').pages.push(page([stock('A', 1)]), new Error('cut'))
      expect((await world.read('erp'))?.error?.code).toBe('INTERNAL')
      expect((await world.read('erp', { backfill: true, deliver: true }))?.error).toBeUndefined()
      await world.deliver('market')
      expect(sent(world)).toEqual([])
      world.system('erp').pages.push(page([stock('B', 2)]))
      await world.read('erp')
      await world.deliver('market')
      expect(sent(world).toSorted()).toEqual(['A=1', 'B=2'])
      expect(await listDeliveries(world.store, { state: 'held' })).toEqual([])
    })

    it('that a guard holds are not released by later readings', async () => {
      await using world = await createWorld([erp, market], [flow])
      world.system('erp').pages.push(page(['A', 'B', 'C', 'D'].map((sku) => stock(sku, 5))))
      await world.read('erp')
      await world.deliver('market')
      for (const some of [[stock('A', 0), stock('B', 0)], [stock('C', 4)]]) {
        world.system('erp').pages.push(page(some))
        await world.read('erp')
      }
      await world.deliver('market')
      expect(sent(world).slice(4)).toEqual(['C=4'])
      expect(await listDeliveries(world.store, { state: 'held' })).toHaveLength(2)
    })

    it('read by their ids go out too', async () => {
      await using world = await createWorld([erp, market], [flow])
      world.system('erp').byId.set('A', stock('A', 3))
      await world.store.write((tx) =>
        saveLooks(tx, 'erp', [{ ref: { entity: 'stock', id: 'A' }, reason: 'hint' }], world.clock.now()),
      )
      const erpOffice = world.engine.offices.get('erp')
      if (!erpOffice) throw new Error('no office')
      expect((await look(world.engine, erpOffice, new AbortController().signal))?.error).toBeUndefined()
      await world.deliver('market')
      expect(sent(world)).toEqual(['A=3'])
    })

    it('5 → 4 → 5 between two deliveries costs no call', async () => {
      await using world = await createWorld([erp, market], [flow])
      for (const available of [5, 4, 5]) {
        world.system('erp').pages.push(page([stock('A', available)]))
        await world.read('erp')
        if (available === 5) await world.deliver('market')
      }
      expect(sent(world)).toEqual(['A=5'])
    })

    it('a SKU that is no longer told is not zero', async () => {
      await using world = await createWorld([erp, market], [flow])
      for (const some of [[stock('A', 5), stock('B', 5)], [stock('B', 4)]]) {
        world.system('erp').pages.push(page(some))
        await world.read('erp')
        await world.deliver('market')
      }
      expect(sent(world)).toEqual(['A=5', 'B=5', 'B=4'])
    })
  })

  describe('prices below the floor of their flow', () => {
    const euro = (sku: string, amount: string, minimum?: string): OfferPrice => ({
      entity: 'prices',
      id: sku,
      sku,
      price: { value: { amount, currency: 'EUR' }, taxIncluded: true },
      ...(minimum === undefined ? {} : { minimum: { amount: minimum, currency: 'EUR' } }),
    })
    const prices = [
      { name: 'erp', yields: ['prices' as const], takes: [] },
      { name: 'market', yields: [], takes: ['prices' as const], batch: { max: 500 } },
    ]
    const route = { entity: 'prices' as const, from: ['erp'], to: ['market'], guard: { floor: { EUR: '10.00' } } }
    const told = (world: World): string[] =>
      world
        .system('market')
        .effects.map(({ content }) =>
          content.entity === 'prices' ? `${content.sku}=${content.price.value.amount}` : '',
        )

    it('are refused by themselves, even when a person sends them again, and the others go out', async () => {
      await using world = await createWorld(prices, [route])
      world
        .system('erp')
        .pages.push(page([euro('A', '9.99'), euro('B', '10'), euro('C', '90', '95.00'), euro('D', '95', '95.00')]))
      await world.read('erp')
      await world.deliver('market')
      expect(told(world)).toEqual(['B=10', 'D=95'])
      const refused = await listDeliveries(world.store, { state: 'refused' })
      expect(refused.map(({ record, error }) => `${record} ${error?.code}`).toSorted()).toEqual([
        'erp/A GUARD_TRIPPED',
        'erp/C GUARD_TRIPPED',
      ])
      await retryDeliveries(world.store, { state: ['refused'] })
      await world.deliver('market')
      expect(told(world)).toHaveLength(2)
      world.system('erp').pages.push(page([euro('A', '12')]))
      await world.read('erp')
      await world.deliver('market')
      expect(told(world)).toEqual(['B=10', 'D=95', 'A=12'])
    })

    it('are no matter where the flow has no floor', async () => {
      await using world = await createWorld(prices, [{ ...route, guard: undefined }])
      world.system('erp').pages.push(page([euro('C', '90', '95.00')]))
      await world.read('erp')
      await world.deliver('market')
      expect(told(world)).toEqual(['C=90'])
    })
  })

  describe('stock that is sold', () => {
    const shops = [
      { name: 'erp', yields: ['stock' as const], takes: ['orders' as const] },
      { name: 'one', yields: ['orders' as const], takes: ['stock' as const] },
      { name: 'two', yields: ['orders' as const], takes: ['stock' as const] },
    ]
    const routes = [
      { entity: 'stock' as const, from: ['erp'], to: ['one', 'two'] },
      { entity: 'orders' as const, from: ['one', 'two'], to: ['erp'] },
    ]
    const told = (world: World, name: string): number[] =>
      world.system(name).effects.flatMap(({ content }) => (content.entity === 'stock' ? [content.available] : []))
    const push = async (world: World): Promise<void> => {
      for (const name of ['one', 'two']) await world.deliver(name)
    }
    const count = async (world: World, available: number): Promise<void> => {
      world.clock.move(1000)
      world.system('erp').pages.push(page([{ ...stock('SKU-1', available), asOf: at(world.clock.now()) }]))
      await world.read('erp')
      await push(world)
    }

    it('at one marketplace is offered nowhere else, and not taken off twice once the source knows of it', async () => {
      await using world = await createWorld(shops, routes)
      await count(world, 5)
      world.clock.move(1000)
      world.system('one').pages.push(page([order('1')]))
      await world.read('one')
      await push(world)
      expect([told(world, 'one'), told(world, 'two')]).toEqual([
        [5, 4],
        [5, 4],
      ])
      await count(world, 6)
      expect(told(world, 'two').at(-1)).toBe(5)
      world.clock.move(1000)
      await world.deliver('erp')
      await count(world, 4)
      expect(told(world, 'two').at(-1)).toBe(4)
    })

    it('and cancelled is offered again, at the marketplace that lowered it by itself too', async () => {
      await using world = await createWorld(shops, routes)
      await count(world, 5)
      for (const lifecycle of ['open', 'cancelled'] as const) {
        world.clock.move(1000)
        world.system('one').pages.push(page([order('1', { lifecycle: { value: lifecycle } })]))
        await world.read('one')
        await push(world)
      }
      expect([told(world, 'one'), told(world, 'two')]).toEqual([
        [5, 4, 5],
        [5, 4, 5],
      ])
    })

    it('is never told anew when nothing is sold', async () => {
      await using world = await createWorld(shops, routes)
      await count(world, 5)
      world.system('one').pages.push(page([order('1', { lines: [{ id: 'x', sku: 'OTHER', quantity: 1 }] })]))
      await world.read('one')
      await push(world)
      expect([told(world, 'one'), told(world, 'two')]).toEqual([[5], [5]])
    })
  })

  describe('accounts and flows', () => {
    it('stops a connection whose credentials belong to another account than before, and the second of two on one account', async () => {
      await using world = await createWorld(
        [
          { name: 'one', yields: ['orders'], takes: [] },
          { name: 'two', yields: ['orders'], takes: [] },
        ],
        [],
      )
      const offices = [...world.engine.offices.values()]
      const as = (...accounts: string[]) =>
        rememberAccounts(
          world.store,
          offices.map((office, index) => ({
            office,
            result: { account: accounts[index] ?? '', problems: [] },
            error: undefined,
          })),
        )
      expect([...(await as('A', 'B'))]).toEqual([])
      expect([...(await as('A', 'C'))].map(([name, error]) => [name, error.code])).toEqual([['two', 'ACCOUNT_CHANGED']])
      await world.store.db.deleteFrom('connections').execute()
      expect([...(await as('A', 'A'))].map(([name, error]) => [name, error.code])).toEqual([['two', 'ACCOUNT_SHARED']])
    })

    it('parks what belongs to a flow that is gone, and takes it up when it is back', async () => {
      await using world = await createWorld(
        [
          { name: 'shop', yields: ['orders'], takes: [] },
          { name: 'warehouse', yields: [], takes: ['orders'] },
        ],
        [{ entity: 'orders', from: ['shop'], to: ['warehouse'] }],
      )
      world.system('shop').pages.push(page([order('1')]))
      await world.read('shop')
      await settleFlows(world.store, [])
      await world.deliver('warehouse')
      expect(await listDeliveries(world.store)).toMatchObject([
        { state: 'parked', error: { message: expect.stringContaining('no longer in the config') } },
      ])
      await settleFlows(world.store, world.engine.flows)
      await world.deliver('warehouse')
      expect(world.system('warehouse').effects).toHaveLength(1)
    })

    it('a delivery that a person skips is not sent, until its record changes', async () => {
      await using world = await createWorld(
        [
          { name: 'shop', yields: ['orders'], takes: [] },
          { name: 'warehouse', yields: [], takes: ['orders'] },
        ],
        [{ entity: 'orders', from: ['shop'], to: ['warehouse'] }],
      )
      world.system('shop').pages.push(page([order('1')]))
      await world.read('shop')
      expect(await skipDeliveries(world.store, { record: 'shop/1' })).toBe(1)
      await world.deliver('warehouse')
      expect(world.system('warehouse').effects).toEqual([])
      world.system('shop').pages.push(page([order('1', { buyerNote: 'changed' })]))
      await world.read('shop')
      await world.deliver('warehouse')
      expect(world.system('warehouse').effects).toHaveLength(1)
    })
  })
})
