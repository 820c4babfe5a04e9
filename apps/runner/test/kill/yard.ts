import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { amazon } from '@kontor/plugin-amazon'
import { backMarket } from '@kontor/plugin-backmarket'
import { startWarehouse, type Warehouse } from '@kontor/plugin-file/simulator'
import { asSimulator, createClock, type RunningSimulator } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { demoConfig, demoSecrets } from '../../src/demo/demo-config.ts'
import { mainToken } from '../../src/demo/demo-systems.ts'
import { openServerStore, openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { listDeliveries } from '../../src/store/queries.ts'
import { splitKey } from '../../src/store/records.ts'
import { readStatus } from '../../src/store/status.ts'

/** A marketplace, a warehouse that takes files away, and a runner between them that is killed and started again. */
export interface Yard extends AsyncDisposable {
  folder: string
  config: string
  /** Starts the runner; it may be told to kill itself at a commit. */
  start: (...kill: string[]) => ChildProcess
  /** Waits until a runner has begun its work; fails with what it printed where it has ended instead. */
  begun: (child: ChildProcess) => Promise<void>
  /** Waits until a runner has ended; answers what it printed. */
  ended: (child: ChildProcess) => Promise<string>
  /** Runs until nothing is on its way any more, then ends in order: the runner given, or a new one. */
  finish: (child?: ChildProcess) => Promise<void>
  /** What went wrong, by the books of those who cannot be fooled. Empty: nothing lost, nothing doubled, nothing stranded. */
  verdict: () => Promise<string[]>
  shipped: () => number
  /** One more order comes in. */
  place: () => void
  simulator: RunningSimulator<unknown>
}

/** A marketplace of the yard. */
interface Marketplace {
  plugin: { simulator?: () => Promise<{ simulator: unknown }> }
  switches: (orders: number) => Record<string, unknown>
  /** The limits of the system are not the subject here; they would only make the test wait. */
  limits: Readonly<Record<string, object>>
  /** What happens once at each order, by the words of its simulator. */
  once: readonly string[]
  shipped: string
  /** Pieces of an order that are still to be shipped there. */
  open: (world: unknown, id: string) => number
}

const AmazonWorld = z.object({
  orders: z.map(z.string(), z.object({ lines: z.array(z.object({ quantity: z.number(), shipped: z.number() })) })),
})

const marketplaces = {
  shop: {
    plugin: backMarket,
    switches: (orders) => ({ orders, token: mainToken, ordersPerHour: 0, odd: false, days: 2 }),
    limits: { requests: { burst: 100_000 } },
    once: ['order-shipped', 'order-accepted', 'imei-registered', 'serial-registered'],
    shipped: 'order-shipped',
    // It ships whole orders or none.
    open: () => 0,
  },
  amazon: {
    plugin: amazon,
    switches: (orders) => ({ orders, plainOrders: true, searchOrdersRate: 10 }),
    limits: { searchOrders: { per: '1s' } },
    once: ['shipment'],
    shipped: 'shipment',
    open: (world, id) =>
      (AmazonWorld.parse(world).orders.get(id)?.lines ?? []).reduce(
        (sum, { quantity, shipped }) => sum + quantity - shipped,
        0,
      ),
  },
} as const satisfies Record<string, Marketplace>

export interface YardOptions {
  orders: number
  seed: number
  /** Default: `shop`. */
  marketplace?: keyof typeof marketplaces
  /** How many times as fast time goes, for the marketplace, the warehouse and the runner. Default 1. */
  rate?: number
  storeUrl?: string
  /** How the test itself looks into the store, where the runner goes another way that is cut at times. */
  viewUrl?: string
  /** Folder of the embedded store, where it is another than that of the config. */
  storeFolder?: string
  environment?: Readonly<Record<string, string>>
  /** How long `finish` waits for the last delivery, in milliseconds. */
  patienceMs?: number
}

export async function createYard(options: YardOptions): Promise<Yard> {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-kill-'))
  const place = options.marketplace ?? 'shop'
  const marketplace: Marketplace = marketplaces[place]
  const { rate = 1 } = options
  const clock = createClock({ rate })
  const loaded = await marketplace.plugin.simulator?.()
  const simulator = await asSimulator(loaded?.simulator).start({
    seed: options.seed,
    clock,
    options: marketplace.switches(options.orders),
  })
  for (const limit of ['all', 'orders', 'requests', 'ordinary']) {
    try {
      simulator.limits.change(limit, { limit: 1_000_000 })
    } catch {
      continue
    }
  }
  let expected = options.orders
  const config = join(folder, 'kontor.yaml')
  mkdirSync(join(folder, 'warehouse'))
  const text = demoConfig(
    { [place]: simulator.url },
    {
      ...(options.storeUrl === undefined
        ? options.storeFolder === undefined
          ? {}
          : { store: join(options.storeFolder, 'kontor.db') }
        : { store: options.storeUrl }),
      connection: { every: '1s', limits: marketplace.limits },
    },
  )
  writeFileSync(config, text)
  writeFileSync(join(folder, '.env'), demoSecrets())
  const warehouse: Warehouse = startWarehouse({ folder: join(folder, 'warehouse'), pace: 5, clock })
  const children = new Set<ChildProcess>()
  const output = new WeakMap<ChildProcess, string[]>()

  const fast = (): Record<string, string> =>
    rate === 1 ? {} : { KONTOR_TEST_TIME: `${rate} ${Date.now()} ${clock.now()}` }
  const start = (...kill: string[]): ChildProcess => {
    const child = spawn(
      process.execPath,
      ['--conditions=@kontor/source', join(import.meta.dirname, 'child.ts'), config, ...kill],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...fast(), ...options.environment } },
    )
    const lines: string[] = []
    output.set(child, lines)
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => lines.push(data.toString()))
    children.add(child)
    child.once('exit', () => children.delete(child))
    return child
  }
  const begun = async (child: ChildProcess): Promise<void> => {
    const said = (): string => (output.get(child) ?? []).join('')
    while (!said().includes('started\n')) {
      if (child.exitCode !== null) throw new Error(`the runner ended at its start: ${said()}`)
      await pause(50)
    }
  }
  const ended = async (child: ChildProcess): Promise<string> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return (output.get(child) ?? []).join('')
  }
  const openView = (): Promise<Store> =>
    options.storeUrl === undefined
      ? openStore({ path: join(options.storeFolder ?? folder, 'kontor.db'), clock })
      : openServerStore({
          url: options.viewUrl ?? options.storeUrl,
          clock,
          key: undefined,
          connections: 2,
        })
  const view = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
    const store = await openView()
    try {
      return await work(store)
    } finally {
      await store.close()
    }
  }
  const onTheWay = () =>
    view(async (store) => {
      const open = (await listDeliveries(store, { limit: 100_000 })).filter(
        (each) => ['pending', 'sent', 'held'].includes(each.state) || each.inDoubt,
      )
      const status = await readStatus(store)
      const known = status.connections.find(({ name }) => name === place)?.records['orders'] ?? 0
      const told = new Set(
        (await listDeliveries(store, { entity: 'shipments', limit: 100_000 })).map(({ lane }) => lane),
      )
      const packed = new Set(
        warehouse.truth.effects
          .filter(({ what }) => what === 'pieces-shipped')
          .map(({ key }) => key.split(' ')[0] ?? ''),
      )
      return open.length + Math.max(0, expected - known) + [...packed].filter((key) => !told.has(key)).length
    })
  /** For a test that fails: what the first of them wait for. */
  const openOnes = () =>
    view(async (store) =>
      JSON.stringify((await listDeliveries(store, { state: 'open', limit: 100_000 })).slice(0, 5), null, 1),
    )
  return {
    folder,
    config,
    start,
    begun,
    ended,
    async finish(child = start()) {
      const deadline = Date.now() + (options.patienceMs ?? 60_000)
      let calm = 0
      while (calm < 4 && Date.now() < deadline) {
        await pause(500)
        await warehouse.idle()
        calm = (await onTheWay()) === 0 ? calm + 1 : 0
      }
      child.kill('SIGTERM')
      await ended(child)
      if (calm < 4)
        throw new Error(
          `the loop did not close in time: ${await onTheWay()} on the way. ${await openOnes()} ${(output.get(child) ?? []).join('')}`,
        )
    },
    place() {
      simulator.act('place-order', {})
      expected++
    },
    shipped: () => simulator.truth.count(marketplace.shipped),
    simulator,
    async verdict() {
      const wrong = marketplace.once.flatMap((what) =>
        simulator.truth.doubled(what).map((key) => `${what} twice: ${key}`),
      )
      const keys = (what: string) =>
        warehouse.truth.effects.filter((effect) => effect.what === what).map(({ key }) => key)
      for (const what of ['revision-taken', 'pieces-shipped']) {
        const all = keys(what)
        wrong.push(
          ...new Set(all.filter((key, index) => all.indexOf(key) !== index).map((key) => `${what} twice: ${key}`)),
        )
      }
      return await view(async (store) => {
        const deliveries = await listDeliveries(store, { limit: 100_000 })
        const unreasoned = deliveries.filter(
          (each) => !['done', 'skipped'].includes(each.state) && each.error === undefined,
        )
        wrong.push(
          ...unreasoned.map(
            (each) => `stranded without a reason: ${each.entity} ${each.record} at ${each.destination} (${each.state})`,
          ),
        )
        const confirmed = new Set(
          deliveries.filter((each) => each.entity === 'shipments' && each.state === 'done').map(({ lane }) => lane),
        )
        const packed = new Set(keys('pieces-shipped').map((key) => key.split(' ')[0] ?? ''))
        const refused = new Set(
          deliveries.filter((each) => each.entity === 'shipments' && each.state === 'refused').map(({ lane }) => lane),
        )
        wrong.push(
          ...[...packed]
            .filter((key) => !confirmed.has(key) && !refused.has(key))
            .map((key) => `packed and never told: ${key}`),
        )
        if (confirmed.size !== simulator.truth.count(marketplace.shipped))
          wrong.push(`${confirmed.size} confirmed here, ${simulator.truth.count(marketplace.shipped)} shipped there`)
        for (const lane of confirmed) {
          const id = (splitKey(lane) ?? { id: lane }).id
          const left = marketplace.open(simulator.world, id)
          if (left > 0) wrong.push(`confirmed here, and ${left} pieces of it are still to be shipped there: ${lane}`)
        }
        const delivered = new Set(
          deliveries.filter((each) => each.entity === 'orders' && each.state === 'done').map(({ record }) => record),
        )
        const taken = new Set(keys('order-taken'))
        wrong.push(
          ...[...delivered]
            .filter((key) => !taken.has(key))
            .map((key) => `delivered and never seen in the warehouse: ${key}`),
        )
        return wrong
      })
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL')
      await warehouse.close()
      await simulator.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
