import { divideRounded } from '@kontor/core'

/** How a fraction of a point is decided: `half_up` to the nearest, `down` for the shopper, `up` for the merchant. */
export type PointsRounding = 'half_up' | 'down' | 'up'

export interface Share {
  /** Points really issued for the order, in whole units of the programme's smallest point. From the provider's answer, never from a rule. */
  issued: bigint
  /** What the points were issued for, in minor units of the order's currency. */
  total: bigint
  /** What was given back of it, in the same units. More than `total` counts as `total`, less than nothing as nothing. */
  refunded: bigint
  rounding: PointsRounding
}

const roundings = { half_up: 'half-up', down: 'down', up: 'up' } as const

/**
 * How many of the issued points must be gone once so much is refunded: cumulative, from the sums alone. So it does not matter in which order
 * or in how many parts a refund came, the sum of all parts never exceeds what was issued, and a full refund leaves exactly zero.
 */
export function pointsToBeGone({ issued, total, refunded, rounding }: Share): bigint {
  if (issued <= 0n || total <= 0n || refunded <= 0n) return 0n
  if (refunded >= total) return issued
  return divideRounded(issued * refunded, total, roundings[rounding])
}
