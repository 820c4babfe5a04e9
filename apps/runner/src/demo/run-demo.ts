import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KontorError, type Clock, type Log } from '@kontor/core'
import { asSimulator } from '@kontor/testkit/simulator'
import { readConfig, createSecretSource, type PluginLoader } from '../config/index.ts'
import { openConfiguredStore } from '../engine/open-engine.ts'
import { runForever } from '../engine/runner.ts'
import { listDeliveries, traceOrder } from '../store/queries.ts'
import { readStatus } from '../store/status.ts'
import type { Store } from '../store/store.ts'
import { demoConfig, demoSecrets } from './demo-config.ts'
import { demoSystems, mainSystem, type DemoSystem } from './demo-systems.ts'
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

/** The same things, counted in places that know nothing of each other. */
export interface DemoCounts {
  /** At the marketplace whose simulator counts whole orders: how many it saw shipped. */
  shop: { shipped: number }
  /** In Kontor's store: records known by connection, and what became of what was to be delivered. */
  kontor: {
    records: readonly { connection: string; entity: string; count: number }[]
    flows: readonly { to: string; entity: string; done: number; refused: number; open: number }[]
  }
  /** In the warehouse: order files taken away, orders packed, returns received. */
  warehouse: { taken: number; shipped: number; received: number }
  elapsedMs: number
}

export interface DemoResult {
  counts: DemoCounts
  /** What a simulator or the warehouse saw twice. Empty, or the demo has failed. */
  doubled: readonly string[]
  /** Whether every order that could be shipped was shipped and confirmed. */
  closed: boolean
  folder: string
  config: string
  simulators: readonly { title: string; url: string }[]
  example: { key: string; steps: readonly string[] } | undefined
}

type Running = Awaited<ReturnType<ReturnType<typeof asSimulator>['start']>>

/** The main job on real parts: marketplaces over HTTP, the real runner with the real store, and a warehouse that works on files. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-demo-'))
  await using simulators = new AsyncDisposableStack()
  const running = new Map<DemoSystem, Running>()
  for (const system of demoSystems) running.set(system, simulators.use(await startSystem(system, options, folder)))
  const text = demoConfig(Object.fromEntries([...running].map(([{ name }, { url }]) => [name, url])))
  const file = join(folder, 'kontor.yaml')
  mkdirSync(join(folder, 'warehouse'), { recursive: true })
  writeFileSync(file, text)
  writeFileSync(join(folder, '.env'), demoSecrets(), { mode: 0o600 })
  const config = await readConfig(text, file, {
    loadPlugin: options.loadPlugin,
    secrets: createSecretSource({ folder }),
  })
  await using warehouse = await startDemoWarehouse(join(folder, 'warehouse'), options.clock)
  const view = await openConfiguredStore(config, options.clock)
  const stop = new AbortController()
  const started = options.clock.now()
  const runner = runForever({
    config,
    clock: options.clock,
    log: options.log,
    mask: options.mask,
    signal: AbortSignal.any([options.signal, stop.signal]),
  })
  runner.catch(() => stop.abort())
  try {
    let counts = await count(running, view, warehouse, 0)
    // Eight times in a row: a file that was just written is read a moment later.
    for (
      let calm = 0;
      calm < 8 && !stop.signal.aborted && !options.signal.aborted && options.clock.now() - started < options.limitMs;
    ) {
      await options.clock.sleep(300, options.signal).catch(() => undefined)
      counts = await count(running, view, warehouse, options.clock.now() - started)
      calm = isClosed(counts) ? calm + 1 : 0
      options.progress(counts)
    }
    stop.abort()
    await runner
    const doubled = [...running].flatMap(([{ title, effects }, { truth }]) =>
      effects.flatMap((what) => truth.doubled(what).map((key) => `${title}: ${what} ${key}`)),
    )
    return {
      counts,
      doubled: [...doubled, ...warehouse.doubled()],
      closed: isClosed(counts),
      folder,
      config: file,
      simulators: [...running].map(([{ title }, { url }]) => ({ title, url })),
      example: await example(view),
    }
  } finally {
    stop.abort()
    await view.close()
  }
}

async function startSystem(system: DemoSystem, options: DemoOptions, folder: string): Promise<Running> {
  const plugin = await options.loadPlugin(system.package, folder)
  const loaded = await plugin.simulator?.()
  if (!loaded) throw new KontorError('INTERNAL', { message: `Plugin ${plugin.id} brings no simulator to show.` })
  return await asSimulator(loaded.simulator).start({ seed: 1, options: system.switches(options.orders) })
}

/** Nothing is on its way any more, and what the sides count agrees: each parcel is confirmed once, or refused with a reason to read. */
function isClosed({ shop, kontor, warehouse }: DemoCounts): boolean {
  const sum = (entity: string, what: 'done' | 'refused', to?: string): number =>
    kontor.flows
      .filter((flow) => flow.entity === entity && (to === undefined || flow.to === to))
      .reduce((total, flow) => total + flow[what], 0)
  return (
    sum('shipments', 'done') > 0 &&
    kontor.flows.every(({ open }) => open === 0) &&
    warehouse.taken === sum('orders', 'done', 'warehouse') &&
    warehouse.received === sum('returns', 'done', 'warehouse') &&
    warehouse.shipped === sum('shipments', 'done') + sum('shipments', 'refused') &&
    shop.shipped === sum('shipments', 'done', mainSystem)
  )
}

async function count(
  running: ReadonlyMap<DemoSystem, Running>,
  store: Store,
  warehouse: DemoWarehouse,
  elapsedMs: number,
): Promise<DemoCounts> {
  const status = await readStatus(store)
  return {
    shop: {
      shipped: [...running].reduce(
        (sum, [{ shipped }, { truth }]) => sum + (shipped === undefined ? 0 : truth.count(shipped)),
        0,
      ),
    },
    kontor: {
      records: status.connections.flatMap(({ name, records }) =>
        Object.entries(records).map(([entity, amount]) => ({ connection: name, entity, count: amount })),
      ),
      flows: status.deliveries.map(({ destination, entity, counts }) => ({
        to: destination,
        entity,
        done: counts.done ?? 0,
        refused: (counts.refused ?? 0) + (counts.parked ?? 0),
        open: (counts.held ?? 0) + (counts.pending ?? 0) + (counts.sent ?? 0),
      })),
    },
    warehouse: { taken: warehouse.taken(), shipped: warehouse.shipped(), received: warehouse.received() },
    elapsedMs,
  }
}

/** The way of one order, for people who want to see it. */
async function example(store: Store): Promise<DemoResult['example']> {
  const [confirmed] = await listDeliveries(store, {
    destination: mainSystem,
    entity: 'shipments',
    state: 'done',
    limit: 1,
  })
  if (!confirmed) return undefined
  const { deliveries } = await traceOrder(store, confirmed.lane)
  return {
    key: confirmed.lane,
    steps: deliveries
      .toSorted((a, b) => a.createdAt - b.createdAt)
      .map((each) => `${each.entity} from ${each.record.split('/')[0]} to ${each.destination}: ${each.state}`),
  }
}
