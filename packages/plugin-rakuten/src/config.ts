import { z } from 'zod'
import { isTransporter, services, trackings, unitStates } from './tables/index.ts'

const login = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(
    /^[^@\s]+$/,
    'the account name, not the e-mail address: Rakuten accepts no e-mail as login. The account name is shown in the banner of your account, top right after signing in',
  )

/** Checked by `lint`, which can say what is wrong with it. */
const trackingTemplate = z.string().min(1).max(300)

const Carrier = z.union([
  z.string().min(1),
  z.strictObject({
    transporter: z
      .string()
      .min(1)
      .optional()
      .describe('Name of the transporter at Rakuten, in its exact spelling; `Autre` for one Rakuten does not know.'),
    trackingUrl: trackingTemplate
      .optional()
      .describe('Tracking URL with {number}; {country}, {postcode}, {lang} and {locale} may occur.'),
  }),
])
export type CarrierRule = z.infer<typeof Carrier>

export const RakutenConfig = z.strictObject({
  login: login.describe('Account name ("pseudo"). An e-mail address is refused.'),
  environment: z
    .enum(['production', 'sandbox'])
    .default('production')
    .describe('The sandbox has accounts and tokens of its own.'),
  baseUrl: z
    .url()
    .refine(
      (url) => /^https:\/\/|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(url),
      'https, or http on this machine',
    )
    .optional()
    .describe('Another address, for the simulator. Overrides `environment`.'),
  channel: z
    .string()
    .regex(/^[\w-]{1,40}$/)
    .optional()
    .describe('Name of the integrator, sent with every call where Rakuten asked you to.'),

  pickupOrders: z
    .enum(['import', 'skip', 'hold'])
    .default('import')
    .describe(
      'Sales the buyer fetches at the seller ("Retrait chez le vendeur"): import them flagged `pickup`, leave them out, or import them on hold.',
    ),
  windowDays: z.int().min(1).max(365).default(30).describe('How many days of confirmed sales every run reads.'),
  deepWindowDays: z.int().min(1).max(365).default(90).describe('How many days the first run of a day reads.'),
  detectShipped: z
    .boolean()
    .default(true)
    .describe(
      'Also ask for the sales not yet shipped, and so find those shipped by hand in the back office. The list itself does not tell.',
    ),
  contact: z
    .enum(['when-missing', 'never'])
    .default('when-missing')
    .describe('Fetch e-mail, phone and prepaid label of an accepted sale once: one call a sale.'),
  fees: z
    .boolean()
    .default(true)
    .describe('Fetch commissions and shipping price of an accepted sale once: one call a sale.'),
  skus: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe('Where a SKU at Rakuten is not yours: Rakuten SKU to your SKU.'),
  skuPrefix: z
    .string()
    .max(40)
    .default('')
    .describe(
      'What the SKUs at Rakuten begin with and yours do not. Taken off when reading, put before when stock and prices are sent.',
    ),
  locations: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe('Where your SKUs lie in the warehouse; stands on the lines of orders.'),
  statuses: z
    .record(z.string().regex(/^[A-Z_]+$/, 'a status as Rakuten spells it, e.g. ACCEPTED'), z.enum(unitStates))
    .default({})
    .describe(
      'What a status of an article means, over the table of this plugin: for one that Rakuten invents ({ LEVITATING: accepted }).',
    ),
  shippingModes: z
    .record(
      z.string().min(1),
      z.strictObject({
        service: z.enum(services).optional().describe('What the warehouse is told.'),
        tracking: z
          .enum(trackings)
          .optional()
          .describe(
            'tracked: transporter, number and URL are told; prepaid: Rakuten knows the number; none: a word instead.',
          ),
      }),
    )
    .default({})
    .describe('Your own modes of shipping, by their French name; without this they are tracked.'),

  acceptDeadlineHours: z
    .number()
    .positive()
    .default(48)
    .describe('Hours after the sale until it should be accepted; for warnings.'),
  acceptDelayMinutes: z
    .number()
    .min(0)
    .default(60)
    .describe(
      'A sale is not accepted earlier than this: the buyer may cancel freely at first. A decision with a `notBefore` of its own is obeyed instead.',
    ),
  shippingFromCountry: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('FR')
    .describe('Country the goods are sent from; told when a sale is accepted.'),
  cancelComment: z
    .string()
    .min(1)
    .max(400)
    .default('Article indisponible')
    .describe('Shown to the buyer with a cancellation that brings no text of its own. French.'),

  carriers: z
    .record(z.string().min(1), Carrier)
    .default({})
    .describe(
      'Carriers as your warehouse writes them, with the transporter at Rakuten; `auto` where the carrier table knows it. `kontor check` walks them and reports those that would fail.',
    ),
  unknownCarrier: z
    .enum(['refuse', 'autre'])
    .default('refuse')
    .describe(
      'A carrier without a transporter at Rakuten: refuse the shipment with a readable error, or send it as `Autre` with its tracking URL.',
    ),
  universalTracking: z.boolean().default(false).describe('Where no tracking URL is known, send one of 17TRACK.'),
  untrackedWord: z
    .enum(['Oui', 'yes'])
    .default('Oui')
    .describe('What stands for the number in modes without tracking. Sources differ.'),

  payoutLines: z.boolean().default(true).describe('Read what each payout is made of: one call a payout, once.'),
  readMessages: z
    .boolean()
    .default(false)
    .describe('Read claim texts and messages. Rakuten then marks the messages as read in your account.'),
})
export type RakutenConfig = z.infer<typeof RakutenConfig>

export const RakutenCredentials = z.strictObject({
  token: z
    .string()
    .trim()
    .min(8, 'the whole token')
    .regex(/^\S+$/, 'the token without blanks')
    .describe('Web service token of the account. It is not the password.'),
})
export type RakutenCredentials = z.infer<typeof RakutenCredentials>

const origins = {
  production: 'https://ws.fr.shopping.rakuten.com',
  sandbox: 'https://sandbox.fr.shopping.rakuten.com',
} as const
/** Where the calls go. The host ws.priceminister.com is dead or redirects; it is never used. */
export const originOf = (config: Pick<RakutenConfig, 'baseUrl' | 'environment'>): string =>
  config.baseUrl === undefined ? origins[config.environment] : new URL(config.baseUrl).origin

/** What a rule names: a transporter of Rakuten's list, or `unknown`, a name that is none. */
export function transporterOf(rule: CarrierRule): { transporter?: string; unknown?: string; trackingUrl?: string } {
  const named = typeof rule === 'string' ? rule : rule.transporter
  const trackingUrl = typeof rule === 'string' ? undefined : rule.trackingUrl
  const url = trackingUrl === undefined ? {} : { trackingUrl }
  if (named === undefined || named === 'auto') return url
  return isTransporter(named) ? { transporter: named, ...url } : { unknown: named, ...url }
}
