import { KontorError, isKontorError, type ErrorCode, type ErrorDetails } from '../errors/index.ts'

const mask = '***'
/** Shorter values stand in too many words: masking them would hide the message and protect nothing. */
const shortest = 4

/** Names of query and form fields that carry credentials, whoever sent them. */
const credentialNames = [
  'access[_-]?token',
  'refresh[_-]?token',
  'id[_-]?token',
  'auth[_-]?token',
  'token',
  'api[_-]?key',
  'apikey',
  'key',
  'secret',
  'client[_-]?secret',
  'password',
  'passwd',
  'pwd',
  'pass',
  'auth',
  'authorization',
  'signature',
  'sig',
  'x-amz-signature',
  'x-amz-credential',
  'x-amz-security-token',
  'awsaccesskeyid',
].join('|')
const credentialField = new RegExp(`([?&;]|\\b)((?:${credentialNames})=)[^&\\s#"'<>;]+`, 'gi')
const userInfo = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"'<>]+(?::[^\s/?#"'<>]*)?@/gi
/** Digits or mixed case tell a token from a word: "Basic authentication" is none. */
const authorizationValue =
  /\b([Bb]earer|[Bb]asic)(\s+)(?=[A-Za-z0-9._~+/:-]*(?:[0-9=]|[a-z][A-Z]))[A-Za-z0-9._~+/=:-]{8,}/g

/** Takes what must not be seen out of any text: everything that is logged, thrown, stored or shown passes through it. */
export interface Redactor {
  /** Masks `values` from now on: as they are, and URL-encoded, in JSON, in Base64. */
  add(...values: readonly (string | undefined)[]): void
  /** No longer masks these: tokens that have lapsed. */
  forget(...values: readonly string[]): void
  text(text: string): string
  /** Scheme, host and path; names of query parameters without their values; no path segment with an `@`. */
  url(url: string | URL): string
  /** The same error with its texts masked; a cause keeps only its name, code and masked message. */
  error(error: KontorError): KontorError
}

export function createRedactor(...values: readonly string[]): Redactor {
  const secrets = new Map<string, readonly string[]>()
  let pattern: RegExp | undefined
  let stale = false

  const text = (input: string): string => {
    if (stale) pattern = patternOf(secrets)
    stale = false
    const output = maskShapes(input)
    return pattern ? maskAll(output, pattern) : output
  }
  const redactor: Redactor = {
    add(...added) {
      for (const value of added)
        if (value !== undefined && isSecret(value) && !secrets.has(value)) secrets.set(value, spellings(value))
      stale = true
    },
    forget(...gone) {
      for (const value of gone) secrets.delete(value)
      stale = true
    },
    text,
    url: (url) => text(redactUrl(url)),
    error: (error) => redactError(error, text, (url) => text(redactUrl(url))),
  }
  redactor.add(...values)
  return redactor
}

function patternOf(secrets: ReadonlyMap<string, readonly string[]>): RegExp | undefined {
  const longestFirst = [...new Set([...secrets.values()].flat())].toSorted((a, b) => b.length - a.length)
  return longestFirst.length > 0 ? new RegExp(longestFirst.map(escapeRegExp).join('|'), 'g') : undefined
}

/** A masked text may spell another secret across the mask; each turn shortens it, so this ends. */
function maskAll(text: string, pattern: RegExp): string {
  const masked = text.replace(pattern, mask)
  return masked === text ? text : maskAll(masked, pattern)
}

/** Texts (and long numbers) inside a value, however deep: what the credentials of a connection are made of. */
export function secretsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number' && value >= 100_000) return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsIn) : []
}

