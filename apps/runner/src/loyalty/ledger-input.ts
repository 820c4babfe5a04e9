import type { Order, Refund } from '@kontor/core'
import type { Booking } from './bookings.ts'
import type { LoyaltyRules } from './rules.ts'

export interface LedgerInput {
  /** Kontor's key of the order: `shop/218`. Part of every statement's id. */
  key: string
  order: Order
  /** All refunds known about it, in any order. */
  refunds: readonly Refund[]
  /** What returns about it say was given back. Mostly the same money as the refunds: the larger sum counts. */
  returned?: readonly Refund[]
  /** What was stated before, with what became of it. */
  issued: readonly Booking[]
  rules: LoyaltyRules
  /** Milliseconds since 1970. */
  now: number
}
