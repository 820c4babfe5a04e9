import type { Cache, Order } from '@kontor/core'
import { z } from 'zod'
import type { Client } from '../client.ts'
import { originOf, type BackMarketConfig } from '../config.ts'
import { lineState } from '../tables/states.ts'
import type { WireOrder } from '../wire.ts'

/** Back Market's own labels: they are made once a line is accepted, and tell the number and carrier of the parcel. */
export interface BackShip {
  /** Nothing for an order that ships otherwise; `null` where the label is not there yet. */
  labelOf(order: WireOrder, signal: AbortSignal): Promise<Pick<Order, 'label'>>
}

const Label = z.object({
  carrier: z.string().nullable(),
  trackingNumber: z.string().nullable(),
  trackingUrl: z.string().nullable(),
  url: z.string().nullable(),
  prepaid: z.literal(true),
})
const keptMs = 24 * 3_600_000

export function createBackShip({
  client,
  config,
  cache,
}: {
  client: Client
  config: BackMarketConfig
  cache: Cache
}): BackShip {
  return {
    async labelOf(order, signal) {
      const accepted = order.orderlines.some(({ state }) => state === lineState.accepted || state === lineState.shipped)
      if (order.is_backship !== true || !accepted) return {}
      // Orders are met again for three hours after each change; a label, once made, stays.
      const key = `backship ${order.order_id}`
      const kept = Label.safeParse(await cache.get(key))
      if (kept.success) return { label: kept.data }
      const delivery = await client.getDelivery(order.order_id, signal)
      if (delivery === undefined) return { label: null }
      const label: z.output<typeof Label> = {
        carrier: delivery.carrierName,
        trackingNumber: delivery.trackingNumber,
        trackingUrl: delivery.trackingUrl,
        // May be a path below the platform.
        url: delivery.labelUrl === null ? null : (URL.parse(delivery.labelUrl, originOf(config))?.href ?? null),
        prepaid: true,
      }
      if (label.url !== null && label.trackingNumber !== null) await cache.set(key, label, keptMs)
      return { label }
    },
  }
}
