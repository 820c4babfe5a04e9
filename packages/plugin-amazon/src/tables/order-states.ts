import type { Order, OrderLine } from '@kontor/core'

type Word<F extends 'lifecycle' | 'payment' | 'fulfilment'> = NonNullable<Order[F]>['value']
interface OrderState {
  lifecycle: Word<'lifecycle'>
  payment: Word<'payment'>
  fulfilment: Word<'fulfilment'>
  line: NonNullable<OrderLine['status']>['value']
}

/**
 * `FulfillmentStatus` of the model. PENDING: payment not yet authorised, not to be shipped. PENDING_AVAILABILITY: a pre-order.
 * UNFULFILLABLE: only multi-channel fulfilment. v0's InvoiceUnconfirmed is in no enum; it would be unknown and stop.
 */
export const orderStates: Readonly<Record<string, OrderState>> = {
  PENDING_AVAILABILITY: { lifecycle: 'open', payment: 'pending', fulfilment: 'unfulfilled', line: 'pending' },
  PENDING: { lifecycle: 'open', payment: 'pending', fulfilment: 'unfulfilled', line: 'pending' },
  UNSHIPPED: { lifecycle: 'open', payment: 'paid', fulfilment: 'unfulfilled', line: 'to_ship' },
  PARTIALLY_SHIPPED: { lifecycle: 'open', payment: 'paid', fulfilment: 'partially_shipped', line: 'to_ship' },
  SHIPPED: { lifecycle: 'completed', payment: 'paid', fulfilment: 'shipped', line: 'shipped' },
  CANCELLED: { lifecycle: 'cancelled', payment: 'not_required', fulfilment: 'not_required', line: 'cancelled' },
  UNFULFILLABLE: { lifecycle: 'open', payment: 'paid', fulfilment: 'unfulfilled', line: 'on_hold' },
}

/** `fulfillmentServiceLevel`. */
export const serviceLevels: Readonly<Record<string, NonNullable<Order['shippingService']>['value']>> = {
  STANDARD: 'standard',
  FREE_ECONOMY: 'standard',
  EXPEDITED: 'express',
  SECOND_DAY: 'express',
  PRIORITY: 'express',
  NEXT_DAY: 'next_day',
  SAME_DAY: 'next_day',
}

/** `conditionType`, and for used goods `conditionSubtype`. */
export const conditions: Readonly<Record<string, NonNullable<OrderLine['condition']>['value']>> = {
  NEW: 'new',
  PREORDER: 'new',
  REFURBISHED: 'refurbished',
  'USED MINT': 'used_like_new',
  'USED OPEN_BOX': 'used_like_new',
  'USED VERY_GOOD': 'used_very_good',
  'USED GOOD': 'used_good',
  'USED ACCEPTABLE': 'used_acceptable',
}

/** Markets whose prices are told without tax, which comes on top. Only for lines whose own figures do not say (no TAX told). */
export const netMarkets: ReadonlySet<string> = new Set(['US', 'CA'])

/** What a person should know before relying on an order of ours. Each stands in `flags` of the record, and in the README. */
const orderFlags = {
  'amounts-disagree': 'The parts of a line do not add up to its total; the total is trusted.',
  'no-amounts': 'Amazon tells no amounts yet (a pending order), or the role does not include them.',
  'no-shipping-address':
    'A merchant-fulfilled order without address: the app lacks the role Direct-to-Consumer Delivery (Restricted), or it is still pending.',
  'unknown-order-state': 'Amazon sent a status that is not documented.',
  'several-currencies':
    'The order names more than one currency; amounts in others than the first are left out of the sums.',
  replacement: 'A replacement or exchange: it costs nothing, and is no revenue.',
  'multi-channel': 'Multi-channel fulfilment of an order that was not placed at Amazon.',
} as const
export type OrderFlag = keyof typeof orderFlags
