import { z } from 'zod'
import { About, base } from './base.ts'
import { Money } from './money.ts'
import { Address, Party } from './party.ts'
import { coded, Id, Instant, InstantOrDate, pii, Quantity, told } from './primitives.ts'

export const ReturnReason = coded([
  'size_too_small',
  'size_too_large',
  'color',
  'style',
  'defective',
  'damaged_in_transit',
  'wrong_item',
  'missing_parts',
  'not_as_described',
  'quality',
  'late_delivery',
  'not_delivered',
  'not_collected',
  'wrong_address',
  'refused',
  'changed_mind',
  'ordered_multiple',
  'better_price',
  'warranty',
  'other',
])
export const Resolution = coded([
  'refund',
  'store_credit',
  'gift_card',
  'exchange',
  'replacement',
  'repair',
  'keep_item_partial_refund',
  'none',
])
export const Grade = coded(['a', 'b', 'c', 'd'])
export const Disposition = coded([
  'restock',
  'restock_b_grade',
  'refurbish',
  'quarantine',
  'return_to_vendor',
  'send_back_to_customer',
  'donate',
  'scrap',
  'missing',
])

export const Inspection = z.object({
  grade: told(Grade),
  disposition: told(Disposition),
  note: told(pii(z.string(), 'freeText')),
  by: told(z.string()),
  at: told(Instant),
  pictures: told(z.array(pii(z.string(), 'image'))),
})

export const ReturnLine = z.object({
  id: Id,
  orderLineId: told(z.string()),
  sku: told(z.string()),
  gtin: told(z.string()),
  title: told(z.string()),
  quantity: z.object({
    requested: Quantity,
    /** Of `requested`: what was taken back, so that it will not come. */
    cancelled: told(Quantity),
    received: told(Quantity),
    accepted: told(Quantity),
    rejected: told(Quantity),
    missing: told(Quantity),
    restocked: told(Quantity),
    refunded: told(Quantity),
  }),
  reason: told(ReturnReason),
  customerText: told(pii(z.string(), 'freeText')),
  pictures: told(z.array(pii(z.string(), 'image'))),
  requestedResolution: told(Resolution),
  resolution: told(Resolution),
  inspection: told(Inspection),
  receivedAt: told(Instant),
  unitPrice: told(Money),
  /** For the whole quantity, as the vendor states it. */
  total: told(Money),
  refundAmount: told(Money),
  fees: told(z.array(z.object({ kind: z.enum(['restocking', 'return_shipping', 'other']), amount: Money }))),
  units: told(
    z.array(
      z.object({ id: told(Id), imei: told(pii(z.string(), 'device')), serialNumber: told(pii(z.string(), 'device')) }),
    ),
  ),
})
export type ReturnLine = z.infer<typeof ReturnLine>

export const ReturnLabel = z.object({
  id: told(z.string()),
  status: z.enum(['pending', 'ready', 'failed', 'cancelled', 'expired', 'used']),
  carrier: told(z.string()),
  service: told(z.string()),
  trackingNumber: told(z.string()),
  trackingUrl: told(z.string()),
  documents: told(
    z.array(
      z.object({
        kind: z.enum(['label', 'qr', 'packing_slip', 'customs']),
        format: z.enum(['pdf', 'png', 'zpl', 'svg', 'unknown']),
        paper: told(z.enum(['a4', 'a6'])),
        url: told(z.string()),
        expiresAt: told(Instant),
      }),
    ),
  ),
  cost: told(Money),
  chargedTo: told(z.enum(['merchant', 'customer'])),
  source: told(z.enum(['provider', 'merchant', 'customer'])),
  failure: told(z.object({ code: z.string(), message: z.string() })),
})

/**
 * A return on four independent axes: `lifecycle` (is it agreed?), `logistics` (where are the goods?), `inspection` and `financial`.
 * Refunded does not require received: a buyer may keep the item. The vendor's state wins, whatever came before.
 */
