import { z } from 'zod'
import { base } from './base.ts'
import { Currency, Money } from './money.ts'
import { Party, PickupPoint } from './party.ts'
import { coded, Decimal, Extensions, Id, Instant, InstantOrDate, pii, Quantity, told } from './primitives.ts'

export const Tax = z.object({
  /** As a fraction: `0.19`. */
  rate: told(Decimal),
  amount: told(Money),
  name: told(z.string()),
  /** `collected_by_marketplace` is paid by the marketplace itself and no revenue of the merchant. */
  category: told(
    z.enum(['standard', 'reduced', 'zero', 'exempt', 'reverse_charge', 'margin_scheme', 'collected_by_marketplace']),
  ),
})
export type Tax = z.infer<typeof Tax>

/** An amount with its tax as the vendor states it; we never turn gross into net. */
export const Price = z.object({ value: Money, taxIncluded: z.boolean(), taxes: told(z.array(Tax)) })
export type Price = z.infer<typeof Price>

export const Charge = z.object({
  id: told(z.string()),
  kind: told(z.string()),
  name: told(z.string()),
  code: told(z.string()),
  price: Price,
})
export type Charge = z.infer<typeof Charge>

/** What the marketplace keeps: commission and the like. */
export const Fee = z.object({
  kind: z.enum(['commission', 'shipping', 'payment', 'service', 'other']),
  amount: Money,
  tax: told(Money),
  name: told(z.string()),
})
export type Fee = z.infer<typeof Fee>

export const Condition = coded([
  'new',
  'refurbished',
  'used_like_new',
  'used_very_good',
  'used_good',
  'used_acceptable',
  'for_parts',
])

/** Where one line stands. `merchant_to_act` lines are the ones a warehouse can still ship. */
export const LineStatus = coded([
  'pending',
  'awaiting_acceptance',
  'to_ship',
  'shipped',
  'delivered',
  'cancelled',
  'refunded',
  'returned',
  'on_hold',
])

export const Units = z.object({
  /** The vendor's id of this single unit, where it has one. */
  id: told(Id),
  imei: told(pii(z.string(), 'device')),
  serialNumber: told(pii(z.string(), 'device')),
})
export type Units = z.infer<typeof Units>

export const OrderLine = z.object({
  id: Id,
  /** The merchant's own product key. Empty at the vendor is `null`. */
  sku: told(z.string()),
  listingId: told(z.string()),
  productId: told(z.string()),
  gtin: told(z.string()),
  title: told(z.string()),
  brand: told(z.string()),
  status: told(LineStatus),
  quantity: Quantity,
  quantityShipped: told(Quantity),
  quantityCancelled: told(Quantity),
  quantityReturned: told(Quantity),
  unitPrice: told(Price),
  /** For the whole quantity, after discounts. */
  total: told(Price),
  shipping: told(Price),
  discounts: told(z.array(Charge)),
  fees: told(z.array(Fee)),
  condition: told(Condition),
  /** Colour, size, grade, warranty: name and value as the vendor shows them. */
  options: told(z.array(z.object({ name: z.string(), value: z.string() }))),
  weightGrams: told(z.number().nonnegative()),
  fulfilledBy: told(z.enum(['merchant', 'marketplace'])),
  preorder: told(z.boolean()),
  units: told(z.array(Units)),
  /** Where it lies in the warehouse. */
  location: told(z.string()),
  bundleParentId: told(z.string()),
  note: told(pii(z.string(), 'freeText')),
  extensions: told(Extensions),
})
export type OrderLine = z.infer<typeof OrderLine>

export const Payment = z.object({
  id: told(z.string()),
  method: told(z.string()),
  reference: told(z.string()),
  amount: told(Money),
  installments: told(z.boolean()),
  paidAt: told(Instant),
})

/**
 * A purchase, as its system tells it. Four axes say where it stands, independently of each other:
 * `lifecycle` (is it open?), `payment`, `acceptance` (does the marketplace ask, and have we answered?), `fulfilment`.
 */
export const Order = z.object({
  ...base('orders'),
  channel: told(z.object({ name: told(z.string()), market: told(z.string()), countryCode: told(z.string()) })),
  orderedAt: told(Instant),
  updatedAt: told(Instant),
  lifecycle: told(coded(['draft', 'open', 'completed', 'cancelled'])),
  payment: told(coded(['pending', 'authorized', 'paid', 'partially_refunded', 'refunded', 'failed', 'not_required'])),
  acceptance: told(coded(['not_required', 'awaiting', 'partially_accepted', 'accepted', 'refused'])),
  fulfilment: told(
    coded([
      'unfulfilled',
      'partially_shipped',
      'shipped',
      'delivered',
      'partially_returned',
      'returned',
      'not_required',
    ]),
  ),
  fulfilledBy: told(z.enum(['merchant', 'marketplace', 'mixed'])),
  business: told(z.boolean()),
  gift: told(z.boolean()),
  hold: told(z.object({ reason: told(z.string()), since: told(Instant), until: told(Instant) })),
  cancellationRequested: told(z.boolean()),
  replacementFor: told(z.string()),
  currency: told(Currency),
  lines: told(z.array(OrderLine)),
  shipping: told(z.array(Charge)),
  discounts: told(z.array(Charge)),
  fees: told(z.array(Fee)),
  totals: told(
    z.object({
      items: told(Money),
      shipping: told(Money),
      discount: told(Money),
      tax: told(Money),
      grand: told(Money),
      taxIncluded: told(z.boolean()),
    }),
  ),
  payments: told(z.array(Payment)),
  buyer: told(Party),
  shipTo: told(Party),
  billTo: told(Party),
  pickup: told(PickupPoint),
  /** What the buyer asked for, in our words and the vendor's. */
  shippingService: told(coded(['standard', 'express', 'next_day', 'relay', 'pickup', 'registered', 'freight'])),
  deadlines: told(
    z.object({ acceptBy: told(InstantOrDate), shipBy: told(InstantOrDate), deliverBy: told(InstantOrDate) }),
  ),
  /** Papers that belong into the parcel, or labels the marketplace provides. URLs are fetched only from the plugin's `files` hosts. */
  documents: told(
    z.array(
      z.object({
        kind: z.enum(['delivery_note', 'invoice', 'label', 'other']),
        url: z.string().max(2000),
        name: told(z.string()),
      }),
    ),
  ),
  label: told(
    z.object({
      carrier: told(z.string()),
      trackingNumber: told(z.string()),
      trackingUrl: told(z.string()),
      url: told(z.string()),
      prepaid: told(z.boolean()),
    }),
  ),
  buyerNote: told(pii(z.string(), 'freeText')),
  merchantNote: told(pii(z.string(), 'freeText')),
})
export type Order = z.infer<typeof Order>
