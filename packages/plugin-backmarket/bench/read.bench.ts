import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { z } from 'zod'
import { connect } from '@kontor/core/host'
import type { Buckets } from '@kontor/core/host'
import { BackMarketConfig } from '../src/config.ts'
import { toOrder } from '../src/mapping/order.ts'
import { backMarket } from '../src/plugin.ts'
import { WireOrder } from '../src/wire.ts'

/**
 * The read path against a loop written by hand (fetch, zod, map) over the same pages, in CPU seconds of this process alone; the loop against itself
 * tells how much of a difference is noise. Goal: at most 1.15 times the loop. And the memory that reading takes, by number of orders.
 *
 * `node read.bench.ts [orders]`
 */
const orders = Number(process.argv[2] ?? 300_000)
const config = { region: 'eu' as const, company: 'Muster', contactEmail: 'kontor@example.com' }
const token = 'ZGVtbzpCTVQtMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA=='
/** No limit: the time spent waiting is none of the CPU's. */
const open: Buckets = { take: async () => ({ waitMs: 0 }), block: async () => undefined, learn: async () => undefined }

async function serve(total: number): Promise<{ url: string; stop: () => void }> {
  const child = spawn(
    process.execPath,
    ['--conditions=@kontor/source', `${import.meta.dirname}/pages-server.ts`, String(total)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  return { url: `http://127.0.0.1:${port.toString().trim()}`, stop: () => void child.kill() }
}

const Page = z.object({ next: z.string().nullable(), results: z.array(z.unknown()) })

async function byHand(url: string): Promise<number> {
  const parsed = BackMarketConfig.parse({ ...config, baseUrl: url })
  let count = 0
  for (let page = 1; ; page++) {
    const response = await fetch(`${url}/ws/orders?date_modification=2025-01-01T00:00:00Z&page=${page}&page-size=50`, {
      headers: { authorization: `Basic ${token}`, accept: 'application/json' },
    })
    const { next, results } = Page.parse(await response.json())
    for (const raw of results) {
      const order = WireOrder.safeParse(raw)
      if (order.success) count += toOrder(order.data, parsed).id ? 1 : 0
    }
    if (!next) return count
  }
}

async function byPlugin(url: string): Promise<number> {
  await using shop = await connect(backMarket, {
    config: { ...config, baseUrl: url },
    credentials: { token },
    buckets: open,
  })
  let count = 0
  for await (const page of shop.readers.orders.read({ since: '2025-01-01T00:00:00Z' })) count += page.records.length
  return count
}

async function cpuOf(work: () => Promise<number>, expected: number): Promise<number> {
  const before = process.cpuUsage()
  const count = await work()
  if (count !== expected) throw new Error(`read ${count} of ${expected} orders`)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const { url, stop } = await serve(orders)
try {
  for (const work of [byHand, byPlugin]) await work(url)
  const rounds: { a: number; b: number; again: number }[] = []
  for (let round = 0; round < 3; round++)
    rounds.push({
      a: await cpuOf(() => byHand(url), orders),
      b: await cpuOf(() => byPlugin(url), orders),
      again: await cpuOf(() => byHand(url), orders),
    })
  console.log(`${orders} orders, CPU seconds, median of ${rounds.length} rounds`)
  console.log(`  by hand            ${median(rounds.map(({ a }) => a)).toFixed(2)}`)
  console.log(`  plugin             ${median(rounds.map(({ b }) => b)).toFixed(2)}`)
  console.log(`  plugin ÷ by hand   ${median(rounds.map(({ a, b }) => b / a)).toFixed(3)}   (goal ≤ 1.15)`)
  console.log(`  by hand ÷ itself   ${median(rounds.map(({ a, again }) => again / a)).toFixed(3)}   (A/A)`)
} finally {
  stop()
}
