import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { claimBatch } from '../src/store/claims.ts'
import { findOrders, listDeliveries, listOrders, traceOrder } from '../src/store/queries.ts'
import { readStatus } from '../src/store/status.ts'
import { configFor, fill, openFilled } from './filled-store.ts'

/**
 * Size of the embedded store and the times of its questions, by number of orders.
 *
 * `node store-size.bench.ts [largest number of orders]`
 */
const largest = Number(process.argv[2] ?? 1_000_000)
const median = async (work: () => Promise<unknown>): Promise<number> => {
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    const from = performance.now()
    await work()
    times.push(performance.now() - from)
  }
  return times.toSorted((a, b) => a - b)[2] ?? 0
}

console.log(
  'orders      MB   KB/order  by number  newest 50  open 200   trace      status     claim 100   (ms, median of 5)',
)
for (let count = 1000; count <= largest; count *= 10) {
  const { folder } = configFor()
  const store = await openFilled(folder)
  await fill(store, count)
  const some = String(Math.ceil(count / 2))
  const times = [
    await median(async () => await findOrders(store, `No-${some}`)),
    await median(async () => await listOrders(store)),
    await median(async () => await listDeliveries(store, { state: 'open' })),
    await median(async () => await traceOrder(store, `shop/${some}`)),
    await median(async () => await readStatus(store)),
    await median(
      async () =>
        await claimBatch(store, {
          destination: 'warehouse',
          entities: ['orders'],
          again: 'safe',
          max: 100,
          owner: 'bench',
          ttlMs: 60_000,
        }),
    ),
  ]
  await store.close()
  const megabytes = statSync(join(folder, 'kontor.db')).size / 1_000_000
  console.log(
    [
      String(count).padEnd(8),
      megabytes.toFixed(1).padStart(7),
      ((megabytes * 1000) / count).toFixed(2).padStart(9),
      ...times.map((each) => each.toFixed(1).padStart(10)),
    ].join(' '),
  )
  rmSync(folder, { recursive: true, force: true })
}
