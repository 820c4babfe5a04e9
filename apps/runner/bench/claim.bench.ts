import { rmSync } from 'node:fs'
import { sql } from 'kysely'
import { claimBatch } from '../src/store/claims.ts'
import { newRound } from '../src/store/due.ts'
import { startBenchServer } from './bench-server.ts'
import { configFor, fill, openFilled } from './filled-store.ts'

/**
 * How long it takes to claim a hundred deliveries, on both databases: by the length of the queue, and from a queue of a thousand by what was delivered
 * before (goal: at most twice as long at 1,000,000 as at 1,000).
 *
 * `node claim.bench.ts [largest length]`
 */
const largest = Number(process.argv[2] ?? 1_000_000)
const rounds = 9

async function claimTime(url: string | undefined, count: number, open: number): Promise<number> {
  const { folder } = configFor(url)
  const store = await openFilled(folder, url)
  await fill(store, count)
  if (open < count) {
    await sql`update deliveries set state = 'done' where due_at > (select min(due_at) from deliveries) + ${open}`.execute(
      store.db,
    )
    if (store.dialect.name === 'postgres') await sql`vacuum analyze deliveries`.execute(store.db)
  }
  if (store.dialect.name === 'sqlite') await sql`pragma wal_checkpoint(truncate)`.execute(store.db)
  const round = newRound()
  const times: number[] = []
  for (let each = 0; each < rounds; each++) {
    const from = performance.now()
    const batch = await claimBatch(
      store,
      { destination: 'warehouse', entities: ['orders'], again: 'safe', max: 100, owner: 'bench', ttlMs: 60_000 },
      round,
    )
    times.push(performance.now() - from)
    if (batch?.rows.length !== 100) throw new Error(`claimed ${batch?.rows.length} of 100`)
  }
  await store.close()
  rmSync(folder, { recursive: true, force: true })
  return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
}

await using server = await startBenchServer()
for (const [title, openOf] of [
  ['claiming 100 of', (count: number) => count],
  ['of 1,000, others delivered', () => 1000],
] as const) {
  console.log(`${title.padEnd(28)} SQLite    PostgreSQL   (ms, median of ${rounds})`)
  const first: number[] = []
  for (let count = 1000; count <= largest; count *= 10) {
    const name = `claim${count}_${openOf(count)}_${title.length}`
    const times = [
      await claimTime(undefined, count, openOf(count)),
      await claimTime(await server.database(name), count, openOf(count)),
    ]
    if (first.length === 0) first.push(...times)
    console.log(
      `  ${String(count).padEnd(18)} ${times.map((each, index) => `${each.toFixed(1).padStart(8)} (${(each / (first[index] ?? 1)).toFixed(1)} ×)`).join(' ')}`,
    )
  }
}
