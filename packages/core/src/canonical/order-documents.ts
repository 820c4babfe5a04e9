import { z } from 'zod'
import { About, base } from './base.ts'
import { Money } from './money.ts'
import { coded, Id, Instant, pii, Quantity, told } from './primitives.ts'
import { Units } from './order.ts'

/** Which lines, and how many of each. By line id where it is known, else by SKU. */
export const LineRef = z.object({ lineId: told(Id), sku: told(z.string()), quantity: told(Quantity) })
export type LineRef = z.infer<typeof LineRef>

/** Accept or cancel an order, or lines of it. Without `lines`: all of it. */
export const Decision = z.object({
  ...base('decisions'),
  about: About,
  decision: z.enum(['accept', 'refuse', 'cancel', 'confirm_preorder']),
  lines: told(z.array(LineRef)),
  reason: told(coded(['out_of_stock', 'damaged', 'customer_request', 'address', 'price_error', 'fraud', 'other'])),
  /** Shown to the buyer where the marketplace allows it. */
  message: told(pii(z.string(), 'freeText')),
  /** Not to be sent before this instant. */
  notBefore: told(Instant),
  decidedAt: told(Instant),
})
export type Decision = z.infer<typeof Decision>

export const ShipmentLine = LineRef.extend({ units: told(z.array(Units)) })
export type ShipmentLine = z.infer<typeof ShipmentLine>

/** One parcel with its lines. Several parcels are several shipments. Without `lines`: all that is still to ship. */
export const Shipment = z.object({
  ...base('shipments'),
  about: About,
  status: told(
    coded(['announced', 'shipped', 'in_transit', 'ready_for_pickup', 'delivered', 'returned', 'lost', 'cancelled']),
  ),
  lines: told(z.array(ShipmentLine)),
  /** The carrier in the warehouse's words; matched to the carrier table without case and accents. */
  carrier: told(z.string()),
  service: told(z.string()),
  trackingNumber: told(z.string()),
  trackingUrl: told(z.string()),
  returnTrackingNumber: told(z.string()),
  shippedAt: told(Instant),
  deliveredAt: told(Instant),
  shippedFromCountry: told(z.string().regex(/^[A-Z]{2}$/)),
  weightGrams: told(z.number().nonnegative()),
  cost: told(Money),
  /** Free text of the warehouse; an IMEI may hide in it (`IMEI: 0114…`), read only as a last resort. */
  note: told(pii(z.string(), 'freeText')),
  messageToBuyer: told(pii(z.string(), 'freeText')),
})
export type Shipment = z.infer<typeof Shipment>

/** A file as bytes in the store: named by its content, opened on demand. */
export const FileRef = z.object({
  name: z.string().max(300),
  mediaType: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().nonnegative(),
})
export type FileRef = z.infer<typeof FileRef>

export const Invoice = z.object({
  ...base('invoices'),
  about: About,
  kind: told(z.enum(['invoice', 'credit_note'])),
  issuedAt: told(Instant),
  total: told(Money),
  file: FileRef,
})
export type Invoice = z.infer<typeof Invoice>

export const RefundLine = LineRef.extend({ amount: told(Money), tax: told(Money), shipping: told(Money) })

/** Money given back to the buyer: for a return, as goodwill, before or after the goods are seen. Amounts are positive. */
export const Refund = z.object({
  ...base('refunds'),
  about: About,
  returnId: told(z.string()),
  status: told(coded(['requested', 'pending', 'done', 'declined', 'failed'])),
  destination: told(coded(['original_payment', 'store_credit', 'gift_card', 'manual'])),
  reason: told(
    coded(['return', 'cancellation', 'goodwill', 'faulty', 'not_received', 'price_adjustment', 'stock', 'other']),
  ),
  lines: told(z.array(RefundLine)),
  shipping: told(Money),
  fees: told(z.array(z.object({ kind: z.enum(['restocking', 'return_shipping', 'other']), amount: Money }))),
  total: told(Money),
  message: told(pii(z.string(), 'freeText')),
  refundedAt: told(Instant),
})
export type Refund = z.infer<typeof Refund>
