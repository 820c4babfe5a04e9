import { Money } from '@kontor/core'
import { z } from 'zod'

const Decimal = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine((text) => /^-?\d+(\.\d+)?$/.test(text), 'a decimal number')

export const LedgerBooking = z.object({
  key: z.string(),
  id: z.string(),
  kind: z.enum(['earn', 'reverse', 'restore', 'redeem', 'adjust']),
  points: Decimal,
  shortfall: Decimal.optional(),
  balance: Decimal.optional(),
  member: z.string(),
  reverses: z.string().nullish(),
  order: z.string().nullish(),
  value: Money.nullish(),
})
export type LedgerBooking = z.infer<typeof LedgerBooking>
export const LedgerBookings = z.object({ bookings: z.array(LedgerBooking) })
export const LedgerMember = z.object({
  id: z.string(),
  email: z.string().nullish(),
  points: Decimal,
  pending: Decimal.optional(),
})
export const LedgerQuote = z.object({ points: Decimal })
export const LedgerRewards = z.object({
  rewards: z.array(z.object({ id: z.string(), name: z.string(), points: Decimal, available: z.boolean() })),
})
export const LedgerFailure = z.object({ error: z.string() })

export interface NewBooking {
  key: string
  kind: string
  points: string
  value?: { amount: string; currency: string }
  member: { id?: string; email?: string }
  createMember: boolean
  order?: { key?: string; number?: string }
  reverses?: string
  reward?: string
  reason?: string
}
