import type { Delivery, Outcome, Page, Receipt, Return } from '@kontor/core'
import { connect, type ConnectOptions } from '@kontor/core/host'
import type { z } from 'zod'
import eightReturns from '../src/index.ts'
import type { EightReturnsConfig } from '../src/config.ts'
import { simulator } from '../src/simulator/index.ts'

type Config = z.input<typeof EightReturnsConfig>
type Options = Parameters<typeof simulator.start>[0] extends { options?: infer O } | undefined ? NonNullable<O> : never
type Checkpoint = Page<'returns', z.output<(typeof eightReturns)['readers']['returns']['checkpoint']>>['checkpoint']

const startsAt = '2026-10-05T08:00:00Z'
export const since = '2026-01-01T00:00:00Z'
const keyAndPassword = { apiKey: 'demo-key', password: 'demo-password' }

export interface Settings {
  options?: Options
  config?: Config
  credentials?: { apiKey?: string; password?: string; token?: string }
  connect?: Partial<ConnectOptions>
  seed?: number
}

/** A portal whose clock stands still, and a connection to it in the same time: waiting costs nothing. */
export async function openPortal(settings: Settings = {}) {
  const portal = await simulator.start({
    clock: { startsAt, rate: 'manual' },
    seed: settings.seed ?? 1,
    options: { returns: 0, ...settings.options },
  })
  const warnings: string[] = []
  const ignore = (): void => undefined
  const connection = await connect(eightReturns, {
    clock: portal.clock,
    log: {
      debug: ignore,
      info: ignore,
      warn: (message, facts) => void warnings.push([facts?.['code'], message].filter(Boolean).join(' ')),
      error: ignore,
    },
    ...settings.connect,
    config: { baseUrl: portal.url, ...settings.config },
    credentials: settings.credentials ?? keyAndPassword,
  })
  const { returns } = connection.readers
  const { receipts } = connection.writers

  return {
    portal,
    connection,
    warnings,
    read: async (checkpoint?: Checkpoint, from = since) => {
      const pages = await portal.drive(collect(returns.read({ since: from, checkpoint })))
      return {
        pages,
        records: pages.flatMap((page) => page.records),
        rejected: pages.flatMap((page) => page.rejected ?? []),
        checkpoint: pages.at(-1)?.checkpoint,
      }
    },
    fetch: async (...refs: { id: string; numbers?: string[] }[]): Promise<Return[]> => {
      const named = refs.map((ref) => ({ entity: 'returns' as const, ...ref }))
      const intakes = await portal.drive(collect(returns.fetch?.(named) ?? none()))
      return intakes.flatMap(({ records }) => records)
    },
    /** A customer registers a return; answered as the reader tells it. */
    async register(...items: { sku: string; quantity: number }[]): Promise<Return> {
      const id = String(portal.act('register-return', items.length === 0 ? undefined : { items }))
      const [record] = await this.fetch({ id })
      if (record === undefined) throw new Error(`return ${id} did not come`)
      return record
    },
    write: async (...deliveries: Delivery<'receipts'>[]): Promise<Outcome[]> =>
      await portal.drive(collect(receipts.write(deliveries))),
    readBack: async (...deliveries: Delivery<'receipts'>[]): Promise<Outcome[]> =>
      await portal.drive(collect(receipts.readBack?.(deliveries) ?? none())),
    check: async () => await portal.drive(connection.check()),
    act: async (name: string, given: Record<string, string>) => {
      const action = connection.actions[name]
      if (action === undefined) throw new Error(`there is no action ${name}`)
      return await portal.drive(action({ arguments: given }))
    },
    /** What was truly booked, by the system's own count. */
    bookings: () =>
      ['item-arrived', 'item-inspected', 'item-missing'].reduce((sum, what) => sum + portal.truth.count(what), 0),
    patches: () => portal.exchanges.count({ method: 'PATCH' }),
    [Symbol.asyncDispose]: async () => {
      await connection[Symbol.asyncDispose]()
      await portal.close()
    },
  }
}

async function* none(): AsyncGenerator<never> {}

export async function collect<T>(all: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const each of all) found.push(each)
  return found
}

/** A receipt of the warehouse about a return, as the runner would deliver it. */
export function receiptFor(about: Return, lines: Receipt['lines'], id = 'receipt-1'): Delivery<'receipts'> {
  return {
    key: id.padEnd(32, '0'),
    name: `warehouse/${id}`,
    record: { entity: 'receipts', id, about: { entity: 'returns', id: about.id }, lines },
    return: about,
  }
}
