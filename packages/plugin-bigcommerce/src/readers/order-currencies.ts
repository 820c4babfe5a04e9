import type { Cache } from '@kontor/core'
import { RANGE, type OrdersClient } from '../client/index.ts'
import { WireOrder } from '../wire/index.ts'

/** A currency of an order never changes. */
const KEPT_MS = 30 * 24 * 3_600_000
/** Fewer are asked one by one. */
const WORTH_A_RANGE = 3

const OrderCurrency = WireOrder.pick({ id: true, default_currency_code: true, currency_code: true })

const keyOf = (orderId: string): string => `order-currency:${orderId}`

/** A refund does not say its currency; its order does. */
export interface OrderCurrencies {
  /** Asks for many at once, where their ids lie close together. */
  learn(orderIds: readonly string[], signal: AbortSignal): Promise<void>
  of(orderId: string, signal: AbortSignal): Promise<string>
}

export function orderCurrencies(client: OrdersClient, cache: Cache): OrderCurrencies {
  async function keep(raw: unknown): Promise<string | undefined> {
    const order = OrderCurrency.safeParse(raw).data
    const currency = order?.default_currency_code || order?.currency_code
    if (order === undefined || !currency) return undefined
    await cache.set(keyOf(order.id), currency, KEPT_MS)
    return currency
  }

  return {
    async learn(orderIds, signal) {
      const unknown: number[] = []
      for (const id of new Set(orderIds)) if ((await cache.get(keyOf(id))) === undefined) unknown.push(Number(id))
      unknown.sort((a, b) => a - b)
      for (let start = 0; start < unknown.length;) {
        const first = unknown[start] ?? 0
        const together = unknown.slice(start).filter((id) => id < first + RANGE)
        if (together.length > WORTH_A_RANGE)
          for (const raw of await client.range(String(first), String(together.at(-1)), signal)) await keep(raw)
        start += together.length
      }
    },
    async of(orderId, signal) {
      const known = await cache.get(keyOf(orderId))
      if (typeof known === 'string') return known
      const currency = await keep(await client.get(orderId, signal))
      if (currency === undefined) throw new RangeError(`its order ${orderId} has no currency`)
      return currency
    },
  }
}
