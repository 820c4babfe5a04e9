import { entities, toMilliseconds, InstantOrDate, type PredicateName } from '@kontor/core'
import { Cron } from 'croner'
import { z } from 'zod'
import { LoyaltyRules } from '../loyalty/rules.ts'

/** Names that mean something else in a flow or a record. */
const reservedNames: readonly string[] = ['origin', 'rule', 'operator', 'kontor']

/** The names of core's predicates; the type says that none is left out. */
const predicateNames = ['shippable', 'acceptable', 'paid', 'all'] as const satisfies readonly PredicateName[]

const nameForm = 'a name in lower case with dashes, e.g. shop-de'
export const ConnectionName = z
  .string('the name of a connection')
  .regex(/^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/, nameForm)
  .max(60)
  .refine((name) => !reservedNames.includes(name), { message: `a name other than ${reservedNames.join(', ')}` })

const durationForm = 'a duration such as 30s, 5m or 1h'
const DurationText = z.string(durationForm).regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, { error: durationForm, abort: true })
const Every = DurationText.refine((text) => toMilliseconds(text) >= 1000, { message: 'a duration of at least 1s' })
const Percent = z.string('a share such as 20%').regex(/^\d{1,3}(\.\d+)?%$/, 'a share such as 20%')
const CronPattern = z
  .string()
  .refine(isCron, { message: 'a cron pattern such as "0 6 * * *" (minute, hour, day, month, weekday)' })

function isCron(text: string): boolean {
  try {
    return new Cron(text, { paused: true }).nextRun() !== null
  } catch {
    return false
  }
}

const manyNames = z.array(ConnectionName, 'a list of names').min(1)

const LimitChange = z.strictObject({
  burst: z.int().positive().optional().describe('Calls in any stretch of `per`'),
  per: DurationText.optional().describe('Length of the window: 1s, 1m, 1h'),
  atOnce: z.int().positive().optional().describe('Calls under way at one time'),
})

const FileConnection = z.strictObject({
  plugin: z.string().min(1).describe('Package of the plugin, or a path to its module that begins with ./'),
  config: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('What the plugin needs to know; each plugin states its own keys'),
  credentials: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      'Secrets, as references: "${env:NAME}", "${file:./path}" or "${secret:name}". With a plugin that reads a file of credentials also { accountFile: ./path }. Absent: those entered with "kontor connect"',
    ),
  limits: z
    .record(z.string(), LimitChange)
    .default({})
    .describe('Other limits than the plugin states, by the name of its bucket'),
  every: z
    .union([Every, z.record(z.string(), Every)])
    .optional()
    .describe('How often its readers run, or each of them by name; wins over the flows'),
  linger: DurationText.optional().describe(
    'How long what is due for it is gathered before it is written, instead of what its plugin finds best. 0s: at once, in more calls',
  ),
  retention: z
    .union([z.literal('never'), DurationText])
    .optional()
    .describe(
      'How long names, addresses and all else that tells of a buyer stay after the last thing that happened with an order, a return or whatever else is finished: 30d; never: they stay. Without it what the rules of the system ask for, as its plugin states it; most ask for nothing. Where those rules count from the delivery, so does this',
    ),
  shipByWarning: DurationText.default('4h').describe(
    'How long before an order has to leave (the ship-by time its system told) it is warned of, once in the log and in "kontor status" until it has left; a second warning comes when the time has passed',
  ),
  reconcile: z
    .union([z.literal(false), CronPattern], 'false, or a cron pattern such as "0 3 * * *"')
    .default('0 3 * * *')
    .describe(
      'When everything it holds of stock and prices is read and compared with what it ought to hold, as a cron pattern in the time zone of the machine; false: never. For plugins that can tell what their system holds',
    ),
  paused: z.boolean().default(false).describe('Neither read nor written; what is due for it waits'),
})

