import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '@kontor/core/host'
import { startWarehouse, type Warehouse } from '@kontor/plugin-file/simulator'
import { rakuten } from '@kontor/plugin-rakuten'
import { asSimulator } from '@kontor/testkit/simulator'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/open.ts'
import { listDeliveries, type DeliveryView } from '../../src/store/queries.ts'

/** A marketplace that answers a file with a ticket and works it off later, and a runner that is killed in between. */
class Market implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'kontor-ticket-'))
  readonly #children = new Set<ChildProcess>()
  readonly simulator: Awaited<ReturnType<Market['simulate']>>

  private constructor(simulator: Awaited<ReturnType<Market['simulate']>>) {
    this.simulator = simulator
  }

  static async open(switches: Record<string, unknown>): Promise<Market> {
    const simulator = await Market.prototype.simulate(switches)
    const market = new Market(simulator)
    const { folder } = market
    for (const entity of ['stock', 'prices', 'shipments', 'decisions', 'orders'])
      mkdirSync(join(folder, 'warehouse', entity), { recursive: true })
    const connection = {
      plugin: '@kontor/plugin-rakuten',
      config: { login: 'muster-shop', baseUrl: simulator.url },
      credentials: { token: '${env:TOKEN}' },
      limits: { calls: { burst: 1000 }, quota: { burst: 100_000 } },
      linger: '0s',
    }
    const config = {
      connections: {
        market: connection,
        warehouse: { plugin: '@kontor/plugin-file', config: { folder: './warehouse' }, linger: '0s', every: '1s' },
      },
      flows: [
        { entity: 'orders', from: 'market', to: 'warehouse', start: 'all', every: '3s' },
        { entity: 'shipments', from: 'warehouse', to: 'origin' },
        { entity: 'stock', from: 'warehouse', to: 'market' },
        { entity: 'prices', from: 'warehouse', to: 'market' },
      ],
      decide: { market: { accept: 'auto' } },
    }
    writeFileSync(join(folder, 'kontor.yaml'), JSON.stringify(config))
    writeFileSync(join(folder, '.env'), 'TOKEN=simulated-token-1\n')
    return market
  }

  async simulate(switches: Record<string, unknown>) {
    return await asSimulator((await rakuten.simulator?.())?.simulator).start({
      seed: 5,
      options: { quotaPerHour: 100_000, ...switches },
    })
  }

  tell(entity: string, rows: string): void {
    // Written beside and moved in, as a warehouse does: half a file is no file.
    writeFileSync(join(this.folder, 'warehouse', entity, `told-${Date.now()}.csv`), rows)
  }

  start(...kill: string[]): ChildProcess {
    const child = spawn(
      process.execPath,
      ['--conditions=@kontor/source', join(import.meta.dirname, 'child.ts'), join(this.folder, 'kontor.yaml'), ...kill],
      { stdio: 'ignore' },
    )
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
    return child
  }

  async kill(child: ChildProcess): Promise<void> {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }

  async deliveries(): Promise<DeliveryView[]> {
    const store = await openStore({ path: join(this.folder, 'kontor.db'), clock: systemClock })
    try {
      return await listDeliveries(store, { destination: 'market', limit: 10_000 })
    } finally {
      await store.close()
    }
  }

  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 120_000
    while (!(await holds())) {
      if (Date.now() > deadline)
        throw new Error(
          `did not come to pass: ${what}. ${(await this.deliveries())
            .filter(({ state }) => state !== 'done')
            .map(({ entity, record, state, error }) => `${entity} ${record} ${state} ${error?.message ?? ''}`)
            .join('\n')}`,
        )
      await pause(200)
    }
  }

  asked(action: string): number {
    return this.simulator.exchanges.all.filter(({ query }) => new URLSearchParams(query).get('action') === action)
      .length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL')
    await this.simulator.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

const all = (deliveries: readonly DeliveryView[], entity: string, state: string, count: number): boolean =>
  deliveries.filter((each) => each.entity === entity && each.state === state).length === count

const long = process.env['KONTOR_FAULTS'] === 'long'

describe('a runner that is killed between a file and its report', () => {
  it('asks for the report of the ticket it kept, and sends no second file', { timeout: 300_000 }, async () => {
    await using market = await Market.open({ sales: 0, importAfterMs: 8000 })
    for (const sku of ['A', 'B', 'C']) market.simulator.act('create-advert', { sku })
    market.tell('stock', 'sku,available\nA,41\nB,42\nC,43\nNOWHERE,1\n')
    const first = market.start()
    await market.until('the file is sent and its ticket kept', async () =>
      all(await market.deliveries(), 'stock', 'sent', 4),
    )
    await market.kill(first)
    expect([market.simulator.truth.count('file-taken'), market.asked('genericimportreport')]).toEqual([1, 0])
    // Once more while it is worked off, and once before it could have been asked about.
    await market.kill(await alive(market.start()))
    const last = market.start()
    await market.until('the report is read', async () => all(await market.deliveries(), 'stock', 'done', 3))
    await market.kill(last)
    expect(all(await market.deliveries(), 'stock', 'refused', 1)).toBe(true)
    expect(market.simulator.truth.count('file-taken')).toBe(1)
    expect(market.simulator.truth.doubled('stock-set')).toEqual([])
    expect([...market.simulator.truth.byKey('stock-set').keys()].toSorted()).toEqual(['A=41', 'B=42', 'C=43'])
  })

  it('finds out what became of a shipping file, and confirms nothing twice', { timeout: 300_000 }, async () => {
    await using market = await Market.open({ sales: 12, accepted: 1, shippedAfterMs: 6000 })
    await using warehouse = startWarehouse({ folder: join(market.folder, 'warehouse'), pace: 5, carrier: 'Colissimo' })
    const first = market.start()
    await market.until('a shipping file is taken', () => market.asked('importitemshippingstatus') > 0)
    await market.until('its ticket is kept', async () =>
      (await market.deliveries()).some((each) => each.entity === 'shipments' && each.state === 'sent'),
    )
    await market.kill(first)
    const before = market.simulator.truth.count('unit-shipped')
    expect(before).toBeGreaterThan(0)
    const last = market.start()
    await market.until('all that was packed is confirmed', async () => {
      const shipments = (await market.deliveries()).filter((each) => each.entity === 'shipments')
      const packed = packedIn(warehouse)
      return packed.size > 5 && toldOf(shipments, packed) && shipments.every((each) => each.state === 'done')
    })
    await market.kill(last)
    expect(market.simulator.truth.doubled('unit-shipped')).toEqual([])
    expect(market.simulator.truth.count('tracking-corrected')).toBe(0)
  })

  it(
    'and killed at random instants of the whole loop: accepts and ships each unit once',
    { timeout: 400_000 },
    async () => {
      await using market = await Market.open({ sales: 30, accepted: 0.3, shippedAfterMs: 1500, importAfterMs: 2000 })
      await using warehouse = startWarehouse({
        folder: join(market.folder, 'warehouse'),
        pace: 20,
        carrier: 'Colissimo',
      })
      market.tell('prices', 'sku,price,currency,taxIncluded\nSKU-001,33.10,EUR,true\nSKU-002,34.20,EUR,true\n')
      for (let round = 0; round < (long ? 20 : 5); round++) {
        const child = await alive(market.start())
        await pause(Math.random() * 2500)
        await market.kill(child)
      }
      const last = market.start()
      await market.until('everything is settled', async () => {
        const found = await market.deliveries()
        const shipments = found.filter((each) => each.entity === 'shipments')
        const packed = packedIn(warehouse)
        return (
          packed.size > 15 &&
          toldOf(shipments, packed) &&
          found.every((each) => each.state === 'done' || (each.entity === 'decisions' && each.state === 'refused'))
        )
      })
      await market.kill(last)
      const { truth } = market.simulator
      for (const what of ['unit-accepted', 'unit-shipped', 'price-set', 'unit-refused', 'unit-cancelled'])
        expect([what, truth.doubled(what)]).toEqual([what, []])
      expect(truth.count('tracking-corrected')).toBe(0)
    },
  )
})

/** The orders a warehouse has packed; and whether something was told of each. */
const packedIn = ({ truth }: Warehouse): ReadonlySet<string> =>
  new Set(truth.effects.filter(({ what }) => what === 'pieces-shipped').map(({ key }) => key.split(' ')[0] ?? ''))
const toldOf = (shipments: readonly DeliveryView[], packed: ReadonlySet<string>): boolean =>
  [...packed].every((key) => shipments.some(({ lane }) => lane === key))

/** Lets it begin its work. */
async function alive(child: ChildProcess): Promise<ChildProcess> {
  await pause(1800)
  return child
}
