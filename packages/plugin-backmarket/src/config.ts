import { z } from 'zod'
import { plainProblemTypes } from './tables/problems.ts'
import { isMarket, marketNames, markets, platforms, type Market, type Region } from './tables/markets.ts'

const lifecycle = z.enum(['open', 'completed', 'cancelled'])
const orderOverride = z.strictObject({
  lifecycle: lifecycle.optional().describe('Whether the order is open.'),
  payment: z
    .enum(['pending', 'paid', 'refunded', 'partially_refunded', 'failed', 'not_required'])
    .optional()
    .describe('Where its payment stands.'),
  acceptance: z
    .enum(['not_required', 'awaiting', 'accepted', 'refused'])
    .optional()
    .describe('Whether it waits for the seller.'),
  fulfilment: z
    .enum(['unfulfilled', 'partially_shipped', 'shipped', 'delivered', 'not_required'])
    .optional()
    .describe('How far it is shipped.'),
})
const lineOverride = z.enum([
  'pending',
  'awaiting_acceptance',
  'to_ship',
  'shipped',
  'delivered',
  'cancelled',
  'refunded',
  'returned',
  'on_hold',
])
const stateNumber = z.string().regex(/^\d{1,3}$/, 'the number of a state, e.g. "9"')

/** A regular expression as text, checked here so that nothing breaks while orders are read. */
const pattern = z.string().min(1).max(500).refine(isPattern, 'not a regular expression')
function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'iu').source !== ''
  } catch {
    return false
  }
}

/** https, or http on this machine: the token goes with every call. */
const baseUrl = z
  .url({ protocol: /^https?$/ })
  .refine((text) => {
    const url = new URL(text)
    return url.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  }, 'must be https; http is allowed for localhost alone, because the token goes with every call')
  .refine((text) => new URL(text).pathname === '/', 'the origin alone, without a path')

/** Part of a user agent `BM-{company}-{integration};mail`. */
const agentPart = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._&+-]{0,59}$/u, 'letters, digits and . _ & + - alone; it is part of the user agent')

/** A carrier in your words: Back Market's exact shipper name, or that and a tracking page with `{number}`. */
const carrierOverride = z.union([
  z.string().min(1).max(200),
  z.strictObject({
    shipper: z.string().min(1).max(200).default('Other').describe("Back Market's name for it"),
    trackingUrl: z
      .string()
      .max(300)
      .regex(/^https:\/\/[^\s]*\{number\}[^\s]*$/, 'an https address with {number} in it')
      .optional()
      .describe('Its tracking page, with `{number}` where the tracking number goes.'),
  }),
])

/** Words for a buyer. No length is documented; 2,000 is what a message never needs. */
const messageText = z.string().min(1).max(2000)

