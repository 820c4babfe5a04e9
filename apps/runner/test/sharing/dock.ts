import { spawn, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Entity } from '@kontor/core'
import { systemClock } from '@kontor/core/host'
import { openServerStore, openStore } from '../../src/store/open.ts'
import { saveRecords } from '../../src/store/records.ts'
import type { Store } from '../../src/store/store.ts'
import { setWish } from '../../src/store/wishes.ts'
import { order, shipment } from '../engine/world.ts'

/** One call, as the dock saw it. */
export interface Seen {
  /** The process that called. */
  process: number
  at: number
  what: 'take' | 'ask'
  key: string
  entity?: Entity
  id?: string
  /** Whether it was answered with success. */
  answered: boolean
}

/** A dock, runners that deliver to it from one store, and what it has seen of them. */
export interface Dock extends AsyncDisposable {
  store: Store
  seen: Seen[]
  /** `down`: refuses everything. `hangs`: takes, and keeps the answer. */
  mode: 'up' | 'down' | 'hangs'
  /** Answers what was kept. */
  release: () => void
  /** Waits for a call that is like this. */
  call: (like: (seen: Seen) => boolean) => Promise<Seen>
  /** Queues so many more lanes of an order, a shipment and a refund each. */
  queue: (lanes: number) => Promise<void>
  /** So many lanes were queued. */
  lanes: number
  /** Waits until no delivery is open. */
  emptied: () => Promise<void>
  /** Starts a runner and waits until it works. */
  start: (host?: string) => Promise<ChildProcess>
}

const kinds = [
  ['shop', 'orders'],
  ['warehouse', 'shipments'],
  ['warehouse', 'refunds'],
] as const

/** Without `storeUrl` on an embedded store. */
export async function openDock(storeUrl?: string): Promise<Dock> {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-dock-'))
  const calls = new EventEmitter<{ seen: [Seen] }>()
  const kept: ServerResponse[] = []
  const taken = new Set<string>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const process = Number(request.headers['x-process'])
      const url = new URL(request.url ?? '', 'http://dock')
      const told =
        request.method === 'POST'
          ? (JSON.parse(Buffer.concat(chunks).toString()) as { key: string; entity: Entity; id: string })
          : { key: url.searchParams.get('key') ?? '' }
      const answered = dock.mode !== 'down'
      const seen: Seen = {
        process,
        at: Date.now(),
        what: request.method === 'POST' ? 'take' : 'ask',
        ...told,
        answered,
      }
      dock.seen.push(seen)
      if (answered && seen.what === 'take') taken.add(seen.key)
      if (dock.mode === 'hangs') kept.push(response)
      else if (!answered) response.writeHead(503).end()
      else answer(response, seen)
      calls.emit('seen', seen)
    })
  }).listen(0, '127.0.0.1')
  const answer = (response: ServerResponse, seen?: Seen): void =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ taken: seen === undefined || taken.has(seen.key) }))
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const config = join(folder, 'kontor.yaml')
  const plugin = join(import.meta.dirname, 'dock-plugin.ts')
  writeFileSync(
    config,
    `store: ${storeUrl ?? './kontor.db'}
connections:
${['shop', 'warehouse', 'dock'].map((name) => `  ${name}: { plugin: ${plugin}, config: { account: ${name}, url: "${url}" } }`).join('\n')}
flows:
${kinds.map(([source, entity]) => `  - { entity: ${entity}, from: ${source}, to: dock, start: all }`).join('\n')}
`,
  )
  const store =
    storeUrl === undefined
      ? await openStore({ path: join(folder, 'kontor.db'), clock: systemClock })
      : await openServerStore({ url: storeUrl, clock: systemClock, key: undefined, connections: 2 })
  const children = new Set<ChildProcess>()
  const dock: Dock = {
    store,
    seen: [],
    mode: 'up',
    release: () => kept.splice(0).forEach((response) => answer(response)),
    async call(like) {
      const before = dock.seen.find(like)
      if (before) return before
      for (;;) {
        const [seen] = (await once(calls, 'seen')) as [Seen]
        if (like(seen)) return seen
      }
    },
    lanes: 0,
    async queue(lanes) {
      const until = dock.lanes + lanes
      for (let from = dock.lanes; from < until; from += 200)
        await store.write(async (tx) => {
          for (let lane = from; lane < Math.min(until, from + 200); lane++) await queueLane(tx, lane)
        })
      dock.lanes = until
    },
    async emptied() {
      while (
        await store.db.selectFrom('deliveries').select('id').where('state', '!=', 'done').limit(1).executeTakeFirst()
      )
        await pause(200)
    },
    async start(host) {
      const child = spawn(
        process.execPath,
        [
          '--conditions=@kontor/source',
          ...(host === undefined ? [] : ['--import', asOn(host)]),
          join(import.meta.dirname, '../kill/child.ts'),
          config,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      children.add(child)
      child.once('exit', () => children.delete(child))
      for await (const data of child.stdout) if (String(data).includes('started')) break
      return child
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) {
        child.kill('SIGCONT')
        child.kill('SIGKILL')
      }
      server.closeAllConnections()
      server.close()
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return dock
}

/** The process believes to be on another machine, and nobody here can tell whether it lives. */
const asOn = (host: string): string =>
  `data:text/javascript,${encodeURIComponent(`import os from 'node:os'; import { syncBuiltinESMExports } from 'node:module'; os.hostname = () => '${host}'; syncBuiltinESMExports()`)}`

async function queueLane(tx: Parameters<typeof setWish>[0], lane: number): Promise<void> {
  const now = systemClock.now()
  for (const [source, entity] of kinds.toReversed()) {
    const id = `${entity}-${lane}`
    const about = { entity: 'orders' as const, key: `shop/orders-${lane}` }
    const record =
      entity === 'orders'
        ? order(id)
        : entity === 'shipments'
          ? shipment(id, about)
          : { entity, id, about, amount: { amount: '1.00', currency: 'EUR' } }
    const common = { revision: 1, hash: `h-${id}` }
    await saveRecords(tx, [
      {
        connection: source,
        entity,
        id,
        ...common,
        version: null,
        asked_at: now,
        content: JSON.stringify(record),
        schema: 1,
        backfilled: 0,
        first_seen: now,
        updated_at: now,
        vanished_at: null,
      },
    ])
    await setWish(
      tx,
      {
        destination: 'dock',
        source,
        entity,
        id,
        flow: `${entity}:${source}>dock`,
        lane: `shop/orders-${lane}`,
        ...common,
        key: `k-${id}`,
        backfill: false,
        dueAt: now,
      },
      undefined,
      now,
    )
  }
}

/** What went wrong, by the dock's own log: lost, doubled, or out of the order of its lane. */
export function verdict({ seen, lanes }: Pick<Dock, 'seen' | 'lanes'>): string[] {
  const wrong: string[] = []
  const effects = seen.filter(({ what, answered }) => what === 'take' && answered)
  const next = new Map<string, number>()
  for (const { entity, id } of effects) {
    const lane = id?.split('-')[1] ?? ''
    const rank = kinds.findIndex(([, each]) => each === entity)
    if (rank !== (next.get(lane) ?? 0)) wrong.push(`${entity} of lane ${lane} came as number ${next.get(lane) ?? 0}`)
    next.set(lane, rank + 1)
  }
  for (let lane = 0; lane < lanes; lane++)
    if (next.get(String(lane)) !== kinds.length) wrong.push(`lane ${lane} ended with ${next.get(String(lane)) ?? 0}`)
  if (effects.length !== lanes * kinds.length) wrong.push(`${effects.length} effects of ${lanes * kinds.length}`)
  return wrong
}
