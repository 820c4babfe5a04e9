import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { z } from 'zod'
import { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, QUEUE_PATH, simulator } from '@kontor/plugin-amazon/simulator'
import { systemClock } from '@kontor/core/host'
import { openConfiguredStore } from '../../src/engine/open-engine.ts'
import { runForever } from '../../src/engine/runner.ts'
import { readStatus } from '../../src/store/status.ts'
import { configOf, marketAt, marketCredentials, marketSecrets } from './market.ts'

vi.setConfig({ testTimeout: 120_000 })

const Made = z.object({ id: z.string() })
const secrets = { ...marketSecrets, AWS_ID: AWS_ACCESS_KEY_ID, AWS_SECRET: AWS_SECRET_ACCESS_KEY }

it('an order whose change a queue tells is here within seconds and each is acknowledged; without the queue it comes with the next reading, and one message says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-queue-'))
  mkdirSync(join(folder, 'warehouse'))
  await using market = await simulator.start({ options: { orders: 2, disorderedQueue: true } })
  const config = await configOf(
    folder,
    {
      connections: {
        market: {
          ...marketAt(market.url, { orderChangeQueue: `${market.url}${QUEUE_PATH}` }),
          credentials: {
            ...marketCredentials,
            awsAccessKeyId: '${env:AWS_ID}',
            awsSecretAccessKey: '${env:AWS_SECRET}',
          },
        },
        warehouse: { plugin: '@kontor/plugin-file', config: { folder: './warehouse' } },
      },
      flows: [{ entity: 'orders', from: 'market', to: 'warehouse', start: 'all', every: '20s' }],
    },
    secrets,
  )
  const warnings: string[] = []
  const quiet = () => undefined
  const log = { debug: quiet, info: quiet, warn: (text: string) => void warnings.push(text), error: quiet }
  const stop = new AbortController()
  const store = await openConfiguredStore(config, systemClock)
  const running = runForever({ config, store, clock: systemClock, log, mask: quiet, signal: stop.signal })
  const known = async (): Promise<string[]> =>
    (await store.db.selectFrom('records').select('id').where('entity', '=', 'orders').execute()).map(({ id }) => id)
  try {
    await vi.waitUntil(() => market.world.subscriptions.size > 0, { timeout: 20_000 })
    await vi.waitUntil(async () => (await known()).length === 2, { timeout: 20_000 })
    const began = performance.now()
    // Amazon lists no order of the last two minutes: only the queue can bring these so soon.
    const ids = Array.from({ length: 15 }, () => Made.parse(market.act('place-order', {})).id)
    await vi.waitUntil(async () => (await known()).length === 17, { timeout: 60_000, interval: 50 })
    expect(performance.now() - began).toBeLessThan(10_000)
    expect((await known()).toSorted()).toEqual([...market.world.orders.keys()].toSorted())
    expect((await known()).filter((id) => ids.includes(id))).toHaveLength(15)
    await vi.waitUntil(() => market.world.queue.messages.length === 0, { timeout: 10_000 })
    expect(warnings.filter((text) => text.includes('queue'))).toEqual([])

    market.act('set-queue', { state: 'denied' })
    const late = Made.parse(market.act('place-order', {})).id
    await vi.waitUntil(() => warnings.some((text) => text.includes('sqs:ReceiveMessage')), { timeout: 30_000 })
    await market.clock.advance(3 * 60_000)
    await vi.waitUntil(async () => (await known()).includes(late), { timeout: 60_000 })
    expect(warnings.filter((text) => text.includes('sqs:'))).toHaveLength(1)
    const { connections, notices } = await readStatus(store)
    expect(connections.find(({ name }) => name === 'market')?.pausedBy).toBeUndefined()
    expect(notices).toMatchObject([{ connection: 'market', message: expect.stringContaining('sqs:ReceiveMessage') }])
    const at = performance.now()
    stop.abort()
    await running
    expect(performance.now() - at).toBeLessThan(2_000)
    expect([market.unknownRoutes, market.failures]).toEqual([[], []])
  } finally {
    stop.abort()
    await running
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