export const BackMarketConfig = z
  .strictObject({
    region: z
      .enum(['eu', 'na', 'ap'])
      .describe('The platform your seller account is on: eu (GB too), na or ap. Two platforms are two connections.'),
    environment: z
      .enum(['production', 'preprod'])
      .default('production')
      .describe('preprod is a separate account with a token of its own.'),
    baseUrl: baseUrl.optional().describe('Another address instead of the platform, for a simulator.'),
    market: z
      .enum(marketNames)
      .optional()
      .describe(
        'Market whose prices, comments and filters are meant (Accept-Language). Default: fr-fr, en-us or ja-jp, by region.',
      ),
    company: agentPart.describe('Your company, for the user agent that Back Market demands.'),
    integration: agentPart.default('Kontor').describe('Name of this integration, for the user agent.'),
    contactEmail: z
      .email()
      .max(100)
      .describe('Address Back Market may write to when calls trouble it; part of the user agent.'),
    countries: z
      .array(z.enum(marketNames))
      .min(1)
      .optional()
      .describe('Only orders of these markets. Default: all. Connections of one account need disjoint lists.'),
    unpaidOrders: z
      .enum(['import', 'skip'])
      .default('import')
      .describe(
        'Orders in state 0 (payment being checked) and 8 (not paid), which Back Market lists only when asked. They never ship.',
      ),
    timeZone: z
      .string()
      .refine(isTimeZone, 'not a time zone; write e.g. "Europe/Paris"')
      .default('UTC')
      .describe('Zone of the dispatch date, which comes without one. All other times of this API are UTC.'),
    dateFormat: z
      .enum(['rfc3339', 'space'])
      .default('rfc3339')
      .describe(
        'How the date filter of orders is written: 2026-05-03T09:36:00Z as documented, or "2026-05-03 09:36:00" as older clients do.',
      ),
    statusMap: z
      .strictObject({
        orders: z.partialRecord(stateNumber, orderOverride).default({}).describe('By the number of an order state.'),
        lines: z
          .partialRecord(stateNumber, lineOverride)
          .default({})
          .describe('By the number of a line state: what a line in it counts as.'),
      })
      .prefault({})
      .describe(
        'Overrides of what order and line states mean: { orders: { "9": { fulfilment: delivered } }, lines: { "9": to_ship } }.',
      ),
    skuMap: z
      .strictObject({
        table: z.record(z.string(), z.string().min(1)).default({}).describe("Back Market's SKU: your SKU."),
        pattern: pattern
          .optional()
          .describe('A regular expression over the whole SKU; its first group (or `replacement`) is your SKU.'),
        replacement: z.string().default('$1').describe('What `pattern` is replaced by; `$1` is its first group.'),
      })
      .prefault({})
      .describe("From Back Market's SKUs to yours; stock and prices go back the other way through `table`."),
    carriers: z
      .record(z.string().min(1), carrierOverride)
      .default({})
      .describe('Your names of carriers: Back Market’s, before any table of ours.'),
    receipts: z
      .strictObject({
        texts: z
          .strictObject({
            arrived: messageText.optional().describe('To the buyer, when the parcel has arrived.'),
            inspected: messageText.optional().describe('To the buyer, when the item was looked at.'),
            accepted: messageText.optional().describe('To the buyer, when all is well with the item.'),
            rejected: messageText
              .default('The item that was sent back is not in order.')
              .describe('With the problem, when the item is not in order and the warehouse says no more.'),
            missing: messageText
              .default('The parcel that was sent back did not have the item in it.')
              .describe('With the problem, when the item was not in the parcel.'),
          })
          .prefault({})
          .describe(
            'What is written into the after-sales folder when the warehouse has told of a return; `{folder}` is its number. arrived, inspected, accepted: to the buyer, and without a text nothing is written. rejected, missing: with the problem that is declared, where the warehouse has no note of its own.',
          ),
        problems: z
          .strictObject({
            rejected: z.enum(plainProblemTypes).default('OTHER').describe('An item that is not in order.'),
            missing: z.enum(plainProblemTypes).default('OTHER').describe('An item that was not in the parcel.'),
          })
          .prefault({})
          .describe(
            'As what a rejected or missing item is declared to Back Market; types that need a document are not among them.',
          ),
      })
      .prefault({})
      .describe('What becomes of receipts, since Back Market has no operation for a return that has arrived.'),
    requireImei: z
      .enum(['always', 'smartphones', 'never'])
      .default('smartphones')
      .describe(
        'Which lines must not ship without an IMEI or serial number. A duty for smartphones since January 2022.',
      ),
    whenImeiMissing: z
      .enum(['block', 'ship'])
      .default('block')
      .describe('block: the shipment is refused until a number is there; ship: it goes out without.'),
    smartphones: pattern
      .default('iphone|galaxy (?!tab|watch|buds|book)|pixel \\d|xperia|redmi|poco|oneplus|fairphone|smartphone')
      .describe('What is a smartphone: a regular expression over brand, title and SKU.'),
    vatType: z
      .enum(['REGULAR', 'MARGINAL'])
      .optional()
      .describe('VAT scheme told with accepting and shipping; MARGINAL for the margin scheme of used goods.'),
    documentHosts: z
      .array(z.string().regex(/^(\*\.)?[a-z0-9.-]+$/, 'a host, or *.domain'))
      .default([])
      .describe('Further hosts from which delivery notes and labels may be fetched (without credentials).'),
    batchFrom: z
      .int()
      .min(1)
      .max(2000)
      .default(200)
      .describe('From so many changed prices in one go they are sent as one CSV file; fewer are sent one by one.'),
    stockInFiles: z
      .boolean()
      .default(false)
      .describe(
        'Also sends stock as files, from `batchFrom` changes on. Fewer calls, and minutes later: Back Market advises against it for stock. The 2,000 lines an hour are the same.',
      ),
    csvDelimiter: z
      .enum([';', ','])
      .default(';')
      .describe('Delimiter of that CSV file; Back Market’s documentation says both.'),
    publishWithStock: z
      .boolean()
      .default(false)
      .describe(
        'Sends `pub_state: 2` with stock above zero, to bring an offer back online. Seen in use, not documented.',
      ),
  })
  .refine((config) => config.market === undefined || markets[config.market].region === config.region, {
    path: ['market'],
    error: 'this market is on another platform than `region`',
  })
  .refine(
    (config) =>
      config.countries === undefined || config.countries.every((one) => markets[one].region === config.region),
    {
      path: ['countries'],
      error: 'one of these markets is on another platform than `region`',
    },
  )
