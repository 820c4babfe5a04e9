import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * Pages of a marketplace into the durable store, by Kontor and by a loop written by hand that only commits the same pages; the memory that takes, by
 * number of orders (goal: at most 1.2 times from 10,000 to 1,000,000); and how long `kontor check` takes from a cold start.
 *
 * `node sync.bench.ts [orders for the comparison] [orders for the memory]`
 */
const compared = Number(process.argv[2] ?? 50_000)
const many = Number(process.argv[3] ?? 1_000_000)
const source = '--conditions=@kontor/source'
const server = resolve(import.meta.dirname, '../../../packages/plugin-backmarket/bench/pages-server.ts')

interface Measured {
  orders: number
  cpu: number
  seconds: number
  memory: number
}

async function measure(way: 'kontor' | 'hand', orders: number): Promise<Measured> {
  const pages = spawn(process.execPath, [source, server, String(orders)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = (await once(pages.stdout, 'data')) as [Buffer]
  const child = spawn(
    process.execPath,
    [source, join(import.meta.dirname, 'sync-child.ts'), way, `http://127.0.0.1:${port.toString().trim()}`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const output: Buffer[] = []
  child.stdout.on('data', (data: Buffer) => output.push(data))
  await once(child, 'exit')
  pages.kill()
  const measured = JSON.parse(Buffer.concat(output).toString()) as Measured
  if (measured.orders !== orders) throw new Error(`${way} stored ${measured.orders} of ${orders} orders`)
  return measured
}

const row = (name: string, { cpu, seconds, memory }: Measured): string =>
  `  ${name.padEnd(20)} ${cpu.toFixed(2).padStart(9)} ${seconds.toFixed(1).padStart(9)} ${memory.toFixed(0).padStart(9)}`

console.log(`${compared} orders        CPU s   seconds  memory MB`)
const hand = await measure('hand', compared)
const again = await measure('hand', compared)
const kontor = await measure('kontor', compared)
console.log([row('by hand', hand), row('kontor', kontor)].join('\n'))
console.log(`  kontor ÷ by hand     ${(kontor.cpu / hand.cpu).toFixed(2).padStart(9)} CPU`)
console.log(`  by hand ÷ itself     ${(again.cpu / hand.cpu).toFixed(2).padStart(9)} CPU (A/A)`)

const few = await measure('kontor', 10_000)
const lot = await measure('kontor', many)
console.log(
  `\nmemory, MB: ${few.memory.toFixed(0)} for 10000 orders, ${lot.memory.toFixed(0)} for ${many}: ${(lot.memory / few.memory).toFixed(2)} times (goal ≤ 1.2)`,
)

const folder = mkdtempSync(join(tmpdir(), 'kontor-bench-'))
writeFileSync(
  join(folder, 'kontor.yaml'),
  'connections:\n  warehouse: { plugin: "@kontor/plugin-file", config: { folder: ./warehouse } }\n',
)
const starts = Array.from({ length: 5 }, () => {
  const from = performance.now()
  const command = [
    source,
    resolve(import.meta.dirname, '../src/cli.ts'),
    '--config',
    join(folder, 'kontor.yaml'),
    'check',
  ]
  execFileSync(process.execPath, command, { stdio: 'ignore' })
  return performance.now() - from
}).toSorted((a, b) => a - b)
rmSync(folder, { recursive: true, force: true })
console.log(`cold start of kontor check, one connection of files: ${starts[2]?.toFixed(0)} ms (median of 5)`)
