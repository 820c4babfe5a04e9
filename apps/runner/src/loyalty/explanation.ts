import type { Instant, Money } from '@kontor/core'

/** Why an order has the points it has. Ids, amounts and words; nothing about the buyer. */
export interface Explanation {
  order: { key: string; id: string; number?: string | undefined; orderedAt?: Instant | undefined }
  /**
   * - `waiting`: not yet, or something of it is under way
   * - `never`: this order does not earn
   * - `stated`: something is to be booked now
   * - `settled`: what is booked is what should be
   * - `stuck`: the programme refused, a person has to look
   */
  state: 'waiting' | 'never' | 'stated' | 'settled' | 'stuck'
  /** In words: why it is in this state. */
  because: string
  /** Asked again at this time, where time alone decides. */
  at?: Instant | undefined
  value?: {
    basis: string
    /** The order as it is now. */
    now: Money
    /** What the points were given for; fixed when they were. */
    frozen?: Money | undefined
    rate?: string | undefined
  }
  refunds: ExplainedRefund[]
  /** What counts as refunded, never more than the order's value. */
  refunded?: Money
  points: {
    issued: string
    /** What should be gone, as a sum: `80 × 20.00 / 50.00 = 32 (half_up)`. */
    target: string
    arithmetic?: string | undefined
    taken: string
    shortfall: string
    left: string
  }
  /** What is to be booked now. */
  stated: { id: string; kind: string; points: string }[]
  /** What a person should look at. */
  problems: string[]
}

export interface ExplainedRefund {
  id: string
  at?: Instant | undefined
  status?: string | undefined
  total?: Money | undefined
  /** What of it counts. */
  counted?: Money | undefined
  /** Why it does not count, or not all of it. */
  because?: string | undefined
}

const text = (amount: Money): string => `${amount.amount} ${amount.currency}`

/** The answer to "why these points?", line by line. */
export function explanationLines(explanation: Explanation): string[] {
  const { order, value, points, refunds, refunded, stated, problems } = explanation
  return [
    `${order.key}: ${points.left} points (${explanation.state}: ${explanation.because})`,
    ...(value
      ? [
          `  value      ${text(value.frozen ?? value.now)} (${value.basis}${value.rate ? `, rate ${value.rate}` : ''})${changed(value)}`,
        ]
      : []),
    `  issued     ${points.issued}`,
    ...refunds.map((refund) => `  refund     ${refundLine(refund)}`),
    ...(refunded ? [`  refunded   ${text(refunded)}`] : []),
    ...(points.arithmetic ? [`  to be gone ${points.arithmetic}`] : []),
    `  gone       ${points.taken}${points.shortfall === '0' ? '' : `, and ${points.shortfall} that the balance could not give`}`,
    ...stated.map(
      (each) =>
        `  now        ${each.kind} ${each.points === '0' ? '(as the programme decides)' : each.points}  ${each.id}`,
    ),
    ...problems.map((problem) => `  look       ${problem}`),
  ]
}

const changed = (value: NonNullable<Explanation['value']>): string =>
  value.frozen && value.frozen.amount !== value.now.amount ? `; it is ${text(value.now)} now` : ''

function refundLine(refund: ExplainedRefund): string {
  const total = refund.total ? text(refund.total) : 'of unknown amount'
  const counted = refund.counted ? `counts ${text(refund.counted)}` : 'does not count'
  return `${refund.id}  ${total}  ${counted}${refund.because ? ` (${refund.because})` : ''}`
}
