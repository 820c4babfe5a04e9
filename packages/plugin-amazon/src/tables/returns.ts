import type { Return, ReturnLine } from '@kontor/core'

type ReasonWord = NonNullable<ReturnLine['reason']>['value']

/** Ends of Amazon's return reasons (`CR-DEFECTIVE`, `AMZ-PG-APP-TOO-SMALL`), longest first: the beginnings name product groups. */
const reasons: readonly [end: string, reason: ReasonWord][] = [
  ['TOO-SMALL', 'size_too_small'],
  ['TOO-LARGE', 'size_too_large'],
  ['STYLE', 'style'],
  ['COLOR', 'color'],
  ['DAMAGED-BY-CARRIER', 'damaged_in_transit'],
  ['DAMAGED-BY-FC', 'damaged_in_transit'],
  ['DAMAGED', 'damaged_in_transit'],
  ['DEFECTIVE', 'defective'],
  ['SWITCHEROO', 'wrong_item'],
  ['WRONG-ITEM', 'wrong_item'],
  ['ORDERED-WRONG-ITEM', 'changed_mind'],
  ['MISSING-PARTS', 'missing_parts'],
  ['NOT-AS-DESCRIBED', 'not_as_described'],
  ['QUALITY-UNACCEPTABLE', 'quality'],
  ['MISSED-ESTIMATED-DELIVERY', 'late_delivery'],
  ['NEVER-ARRIVED', 'not_delivered'],
  ['UNDELIVERABLE', 'not_delivered'],
  ['FOUND-BETTER-PRICE', 'better_price'],
  ['UNWANTED-ITEM', 'changed_mind'],
  ['NO-REASON-GIVEN', 'changed_mind'],
  ['EXTRA-ITEM', 'wrong_item'],
  ['UNAUTHORIZED-PURCHASE', 'other'],
]
const longestFirst = reasons.toSorted(([a], [b]) => b.length - a.length)

export const returnReason = (word: string): ReasonWord => {
  const plain = word.toUpperCase().replaceAll('_', '-')
  return longestFirst.find(([end]) => plain === end || plain.endsWith(`-${end}`))?.[1] ?? 'unknown'
}

/** `Return request status`. */
export const returnLifecycles: Readonly<Record<string, NonNullable<Return['lifecycle']>['value']>> = {
  approved: 'approved',
  'pending approval': 'requested',
  pending: 'requested',
  requested: 'requested',
  'authorization pending': 'requested',
  declined: 'rejected',
  denied: 'rejected',
  closed: 'closed',
  completed: 'closed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
  expired: 'expired',
}

/** `Resolution`. */
export const resolutions: Readonly<Record<string, NonNullable<ReturnLine['requestedResolution']>['value']>> = {
  standardrefund: 'refund',
  refund: 'refund',
  exchange: 'exchange',
  replacement: 'replacement',
  refundatfirstscan: 'refund',
}
