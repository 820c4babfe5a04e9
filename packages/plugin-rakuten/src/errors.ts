import { KontorError, type ErrorCode, type ExchangeFacts } from '@kontor/core'
import { fold } from './tables/index.ts'
import type { VendorError } from './wire/index.ts'

/** What is known of a call when its answer is an error. */
export interface Attempt {
  readonly doing: string
  readonly exchange: ExchangeFacts
  /** Milliseconds until the hourly quota begins anew. */
  readonly untilQuota: number
  /** Takes login and token out of the vendor's words. */
  readonly mask: (text: string) => string
}

interface Rule {
  readonly code?: string
  /** Folded words of message or details. */
  readonly says?: RegExp
  readonly becomes: ErrorCode
  readonly advice: string
  readonly key?: string
  readonly kind?: Refusal
}

/** What a refused write means for its units. */
export type Refusal = 'already-shipped' | 'not-accepted-yet' | 'unknown-article' | 'other'

/** The first rule that fits. Codes and words: error page of the web services and two public clients. */
const rules: readonly Rule[] = [
  {
    says: /quotaexceeded|exceededthemaximumnumberofrequests/,
    becomes: 'RATE_LIMITED',
    advice: 'The hourly quota of the account is used up; calls go on with the next full hour.',
  },
  {
    code: 'InvalidUserConnection',
    becomes: 'AUTH_INVALID',
    key: 'credentials.token',
    advice:
      'Rakuten does not accept login and token together. `login` must be the account name shown in the banner (no e-mail), the token must be of this same account and be the current one, and `environment` must be where it was made: sandbox and production have accounts of their own.',
  },
  {
    code: 'InvalidUserRights',
    becomes: 'AUTH_PERMISSION_MISSING',
    advice:
      'The account may not use this web service. It works with a professional account only; ask the seller support to enable web services.',
  },
  {
    code: 'ServerError',
    becomes: 'UPSTREAM_UNAVAILABLE',
    advice: 'Rakuten reports a failure of its own; it is tried again later.',
  },
  {
    says: /dejaeteexpedie|alreadyshipped/,
    becomes: 'CONFLICT',
    kind: 'already-shipped',
    advice: 'The article was already confirmed as shipped.',
  },
  {
    says: /statutincorrect/,
    becomes: 'NOT_YET',
    kind: 'not-accepted-yet',
    advice: 'The article is not accepted yet; only accepted ones can be confirmed as shipped.',
  },
  {
    says: /numeroincorrect|parameteritemidisinvalid/,
    becomes: 'NOT_FOUND',
    kind: 'unknown-article',
    advice: 'Rakuten does not know this article for this account.',
  },
  {
    code: 'ParameterError',
    says: /login/,
    becomes: 'AUTH_INVALID',
    key: 'login',
    advice: 'Rakuten does not accept the login. It must be the account name, not the e-mail address.',
  },
  { code: 'ParameterError', becomes: 'REQUEST_REJECTED', advice: 'Rakuten refuses this request.' },
]

function ruleFor(error: VendorError): Rule | undefined {
  const said = error.texts.map(fold)
  return rules.find(
    (rule) =>
      (rule.code === undefined || rule.code === error.code) &&
      (rule.says === undefined || said.some((text) => rule.says?.test(text))),
  )
}

/** The vendor's error as ours. */
export function toVendorFailure(error: VendorError, attempt: Attempt): KontorError {
  const rule = ruleFor(error)
  const words = attempt
    .mask(error.texts.join(' ').replace(/\s+/g, ' ').trim())
    .slice(0, 200)
    .replace(/[\s.…]+$/, '')
  const code = rule?.becomes ?? 'UPSTREAM_UNAVAILABLE'
  return new KontorError(code, {
    message: `Rakuten refused to ${attempt.doing}: ${words || 'no reason given'}. ${rule?.advice ?? 'The error code is new to us; it is tried again later.'}`,
    vendorCode: error.code.slice(0, 60),
    exchange: attempt.exchange,
    ...(rule?.key === undefined ? {} : { key: rule.key }),
    ...(code === 'RATE_LIMITED' ? { retryAfterMs: attempt.untilQuota } : {}),
  })
}

