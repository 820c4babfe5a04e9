import { Currency, Decimal, Instant } from '@kontor/core'
import { z } from 'zod'
import { RedeemRules } from './redeem-rules.ts'

const Rate = Decimal.refine((text) => !text.startsWith('-') && /[1-9]/.test(text), 'a rate above zero, e.g. "0.92"')

const EarnRules = z.strictObject({
  when: z
    .enum(['created', 'paid', 'completed'])
    .default('created')
    .describe(
      'created: as soon as the order is one; paid: its payment has arrived or it is on its way; completed: it is shipped or completed',
    ),
  value: z
    .enum(['total', 'without_shipping', 'without_tax', 'products'])
    .default('total')
    .describe(
      'What points are given for, and by which refunds are measured. total: the whole order with tax and shipping',
    ),
  startAt: Instant.optional().describe('Orders placed before it never earn'),
  delayDays: z
    .int()
    .min(0)
    .max(365)
    .default(0)
    .describe('Days to wait after the order was placed, e.g. the time for returns'),
  guests: z.enum(['earn', 'known_only', 'skip']).default('earn').describe('Orders without a customer account'),
  rate: Rate.optional().describe(
    'Points for one unit of the currency, for a programme that does not reckon itself. Absent: the programme decides',
  ),
  ignoreEmails: z
    .array(z.string().min(1))
    .default(['*@marketplace.*', '*@*.marketplace.*', '*.invalid'])
    .describe('Addresses that are no member: the mailboxes of marketplaces. * stands for anything'),
})

const ReverseRules = z.strictObject({
  rounding: z.enum(['half_up', 'down', 'up']).default('half_up'),
  onCancel: z
    .boolean()
    .default(true)
    .describe('A cancelled order loses its points, and gets them back when it is opened again'),
  onStatus: z
    .array(z.enum(['refunded']))
    .default([])
    .describe(
      'Statuses that count as a full refund without a refund of the shop. Default none: a status alone has no effect',
    ),
  storeCredit: z.boolean().default(true).describe('Refunds paid as store credit take points back as well'),
  fullToleranceMinor: z
    .int()
    .min(0)
    .max(100)
    .default(1)
    .describe(
      'Minor units per refund by which tax rounding may miss the total when every line and the shipping are refunded',
    ),
  onTotalChange: z
    .enum(['report', 'adjust'])
    .default('report')
    .describe('An order whose total changes after it has earned'),
})

const CurrencyRules = z
  .discriminatedUnion('policy', [
    z.strictObject({ policy: z.literal('order') }),
    z.strictObject({ policy: z.literal('only'), currencies: z.array(Currency).min(1) }),
    z.strictObject({ policy: z.literal('convert'), to: Currency, rates: z.record(Currency, Rate) }),
  ])
  .default({ policy: 'order' })
  .describe(
    'order: the amount as it is; only: other currencies do not earn; convert: by a fixed table, what one unit is worth in `to`',
  )

/** The `loyalty` block of a flow. Everything has a default: points on creation, for the whole value, taken back by refunds alone. */
export const LoyaltyRules = z.strictObject({
  earn: EarnRules.prefault({}),
  reverse: ReverseRules.prefault({}),
  currency: CurrencyRules,
  redeem: RedeemRules.prefault({}),
  /** Digits after the point of the programme's points. */
  decimals: z.int().min(0).max(4).default(0),
})
export type LoyaltyRules = z.infer<typeof LoyaltyRules>
