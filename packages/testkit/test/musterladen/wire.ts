import { z } from 'zod'

/** What the connector reads of Musterladen's answers; more may be there. */
export const OrderWire = z.object({
  id: z.int(),
  number: z.string(),
  changed: z.iso.datetime({ offset: true }),
  state: z.string(),
  refunded: z.int(),
  buyer: z.object({
    first: z.string(),
    last: z.string(),
    mail: z.string(),
    phone: z.string().optional(),
    street: z.string(),
    city: z.string(),
    country: z.string(),
  }),
  lines: z.array(z.object({ line: z.int(), sku: z.string(), quantity: z.int(), cents: z.int(), shipped: z.int() })),
})
export type OrderWire = z.infer<typeof OrderWire>

export const ShipmentWire = z.object({
  id: z.int(),
  order: z.int(),
  reference: z.string(),
  tracking: z.string(),
  carrier: z.string(),
  changed: z.iso.datetime({ offset: true }),
  cancelled: z.boolean(),
  lines: z.array(z.object({ line: z.int(), quantity: z.int() })),
  refused: z.array(z.int()).optional(),
})
export type ShipmentWire = z.infer<typeof ShipmentWire>

export const AccountWire = z.object({ shop: z.string(), scopes: z.array(z.string()) })
/** The envelope is read whole, each thing in it alone. */
const pageOf = { position: z.string(), more: z.boolean(), next: z.string().nullable() }
export const OrdersWire = z.object({ orders: z.array(z.unknown()), ...pageOf })
export const ShipmentsWire = z.object({ shipments: z.array(z.unknown()), ...pageOf })
export const JobWire = z.object({ job: z.int(), done: z.boolean().optional() })
