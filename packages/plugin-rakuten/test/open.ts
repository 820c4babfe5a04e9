import { mergeStatements, toInstant, type Delivery, type Order, type Page, type RecordOf, type Ref } from '@kontor/core'
import { connect, type ConnectOptions } from '@kontor/core/host'
import type { RunningSimulator, StartSettings } from '@kontor/testkit/simulator'
import plugin from '../src/index.ts'
import type { RakutenConfig } from '../src/index.ts'
import type { OrdersCheckpoint } from '../src/readers/index.ts'
import { simulator, type RakutenOptions, type RakutenWorld, type Sale, type SaleWish } from '../src/simulator/index.ts'

export type System = RunningSimulator<RakutenWorld, RakutenOptions>

/** A Tuesday in May, 11:20 in Paris. */
const start = '2026-05-05T09:20:00Z'
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

type OrdersPage = Page<'orders', OrdersCheckpoint>

/** Everything a reading yields. */
export async function readAll(shop: Shop, checkpoint?: OrdersCheckpoint) {
  const pages: OrdersPage[] = []
  const request = { since: toInstant(Date.parse(since)), signal, ...(checkpoint === undefined ? {} : { checkpoint }) }
  for await (const page of shop.readers.orders.read(request)) pages.push(page)
  const orders = new Map<string, Order>()
  for (const order of pages.flatMap((page) => page.records)) {
    const before = orders.get(order.id)
    orders.set(order.id, before === undefined ? order : mergeStatements(before, order))
  }
  return {
    pages,
    orders,
    look: pages.flatMap((page) => page.look ?? []),
    rejected: pages.flatMap((page) => page.rejected ?? []),
    checkpoint: pages.at(-1)?.checkpoint,
  }
}

/** One sale as the reader tells it, with its details. */
export async function orderOf(shop: Shop, sale: { purchaseId: string }): Promise<Order> {
  const { orders } = await readAll(shop)
  return must(orders.get(sale.purchaseId))
}

export function must<T>(thing: T | undefined | null): T {
  if (thing === undefined || thing === null) throw new RangeError('it is not there')
  return thing
}

export async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of list) found.push(one)
  return found
}

export const place = (system: System, wish: SaleWish = {}): Sale =>
  system.act('place-sale', { soldAt: system.clock.now() - 2 * 3_600_000, kind: 'tracked', ...wish }) as Sale

let count = 0
export function deliver<E extends 'decisions' | 'shipments' | 'refunds' | 'stock' | 'prices'>(
  record: RecordOf<E>,
  more: Partial<Delivery<E>> = {},
): Delivery<E> {
  count += 1
  return { key: count.toString(16).padStart(32, '0'), name: `warehouse/${record.id}`, record, ...more }
}

export const calls = (system: System, action: string) =>
  system.exchanges.all.filter(({ query }) => new URLSearchParams(query).get('action') === action)

/** The optional parts of readers and writers, which this plugin has. */
export const fetchOrders = (shop: Shop, refs: readonly Ref[]) => all(must(shop.readers.orders.fetch?.(refs, signal)))
export const readBackOrders = (shop: Shop, batch: readonly Delivery<'decisions' | 'shipments'>[]) =>
  all(must(shop.writers.orders.readBack?.(batch, signal)))
export const readBackOffers = (shop: Shop, batch: readonly Delivery<'stock' | 'prices'>[]) =>
  all(must(shop.writers.offers.readBack?.(batch, signal)))

/** The action a request asks for. */
export const actionOf = (url: string | URL | Request): string | null =>
  new URL(url instanceof Request ? url.url : url).searchParams.get('action')
