import { money, type Order, type Refund } from '@kontor/core'
import type { ExplainedRefund } from './explanation.ts'
import type { LedgerInput } from './ledger-input.ts'
import type { LoyaltyRules } from './rules.ts'
import { everythingIsRefunded, valueOfRefund, type OrderValue } from './value.ts'

export interface Refunded {
  /** Sum of what counts, in minor units of the order's currency; not yet limited to the order's value. */
  sum: bigint
  explained: ExplainedRefund[]
  problems: string[]
}

/**
 * Adds up what was given back. Each refund counts for itself, so their order and grouping do not matter. A return that says it was refunded
 * tells of the same money as the refund the shop books for it, sooner or later or never: the larger of both sums counts, never both.
 */
export function sumRefunds(
  order: Order,
  { refunds, returned = [] }: Pick<LedgerInput, 'refunds' | 'returned'>,
  value: OrderValue,
  rules: LoyaltyRules,
): Refunded {
  const [shop, returns] = [add(order, refunds, value, rules), add(order, returned, value, rules)]
  const [larger, smaller] = returns.sum > shop.sum ? [returns, shop] : [shop, returns]
  const because = larger === shop ? 'the refunds say as much' : 'the returns say more'
  return {
    sum: larger.sum,
    explained: [
      ...larger.explained,
      ...smaller.explained.map(({ counted, ...rest }) => (counted === undefined ? rest : { ...rest, because })),
    ],
    problems: [...shop.problems, ...returns.problems],
  }
}

function add(order: Order, refunds: readonly Refund[], value: OrderValue, rules: LoyaltyRules): Refunded {
  const problems: string[] = []
  const counted: Refund[] = []
  let sum = 0n
  const explained = refunds.map((refund): ExplainedRefund => {
    const known = {
      id: refund.returnId && refund.id.startsWith(refund.returnId) ? `of return ${refund.id}` : refund.id,
      at: refund.refundedAt ?? undefined,
      status: refund.status?.value,
      total: refund.total ?? undefined,
    }
    const because = whyNotCounted(refund, value.currency, rules)
    if (because !== undefined) {
      if (because.problem) problems.push(`refund ${known.id} does not count: ${because.reason}`)
      return { ...known, because: because.reason }
    }
    const amount = valueOfRefund(refund, rules.earn.value, value)
    counted.push(refund)
    sum += amount
    return { ...known, counted: money.fromMinor(amount, value.currency) }
  })
  const missing = value.base - sum
  const tolerance = BigInt(rules.reverse.fullToleranceMinor) * BigInt(counted.length)
  if (missing > 0n && missing <= tolerance && everythingIsRefunded(order, counted)) sum = value.base
  return { sum, explained, problems }
}

function whyNotCounted(
  refund: Refund,
  currency: string,
  rules: LoyaltyRules,
): { reason: string; problem: boolean } | undefined {
  const status = refund.status?.value ?? 'done'
  if (status === 'declined' || status === 'failed') return { reason: `it was ${status}`, problem: false }
  if (status === 'requested' || status === 'pending') return { reason: `it is only ${status}`, problem: false }
  if (status === 'unknown')
    return { reason: `nobody knows what its status ${refund.status?.source ?? ''} means`, problem: true }
  if (!refund.total) return { reason: 'its amount is not told', problem: true }
  if (refund.total.currency !== currency)
    return { reason: `it is in ${refund.total.currency}, the order in ${currency}`, problem: true }
  if (refund.total.amount.startsWith('-')) return { reason: 'its amount is negative', problem: true }
  if (
    !rules.reverse.storeCredit &&
    (refund.destination?.value === 'store_credit' || refund.destination?.value === 'gift_card')
  )
    return { reason: 'it was paid as store credit (reverse.storeCredit)', problem: false }
  return undefined
}
