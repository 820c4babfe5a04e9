import { rmSync } from 'node:fs'
import { startBenchServer } from './bench-server.ts'
import { drain } from './drain-process.ts'
import { configFor, fill, openFilled } from './filled-store.ts'

/**
 * Deliveries a second with one process on an embedded store, and with 1, 2 and 4 on one PostgreSQL, to a destination that takes everything at once. The
 * time counts from the start of the processes to the end of the last.
 *
 * `node deliveries.bench.ts [deliveries]`
 */
const count = Number(process.argv[2] ?? 20_000)

async function rate(processes: number, url?: string): Promise<number> {
  const { folder, file } = configFor(url)
  const store = await openFilled(folder, url)
  await fill(store, count)
  if (url === undefined) await store.close()
  const from = performance.now()
  await Promise.all(Array.from({ length: processes }, async () => await drain(file)))
  const perSecond = (count * 1000) / (performance.now() - from)
  const after = url === undefined ? await openFilled(folder) : store
  const left = await after.db.selectFrom('deliveries').select('id').where('state', '!=', 'done').execute()
  if (left.length > 0) throw new Error(`${left.length} were not delivered`)
  await after.close()
  rmSync(folder, { recursive: true, force: true })
  return perSecond
}

await using server = await startBenchServer()
console.log(`${count} deliveries          per second   ÷ one process on PostgreSQL`)
const line = (name: string, perSecond: number, one: number): void =>
  console.log(`  ${name.padEnd(22)} ${perSecond.toFixed(0).padStart(12)} ${(perSecond / one).toFixed(2).padStart(12)}`)
const embedded = await rate(1)
const one = await rate(1, await server.database('rate1'))
line('SQLite, 1 process', embedded, one)
line('PostgreSQL, 1 process', one, one)
for (const processes of [2, 4])
  line(`PostgreSQL, ${processes} processes`, await rate(processes, await server.database(`rate${processes}`)), one)
