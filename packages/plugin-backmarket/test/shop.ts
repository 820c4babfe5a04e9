import type { Decision, Delivery, Entity, Order, Outcome, Page, RecordOf, Shipment } from '@kontor/core'
import { connect, type ConnectOptions } from '@kontor/core/host'
import type { z } from 'zod'
import backMarket, { BackMarketConfig } from '../src/index.ts'
import { simulator, type Options } from '../src/simulator/index.ts'

type Config = z.input<typeof BackMarketConfig>

export const startsAt = '2026-05-10T08:00:00Z'
/** Before everything a simulator's world holds. */
export const since = '2026-01-01T00:00:00Z'

export const config: Config = {
  region: 'eu',
  market: 'de-de',
  company: 'Muster',
  integration: 'Kontor',
  contactEmail: 'mail@example.com',
}

/** A simulator whose clock stands still, and a connection to it in the same time. Waiting costs nothing: `drive` jumps. */
export async function openShop(
  settings: {
    options?: Partial<Options>
    config?: Partial<Config>
    connect?: Omit<Partial<ConnectOptions>, 'config' | 'credentials'> & { credentials?: { token: string } }
    seed?: number
  } = {},
) {
  const market = await simulator.start({
    clock: { startsAt, rate: 'manual' },
    seed: settings.seed ?? 1,
    options: { orders: 0, ordersPerHour: 0, odd: false, backshipShare: 0, ...settings.options },
  })
  const calls: string[] = []
  const shop = await connect(backMarket, {
    config: { ...config, baseUrl: market.url, ...settings.config },
    credentials: { token: 'simulator-token' },
    clock: market.clock,
    ...settings.connect,
  })
  return {
    market,
    shop,
    calls,
    readAll: async (checkpoint?: { modified: string }) => {
      const pages = await market.drive(collect(shop.readers.orders.read({ since, checkpoint })))
      return { pages, ...gather(pages) }
    },
    /** Places an order that waits to be accepted, and answers it as the reader tells it. */
    place: async (
      input: { skus?: string[]; quantity?: number; market?: string; paid?: boolean } = {},
    ): Promise<Order> => {
      const id = String(market.act('place-order', { market: 'de-de', ...input }))
      const [intake] = await market.drive(collect(shop.readers.orders.fetch?.([{ entity: 'orders', id }]) ?? none()))
      const order = intake?.records[0]
      if (order === undefined) throw new Error(`order ${id} did not come`)
      return order
    },
    write: async (...deliveries: Delivery<'decisions' | 'shipments'>[]): Promise<Outcome[]> =>
      await market.drive(collect(shop.writers.orders.write(deliveries))),
    readBack: async (...deliveries: Delivery<'decisions' | 'shipments'>[]): Promise<Outcome[]> =>
      await market.drive(collect(shop.writers.orders.readBack?.(deliveries) ?? none())),
    [Symbol.asyncDispose]: async () => {
      await shop[Symbol.asyncDispose]()
      await market.close()
    },
  }
}
export type Shop = Awaited<ReturnType<typeof openShop>>

async function* none(): AsyncGenerator<never> {}

export async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const each of all) found.push(each)
  return found
}

export const gather = (pages: readonly Page<'orders', { modified: string }>[]) => ({
  records: pages.flatMap(({ records }) => records),
  rejected: pages.flatMap(({ rejected = [] }) => rejected),
  look: pages.flatMap(({ look = [] }) => look),
  checkpoint: pages.at(-1)?.checkpoint,
})

let deliveries = 0
export function delivery<E extends Entity>(record: RecordOf<E>, order?: Order): Delivery<E> {
  deliveries += 1
  return {
    key: deliveries.toString(16).padStart(32, '0'),
    name: `warehouse/${record.id}`,
    record,
    ...(order === undefined ? {} : { order }),
  }
}

export const decide = (
  order: Order,
  decision: Decision['decision'],
  more: Partial<Decision> = {},
): Delivery<'decisions'> =>
  delivery<'decisions'>(
    {
      entity: 'decisions',
      id: `decision-${order.id}`,
      about: { entity: 'orders', number: order.id },
      decision,
      ...more,
    },
    order,
  )

export const ship = (order: Order, more: Partial<Shipment> = {}): Delivery<'shipments'> =>
  delivery<'shipments'>(
    {
      entity: 'shipments',
      id: `parcel-${order.id}-${more.trackingNumber ?? ''}`,
      about: { entity: 'orders', number: order.id },
      carrier: 'DHL DE',
      trackingNumber: '00340434161094015902',
      ...more,
    },
    order,
  )

/** A plain accessory: no IMEI is asked for. */
export const airpods = 'AP2-EX'
export const iphone = 'IP13-128-EX'
/** Made up, with a right check digit. */
export const imei = '004999010640000'
