import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import type { StockLevel } from '@kontor/core'
import { checksumOf, copyStore } from '../../src/store/move.ts'
import { openStore } from '../../src/store/open.ts'
import { listDeliveries } from '../../src/store/queries.ts'
import { beginRun } from '../../src/store/runs.ts'
import { countAsBegun } from '../../src/store/restored.ts'
import type { Store } from '../../src/store/store.ts'
import { onEveryDatabase, openServerTestStore } from '../databases.ts'
import { at, createWorld, order, page, shipment, start, stoppedClock, type FakeOffice, type World } from './world.ts'

const stock = (sku: string, available: number): StockLevel => ({ entity: 'stock', id: sku, sku, available })

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), `kontor-${randomUUID().slice(0, 8)}-`))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The same systems with a store that is a copy of this one, as it is now. */
async function copied(world: World, clock = world.clock): Promise<World> {
  const copy = await openStore({ path: join(folder, `${randomUUID()}.db`), clock, key: world.store.sealer.exportKey() })
  await copyStore(world.store, copy)
  return await world.on(copy)
}

const stateOf = async (store: Store) =>
  (await listDeliveries(store)).map(({ entity, record, state, error }) => [`${entity} ${record}`, state, error?.code])

onEveryDatabase(() => {
  describe('a copy of a store', () => {
    const offices: FakeOffice[] = [
      { name: 'erp', yields: ['stock'], takes: [] },
      { name: 'other', yields: ['stock'], takes: [] },
      { name: 'market', yields: [], takes: ['stock'] },
    ]
    const flows = [{ entity: 'stock' as const, from: ['erp', 'other'], to: ['market'], guard: { dropToZero: 0.2 } }]

    it('keeps what a guard holds from every run of the new store', async () => {
      await using world = await createWorld(offices, flows)
      world.system('erp').pages.push(page(['A', 'B', 'C'].map((sku) => stock(sku, 5))))
      await world.read('erp')
      await world.deliver('market')
      world.system('erp').pages.push(page([stock('A', 0), stock('B', 0)]))
      await world.read('erp')
      await using copy = await copied(world)
      for (let run = 0; run < 8; run++) {
        copy.system('other').pages.push(page([stock(`X${run}`, 1)]))
        await copy.read('other')
      }
      await copy.deliver('market')
      const held = (await stateOf(copy.store)).filter(([, state]) => state === 'held')
      expect(new Set(held)).toEqual(
        new Set([
          ['stock erp/A', 'held', 'GUARD_TRIPPED'],
          ['stock erp/B', 'held', 'GUARD_TRIPPED'],
        ]),
      )
      expect(
        world.system('market').effects.filter(({ content }) => content.entity === 'stock' && content.available === 0),
      ).toEqual([])
    })

    it('goes there and back with equal checksums, and numbers its runs on', async () => {
      await using world = await createWorld(offices, flows)
      world.system('erp').pages.push(page(['A', 'ä', 'Z', 'a', '_'].map((sku) => stock(sku, 5))))
      await world.read('erp')
      const last = await beginRun(world.store, { kind: 'pull', connection: 'erp', part: 'all', owner: 'nobody' })
      await using there = await copied(world)
      expect(await checksumOf(there.store)).toBe(await checksumOf(world.store))
      expect(
        await beginRun(there.store, { kind: 'pull', connection: 'erp', part: 'all', owner: 'nobody' }),
      ).toBeGreaterThan(last)
      if (inject('postgresUrl') === '') return
      const server = await openServerTestStore(`${folder}/back`, world.clock, there.store.sealer.exportKey())
      const { checksum } = await copyStore(there.store, server)
      expect(await checksumOf(server)).toBe(checksum)
      expect(await beginRun(server, { kind: 'pull', connection: 'erp', part: 'all', owner: 'nobody' })).toBe(last + 2)
      await server.close()
    })

    it('has one state of everything, whatever is written meanwhile', async () => {
      await using world = await createWorld(offices, flows)
      const note = (id: string) =>
        world.store.write((tx) => tx.insertInto('flows').values({ id, first_run_at: 1 }).execute())
      await note('before')
      const other = await world.twin()
      const seen = await world.store.snapshot(async (tx) => {
        const first = await tx.selectFrom('flows').select('id').execute()
        await other.store.write((writing) =>
          writing.insertInto('flows').values({ id: 'meanwhile', first_run_at: 1 }).execute(),
        )
        return [first, await tx.selectFrom('flows').select('id').execute()]
      })
      await other.store.close()
      expect(seen).toEqual([[{ id: 'before' }], [{ id: 'before' }]])
    })

    it('is made in an empty store with the same key alone', async () => {
      await using world = await createWorld(offices, flows)
      const other = await openStore({ path: join(folder, 'other.db'), clock: world.clock, key: 'f'.repeat(64) })
      await expect(copyStore(world.store, other)).rejects.toMatchObject({ code: 'CONFIG_INVALID', key: 'storeKey' })
      await other.close()
      await using copy = await copied(world)
      await copy.store.write((tx) => tx.insertInto('flows').values({ id: 'a', first_run_at: 1 }).execute())
      await expect(copyStore(world.store, copy.store)).rejects.toMatchObject({ code: 'STORE_UNUSABLE' })
    })
  })

  describe('a store that was restored from a backup', () => {
    const shop: FakeOffice = { name: 'shop', yields: ['orders'], takes: ['shipments'], again: 'never' }
    const depot: FakeOffice = { name: 'depot', yields: ['shipments'], takes: ['orders'], again: 'ask' }
    const flows = [
      { entity: 'orders' as const, from: ['shop'], to: ['depot'] },
      { entity: 'shipments' as const, from: ['depot'], to: 'origin' as const },
    ]

    it('asks about what may have been delivered after the backup was made, before it delivers anything twice', async () => {
      await using world = await createWorld([shop, depot], flows)
      await using restored = await copied(world)
      world.system('shop').pages.push(page([order('1')]))
      await world.read('shop')
      await world.deliver('depot')
      world.clock.move(3_600_000)
      await countAsBegun(restored.store)
      restored.system('shop').pages.push(page([order('1'), order('2')]))
      await restored.read('shop')
      for (let round = 0; round < 3; round++) {
        await restored.deliver('depot')
        restored.clock.move(180_000)
      }
      expect(restored.system('depot').effects.map(({ record }) => record)).toEqual(['shop/1', 'shop/2'])
      expect((await stateOf(restored.store)).map(([, state]) => state)).toEqual(['done', 'done'])
    })

    it('asks about what was pending in the backup', async () => {
      await using world = await createWorld([shop, depot], flows)
      world.system('shop').pages.push(page([order('1')]))
      await world.read('shop')
      await using restored = await copied(world)
      await world.deliver('depot')
      expect(await countAsBegun(restored.store)).toBe(1)
      await restored.deliver('depot')
      expect(restored.system('depot').effects).toHaveLength(1)
      expect(await stateOf(restored.store)).toEqual([['orders shop/1', 'done', undefined]])
    })

    it('leaves to a person what can be neither asked nor repeated; later orders are in no doubt', async () => {
      await using world = await createWorld([shop, depot], flows)
      await using restored = await copied(world)
      world.clock.move(3_600_000)
      await countAsBegun(restored.store)
      const later = order('2', { orderedAt: at(start + 3_700_000) })
      restored.system('shop').pages.push(page([order('1'), later]))
      await restored.read('shop')
      restored.system('depot').pages.push(page([shipment('a', { key: 'shop/1' }), shipment('b', { key: 'shop/2' })]))
      await restored.read('depot')
      await restored.deliver('shop')
      expect(await stateOf(restored.store)).toEqual(
        expect.arrayContaining([
          ['shipments depot/a', 'parked', 'IN_DOUBT'],
          ['shipments depot/b', 'done', undefined],
        ]),
      )
      expect(restored.system('shop').effects.map(({ record }) => record)).toEqual(['depot/b'])
    })

    it('ends its doubts once its readers have caught up', async () => {
      await using world = await createWorld([shop, depot], flows)
      await using restored = await copied(world)
      await countAsBegun(restored.store)
      restored.clock.move(3_700_000)
      await restored.read('shop')
      await restored.read('depot')
      restored.clock.move(60_000)
      restored.system('shop').pages.push(page([order('3')]))
      await restored.read('shop')
      const [delivery] = await listDeliveries(restored.store)
      expect(delivery).toMatchObject({ state: 'pending', inDoubt: false })
    })

    it('states stock anew with the next reading, and nothing old before it', async () => {
      const erp: FakeOffice = { name: 'erp', yields: ['stock'], takes: [] }
      const market: FakeOffice = { name: 'market', yields: [], takes: ['stock'] }
      const clock = stoppedClock()
      await using world = await createWorld([erp, market], [{ entity: 'stock', from: ['erp'], to: ['market'] }])
      world.system('erp').pages.push(page([stock('A', 5), stock('B', 5)]))
      await world.read('erp')
      await world.deliver('market')
      world.system('erp').pages.push(page([stock('B', 4)]))
      await world.read('erp')
      await using restored = await copied(world, clock)
      for (const level of [stock('A', 3), stock('B', 2)]) {
        world.system('erp').pages.push(page([level]))
        await world.read('erp')
        await world.deliver('market')
      }
      await countAsBegun(restored.store)
      const { effects } = restored.system('market')
      effects.splice(0)
      await restored.deliver('market')
      expect(effects).toEqual([])
      restored.system('erp').pages.push(page([stock('A', 5)]))
      await restored.read('erp')
      await restored.deliver('market')
      const told = effects.map(({ content }) => content.entity === 'stock' && [content.sku, content.available])
      expect(new Set(told)).toEqual(
        new Set([
          ['A', 5],
          ['B', 4],
        ]),
      )
    })
  })
})
