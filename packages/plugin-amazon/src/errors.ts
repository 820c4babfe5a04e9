import { KontorError, type ErrorCode, type HttpFailure } from '@kontor/core'
import { operationOf, refillMs, renewal } from './tables/index.ts'

/** A failed exchange in one shape: `{errors: [{code, message, details}]}`, an LWA `{error}`, or a page. */
interface Said {
  status: number
  code: string | undefined
  /** Its words, without buyers' data; empty for a page. */
  words: string
  requestId: string | undefined
  html: boolean
  role: string
  /** How long one token of the bucket takes. */
  refillMs: number
}

interface Rule {
  when: (said: Said) => boolean
  code: ErrorCode
  /** After "Amazon answered 403 to …". */
  tell: (said: Said) => string
  key?: string
  /** Where the answer does not say by itself. */
  retryAfterMs?: (said: Said) => number
}

const is =
  (...statuses: readonly number[]) =>
  ({ status }: Said) =>
    statuses.includes(status)

/** That an access token has run out comes as 403; the wrong, revoked or malformed one too (docs "Authorization errors"). */
const expired = /token.*\bexpired\b/i
const dormant = /dormant|deactivated|not active|inactive|account.*(suspended|closed)/i

/** First rule that fits. Matched by status, and by words only where one status means several things: codes differ between the APIs ("400" is one). */
const rules: readonly Rule[] = [
  {
    when: is(429),
    code: 'RATE_LIMITED',
    tell: () => 'Its limit for this operation is used up; it goes on when a token is back.',
    // Amazon sends neither Retry-After nor its rate with a 429.
    retryAfterMs: (said) => said.refillMs,
  },
  {
    when: ({ status, html }) => html && status < 500,
    code: 'ENDPOINT_MISMATCH',
    key: 'config.region',
    tell: () =>
      'It was a web page: the call did not reach the Selling Partner API. Check config.region and config.baseUrl, and proxies in between.',
  },
  {
    when: ({ status, ...said }) => (status === 400 || status === 403) && dormant.test(said.words),
    code: 'AUTH_INVALID',
    key: 'credentials',
    tell: () =>
      'The seller account is dormant or deactivated (no sign-in for 90 days, an invalid card, or suspended). Sign in to Seller Central and follow what it asks for; then authorize again if it says so.',
  },
  {
    when: ({ status, ...said }) => (status === 401 || status === 403) && expired.test(said.words),
    code: 'AUTH_INVALID',
    key: 'credentials',
    tell: () => 'The access token had run out, and a new one was refused as well. Check the clock of this machine.',
  },
  {
    when: ({ status, ...said }) =>
      (status === 401 || status === 403) && /revoked|malformed|invalid/i.test(said.words) && /token/i.test(said.words),
    code: 'AUTH_EXPIRED',
    key: 'credentials.refreshToken',
    tell: () => `The authorization was revoked, or has lapsed. ${renewal.authorization}`,
  },
  {
    when: ({ status, ...said }) =>
      (status === 400 || status === 403) &&
      /marketplace/i.test(said.words) &&
      /region|not valid|invalid|not authorized/i.test(said.words),
    code: 'AUTH_PERMISSION_MISSING',
    key: 'config.marketplaces',
    tell: () =>
      'A marketplace is of another region, or the account does not sell there. Check config.region and config.marketplaces; `kontor check` names those you take part in.',
  },
  {
    when: is(401, 403),
    code: 'AUTH_PERMISSION_MISSING',
    key: 'credentials',
    tell: ({ role }) =>
      `The app lacks a role: this needs "${role}". Add it to the app in the developer profile (Seller Central, Develop Apps, Edit app), then authorize the app again: a token from before does not have it. An account that is dormant or has no Professional plan is answered the same way.`,
  },
  { when: is(404), code: 'NOT_FOUND', tell: () => 'It does not know this id in this account and region.' },
  { when: is(409), code: 'CONFLICT', tell: () => 'It was changed meanwhile, or is being changed.' },
  { when: is(413), code: 'REQUEST_REJECTED', tell: () => 'The request is larger than it takes.' },
  { when: is(415), code: 'REQUEST_REJECTED', tell: () => 'It does not take this content type.' },
  {
    when: ({ status, ...said }) => status >= 500 && (said.html || /maintenance|unavailable/i.test(said.words)),
    code: 'UPSTREAM_UNAVAILABLE',
    tell: () =>
      'It is unavailable, perhaps for maintenance. It is tried again; sellercentral.amazon.com and its status page tell more.',
  },
  {
    when: ({ status }) => status >= 500,
    code: 'UPSTREAM_UNAVAILABLE',
    tell: () => 'The fault is on its side; it is tried again.',
  },
  {
    when: ({ status }) => status >= 400,
    code: 'REQUEST_REJECTED',
    tell: () => 'Correct the record at its source, then try again.',
  },
]

