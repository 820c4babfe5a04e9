import { Grade, Resolution, Return, ReturnReason } from '@kontor/core'
import { z } from 'zod'
import { assumedOperations, operations, type AssumedOperation } from './tables/endpoints.ts'

/** https, or http on this machine: the credentials go with every call. */
const baseUrl = z
  .url({ protocol: /^https?$/ })
  .refine((text) => {
    const url = new URL(text)
    return url.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  }, 'must be https; http is allowed for this machine alone, because the credentials go with every call')
  .refine((text) => {
    const { username, search, hash } = new URL(text)
    return `${username}${search}${hash}` === ''
  }, 'the address alone, without user, query or fragment')

const endpoint = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH']).optional().describe('Another method.'),
  path: z
    .string()
    .max(300)
    .regex(/^\/(?!\/)[^?#\s]*$/, 'a path below baseUrl that begins with one "/", e.g. "/v1/customer_returns/{id}"')
    .optional()
    .describe('Another path below `baseUrl`; `{id}` is the id of the return.'),
})

const duration = z.templateLiteral([z.int().positive(), z.enum(['m', 'h', 'd'])])
const vendorWord = z.string().min(1).max(200)
/** Goes into a JSON body and comes back as the inspector's word. */
const condition = z.string().min(1).max(200)

const reason = ReturnReason.shape.value
const resolution = Resolution.shape.value
const grade = Grade.shape.value.exclude(['unknown'])
const lifecycle = Return.shape.lifecycle.unwrap().unwrap().shape.value

export const EightReturnsConfig = z.strictObject({
  baseUrl: baseUrl
    .default('https://api.returnsportal.online')
    .describe('Address of the interface. The default is what four public callers use (observed, not documented).'),
  portal: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{0,99}$/,
      'the part of the address of your returns portal in front of ".returnsportal.online"',
    )
    .optional()
    .describe(
      'Name of your returns portal (https://<portal>.returnsportal.online): tells two connections of one account apart from two accounts.',
    ),
  allowAssumed: z
    .union([z.boolean(), z.array(z.enum(assumedOperations))])
    .default(false)
    .describe(
      'Allows operations nobody has been seen to use (createReturn, createLabel, findOrders): all, or those named. Each may fail or do something else.',
    ),
  endpoints: z
    .partialRecord(z.enum(operations), endpoint)
    .default({})
    .describe('Other methods and paths than ours, by operation: { getReturn: { path: "/v2/returns/{id}" } }.'),
  pii: z
    .strictObject({
      customer: z
        .boolean()
        .default(false)
        .describe('Name, e-mail and country of the customer; needs "Kundeninformationen".'),
      texts: z.boolean().default(true).describe('What customers and staff wrote about an item.'),
      pictures: z
        .boolean()
        .default(false)
        .describe('Addresses of the pictures customers sent. They are never downloaded.'),
    })
    .prefault({})
    .describe('Which personal data is kept. What is off is not stored, even where 8returns sends it.'),
  timeZone: z
    .string()
    .refine(isTimeZone, 'not a time zone; write e.g. "Europe/Berlin"')
    .default('Europe/Berlin')
    .describe('Zone of times that come without one.'),
  pageSize: z
    .int()
    .min(1)
    .max(100)
    .default(50)
    .describe('Returns asked for at once; 50 is the largest number seen in use.'),
  maxPages: z
    .int()
    .min(1)
    .max(10_000)
    .default(400)
    .describe('Pages read in one run; a longer list goes on with the next run.'),
  sweepEvery: z
    .union([z.literal('never'), duration])
    .default('7d')
    .describe('How often the whole list is read once more, in case the order of the list is not what it looks like.'),
  reasonMap: z
    .record(vendorWord, reason)
    .default({})
    .describe('Your reasons of return: ours. { too_small: size_too_small }'),
  resolutionMap: z
    .record(vendorWord, resolution)
    .default({})
    .describe('Your return types: ours. { gutschein: store_credit }'),
  lifecycleMap: z.record(vendorWord, lifecycle).default({}).describe('Words of the status: ours. { archived: closed }'),
  gradeMap: z
    .partialRecord(grade, condition)
    .default({})
    .describe('Our grades: the condition 8returns shall show. { a: "A-Ware", b: "B-Ware" }. Read the other way too.'),
  rejectedCondition: condition
    .optional()
    .describe(
      'Condition that says "inspected and not accepted". Without it a rejected item is not booked: 8returns has no word for it that we know.',
    ),
  sendNotes: z.boolean().default(true).describe('Sends the notes of the warehouse along.'),
  check: z
    .strictObject({
      readOne: z
        .boolean()
        .default(false)
        .describe('`check` reads one real return and compares its form with what we assume.'),
      probeWrites: z
        .boolean()
        .default(false)
        .describe('`check` books an item of return 0, which cannot exist, to see whether it may.'),
    })
    .prefault({})
    .describe('What `check` may do beyond a search that finds nothing.'),
})
export type EightReturnsConfig = z.output<typeof EightReturnsConfig>