/** An error document behind a status that is left to the usual table; `undefined`: it is none. */
export function toFailure(
  error: VendorError | undefined,
  failure: { doing: string; status: number; path: string; method: string; headers: Headers },
  login: string,
): KontorError | undefined {
  if (error === undefined) return undefined
  const hour = 3_600_000
  const at = Date.parse(failure.headers.get('date') ?? '')
  return toVendorFailure(error, {
    doing: failure.doing,
    exchange: { method: failure.method, url: failure.path, status: failure.status },
    untilQuota: Number.isNaN(at) ? hour : hour - (at % hour) + 5000,
    mask: (text) => text.replaceAll(login, '***'),
  })
}

/** What the words about one article mean. */
export const refusalOf = (words: string): Refusal =>
  ruleFor({ code: 'ParameterError', texts: [words] })?.kind ?? 'other'

/** Turned away before anything could happen. */
const turnedAway: ReadonlySet<ErrorCode> = new Set([
  'RATE_LIMITED',
  'AUTH_INVALID',
  'AUTH_PERMISSION_MISSING',
  'BLOCKED',
  'ENDPOINT_MISMATCH',
])

/** True where the answer itself says that nothing was done: a question answered no, not a call gone astray. */
export const nothingWasDone = (error: KontorError): boolean =>
  turnedAway.has(error.code) || (error.vendorCode !== undefined && error.code !== 'UPSTREAM_UNAVAILABLE')

const refusals: Readonly<Record<Refusal, { code: ErrorCode; message: string }>> = {
  'already-shipped': { code: 'CONFLICT', message: 'was already confirmed as shipped' },
  'not-accepted-yet': {
    code: 'NOT_YET',
    message: 'is not accepted yet at Rakuten; it is sent again when the order changes',
  },
  'unknown-article': {
    code: 'NOT_FOUND',
    message: 'is not known to Rakuten; check whether the sale belongs to this account',
  },
  other: { code: 'REQUEST_REJECTED', message: 'was refused by Rakuten' },
}
/** The error for one article that a file was refused for. */
export function toArticleFailure(itemId: string, refusal: Refusal, words: string): KontorError {
  const { code, message } = refusals[refusal]
  return new KontorError(code, { message: `Article ${itemId} ${message}: ${words.slice(0, 150)}` })
}

/** An answer that is no document of these web services. */
export function toForeignAnswer(status: number, why: string, attempt: Attempt): KontorError {
  const { exchange, doing } = attempt
  const at = { exchange }
  if (status === 429)
    return new KontorError('RATE_LIMITED', {
      message: `Rakuten asked to slow down while trying to ${doing}.`,
      ...at,
      retryAfterMs: 60_000,
    })
  if (status >= 500)
    return new KontorError('UPSTREAM_UNAVAILABLE', {
      message: `Rakuten answered ${status} to: ${doing}. It is tried again later.`,
      ...at,
    })
  if (status >= 300 && status < 400)
    return new KontorError('ENDPOINT_MISMATCH', {
      message: `${exchange.url} redirects elsewhere. The token is not sent along. Check \`environment\` and \`baseUrl\`; the old host ws.priceminister.com is no longer in use.`,
      key: 'environment',
      ...at,
    })
  if (status === 401 || status === 403)
    return new KontorError('BLOCKED', {
      message: `Rakuten answered ${status} without a document of its web services to: ${doing}. A firewall may block this address; contact the seller support.`,
      ...at,
    })
  if (status >= 400)
    return new KontorError('ENDPOINT_MISMATCH', {
      message: `${exchange.url} answered ${status}, and not as Rakuten's web services do. Check \`environment\` and \`baseUrl\`.`,
      key: 'environment',
      ...at,
    })
  return new KontorError('WIRE_MISMATCH', {
    message: `Rakuten's answer to "${doing}" cannot be read: ${why}. It is read again later; if this lasts, update the plugin.`,
    retry: 'backoff',
    ...at,
  })
}