/** An address one may show: no user, no query values, no fragment, no mail address in the path. */
export function redactUrl(url: string | URL): string {
  const parsed = typeof url === 'string' ? URL.parse(url) : url
  if (!parsed) return maskShapes(String(url).replace(/[?#].*$/s, ''))
  const path = parsed.pathname
    .split('/')
    .map((segment) => (/@|%40/i.test(segment) ? mask : segment))
    .join('/')
  const names = [...new Set(parsed.searchParams.keys())].map((name) => `${encodeURIComponent(name)}=${mask}`)
  return `${parsed.protocol}//${parsed.host}${path}${names.length > 0 ? `?${names.join('&')}` : ''}`
}

const isSecret = (value: string): boolean => value.length >= shortest && !/^\**$/.test(value)
const escapeRegExp = (value: string): string => value.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')

const maskShapes = (text: string): string =>
  text
    .replace(userInfo, `$1${mask}@`)
    .replace(credentialField, `$1$2${mask}`)
    .replace(authorizationValue, `$1$2${mask}`)

/** How a secret may be spelt in an address, a body, a header or a log. */
function spellings(secret: string): string[] {
  const encoded = encodeUri(secret)
  const form = new URLSearchParams({ v: secret }).toString().slice(2)
  const json = JSON.stringify(secret).slice(1, -1)
  const all = [
    secret,
    secret.trim(),
    encoded,
    lowerPercents(encoded),
    form,
    lowerPercents(form),
    json,
    json.replaceAll('/', '\\/'),
    ...base64s(secret),
  ]
  return all.filter(isSecret)
}

const encodeUri = (text: string): string => encodeURIComponent(text.toWellFormed())
const lowerPercents = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (found) => found.toLowerCase())

/** Base64 of the secret alone, and the digits it leaves in the Base64 of a longer text (`user:secret`), at each of three alignments. */
function base64s(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const inside = [0, 1, 2].map((shift) => {
    const digits = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '')
    const whole = Math.floor(((shift + bytes.length) * 8) / 6)
    return digits.slice(Math.ceil((shift * 8) / 6), whole)
  })
  const long = inside.filter((digits) => digits.length >= 8)
  return [
    bytes.toString('base64'),
    bytes.toString('base64url'),
    ...long,
    ...long.map((digits) => digits.replaceAll('+', '-').replaceAll('/', '_')),
  ]
}

/** The same error with some of its details replaced. */
export function copyError(error: KontorError, changes: Partial<ErrorDetails> & { code?: ErrorCode }): KontorError {
  const { code = error.code, ...details } = changes
  const kept = {
    key: error.key,
    path: error.path,
    vendorCode: error.vendorCode,
    exchange: error.exchange,
    cause: error.cause,
    retryAfterMs: error.retryAfterMs,
  }
  const copy = new KontorError(code, {
    message: error.message,
    scope: error.scope,
    ...(error.retry === 'after' ? {} : { retry: error.retry }),
    ...withoutUndefined(kept),
    ...details,
  })
  if (error.stack !== undefined) copy.stack = error.stack
  return copy
}

const withoutUndefined = <T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

function redactError(error: KontorError, text: (text: string) => string, url: (url: string) => string): KontorError {
  const { exchange } = error
  const redacted = copyError(error, {
    message: text(error.message),
    cause: redactCause(error.cause, text),
    ...(error.path === undefined ? {} : { path: text(error.path) }),
    ...(error.vendorCode === undefined ? {} : { vendorCode: text(error.vendorCode) }),
    ...(exchange === undefined
      ? {}
      : {
          exchange: { ...exchange, url: url(exchange.url), requestId: exchange.requestId && text(exchange.requestId) },
        }),
  })
  redacted.stack = text(error.stack ?? '')
  return redacted
}

/** What went wrong below, as far as it may be seen: libraries put header values and addresses into their messages. */
function redactCause(cause: unknown, text: (text: string) => string): unknown {
  if (isKontorError(cause)) return redactError(cause, text, (url) => text(redactUrl(url)))
  if (!(cause instanceof Error)) return undefined
  const copy = new Error(
    text(cause.message),
    cause.cause === undefined ? undefined : { cause: redactCause(cause.cause, text) },
  )
  copy.name = cause.name
  if ('code' in cause && typeof cause.code === 'string')
    Object.defineProperty(copy, 'code', { value: cause.code, enumerable: true })
  return copy
}
