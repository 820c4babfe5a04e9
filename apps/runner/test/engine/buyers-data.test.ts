import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simulator as marketSimulator } from '@kontor/plugin-amazon/simulator'
import { createClock } from '@kontor/testkit/simulator'
import { expect, it, vi } from 'vitest'
import { z } from 'zod'
import { openEngine } from '../../src/engine/open-engine.ts'
import { applyRetention } from '../../src/engine/retention.ts'
import { runOnce } from '../../src/engine/runner.ts'
import { configOf, marketAt, marketCredentials, marketSecrets } from './market.ts'

vi.setConfig({ testTimeout: 120_000 })

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const day = 86_400_000
const minute = 60_000
const Made = z.object({ id: z.string() })
const buyer = {
  name: 'Erika Muster',
  email: 'erika.muster@example.com',
  phone: '+49 30 1234567',
  street: 'Musterweg 5',
}
const words = ['Erika', 'erika.muster', '1234567', 'Musterweg']

/** Amazon and a warehouse that is sent its orders; `stated`: what the connection says of itself. */
async function open(stated: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-buyers-'))
  const clock = createClock()
  const market = await marketSimulator.start({ clock, options: { orders: 0 } })
  mkdirSync(join(folder, 'warehouse'))
  const document = {
    connections: {
      market: {
        ...marketAt(market.url),
        credentials: marketCredentials,
        ...stated,
      },
      warehouse: { plugin: '@kontor/plugin-file', config: { folder: './warehouse' } },
    },
    flows: [{ entity: 'orders', from: 'market', to: 'warehouse', start: 'all' }],
  }
  const config = await configOf(folder, document, marketSecrets)
  const options = { config, clock, log: quiet, mask: () => undefined }
  return {
    clock,
    market,
    async read() {
      await clock.advance(5 * minute)
      expect((await runOnce({ ...options, signal: AbortSignal.timeout(90_000) })).failures).toEqual([])
    },
    /** Tidies up as a runner does, and answers which of the buyer's words are still there, in records and deliveries. */
    async left(): Promise<string[]> {
      await using opened = await openEngine(options)
      await applyRetention(opened.engine, AbortSignal.timeout(60_000))
      const { db } = opened.store
      const kept = JSON.stringify([
        await db.selectFrom('records').selectAll().execute(),
        await db.selectFrom('deliveries').selectAll().execute(),
        await db.selectFrom('rejections').selectAll().execute(),
      ])
      return words.filter((word) => kept.includes(word))
    },
    async [Symbol.asyncDispose]() {
      await market.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

it.each([
  ['says nothing', {}, 30],
  ['says fewer days', { retention: '10d' }, 10],
])(
  'buyers of Amazon are forgotten so long after the delivery, whatever happens meanwhile, where the connection %s',
  async (_, stated, days) => {
    await using world = await open(stated)
    const { market, clock } = world
    const order = Made.parse(market.act('place-order', { buyer })).id
    market.act('place-order', { buyer: { ...buyer, name: 'Max Beispiel' } })
    await world.read()
    market.act('ship-order', { id: order })
    await world.read()
    expect(await world.left()).toEqual(words)
    // Amazon promises the delivery within five days. What the carrier tells weeks later is a change of the order.
    await clock.advance(5 * day + (days - 3) * day)
    market.act('deliver-order', { id: order })
    await world.read()
    await clock.advance(2 * day)
    expect(await world.left()).toEqual(words)
    await clock.advance(2 * day)
    // What is still to be shipped keeps its buyer.
    expect(await world.left()).toEqual(['erika.muster', '1234567', 'Musterweg'])
    // Told anew, it is not taken up again.
    market.act('touch-order', { id: order })
    await world.read()
    expect(await world.left()).not.toContain('Erika')
  },
)

it('buyers of Amazon stay where the connection says so', async () => {
  await using world = await open({ retention: 'never' })
  const order = Made.parse(world.market.act('place-order', { buyer })).id
  await world.read()
  world.market.act('ship-order', { id: order })
  await world.read()
  await world.clock.advance(90 * day)
  expect(await world.left()).toEqual(words)
})
