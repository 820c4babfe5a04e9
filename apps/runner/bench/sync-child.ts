import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { systemClock } from '@kontor/core/host'
import { createPluginLoader } from '../src/cli/installed.ts'
import { createSecretSource, readConfig } from '../src/config/index.ts'
import { runOnce } from '../src/engine/runner.ts'

/**
 * One way of getting pages of orders into a durable store, in a process of its own: `sync-child.ts kontor|hand URL`.
 * Prints CPU seconds, seconds and the largest memory as JSON.
 */
const [way, url] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'kontor-bench-'))
const token = 'ZGVtbzpCTVQtMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA=='
const quiet = () => undefined

async function byKontor(): Promise<number> {
  const text = `store: ./kontor.db
connections:
  shop:
    plugin: "@kontor/plugin-backmarket"
    config: { region: eu, baseUrl: "${url}", company: Muster, contactEmail: kontor@example.com }
    credentials: { token: "\${env:TOKEN}" }
    limits: { requests: { burst: 10000000 } }
  warehouse: { plugin: "@kontor/plugin-file", config: { folder: ./warehouse } }
flows:
  - { entity: orders, from: shop, to: warehouse, start: now }
`
  const file = join(folder, 'kontor.yaml')
  writeFileSync(join(folder, '.env'), `TOKEN=${token}\n`)
  const config = await readConfig(text, file, {
    loadPlugin: createPluginLoader(),
    secrets: createSecretSource({ folder }),
  })
  const report = await runOnce({
    config,
    clock: systemClock,
    log: { debug: quiet, info: quiet, warn: quiet, error: console.error },
    mask: quiet,
    signal: new AbortController().signal,
  })
  if (report.failures.length > 0) throw report.failures[0]
  const database = new Database(join(folder, 'kontor.db'), { readonly: true })
  return Number(database.prepare("select count(*) as n from records where entity = 'orders'").pluck().get())
}

/** What somebody would write who wants the same pages on disk and nothing else: no merge, no wishes, no rejections, no limits. */
async function byHand(): Promise<number> {
  const database = new Database(join(folder, 'hand.db'))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('create table orders(id text primary key, content text not null); create table mark(at text)')
  const insert = database.prepare(
    'insert into orders values (?, ?) on conflict(id) do update set content = excluded.content',
  )
  for (let page = 1; ; page++) {
    const response = await fetch(`${url}/ws/orders?page=${page}&page-size=50`, {
      headers: { authorization: `Basic ${token}` },
    })
    const { next, results } = (await response.json()) as { next: string | null; results: { order_id: number }[] }
    database.transaction(() => {
      for (const order of results) insert.run(String(order.order_id), JSON.stringify(order))
    })()
    if (!next) return Number(database.prepare('select count(*) from orders').pluck().get())
  }
}

const started = performance.now()
const before = process.cpuUsage()
const orders = way === 'hand' ? await byHand() : await byKontor()
const { user, system } = process.cpuUsage(before)
process.stdout.write(
  `${JSON.stringify({ orders, cpu: (user + system) / 1e6, seconds: (performance.now() - started) / 1000, memory: process.resourceUsage().maxRSS / 1024 })}\n`,
)
rmSync(folder, { recursive: true, force: true })