/** What a queue of AWS minds, by the end of its `__type` (docs.aws.amazon.com, Amazon SQS API reference, "Common Errors", 2026-08). */
const queueRules: readonly { type: RegExp; code: ErrorCode; key: string; tell: string }[] = [
  {
    type: /AccessDenied|NotAuthorized|OptInRequired|Kms/i,
    code: 'AUTH_PERMISSION_MISSING',
    key: 'credentials.awsAccessKeyId',
    tell: 'The AWS user may not read the queue: it needs sqs:ReceiveMessage, sqs:DeleteMessage and sqs:GetQueueAttributes on it (and kms:Decrypt where it is encrypted with a key of your own).',
  },
  {
    type: /QueueDoesNotExist|NonExistentQueue|InvalidAddress/i,
    code: 'ENDPOINT_MISMATCH',
    key: 'config.orderChangeQueue',
    tell: 'There is no such queue. Correct its URL in config.orderChangeQueue, or make it.',
  },
  {
    type: /Signature|ClientTokenId|UnrecognizedClient|AuthenticationToken|Expired/i,
    code: 'AUTH_INVALID',
    key: 'credentials.awsSecretAccessKey',
    tell: 'The AWS access key is not known, or its secret is wrong; or the clock of this machine is. Make a new one in IAM.',
  },
]

/** SQS is spoken to at the root of its host, where the Selling Partner API has nothing. */
const isQueue = ({ path }: HttpFailure): boolean => URL.parse(path)?.pathname === '/'

function toQueueError({ status, json, doing }: HttpFailure): KontorError {
  const type = isObject(json) ? (textOf(json['__type'])?.split('#').at(-1) ?? '') : ''
  const rule = queueRules.find((each) => each.type.test(type))
  const said = `AWS answered ${status}${type === '' ? '' : ` (${type})`} to ${doing}.`
  if (rule) return new KontorError(rule.code, { message: `${said} ${rule.tell}`, key: rule.key, vendorCode: type })
  const isThrottled = status === 429 || /Throttl|OverLimit/i.test(type)
  return new KontorError(isThrottled ? 'RATE_LIMITED' : status >= 500 ? 'UPSTREAM_UNAVAILABLE' : 'REQUEST_REJECTED', {
    message: said,
    ...(type === '' ? {} : { vendorCode: type }),
  })
}

/** Turns a failed exchange into an error; `undefined` leaves it to the usual table. */
export function toError(failure: HttpFailure): KontorError | undefined {
  if (isQueue(failure)) return toQueueError(failure)
  const said = whatWasSaid(failure)
  const rule = rules.find(({ when }) => when(said))
  if (rule === undefined) return undefined
  const { words, requestId, code } = said
  return new KontorError(rule.code, {
    message: [
      `Amazon answered ${failure.status}${code === undefined ? '' : ` (${code})`} to ${failure.doing}${words === '' ? '.' : `: “${words}”.`}`,
      rule.tell(said),
      ...(requestId === undefined ? [] : [`Its reference is ${requestId}.`]),
    ].join(' '),
    ...(rule.key === undefined ? {} : { key: rule.key }),
    ...(code === undefined ? {} : { vendorCode: code }),
    ...(rule.retryAfterMs && !failure.headers.has('retry-after') ? { retryAfterMs: rule.retryAfterMs(said) } : {}),
  })
}

/** Whether the access token has run out: then it is renewed once, and the call repeated. */
export const tokenLapsed = (failure: HttpFailure): boolean =>
  failure.status === 403 && expired.test(whatWasSaid(failure).words)

function whatWasSaid(failure: HttpFailure): Said {
  const operation = operationOf(failure.method, failure.path)
  const first = firstError(failure.json)
  const type = failure.headers.get('content-type') ?? ''
  const html = /html/i.test(type) || /^\s*<(!doctype|html)/i.test(failure.text)
  return {
    status: failure.status,
    code: textOf(first?.['code']) ?? textOf(first?.['error']),
    words: html ? '' : wordsOf([textOf(first?.['message']), textOf(first?.['details'])]),
    requestId: failure.headers.get('x-amzn-requestid') ?? undefined,
    html,
    role: operation?.role ?? 'the role of this operation',
    refillMs: operation === undefined ? 5000 : refillMs(operation.bucket),
  }
}

/** Addresses and long numbers (phones, tracking numbers) are taken out: Amazon repeats what it minds. */
const wordsOf = (parts: readonly (string | undefined)[]): string =>
  parts
    .filter((part) => part !== undefined && part.trim() !== '')
    .join(' ')
    .replace(/[^\s@<>"]+@[^\s@<>"]+/g, '‹address›')
    .replace(/\b\d{9,}\b/g, '‹number›')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '')
    .slice(0, 300)

function firstError(json: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(json)) return undefined
  const list = json['errors']
  const first: unknown = Array.isArray(list) ? list[0] : undefined
  return isObject(first) ? first : json
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