const Guard = z.strictObject({
  dropToZero: Percent.optional().describe(
    'Stock: hold the set back if more than this share of the SKUs would drop to zero',
  ),
  priceChange: Percent.optional().describe('Prices: hold the set back if one would change by more than this'),
  floor: z
    .record(
      z.string().regex(/^[A-Z]{3}$/, 'a currency such as EUR'),
      z.union([z.number().positive(), z.string().regex(/^\d+(\.\d+)?$/, 'an amount such as 49.90')]).transform(String),
    )
    .optional()
    .describe(
      'Prices: the lowest price that ever goes out, by currency ({ EUR: 49.90 }). A price below it, or below the minimum its own record states, is refused by itself; the others go out',
    ),
})

const EntityFlow = z
  .strictObject({
    entity: z.enum(entities).describe('What is delivered'),
    from: z.union([ConnectionName, manyNames]).describe('Where it is read'),
    to: z
      .union([z.literal('origin'), ConnectionName, manyNames])
      .describe('Where it is delivered; origin: the connection that owns what the record is about'),
    where: z
      .enum(predicateNames)
      .optional()
      .describe(
        'Which orders go out. shippable (default): paid, accepted, not on hold, with lines left to ship; acceptable: waiting for acceptance; paid; all',
      ),
    countries: z
      .array(z.string().regex(/^[A-Z]{2}$/, 'a country such as FR'))
      .min(1)
      .optional()
      .describe(
        'Only orders that go to these countries, by the code of the address or of the parcel shop. An order whose country is not known does not go out',
      ),
    start: z
      .union(
        [z.enum(['now', 'all']), InstantOrDate],
        'now, all, an instant such as 2026-05-03T09:36:00Z, or a day such as 2026-05-03',
      )
      .default('now')
      .describe(
        'Nothing older is delivered. now (default): the first run of the flow; all: everything; or an instant or a day (UTC)',
      ),
    every: Every.optional().describe('How often the readers run that this flow needs'),
    cron: CronPattern.optional().describe('When they run, instead of `every`, in the time zone of the machine'),
    guard: Guard.optional().describe('Stops changes that look like a mistake, until a person releases them'),
  })
  .refine((flow) => !(flow.every && flow.cron), {
    path: ['cron'],
    message: 'A flow has `every` or `cron`, not both. Remove one.',
  })

const LoyaltyFlow = z.strictObject({
  loyalty: LoyaltyRules.extend({
    shop: ConnectionName.describe('Whose orders and refunds earn and lose points'),
    provider: ConnectionName.describe('Where the points are kept'),
  }),
})

const amountsByCurrency = z
  .record(
    z.string().regex(/^[A-Z]{3}$/, 'a currency such as EUR'),
    z
      .union([z.number().nonnegative(), z.string().regex(/^\d+(\.\d+)?$/, 'an amount such as 250.00')])
      .transform(String),
  )
  .refine((amounts) => Object.keys(amounts).length > 0, { message: 'at least one currency, e.g. { EUR: 250 }' })
const SkuPatterns = z.array(z.string().min(1), 'a list of SKUs; * stands for any characters').min(1)

/** What an order must be like for a rule to fit. What is not stated is not asked. */
const DecideCase = z
  .strictObject({
    decide: z.enum(['accept', 'refuse']).default('accept').describe('What is decided where all of this holds'),
    skus: SkuPatterns.optional().describe(
      'Every SKU that waits is one of these; * stands for any characters: ["IPHONE-*", "CASE-01"]',
    ),
    exceptSkus: SkuPatterns.optional().describe('None of the SKUs that wait is one of these'),
    countries: z
      .array(z.string().regex(/^[A-Z]{2}$/, 'a country such as FR'))
      .min(1)
      .optional()
      .describe('It goes to one of these countries'),
    amountFrom: amountsByCurrency
      .optional()
      .describe('The goods that wait cost at least so much, by currency ({ EUR: 10 }); shipping is not counted'),
    amountTo: amountsByCurrency
      .optional()
      .describe('The goods that wait cost at most so much. An order in a currency that is not named does not fit'),
    pieces: z.int().positive().optional().describe('At most so many pieces wait'),
    stock: z
      .enum(['enough', 'short'])
      .optional()
      .describe(
        'enough: of every SKU the stock is known, and enough for this order after those before it; short: it is known, and not enough. Needs a flow of stock to this connection',
      ),
  })
  .refine((rule) => rule.decide !== 'refuse' || Object.keys(rule).length > 1, {
    message: 'A rule that refuses says when. Without a condition it would refuse every order.',
  })

