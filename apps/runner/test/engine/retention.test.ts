import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Order } from '@kontor/core'
import { applyRetention } from '../../src/engine/retention.ts'
import { listDeliveries } from '../../src/store/queries.ts'
import { loadRecord } from '../../src/store/records.ts'
import { onEveryDatabase } from '../databases.ts'
import { createWorld, order, page, shipment, type World } from './world.ts'

const day = 86_400_000
const signal = new AbortController().signal
const buyer = { id: 'b-1', fullName: 'Erika Muster', email: 'erika.muster@example.com', phone: '+49 30 1234567' }
const shipTo = { ...buyer, address: { line1: 'Musterweg 5', city: 'Musterstadt', countryCode: 'DE' } }
const bought = (id: string, more: Partial<Order> = {}): Order => order(id, { buyer, shipTo, ...more })
const line = (status: 'to_ship' | 'shipped') => [
  {
    id: '1',
    sku: 'SKU-1',
    quantity: 1,
    status: { value: status },
    price: { value: { amount: '10.00', currency: 'EUR' } },
  },
]
const shipped = (id: string): Order => bought(id, { lines: line('shipped') as Order['lines'] })

async function shop(retentionMs: number | undefined = 30 * day): Promise<World> {
  const world = await createWorld(
    [
      { name: 'shop', yields: ['orders'], takes: ['shipments'] },
      { name: 'warehouse', yields: ['shipments'], takes: ['orders'] },
    ],
    [
      { entity: 'orders', from: ['shop'], to: ['warehouse'] },
      { entity: 'shipments', from: ['warehouse'], to: 'origin' },
    ],
  )
  const office = world.engine.offices.get('shop')
  if (office) office.retentionMs = retentionMs
  return world
}
async function told(world: World, ...orders: Order[]): Promise<void> {
  world.system('shop').pages.push(page(orders))
  await world.read('shop')
  await world.deliver('warehouse')
}
const stored = async (world: World, id: string): Promise<string> =>
  JSON.stringify((await loadRecord(world.store.db, 'shop', 'orders', id))?.record)

it('what was emptied is in no byte of the file any more', async () => {
  const world = await shop()
  const bytes = (): Buffer => readFileSync(join(world.folder, 'kontor.db'))
  await told(world, ...Array.from({ length: 30 }, (_, n) => shipped(String(n))))
  world.clock.move(31 * day)
  expect(await applyRetention(world.engine, signal)).toBe(30)
  await world.store.close()
  expect(bytes().includes('SKU-1')).toBe(true)
  expect(bytes().includes('Erika')).toBe(false)
})

onEveryDatabase(() => {
  describe('retention', () => {
    it('empties what tells of a buyer a month after the last thing that happened, and keeps goods and money', async () => {
      await using world = await shop()
      await told(world, bought('1'))
      await told(world, shipped('1'))
      world.clock.move(29 * day)
      expect(await applyRetention(world.engine, signal)).toBe(0)
      world.clock.move(2 * day)
      expect(await applyRetention(world.engine, signal)).toBe(1)
      const left = await stored(world, '1')
      for (const word of ['Erika', 'erika', '1234567', 'Musterweg', 'Musterstadt']) expect(left).not.toContain(word)
      for (const word of ['SKU-1', 'b-1', '"DE"', 'redactedAt']) expect(left).toContain(word)
      expect(await applyRetention(world.engine, signal)).toBe(0)
    })

    it('is no change: nothing is delivered again, and a buyer told anew is not taken up', async () => {
      await using world = await shop()
      await told(world, shipped('2'), bought('1'))
      await told(world, shipped('1'))
      world.clock.move(31 * day)
      await applyRetention(world.engine, signal)
      const before = world.system('warehouse').effects.length
      await told(world, shipped('1'))
      expect(world.system('warehouse').effects).toHaveLength(before)
      expect(await stored(world, '1')).not.toContain('Erika')
      await told(world, { ...shipped('1'), lifecycle: { value: 'completed' } })
      expect(await stored(world, '1')).toContain('completed')
      expect(await stored(world, '1')).not.toContain('Erika')
    })

    it('leaves alone what is still to be shipped, and what something is on its way about', async () => {
      await using world = await shop()
      await told(world, bought('open'), bought('busy'))
      world.system('warehouse').pages.push(page([shipment('s', { id: 'busy', entity: 'orders' })]))
      await told(world, shipped('busy'))
      world.system('warehouse').pages.push(page([shipment('s', { key: 'shop/busy' })]))
      await world.read('warehouse')
      expect(await listDeliveries(world.store, { lane: 'shop/busy', state: 'open' })).toHaveLength(1)
      world.clock.move(400 * day)
      expect(await applyRetention(world.engine, signal)).toBe(0)
      await world.deliver('shop')
      expect(await applyRetention(world.engine, signal)).toBe(1)
      expect(await stored(world, 'busy')).not.toContain('Erika')
      expect(await stored(world, 'open')).toContain('Erika')
    })

    it('does nothing where a connection does not ask for it', async () => {
      await using world = await shop()
      const office = world.engine.offices.get('shop')
      if (office) office.retentionMs = undefined
      await told(world, shipped('1'))
      world.clock.move(4000 * day)
      expect(await applyRetention(world.engine, signal)).toBe(0)
      expect(await stored(world, '1')).toContain('Erika')
    })

    it('keeps the address that points are kept under', async () => {
      await using world = await shop()
      await told(world, shipped('1'))
      Object.assign(world.engine, { loyalty: [{ id: 'l', shop: 'shop', provider: 'club', rules: {} }] })
      world.clock.move(31 * day)
      await applyRetention(world.engine, signal)
      expect(await stored(world, '1')).toContain('erika.muster@example.com')
      expect(await stored(world, '1')).not.toContain('Musterweg')
    })
  })
})