export const isAllowed = (
  operation: AssumedOperation,
  { allowAssumed }: Pick<EightReturnsConfig, 'allowAssumed'>,
): boolean => (typeof allowAssumed === 'boolean' ? allowAssumed : allowAssumed.includes(operation))

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/**
 * A part of the header `Bearer token="…", api_key="…"`: what would end the quoted text or the header is refused, never escaped.
 * Servers that parse this form split at `,` `;` and tabs even inside quotes (Rails' HTTP token authentication), so these are refused too.
 */
const secret = (what: string) =>
  z
    .string()
    .max(2000)
    .refine((text) => text.trim() !== '', `the ${what} is empty`)
    .refine((text) => !/[\r\n]/.test(text.trim()), `the ${what} has a line break inside; paste it again, in one line`)
    .refine(
      (text) => !/["\\,;\t]/.test(text.trim()),
      `the ${what} holds a quote, a backslash, a comma, a semicolon or a tab; paste the value alone, without what stands around it`,
    )
    .refine(
      (text) => /[\r\n"\\,;\t]/.test(text.trim()) || /^[\x21-\x7e]*$/.test(text.trim()),
      `the ${what} has blanks, accents or invisible characters inside; paste it again`,
    )

/**
 * API key and password, or the one token of accounts that have a single value. Which of both is said by the fields that are there,
 * not by a word beside them: every text of the credentials is masked in messages, and a mode would be too.
 */
export const EightReturnsCredentials = z
  .strictObject({
    apiKey: secret('API key').optional().describe('API key of the account; goes with `password`.'),
    password: secret('password').optional().describe('Password (or token) that belongs to the API key.'),
    token: secret('token')
      .optional()
      .describe('The API token, where the account has a single value. Instead of the two others.'),
  })
  .superRefine(({ apiKey, password, token }, context) => {
    const missing = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    if (token !== undefined && (apiKey !== undefined || password !== undefined))
      missing('token', 'give either `token` alone, or `apiKey` and `password`')
    else if (token === undefined && apiKey === undefined)
      missing('apiKey', 'is missing: give `apiKey` and `password`, or `token` alone')
    else if (token === undefined && password === undefined) missing('password', 'is missing; it goes with `apiKey`')
  })
  .transform(({ apiKey, password, token }) => ({
    apiKey: apiKey?.trim(),
    secret: (token ?? password ?? '').trim(),
    /** True where blanks around a value were taken off. */
    padded: [apiKey, password, token].some((text) => text !== undefined && text !== text.trim()),
  }))
export type EightReturnsCredentials = z.output<typeof EightReturnsCredentials>

/** `Bearer token="<password>", api_key="<api key>"` (observed in four callers), or `Bearer <token>` (inferred). */
export const authorizationOf = ({
  apiKey,
  secret: value,
}: Pick<EightReturnsCredentials, 'apiKey' | 'secret'>): string =>
  apiKey === undefined ? `Bearer ${value}` : `Bearer token="${value}", api_key="${apiKey}"`