const Decide = z.strictObject({
  accept: z
    .enum(['auto', 'manual', 'rule'])
    .default('manual')
    .describe(
      'auto: accept every order that waits for acceptance; rule: as the first of `rules` that fits says, and a person where none fits; manual: a person ("kontor decide") or a flow decides',
    ),
  rules: z.array(DecideCase).min(1).optional().describe('With rule: tried in this order'),
  notBefore: DurationText.optional().describe('With auto and rule: how long after the order was placed'),
  preorders: z
    .enum(['in-stock', 'at-once', 'manual'])
    .default('in-stock')
    .describe(
      'Pre-orders, with auto and rule. in-stock: confirmed as soon as the stock that flows to this connection is enough; at-once: confirmed like any other order; manual: a person or a flow confirms them. With rule, a rule that accepts has to fit as well',
    ),
})

const Logging = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('What is logged, to standard error'),
})

/** What a config file may say. Strict: an unknown key is an error. */
export const FileSchema = z.strictObject({
  $schema: z.string().optional().describe('For editors: the JSON Schema that "kontor schema --write" makes'),
  store: z
    .string()
    .min(1)
    .default('./kontor.db')
    .describe('Where everything is kept: the path of a file, or a postgres:// URL'),
  storeKey: z
    .string()
    .optional()
    .describe(
      'Key of the store as a reference, 64 hexadecimal digits. Absent: a file beside the store, made at the first start',
    ),
  connections: z.record(ConnectionName, FileConnection).describe('The accounts, by a name of your choice'),
  flows: z
    .array(z.union([EntityFlow, LoyaltyFlow]))
    .default([])
    .describe('What is delivered from where to where'),
  decide: z
    .record(ConnectionName, Decide)
    .default({})
    .describe('How orders that wait for acceptance are decided, by connection'),
  webhooks: z
    .strictObject({
      url: z
        .url({ protocol: /^https$/, error: 'an https address such as https://kontor.example.com/hooks' })
        .describe('The address as the internet knows it; the name of the connection is put behind it'),
      port: z
        .int()
        .min(1)
        .max(65_535)
        .default(8787)
        .describe('Where the runner listens; a proxy with TLS stands before it'),
      host: z.string().min(1).default('127.0.0.1').describe('Address of this machine to listen at'),
    })
    .optional()
    .describe(
      'Webhooks of systems that have them, as hints of what to read at once. Without it everything is read at its time',
    ),
  notify: z
    .string()
    .optional()
    .describe(
      'An https address as a reference ("${env:KONTOR_NOTIFY}"), told as JSON { text, event, connection, code } when a connection stands still or works again, of warnings, and when more waits for a person',
    ),
  log: Logging.prefault({}),
})

export type ConfigFile = z.infer<typeof FileSchema>
export type FileConnection = ConfigFile['connections'][string]
export type FileEntityFlow = z.infer<typeof EntityFlow>
export type FileDecideCase = z.infer<typeof DecideCase>
export type FileLoyaltyFlow = z.infer<typeof LoyaltyFlow>

export const isLoyalty = (flow: ConfigFile['flows'][number]): flow is FileLoyaltyFlow => 'loyalty' in flow
export const asList = (names: string | readonly string[]): readonly string[] =>
  typeof names === 'string' ? [names] : names
