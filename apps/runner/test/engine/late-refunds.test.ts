import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simulator as marketSimulator } from '@kontor/plugin-amazon/simulator'
import { createClock } from '@kontor/testkit/simulator'
import { expect, it, vi } from 'vitest'
import { z } from 'zod'
import { openConfiguredStore } from '../../src/engine/open-engine.ts'
import { runOnce } from '../../src/engine/runner.ts'
import { listDeliveries } from '../../src/store/queries.ts'
import { configOf, marketAt, marketCredentials, marketSecrets } from './market.ts'

vi.setConfig({ testTimeout: 120_000 })

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const hour = 3_600_000
const minute = 60_000
const Made = z.object({ id: z.string() })

/** Amazon, whose transactions show after `lag`; a desk that decides refunds, and the books, which hear of every refund that Amazon tells. */
async function open(lag: number) {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-late-'))
  const clock = createClock()
  const market = await marketSimulator.start({ clock, options: { orders: 0, financesLag: lag } })
  for (const name of ['desk/refunds', 'books']) mkdirSync(join(folder, name), { recursive: true })
  const document = {
    connections: {
      market: {
        ...marketAt(market.url),
        credentials: marketCredentials,
        linger: '0s',
      },
      desk: {
        plugin: '@kontor/plugin-file',
        config: { folder: './desk', write: { refunds: { format: 'json' } }, quietFor: '1s' },
      },
      books: { plugin: '@kontor/plugin-file', config: { folder: './books', write: { refunds: { format: 'json' } } } },
    },
    flows: [
      { entity: 'orders', from: 'market', to: 'desk', start: 'all' },
      { entity: 'refunds', from: 'desk', to: 'origin', start: 'all' },
      { entity: 'refunds', from: 'market', to: ['desk', 'books'], start: 'all' },
    ],
  }
  const config = await configOf(folder, document, marketSecrets)
  return {
    clock,
    market,
    /** Each a start of its own: nothing is kept but the store. */
    async run() {
      const signal = AbortSignal.timeout(90_000)
      const { failures, paused } = await runOnce({ config, clock, log: quiet, mask: () => undefined, signal })
      expect([failures, [...paused]]).toEqual([[], []])
    },
    refund(id: string, order: string, amount: string) {
      const row = `refund_id;order_key;sku;quantity;amount;currency\n${id};market/${order};MUG-RED;1;${amount};EUR\n`
      writeFileSync(join(folder, 'desk', 'refunds', `${id}.csv`), row)
    },
    async inStore<T>(look: (store: Awaited<ReturnType<typeof openConfiguredStore>>) => Promise<T>): Promise<T> {
      const store = await openConfiguredStore(config, clock)
      try {
        return await look(store)
      } finally {
        await store.close()
      }
    },
    /** Transactions that were booked there, each as often as it was. */
    booked(name: 'desk' | 'books'): string[] {
      const found: string[] = []
      for (const each of readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' }))
        if (each.endsWith('.json'))
          found.push(...(readFileSync(join(folder, name, each), 'utf8').match(/Txn\d+/g) ?? []))
      return [...new Set(found)].toSorted()
    },
    async [Symbol.asyncDispose]() {
      await market.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

it('a refund of ours that Amazon shows 47 hours later is known as ours, and one by hand of the same amount is news', async () => {
  await using world = await open(47 * hour)
  const { market, clock } = world
  const lines = [{ sku: 'MUG-RED', quantity: 3, unit: 1999, shipping: 0 }]
  const order = Made.parse(market.act('place-order', { status: 'SHIPPED', lines })).id
  await clock.advance(5 * minute)
  await world.run()
  world.refund('R-1', order, '5.00')
  await clock.advance(5 * minute)
  await world.run()
  expect(market.truth.count('feed')).toBe(1)
  await clock.advance(10 * minute)
  await world.run()
  expect(market.truth.count('refund')).toBe(1)
  // It is done, and holds up nothing, though Amazon does not show it yet.
  expect(await world.inStore((store) => listDeliveries(store, { entity: 'refunds' }))).toMatchObject([
    { record: 'desk/R-1', destination: 'market', state: 'done', reference: expect.stringContaining('=5.00 EUR') },
  ])
  await clock.advance(24 * hour)
  await world.run()
  expect([world.booked('desk'), world.booked('books')]).toEqual([[], []])

  await clock.advance(24 * hour)
  await world.run()
  await world.run()
  const [ours] = market.world.transactions
  expect(
    await world.inStore((store) =>
      store.db
        .selectFrom('records')
        .select('id')
        .where('entity', '=', 'refunds')
        .where('connection', '=', 'market')
        .execute(),
    ),
  ).toEqual([{ id: ours?.id }])
  expect([world.booked('desk'), world.booked('books')]).toEqual([[], [ours?.id]])

  // The merchant gives the same amount back once more, by hand, in Seller Central.
  market.act('refund', { order, lines: [{ sku: 'MUG-RED', amount: 500 }] })
  await clock.advance(48 * hour)
  await world.run()
  await world.run()
  const [, theirs] = market.world.transactions
  expect([world.booked('desk'), world.booked('books')]).toEqual([[theirs?.id], [ours?.id, theirs?.id]])
  expect(market.truth.count('feed')).toBe(1)
  expect(await world.inStore((store) => store.db.selectFrom('unmatched').selectAll().execute())).toEqual([])
})

it('of two equal refunds, ours and one by hand before ours shows, one is ours and one is news', async () => {
  await using world = await open(47 * hour)
  const { market, clock } = world
  const lines = [{ sku: 'MUG-RED', quantity: 3, unit: 1999, shipping: 0 }]
  const order = Made.parse(market.act('place-order', { status: 'SHIPPED', lines })).id
  // One of before: it is none of ours, though it shows only now.
  market.act('refund', { order, lines: [{ sku: 'MUG-RED', amount: 500 }] })
  await clock.advance(5 * minute)
  await world.run()
  world.refund('R-1', order, '5.00')
  await clock.advance(5 * minute)
  await world.run()
  await clock.advance(hour)
  market.act('refund', { order, lines: [{ sku: 'MUG-RED', amount: 500 }] })
  await world.run()
  await clock.advance(50 * hour)
  await world.run()
  await world.run()
  const [before, ours, byHand] = market.world.transactions.map(({ id }) => id)
  expect(world.booked('books')).toEqual([before, ours, byHand])
  // The desk knows of its own, and hears of the two others.
  expect(world.booked('desk')).toEqual([before, byHand])
})
