import { Currency, Decimal } from '@kontor/core'
import { z } from 'zod'

const Amount = Decimal.refine(
  (text) => !text.startsWith('-') && /[1-9]/.test(text),
  'an amount above zero, e.g. "5.00"',
)

const common = {
  minimumOrder: Amount.optional().describe('The code is valid from this value of an order on'),
  expiresDays: z.int().min(1).max(3650).optional().describe('Days the code is valid. Absent: without end'),
}

const Discount = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('amount'), amount: Amount, currency: Currency, ...common }),
    z.strictObject({ kind: z.literal('percent'), percent: Amount, currency: Currency.optional(), ...common }),
    z.strictObject({ kind: z.literal('free_shipping'), currency: Currency.optional(), ...common }),
  ])
  .refine(({ minimumOrder, currency }) => minimumOrder === undefined || currency !== undefined, {
    path: ['currency'],
    message: 'A discount with a minimumOrder says its currency.',
  })
export type RewardDiscount = z.infer<typeof Discount>

const Reward = z.strictObject({
  reward: z.string().min(1).describe('Its id at the programme; "kontor loyalty rewards" lists them'),
  points: Amount.describe('What it costs there'),
  discount: Discount.describe(
    'The code that is made: { kind: amount, amount: "5.00", currency: EUR }, { kind: percent, percent: "10" } or { kind: free_shipping }; with minimumOrder and expiresDays',
  ),
})

/** Rewards of the programme that become discount codes of the shop. */
export const RedeemRules = z.strictObject({
  rewards: z
    .record(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'a name in lower case with dashes, e.g. five-euros'), Reward)
    .default({})
    .describe('Rewards that can be redeemed, by a name of your choice'),
  expired: z.enum(['give_back', 'keep']).default('give_back').describe('The points of a code that has expired unused'),
  fullRefund: z
    .enum(['give_back', 'keep'])
    .default('give_back')
    .describe('The points of a code whose order was refunded in full'),
})
export type RedeemRules = z.infer<typeof RedeemRules>
