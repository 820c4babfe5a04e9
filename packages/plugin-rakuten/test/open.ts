import { connect, type ConnectOptions } from '@kontor/core/host'
import type { RunningSimulator, StartSettings } from '@kontor/testkit/simulator'
import plugin from '../src/index.ts'
import type { RakutenConfig } from '../src/index.ts'
import { simulator, type RakutenOptions, type RakutenWorld } from '../src/simulator/index.ts'

export type System = RunningSimulator<RakutenWorld, RakutenOptions>

/** A Tuesday in May, 11:20 in Paris. */
export const start = '2026-05-05T09:20:00Z'
export const since = '2026-01-01T00:00:00Z'
export const signal: AbortSignal = new AbortController().signal

export const startRakuten = (
  options: Partial<RakutenOptions> = {},
  settings: Omit<StartSettings<RakutenOptions>, 'options'> = {},
): Promise<System> =>
  simulator.start({ clock: { startsAt: start, rate: 'manual' }, keepExchanges: 'all', ...settings, options })

type Config = Partial<RakutenConfig>
type Extra = Partial<Omit<ConnectOptions, 'config' | 'credentials'>>

/** A connection to the simulator, in its time and without a limit per second. */
export const openRakuten = (
  system: System,
  config: Config = {},
  { token = system.options.token, ...extra }: Extra & { token?: string } = {},
) =>
  connect(plugin, {
    config: { login: system.options.login, baseUrl: system.url, ...config },
    credentials: { token },
    clock: { now: () => system.clock.now(), sleep: (ms, aborted) => system.clock.sleep(ms, aborted) },
    limits: { calls: { burst: 1000 }, quota: { burst: 100_000 } },
    ...extra,
  })
export type Shop = Awaited<ReturnType<typeof openRakuten>>

/** Everything a reading yields. */
export async function readAll(shop: Shop, from: unknown = undefined) {
  const pages = []
  for await (const page of shop.readers.orders.read({
    since,
    signal,
    ...(from === undefined ? {} : { checkpoint: from }),
  } as Parameters<typeof shop.readers.orders.read>[0]))
    pages.push(page)
  return {
    pages,
    orders: pages.flatMap((page) => page.records),
    look: pages.flatMap((page) => page.look ?? []),
    rejected: pages.flatMap((page) => page.rejected ?? []),
    checkpoint: pages.at(-1)?.checkpoint,
  }
}
