import { rmSync } from 'node:fs'
import { sql } from 'kysely'
import { claimBatch } from '../src/store/claims.ts'
import { newRound } from '../src/store/due.ts'
import { startBenchServer } from './bench-server.ts'
import { configFor, fill, openFilled } from './filled-store.ts'

/**
 * How long it takes to claim a hundred deliveries, by the length of the queue, on both databases (goal: at most twice as long at 1,000,000 as at 1,000).
 *
 * `node claim.bench.ts [largest length]`
 */
const largest = Number(process.argv[2] ?? 1_000_000)
const rounds = 9

async function claimTime(url: string | undefined, count: number): Promise<number> {
  const { folder } = configFor(url)
  const store = await openFilled(folder, url)
  await fill(store, count)
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
console.log('claiming 100 of        SQLite    PostgreSQL   (ms, median of 9)')
const first: number[] = []
for (let count = 1000; count <= largest; count *= 10) {
  const times = [await claimTime(undefined, count), await claimTime(await server.database(`claim${count}`), count)]
  if (first.length === 0) first.push(...times)
  console.log(
    `  ${String(count).padEnd(10)} ${times.map((each, index) => `${each.toFixed(1).padStart(8)} (${(each / (first[index] ?? 1)).toFixed(1)} ×)`).join(' ')}`,
  )
}
