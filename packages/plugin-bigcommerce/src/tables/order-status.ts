/** Where an order stands by its status id. Labels are edited by merchants, ids are not. bigcommerce/docs, orders.v2, 2026-04-01. */
export interface OrderStatus {
  name: string
  lifecycle: 'draft' | 'open' | 'completed' | 'cancelled'
  /** What the status says about the payment, where it says something. */
  payment?: 'pending' | 'paid' | 'partially_refunded' | 'refunded' | 'failed'
  fulfilment: 'unfulfilled' | 'partially_shipped' | 'shipped'
  hold?: string
}

export const orderStatuses: Readonly<Record<string, OrderStatus>> = {
  0: { name: 'Incomplete', lifecycle: 'draft', payment: 'pending', fulfilment: 'unfulfilled' },
  1: { name: 'Pending', lifecycle: 'open', fulfilment: 'unfulfilled' },
  2: { name: 'Shipped', lifecycle: 'open', payment: 'paid', fulfilment: 'shipped' },
  3: { name: 'Partially Shipped', lifecycle: 'open', payment: 'paid', fulfilment: 'partially_shipped' },
  4: { name: 'Refunded', lifecycle: 'open', payment: 'refunded', fulfilment: 'unfulfilled' },
  5: { name: 'Cancelled', lifecycle: 'cancelled', fulfilment: 'unfulfilled' },
  6: { name: 'Declined', lifecycle: 'cancelled', payment: 'failed', fulfilment: 'unfulfilled' },
  7: { name: 'Awaiting Payment', lifecycle: 'open', fulfilment: 'unfulfilled' },
  8: { name: 'Awaiting Pickup', lifecycle: 'open', payment: 'paid', fulfilment: 'unfulfilled' },
  9: { name: 'Awaiting Shipment', lifecycle: 'open', payment: 'paid', fulfilment: 'unfulfilled' },
  10: { name: 'Completed', lifecycle: 'completed', payment: 'paid', fulfilment: 'shipped' },
  11: { name: 'Awaiting Fulfillment', lifecycle: 'open', payment: 'paid', fulfilment: 'unfulfilled' },
  12: {
    name: 'Manual Verification Required',
    lifecycle: 'open',
    fulfilment: 'unfulfilled',
    hold: 'manual verification required',
  },
  13: { name: 'Disputed', lifecycle: 'open', fulfilment: 'unfulfilled', hold: 'disputed' },
  14: { name: 'Partially Refunded', lifecycle: 'open', payment: 'partially_refunded', fulfilment: 'unfulfilled' },
}

/** `payment_status` of an order. The empty text says nothing: offline methods have none. */
export const paymentStatuses: Readonly<
  Record<string, 'pending' | 'authorized' | 'paid' | 'partially_refunded' | 'refunded' | 'failed'>
> = {
  authorized: 'authorized',
  captured: 'paid',
  'capture pending': 'authorized',
  declined: 'failed',
  'held for review': 'pending',
  paid: 'paid',
  'partially refunded': 'partially_refunded',
  pending: 'pending',
  refunded: 'refunded',
  void: 'failed',
  'void pending': 'authorized',
}
