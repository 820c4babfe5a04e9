/**
 * Two scales that share numbers and not meanings: 8 and 9 of an order are not 8 and 9 of a line.
 * Source: GET /ws/orders, tables 5 and 6 (OpenAPI 0.1.1, copy of 2026-08-22).
 */

type Lifecycle = 'open' | 'completed' | 'cancelled'
type PaymentWord = 'pending' | 'paid' | 'failed'

export interface OrderStateFacts {
  /** Back Market's word, shortened. */
  name: string
  /** `by-lines`: Back Market sets 9 when every line is final, cancelled ones included. */
  lifecycle: Lifecycle | 'by-lines'
  payment: PaymentWord
  /** Left out of GET /ws/orders unless asked for by `state`. */
  hidden: boolean
}

export const orderStates: Readonly<Record<number, OrderStateFacts>> = {
  0: { name: 'new, payment being checked', lifecycle: 'open', payment: 'pending', hidden: true },
  10: { name: 'pending, the customer may still pay', lifecycle: 'open', payment: 'pending', hidden: false },
  1: { name: 'paid, lines to accept or cancel', lifecycle: 'open', payment: 'paid', hidden: false },
  3: { name: 'validated, to ship', lifecycle: 'open', payment: 'paid', hidden: false },
  8: { name: 'not paid', lifecycle: 'cancelled', payment: 'failed', hidden: true },
  9: { name: 'processed', lifecycle: 'by-lines', payment: 'paid', hidden: false },
}

/** States that GET /ws/orders lists only when it is asked for them. */
export const hiddenOrderStates: readonly number[] = [0, 8]

export const lineState = {
  new: 0,
  paid: 1,
  accepted: 2,
  shipped: 3,
  cancelled: 4,
  refundedBeforeShipping: 5,
  refundedAfterShipping: 6,
  notPaid: 7,
  pending: 8,
  onHold: 9,
} as const

export interface LineStateFacts {
  name: string
  status: 'pending' | 'awaiting_acceptance' | 'to_ship' | 'shipped' | 'cancelled' | 'refunded' | 'on_hold'
  /** The whole quantity has left the warehouse. */
  shipped: boolean
  /** The whole quantity will never be shipped. */
  dropped: boolean
  /** The buyer has the money back. */
  refunded: boolean
}

const facts = (
  name: string,
  status: LineStateFacts['status'],
  ...marks: ('shipped' | 'dropped' | 'refunded')[]
): LineStateFacts => ({
  name,
  status,
  shipped: marks.includes('shipped'),
  dropped: marks.includes('dropped'),
  refunded: marks.includes('refunded'),
})

export const lineStates: Readonly<Record<number, LineStateFacts>> = {
  0: facts('new, wait for payment', 'pending'),
  8: facts('pending, the customer may still pay', 'pending'),
  9: facts('on hold, a partner validates it first', 'on_hold'),
  1: facts('paid, to accept or cancel', 'awaiting_acceptance'),
  2: facts('accepted, to prepare', 'to_ship'),
  3: facts('shipped', 'shipped', 'shipped'),
  4: facts('cancelled before acceptance', 'cancelled', 'dropped', 'refunded'),
  5: facts('refunded before shipping', 'refunded', 'dropped', 'refunded'),
  6: facts('refunded after shipping', 'refunded', 'shipped', 'refunded'),
  7: facts('payment refused', 'cancelled', 'dropped'),
}

/** Condition of an order line. Another scale than `state` of a listing. Source: component ProductCondition. */
export const lineConditions: Readonly<Record<number, string>> = {
  9: 'Premium',
  10: 'Excellent',
  11: 'Good',
  12: 'Fair',
}

/**
 * Our reasons for a cancellation in Back Market's numbers: 0 stock mistake, 1 withdrawal, 11 does not live there, 24 non-compliant; what has
 * none is 25, other. Source: component ReturnReason.
 */
export const reasonOfCancellation: Readonly<Record<string, number>> = {
  out_of_stock: 0,
  customer_request: 1,
  address: 11,
  damaged: 24,
}
export const otherReason = 25
