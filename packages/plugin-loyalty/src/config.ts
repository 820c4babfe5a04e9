import { z } from 'zod'

const Leat = z.strictObject({
  provider: z.literal('leat').describe('Leat, formerly Piggy'),
  baseUrl: z
    .url()
    .default('https://api.piggy.eu/api/v3/oauth/clients')
    .describe('Address of the API; https://api.leat.com/oauth/clients is the same system under its new name'),
  shop: z
    .string()
    .min(1)
    .describe('UUID of the shop (business profile) that bookings belong to; `kontor check` lists them'),
  variant: z
    .enum(['credits', 'orders'])
    .default('credits')
    .describe(
      'credits: points for the value of an order; orders: the whole order, for programmes with rules by product. Both reverse exactly',
    ),
  unit: z.string().default('purchase_amount').describe('Unit of the programme that the value of an order is told in'),
  members: z.enum(['create', 'known']).default('create').describe('known: only who is a member already earns'),
  onInsufficient: z
    .enum(['clamp', 'hold', 'refuse'])
    .default('clamp')
    .describe(
      'When points are to be taken back that were spent. clamp: take what is there and note the rest; hold: try again daily; refuse: a person decides',
    ),
})

const WebhookLedger = z.strictObject({
  provider: z.literal('webhook-ledger').describe('A ledger of your own that answers five calls'),
  url: z.url().describe('Address below which the ledger answers; see the README for the five calls'),
  members: z.enum(['create', 'known']).default('create').describe('known: only who is a member already earns'),
})

/** The `config` of a loyalty connection, by its provider. */
export const LoyaltyConfig = z.discriminatedUnion('provider', [Leat, WebhookLedger])
export type LoyaltyConfig = z.infer<typeof LoyaltyConfig>
export type LeatConfig = z.infer<typeof Leat>
export type WebhookLedgerConfig = z.infer<typeof WebhookLedger>

export const LoyaltyCredentials = z.strictObject({
  token: z
    .string()
    .regex(/^[!-~]+$/, 'one word without blanks or line breaks')
    .describe('Leat: the personal access token; webhook-ledger: the bearer token of your ledger'),
  signingSecret: z.string().min(16).optional().describe('webhook-ledger: signs what is sent, in X-Kontor-Signature'),
})
export type LoyaltyCredentials = z.infer<typeof LoyaltyCredentials>
