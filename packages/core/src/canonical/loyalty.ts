import { z } from 'zod'
import { About, base } from './base.ts'
import { Money } from './money.ts'
import { Decimal, Instant, pii, told } from './primitives.ts'

/** Loyalty points to be booked or taken back for one order. The ledger states them; a provider's writer books them. */
export const Points = z.object({
  ...base('points'),
  about: About,
  kind: z.enum(['earn', 'reverse', 'restore', 'redeem', 'adjust']),
  /** Always positive; `kind` gives the direction. */
  points: Decimal,
  /** Whose: matched by e-mail or by the provider's own id. */
  member: z.object({ id: told(z.string()), email: told(pii(z.string(), 'email')) }),
  /** For `reverse` and `restore`: the id of the points record it takes back. */
  reverses: told(z.string()),
  value: told(Money),
  reason: told(z.string()),
  occurredAt: told(Instant),
})
export type Points = z.infer<typeof Points>

/** A discount code in a shop, made for a reward that a member has redeemed. */
export const Coupon = z.object({
  ...base('coupons'),
  about: About.optional(),
  code: told(z.string()),
  name: z.string(),
  kind: z.enum(['amount', 'percent', 'free_shipping', 'free_product']),
  amount: told(Money),
  percent: told(Decimal),
  sku: told(z.string()),
  minimumOrder: told(Money),
  uses: told(z.int().positive()),
  usesPerCustomer: told(z.int().positive()),
  expiresAt: told(Instant),
  member: told(z.object({ id: told(z.string()), email: told(pii(z.string(), 'email')) })),
  active: told(z.boolean()),
})
export type Coupon = z.infer<typeof Coupon>

/** Money a marketplace pays out, with the lines it is made of. */
export const Payout = z.object({
  ...base('payouts'),
  kind: z.enum(['payout', 'charge', 'credit']),
  total: Money,
  paidAt: told(Instant),
  invoiceNumber: told(z.string()),
  lines: told(z.array(z.object({ id: z.string(), order: told(About), kind: z.string(), amount: Money }))),
})
export type Payout = z.infer<typeof Payout>
