import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KontorError, type Clock, type Log } from '@kontor/core'
import { asSimulator } from '@kontor/testkit/simulator'
import { readConfig, createSecretSource, type PluginLoader } from '../config/index.ts'
import { openConfiguredStore } from '../engine/open-engine.ts'
import { runForever } from '../engine/runner.ts'
import { listDeliveries, readStatus, traceOrder } from '../store/queries.ts'
import type { Store } from '../store/store.ts'
import { demoConfig, demoPackages } from './demo-config.ts'
import { startDemoWarehouse, type DemoWarehouse } from './demo-warehouse.ts'

export interface DemoOptions {
  loadPlugin: PluginLoader
  clock: Clock
  log: Log
  mask: (secrets: readonly string[]) => void
  signal: AbortSignal
  orders: number
  /** Ends the demo, closed loop or not. */
  limitMs: number
  /** One line of progress, a few times a second. */
  progress: (line: DemoCounts) => void
}

/** The same orders, counted in three places that know nothing of each other. */
export interface DemoCounts {
  /** At the marketplace: orders it holds, lines it saw accepted, orders it saw shipped. */
  shop: { orders: number; accepted: number; shipped: number }
  /** In Kontor's store: orders known, those delivered to the warehouse, shipments confirmed, refused (for a person to see), still on their way. */
  kontor: { orders: number; delivered: number; confirmed: number; refused: number; open: number }
  /** In the warehouse: order files taken away, parcels shipped. */
  warehouse: { taken: number; shipped: number }
  elapsedMs: number
}

export interface DemoResult {
  counts: DemoCounts
  /** What the marketplace or the warehouse saw twice. Empty, or the demo has failed. */
  doubled: readonly string[]
  /** Whether every order that could be shipped was shipped and confirmed. */
  closed: boolean
  folder: string
  config: string
  simulator: string
  example: { key: string; steps: readonly string[] } | undefined
}

const token = 'ZGVtbzpCTVQtMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA=='

/** The main job on real parts: a marketplace over HTTP, the real runner with the real store, and a warehouse that works on files. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-demo-'))
  const plugin = await options.loadPlugin(demoPackages.shop, folder)
  const loaded = await plugin.simulator?.()
  if (!loaded) throw new KontorError('INTERNAL', { message: `Plugin ${plugin.id} brings no simulator to show.` })
  await using simulator = await asSimulator(loaded.simulator).start({
    seed: 1,
    options: { orders: options.orders, token },
  })
  const file = join(folder, 'kontor.yaml')
  mkdirSync(join(folder, 'warehouse'), { recursive: true })
  writeFileSync(file, demoConfig(simulator.url))
  writeFileSync(join(folder, '.env'), `DEMO_TOKEN=${token}\n`, { mode: 0o600 })
  const config = await readConfig(demoConfig(simulator.url), file, {
    loadPlugin: options.loadPlugin,
    secrets: createSecretSource({ folder }),
  })
  await using warehouse = await startDemoWarehouse(join(folder, 'warehouse'), options.clock)
  const view = await openConfiguredStore(config, options.clock)
  const stop = new AbortController()
  const started = options.clock.now()
  const running = runForever({
    config,
    clock: options.clock,
    log: options.log,
    mask: options.mask,
    signal: AbortSignal.any([options.signal, stop.signal]),
  })
  running.catch(() => stop.abort())
  try {
    let counts = await count(simulator, view, warehouse, 0)
    while (
      !stop.signal.aborted &&
      !options.signal.aborted &&
      options.clock.now() - started < options.limitMs &&
      !isClosed(counts)
    ) {
      await options.clock.sleep(300, options.signal).catch(() => undefined)
      counts = await count(simulator, view, warehouse, options.clock.now() - started)
      options.progress(counts)
    }
    stop.abort()
    await running
    const doubled = [
      ...simulator.truth.doubled('order-shipped'),
      ...simulator.truth.doubled('order-accepted'),
      ...warehouse.doubled(),
    ]
    return {
      counts,
      doubled,
      closed: isClosed(counts),
      folder,
      config: file,
      simulator: simulator.url,
      example: await example(view),
    }
  } finally {
    stop.abort()
    await view.close()
  }
}

/** Nothing is on its way any more, and what the three sides count agrees: each parcel is confirmed once, or refused with a reason to read. */
const isClosed = ({ shop, kontor, warehouse }: DemoCounts): boolean =>
  kontor.confirmed > 0 &&
  kontor.open === 0 &&
  kontor.orders >= shop.orders &&
  warehouse.taken === kontor.delivered &&
  warehouse.shipped === kontor.confirmed + kontor.refused &&
  shop.shipped === kontor.confirmed

interface Simulated {
  url: string
  truth: { count(what: string): number; doubled(what: string): readonly string[] }
  world: unknown
}

async function count(
  simulator: Simulated,
  store: Store,
  warehouse: DemoWarehouse,
  elapsedMs: number,
): Promise<DemoCounts> {
  const status = await readStatus(store)
  const of = (destination: string, entity: string) =>
    status.deliveries.find((each) => each.destination === destination && each.entity === entity)?.counts ?? {}
  const orders = of('warehouse', 'orders')
  const open = status.deliveries.reduce(
    (sum, each) => sum + (each.counts.held ?? 0) + (each.counts.pending ?? 0) + (each.counts.sent ?? 0),
    0,
  )
  const shipments = of('shop', 'shipments')
  return {
    shop: {
      orders: sizeOf(simulator.world),
      accepted: simulator.truth.count('order-accepted'),
      shipped: simulator.truth.count('order-shipped'),
    },
    kontor: {
      orders: status.connections.find(({ name }) => name === 'shop')?.records['orders'] ?? 0,
      delivered: orders.done ?? 0,
      confirmed: shipments.done ?? 0,
      refused: (shipments.refused ?? 0) + (shipments.parked ?? 0),
      open,
    },
    warehouse: { taken: warehouse.taken(), shipped: warehouse.shipped() },
    elapsedMs,
  }
}

/** How many orders a simulated shop holds; what its world is made of is its own affair. */
function sizeOf(world: unknown): number {
  const orders = typeof world === 'object' && world !== null && 'orders' in world ? world.orders : undefined
  return orders instanceof Map ? orders.size : Array.isArray(orders) ? orders.length : 0
}

/** The way of one order, for people who want to see it. */
async function example(store: Store): Promise<DemoResult['example']> {
  const [confirmed] = await listDeliveries(store, { destination: 'shop', entity: 'shipments', state: 'done', limit: 1 })
  if (!confirmed) return undefined
  const { deliveries } = await traceOrder(store, confirmed.lane)
  return {
    key: confirmed.lane,
    steps: deliveries
      .toSorted((a, b) => a.createdAt - b.createdAt)
      .map((each) => `${each.entity} from ${each.record.split('/')[0]} to ${each.destination}: ${each.state}`),
  }
}