export const Return = z.object({
  ...base('returns'),
  about: About.optional(),
  rmaNumber: told(z.string()),
  /** Our own reference at the vendor, where we created it. */
  externalReference: told(z.string()),
  kind: told(coded(['return', 'claim', 'warranty', 'refusal', 'not_received'])),
  lifecycle: told(coded(['requested', 'approved', 'rejected', 'cancelled', 'expired', 'closed'])),
  logistics: told(
    coded([
      'not_shipped',
      'label_created',
      'in_transit',
      'delivered',
      'partially_received',
      'received',
      'lost',
      'not_required',
    ]),
  ),
  inspection: told(z.enum(['none', 'partial', 'complete'])),
  financial: told(coded(['none', 'pending', 'partially_refunded', 'refunded', 'not_refunded', 'failed'])),
  hold: told(z.object({ since: told(Instant), reason: told(z.string()) })),
  decline: told(
    z.object({
      code: z.enum(['final_sale', 'window_ended', 'not_eligible', 'other']),
      note: told(pii(z.string(), 'freeText')),
    }),
  ),
  lines: told(z.array(ReturnLine)),
  exchangeLines: told(
    z.array(
      z.object({
        id: Id,
        sku: told(z.string()),
        quantity: Quantity,
        unitPrice: told(Money),
        orderId: told(z.string()),
      }),
    ),
  ),
  labels: told(z.array(ReturnLabel)),
  refundIds: told(z.array(Id)),
  customer: told(Party),
  /** Where the goods go: mostly the merchant's warehouse, with whom to name and reach there. */
  returnTo: told(
    Address.extend({
      name: told(pii(z.string(), 'name')),
      phone: told(pii(z.string(), 'phone')),
      email: told(pii(z.string(), 'email')),
    }),
  ),
  method: told(coded(['merchant_label', 'customer_label', 'label_less', 'pickup', 'in_store', 'keep_item'])),
  window: told(z.object({ eligibleUntil: told(InstantOrDate), withdrawalDeclaredAt: told(Instant) })),
  totals: told(z.object({ items: told(Money), fees: told(Money), shippingRefund: told(Money), refund: told(Money) })),
  requestedAt: told(Instant),
  approvedAt: told(Instant),
  /** When the carrier says it was brought; nobody has counted it yet. */
  deliveredAt: told(Instant),
  receivedAt: told(Instant),
  inspectedAt: told(Instant),
  refundedAt: told(Instant),
  closedAt: told(Instant),
  createdAt: told(Instant),
  updatedAt: told(Instant),
  respondBy: told(InstantOrDate),
  messages: told(
    z.array(
      z.object({
        id: Id,
        from: z.enum(['buyer', 'merchant', 'marketplace', 'unknown']),
        at: told(Instant),
        text: told(pii(z.string(), 'freeText')),
      }),
    ),
  ),
})
export type Return = z.infer<typeof Return>

export const ReceiptLine = z.object({
  returnLineId: told(z.string()),
  sku: told(z.string()),
  quantity: Quantity,
  outcome: z.enum(['arrived', 'inspected', 'accepted', 'rejected', 'missing']),
  grade: told(Grade),
  disposition: told(Disposition),
  note: told(pii(z.string(), 'freeText')),
})
export type ReceiptLine = z.infer<typeof ReceiptLine>

/** What the warehouse found when a return arrived. It goes to the system that owns the return. */
export const Receipt = z.object({
  ...base('receipts'),
  about: About.extend({ entity: z.enum(['orders', 'returns']).default('returns') }),
  lines: z.array(ReceiptLine).min(1),
  receivedAt: told(Instant),
})
export type Receipt = z.infer<typeof Receipt>

/** Where a return stands, as one word for a screen: exits win, then the furthest axis reached. */
export function returnStage(record: Return): string {
  const exit = record.lifecycle?.value
  if (exit === 'rejected' || exit === 'cancelled' || exit === 'expired') return exit
  if (exit === 'closed') return 'closed'
  if (record.financial?.value === 'refunded') return 'refunded'
  if (record.inspection === 'complete') return 'inspected'
  const logistics = record.logistics?.value
  if (logistics === 'received' || logistics === 'partially_received' || logistics === 'delivered') return 'received'
  if (logistics === 'in_transit' || logistics === 'label_created') return logistics
  return exit === 'approved' ? 'approved' : 'requested'
}