export type BackMarketConfig = z.output<typeof BackMarketConfig>

export const originOf = (config: BackMarketConfig): string =>
  config.baseUrl === undefined ? platforms[config.region][config.environment] : new URL(config.baseUrl).origin

export const marketOf = (config: BackMarketConfig): Market => config.market ?? platforms[config.region].market

export const userAgentOf = (config: BackMarketConfig): string =>
  `BM-${config.company}-${config.integration};${config.contactEmail}`

/** The market a price names: `de-de`, or a country that has one market on this platform (`DE`). */
export function marketNamed(text: string, region: Region): Market | undefined {
  const folded = text.toLowerCase().replace('_', '-')
  if (isMarket(folded)) return markets[folded].region === region ? folded : undefined
  const ofCountry = marketNames.filter((name) => markets[name].region === region && name.endsWith(`-${folded}`))
  return ofCountry.length === 1 ? ofCountry[0] : undefined
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const renew = 'create a new one in the back office under Options > Integrations'

/**
 * The token is base64 already and is sent as it is.
 * A pasted `Basic ` goes; a pasted e-mail and password are what tokens were made of before 24 April 2023, and are refused.
 */
export const BackMarketCredentials = z.strictObject({
  token: z
    .string()
    .transform((text) => text.trim().replace(/^(authorization:\s*)?basic(\s+|$)/i, ''))
    .pipe(
      z
        .string()
        .min(1, `the token is empty; ${renew}`)
        .refine((text) => !/@.*:/.test(text), `this is an e-mail address and a password, not a token; ${renew}`)
        .refine(
          (text) => /@.*:|^[\x21-\x7e]+$/.test(text),
          `a token has no blanks, line breaks or accents inside; paste it again, or ${renew}`,
        ),
    )
    .describe('Token of the integration, from Options > Integrations in the back office.'),
})
export type BackMarketCredentials = z.output<typeof BackMarketCredentials>

/** True for a token as they were until 24 April 2023: the base64 of e-mail and password. They stopped working 60 days later. */
export const isLegacyToken = (token: string): boolean => /^[^\s:@]+@[^\s:@]+:/.test(decodeBase64(token))

/** The token, and what a proxy or log may show of it after decoding. */
export const secretsOf = (token: string): readonly string[] => [
  token,
  ...decodeBase64(token)
    .split(':')
    .filter((part) => part.length >= 8),
]

const decodeBase64 = (text: string): string =>
  /^[A-Za-z0-9+/=_-]{8,}$/.test(text) ? Buffer.from(text, 'base64').toString('latin1') : ''
