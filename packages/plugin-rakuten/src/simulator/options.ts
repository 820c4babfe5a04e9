import { z } from 'zod'

export const RakutenOptions = z.strictObject({
  login: z.string().default('muster-shop').describe('account name that is accepted'),
  token: z.string().default('simulated-token-1').describe('token that is accepted'),
  otherLogin: z.string().default('modele-shop').describe('account name of a second account'),
  otherToken: z.string().default('simulated-token-2').describe('its token'),
  restrictedToken: z.string().default('simulated-token-3').describe('a token without web services'),
  sales: z.int().nonnegative().default(20).describe('sales at the start'),
  accepted: z.number().min(0).max(1).default(0.5).describe('share of them that is accepted already'),
  everyMs: z.int().nonnegative().default(0).describe('a new sale each so many ms; 0 is never'),
  pageSize: z.int().positive().default(50).describe('sales a page'),
  payoutsPerPage: z.int().positive().default(25).describe('payouts a page'),
  quotaPerHour: z.int().positive().default(600).describe('calls an hour'),
  errorStatus: z
    .union([z.literal(200), z.literal(500)])
    .default(200)
    .describe('HTTP status of errors'),
  repeatToken: z.boolean().default(false).describe('every page of sales names the same next token'),
  listCancelled: z.boolean().default(true).describe('cancelled articles stay in the list of confirmed sales'),
  preordersAmongConfirmed: z
    .boolean()
    .default(false)
    .describe('pre-orders that wait stand in the list of confirmed sales too, not only where they are asked for'),
  shippedAfterMs: z
    .int()
    .nonnegative()
    .default(0)
    .describe('how long a file of shipping statuses takes to be worked off'),
  importAfterMs: z.int().nonnegative().default(90_000).describe('how long an import of offers stays "En attente"'),
  importStuck: z.boolean().default(false).describe('imports of offers are never worked off'),
  echo: z.boolean().default(false).describe('answers repeat login and token, as some do'),
})
export type RakutenOptions = z.output<typeof RakutenOptions>
