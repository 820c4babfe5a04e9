import { divideRounded, money, type Money, type Order, type Refund } from '@kontor/core'
import type { LoyaltyRules } from './rules.ts'

type Basis = LoyaltyRules['earn']['value']

const minor = (amount: Money): bigint => money.toMinor(amount, 'half-up')
const amountOr0 = (amount: Money | null | undefined): bigint => (amount ? minor(amount) : 0n)

export interface OrderValue {
  currency: string
  /** The whole order, in minor units. */
  grand: bigint
  /** What points are given for. */
  base: bigint
}

/** What an order is worth to the programme; `undefined` while its total is not told. Each figure is rounded once. */
export function valueOfOrder(order: Order, basis: Basis): OrderValue | undefined {
  const grandTotal = order.totals?.grand
  if (!grandTotal) return undefined
  const grand = minor(grandTotal)
  return { currency: grandTotal.currency, grand, base: baseOf(order, basis, grand) }
}

function baseOf(order: Order, basis: Basis, grand: bigint): bigint {
  if (basis === 'total') return grand
  if (basis === 'without_shipping') return grand - amountOr0(order.totals?.shipping)
  if (basis === 'without_tax') return grand - amountOr0(order.totals?.tax)
  const lines = (order.lines ?? []).flatMap((line) => (line.total ? [minor(line.total.value)] : []))
  if (lines.length > 0) return lines.reduce((sum, line) => sum + line, 0n)
  return order.totals?.items ? minor(order.totals.items) : grand - amountOr0(order.totals?.shipping)
}

/**
 * What a refund takes away of the order's value, on the same basis: else the share drifts. Shipping is left out where the refund tells it;
 * where it does not tell the part asked for, it counts in proportion.
 */
export function valueOfRefund(refund: Refund, basis: Basis, order: OrderValue): bigint {
  if (!refund.total) return 0n
  const total = minor(refund.total)
  if (basis === 'total') return total
  if (basis !== 'without_tax' && refund.shipping) {
    const rest = total - minor(refund.shipping)
    return rest < 0n ? 0n : rest
  }
  return order.grand <= 0n ? 0n : divideRounded(total * order.base, order.grand, 'half-up')
}

/** True where the refunds name every piece of every line, and all of the shipping: what is then left of the total is tax rounding. */
export function everythingIsRefunded(order: Order, refunds: readonly Refund[]): boolean {
  const lines = (order.lines ?? []).filter((line) => line.quantity > 0)
  if (lines.length === 0) return false
  const refunded = new Map<string, number>()
  for (const line of refunds.flatMap((refund) => refund.lines ?? []))
    if (line.lineId) refunded.set(line.lineId, (refunded.get(line.lineId) ?? 0) + (line.quantity ?? 0))
  const shipping = refunds.reduce((sum, refund) => sum + amountOr0(refund.shipping), 0n)
  return (
    lines.every((line) => (refunded.get(line.id) ?? 0) >= line.quantity) &&
    shipping >= amountOr0(order.totals?.shipping)
  )
}
