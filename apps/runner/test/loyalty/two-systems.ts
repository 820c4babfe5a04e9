import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plugin } from '@kontor/core'
import { asSimulator, type SimulatorClock } from '@kontor/testkit/simulator'
import { stringify } from 'yaml'
import { z } from 'zod'

/** Plugins are met as the runner meets them: by a name that a config says. */
async function simulatorOf(name: string): Promise<ReturnType<typeof asSimulator>> {
  const module: unknown = await import(name)
  const plugin = z
    .object({ default: z.custom<Plugin>((value) => typeof value === 'object' && value !== null) })
    .parse(module).default
  return asSimulator(z.object({ simulator: z.unknown() }).parse(await plugin.simulator?.()).simulator)
}
const shopKit = await simulatorOf('@kontor/plugin-bigcommerce')
const pointsKit = await simulatorOf('@kontor/plugin-loyalty')

const Said = z.object({ config: z.string(), credentials: z.string() })
const Made = z.object({ id: z.number() })
const Rewards = z.object({ rewards: z.array(z.object({ uuid: z.string(), cost: z.number() })) })

/** The connection a simulator says it wants: `config: {...}, credentials: {...}`. */
function connectionOf(describes: string): { config: Record<string, string>; credentials: Record<string, string> } {
  const found = /config: \{ (?<config>[^}]*) \}, credentials: \{ (?<credentials>[^}]*) \}/.exec(describes)
  const { config, credentials } = Said.parse(found?.groups)
  const read = (text: string): Record<string, string> =>
    Object.fromEntries(
      text
        .split(', ')
        .map((pair) => [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 2).replaceAll('"', '')]),
    )
  return { config: read(config), credentials: read(credentials) }
}

const ledgerConfig = (url: string): object => ({ provider: 'webhook-ledger', url: `${url}/ledger` })

export type TwoSystems = Awaited<ReturnType<typeof openTwoSystems>>

export interface TwoSystemsSettings {
  clock: SimulatorClock
  rules?: Record<string, unknown>
  shopOptions?: Record<string, unknown>
  programmeOptions?: Record<string, unknown>
  /** Of the points connection, on top of what the simulator says. */
  programmeConfig?: Record<string, unknown>
  /** A merchant's own ledger in place of the programme. */
  ownLedger?: boolean
}

/** A simulated shop and a simulated programme in one time, and a folder with the config of a runner between them. */
export async function openTwoSystems(settings: TwoSystemsSettings) {
  const { clock, rules = {} } = settings
  const shop = await shopKit.start({ clock, options: { orders: 0, quota: 1_000_000, ...settings.shopOptions } })
  const programme = await pointsKit.start({ clock, options: { perSecond: 10_000, ...settings.programmeOptions } })
  const folder = mkdtempSync(join(tmpdir(), 'kontor-loyalty-'))
  const file = join(folder, 'kontor.yaml')
  const secrets: string[] = []
  const connection = (plugin: string, describes: string, more: Record<string, unknown> = {}): object => {
    const { config, credentials } = connectionOf(describes)
    const references = Object.entries(credentials).map(([key, value]) => {
      const variable = `${plugin}_${key}`.toUpperCase().replaceAll('-', '_')
      secrets.push(`${variable}=${value}\n`)
      return [key, `\${env:${variable}}`]
    })
    // The limits of the systems are not the subject here; they would only make the test wait.
    return {
      plugin: `@kontor/plugin-${plugin}`,
      config: { ...config, ...more },
      credentials: Object.fromEntries(references),
      limits: { api: { burst: 100_000 } },
      every: '1s',
      linger: '0s',
    }
  }
  const config = {
    store: './kontor.db',
    connections: {
      shop: connection('bigcommerce', shop.describe()),
      points: settings.ownLedger
        ? { ...connection('loyalty', programme.describe()), config: ledgerConfig(programme.url) }
        : connection('loyalty', programme.describe(), settings.programmeConfig),
    },
    flows: [{ loyalty: { shop: 'shop', provider: 'points', ...rules } }],
  }
  writeFileSync(file, stringify(config))
  writeFileSync(join(folder, '.env'), secrets.join(''), { mode: 0o600 })

  /** By what the programme has really booked. */
  const booked = (contact?: string): number =>
    programme.truth.effects
      .filter(({ what }) => what === 'credit_reception' || what === 'reward_reception')
      .map(({ detail }) => z.object({ credits: z.number(), contact: z.string() }).parse(detail))
      .filter((each) => contact === undefined || each.contact === contact)
      .reduce((sum, { credits }) => sum + credits, 0)

  return {
    clock,
    shop,
    programme,
    folder,
    /** The config file, and what it says: to be written again with a change. */
    file,
    config,
    place: (given: object = {}): number =>
      Made.parse(
        shop.act('place-order', {
          lines: [{ sku: 'SKU-1', quantity: 5 }],
          shipping: 500,
          email: 'erika.muster@example.com',
          ...given,
        }),
      ).id,
    refund: (order: number, given: object = {}): number => Made.parse(shop.act('refund', { order, ...given })).id,
    /** The merchant has edited an order; its lists do not tell. */
    changeCurrency(order: number, currency: string): void {
      const stored = z
        .object({ orders: z.instanceof(Map) })
        .parse(shop.world)
        .orders.get(order)
      Object.assign(z.custom<object>().parse(stored), { currency })
    },
    /** What a member has, or all of them. */
    balance: booked,
    rewards: () => Rewards.parse(programme.world).rewards,
    async [Symbol.asyncDispose]() {
      await shop.close()
      await programme.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
