import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { z } from 'zod'
import { startSharedSystem, useTogether } from '../test/sharing/sharing-system.ts'
import { installedPostgres, startPostgres } from '../test/postgres.ts'
import { configFor, fill, openFilled } from './filled-store.ts'

/**
 * Deliveries a second with 1, 2 and 4 processes on one PostgreSQL; how much of a rate limit they use together; how long the first delivery takes after
 * kill -9, against a cold start; and how much memory it takes to drain a long queue of an embedded store (goal: flat).
 *
 * `node drain.bench.ts [deliveries for the rates] [deliveries for the memory]`
 */
const counted = Number(process.argv[2] ?? 20_000)
const many = Number(process.argv[3] ?? 1_000_000)
const Drained = z.object({ seconds: z.number(), memory: z.number() })
const begin = (file: string) =>
  spawn(process.execPath, ['--conditions=@kontor/source', join(import.meta.dirname, 'drain-child.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
async function drain(file: string): Promise<z.infer<typeof Drained>> {
  const child = begin(file)
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  await once(child, 'close')
  return Drained.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''))
}

const bin = installedPostgres()
if (bin === undefined) throw new Error('PostgreSQL is not installed')
const server = await startPostgres(bin, { durable: true })
async function freshDatabase(name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return server.url.replace(/\/postgres$/, `/${name}`)
}

console.log(`PostgreSQL, ${counted} deliveries    per second   ÷ one process`)
let one = 0
for (const processes of [1, 2, 4]) {
  const url = await freshDatabase(`rate${processes}`)
  const { folder, file } = configFor(url)
  const store = await openFilled(folder, url)
  await fill(store, counted)
  const from = performance.now()
  await Promise.all(Array.from({ length: processes }, async () => await drain(file)))
  const rate = (counted * 1000) / (performance.now() - from)
  const left = await store.db.selectFrom('deliveries').select('id').where('state', '!=', 'done').execute()
  if (left.length > 0) throw new Error(`${left.length} were not delivered`)
  await store.close()
  if (processes === 1) one = rate
  console.log(
    `  ${processes} process${processes === 1 ? '  ' : 'es'} ${rate.toFixed(0).padStart(24)} ${(rate / one).toFixed(2).padStart(14)}`,
  )
  rmSync(folder, { recursive: true, force: true })
}

console.log('\nrate limit of 160 in any 4 s, by processes    achieved ÷ allowed   refused')
const perSecond = 40
const lastsMs = 24_000
for (const processes of [1, 2, 4]) {
  await using system = await startSharedSystem({ perSecond, lifeMs: 3_600_000 })
  const storeUrl = await freshDatabase(`limit${processes}`)
  await useTogether(processes, { storeUrl, origin: system.origin, perSecond, lastsMs })
  console.log(
    `  ${processes} ${((system.answered * 1000) / (perSecond * lastsMs)).toFixed(3).padStart(56)} ${String(system.refused).padStart(10)}`,
  )
}

/** Seconds from the start of a process to its first delivery. */
async function firstDelivery(file: string): Promise<number> {
  const from = performance.now()
  const child = begin(file)
  await once(child.stdout, 'data')
  const seconds = (performance.now() - from) / 1000
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
  return seconds
}
const { folder, file } = configFor()
const store = await openFilled(folder)
await fill(store, 5000)
const starts: number[] = []
for (let round = 0; round < 6; round++) starts.push(await firstDelivery(file))
const [cold = 1, ...afterKill] = starts
const middle = afterKill.toSorted((a, b) => a - b)[2] ?? 0
console.log(`\nfirst delivery after kill -9 ÷ cold start: ${(middle / cold).toFixed(2)} (goal ≤ 1.3; median of 5)`)
await store.close()
rmSync(folder, { recursive: true, force: true })

console.log('\nembedded store, drained      per second   memory MB')
const memory: number[] = []
for (const count of [10_000, many]) {
  const place = configFor()
  const filled = await openFilled(place.folder)
  await fill(filled, count)
  await filled.close()
  const drained = await drain(place.file)
  memory.push(drained.memory)
  console.log(
    `  ${String(count).padEnd(10)} ${(count / drained.seconds).toFixed(0).padStart(24)} ${drained.memory.toFixed(0).padStart(11)}`,
  )
  rmSync(place.folder, { recursive: true, force: true })
}
console.log(`  memory: ${((memory[1] ?? 0) / (memory[0] ?? 1)).toFixed(2)} times`)
server.end()
