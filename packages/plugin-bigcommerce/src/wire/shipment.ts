import { z } from 'zod'
import { Count, Text, V2List, WireId } from './values.ts'

export const WireShipment = z.object({
  id: WireId,
  order_address_id: WireId.nullish(),
  tracking_number: Text,
  date_created: Text,
  generated_tracking_link: Text,
  items: z.array(z.object({ order_product_id: WireId, quantity: Count })),
})
export type WireShipment = z.infer<typeof WireShipment>

export const WireShipments = V2List.pipe(z.array(WireShipment))

/** One shipment per address of the order. */
export interface NewShipment {
  order_address_id: number
  tracking_number: string
  /** An AfterShip slug, or empty where we know none. */
  tracking_carrier: string
  shipping_provider: ''
  tracking_link?: string
  shipping_method?: string
  items: { order_product_id: number; quantity: number }[]
}
