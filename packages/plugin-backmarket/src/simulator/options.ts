import { z } from 'zod'

/** The switches of the imitation: `--set orders=500`. */
export const Options = z.strictObject({
  platform: z.enum(['eu', 'na', 'ap']).default('eu').describe('whose markets and currencies there are'),
  token: z.string().min(1).default('simulator-token').describe('the only token that is accepted'),
  otherToken: z
    .string()
    .min(1)
    .default('simulator-token-of-another')
    .describe('the token of another seller, who sees the same orders as `merchant` + 1'),
  restrictedToken: z
    .string()
    .min(1)
    .default('simulator-token-restricted')
    .describe('a token that is right and may do nothing'),
  merchant: z.int().default(1402).describe('number of the seller account'),
  orders: z.int().min(0).default(40).describe('orders at the start, over the last `days`'),
  days: z.number().positive().default(14).describe('how far back the orders at the start go'),
  ordersPerHour: z.number().min(0).max(3600).default(6).describe('new orders while time goes by'),
  listings: z.int().min(1).default(12).describe('offers in the catalogue'),
  careShare: z.number().min(0).max(1).default(0.15).describe('shipped orders of the start with an after-sales folder'),
  backshipShare: z.number().min(0).max(1).default(0.1).describe("orders shipped with Back Market's own label"),
  odd: z
    .boolean()
    .default(true)
    .describe('every eleventh order is odd: no address, nothing to pay, undocumented states'),
  sort: z
    .enum(['modified', 'created', 'newest'])
    .default('modified')
    .describe('order of the listing, which is not documented; `modified` moves while it is read'),
  pastEnd: z.enum(['404', 'empty']).default('404').describe('what a page beyond the last is answered with'),
  endlessNext: z.boolean().default(false).describe('whether `next` names a page even after the last'),
  updateAnswer: z
    .enum(['order', 'other'])
    .default('order')
    .describe('what an update is answered with; old clients have seen other shapes'),
  acceptBy: z
    .enum(['sku', 'line'])
    .default('sku')
    .describe('whether one accept moves all lines of a SKU, or one of them'),
  batchMinutes: z.number().min(0).default(5).describe('how long a CSV task takes'),
})
export type Options = z.output<typeof Options>

/** Markets by platform with their currency and a country to invent people of. */
export const marketsOf = {
  eu: [
    ['de-de', 'EUR', 'DE'],
    ['fr-fr', 'EUR', 'FR'],
    ['es-es', 'EUR', 'ES'],
    ['it-it', 'EUR', 'IT'],
    ['de-at', 'EUR', 'AT'],
    ['nl-nl', 'EUR', 'NL'],
    ['en-gb', 'GBP', 'GB'],
  ],
  na: [['en-us', 'USD', 'US']],
  ap: [
    ['ja-jp', 'JPY', 'JP'],
    ['en-au', 'AUD', 'AU'],
  ],
} as const

/** Every market name that `Accept-Language` may have there. */
export const languagesOf: Readonly<Record<Options['platform'], readonly string[]>> = {
  eu: [
    'fr-fr',
    'fr-be',
    'es-es',
    'de-de',
    'de-at',
    'it-it',
    'en-gb',
    'nl-nl',
    'pt-pt',
    'en-ie',
    'el-gr',
    'sk-sk',
    'sv-se',
  ],
  na: ['en-us'],
  ap: ['ja-jp', 'en-au'],
}

/** Whole minor units (cents; yen has none) as the API writes amounts. */
export const amountText = (minor: number, currency: string): string =>
  currency === 'JPY' ? String(minor) : (minor / 100).toFixed(2)
/** The other way; `undefined` for what is no amount. */
export function minorOf(text: string, currency: string): number | undefined {
  if (!/^\d{1,9}(\.\d{1,2})?$/.test(text)) return undefined
  return currency === 'JPY' ? Math.trunc(Number(text)) : Math.round(Number(text) * 100)
}
