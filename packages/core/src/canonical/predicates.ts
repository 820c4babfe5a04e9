import type { Order, OrderLine } from './order.ts'

/** Why an order does not go out, in words for `kontor orders`; `undefined` where it may. */
export type Reason = string | undefined

/** Pieces of a line that the merchant still has to ship. */
export function openQuantity(line: OrderLine): number {
  const status = line.status?.value
  if (
    status === 'shipped' ||
    status === 'delivered' ||
    status === 'cancelled' ||
    status === 'refunded' ||
    status === 'returned'
  )
    return 0
  return Math.max(0, line.quantity - (line.quantityShipped ?? 0) - (line.quantityCancelled ?? 0))
}

/** Statuses in which a line must not leave the house. One that nobody knows is among them: goods do not come back by themselves. */
const keepsBack = new Set<string | undefined>(['on_hold', 'pending', 'awaiting_acceptance', 'unknown'])

/** Lines that the merchant's own warehouse has to ship now. */
export const linesToShip = (order: Order): OrderLine[] =>
  (order.lines ?? []).filter(
    (line) => line.fulfilledBy !== 'marketplace' && !keepsBack.has(line.status?.value) && openQuantity(line) > 0,
  )

const waits = (order: Order): boolean =>
  order.acceptance?.value === 'awaiting' || order.acceptance?.value === 'partially_accepted'

/** Pre-ordered lines that wait for our word that the goods are there (`confirm_preorder`). */
export const preordersToConfirm = (order: Order): OrderLine[] =>
  waits(order)
    ? (order.lines ?? []).filter(
        (line) => line.preorder === true && line.status?.value === 'on_hold' && openQuantity(line) > 0,
      )
    : []

/** True where something of the order waits for `accept`: all but what is a pre-order. */
export const awaitsAcceptance = (order: Order): boolean =>
  waits(order) &&
  (preordersToConfirm(order).length === 0 ||
    (order.lines ?? []).some((line) => line.status?.value === 'awaiting_acceptance'))

/** Paid, open, accepted where the marketplace asks for it, not on hold, and with lines left for the merchant. */
export function whyNotShippable(order: Order): Reason {
  if (order.lifecycle?.value === 'cancelled') return 'cancelled'
  if (order.lifecycle?.value === 'draft') return 'still a draft'
  // First, since what is not accepted is not paid either at most marketplaces: the cause is told, not what follows from it.
  if (
    order.acceptance &&
    order.acceptance.value !== 'accepted' &&
    order.acceptance.value !== 'not_required' &&
    order.acceptance.value !== 'partially_accepted'
  )
    return order.acceptance.value !== 'awaiting'
      ? `acceptance is ${order.acceptance.value}`
      : awaitsAcceptance(order)
        ? 'not accepted yet'
        : 'a pre-order that is not confirmed yet'
  if (
    order.payment?.value !== 'paid' &&
    order.payment?.value !== 'not_required' &&
    order.payment?.value !== 'partially_refunded'
  )
    return order.payment ? `payment is ${order.payment.value}` : 'nothing is known about its payment'
  if (order.fulfilledBy === 'marketplace') return 'shipped by the marketplace'
  if (order.hold) return order.hold.reason ? `on hold: ${order.hold.reason}` : 'on hold'
  if (linesToShip(order).length === 0)
    return order.lines?.some((line) => line.status?.value === 'unknown')
      ? 'the status of a line is not known'
      : 'no line is left to ship'
  return undefined
}

/** Predicates a flow may name in `where`. */
export const predicates = {
  shippable: whyNotShippable,
  /** Waits for our word: to be accepted, or as a pre-order to be confirmed. */
  acceptable: (order: Order): Reason => (waits(order) ? undefined : 'does not wait for acceptance'),
  paid: (order: Order): Reason =>
    order.payment?.value === 'paid' ? undefined : `payment is ${order.payment?.value ?? 'not known'}`,
  all: (): Reason => undefined,
} as const
export type PredicateName = keyof typeof predicates
