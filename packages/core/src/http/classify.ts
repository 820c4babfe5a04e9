import type { HttpFailure } from '../contract/index.ts'
import { KontorError, remedyOf, type ErrorCode, type ErrorDetails, type ExchangeFacts } from '../errors/index.ts'

/** What a status means where the plugin does not know better. Other 4xx are REQUEST_REJECTED, other 5xx UPSTREAM_UNAVAILABLE. */
const statusCodes: Readonly<Record<number, ErrorCode>> = {
  400: 'REQUEST_REJECTED',
  401: 'AUTH_INVALID',
  402: 'AUTH_PERMISSION_MISSING',
  403: 'AUTH_PERMISSION_MISSING',
  404: 'NOT_FOUND',
  405: 'ENDPOINT_MISMATCH',
  408: 'UPSTREAM_UNAVAILABLE',
  409: 'CONFLICT',
  410: 'NOT_FOUND',
  412: 'CONFLICT',
  413: 'REQUEST_REJECTED',
  422: 'REQUEST_REJECTED',
  423: 'CONFLICT',
  425: 'UPSTREAM_UNAVAILABLE',
  429: 'RATE_LIMITED',
  451: 'BLOCKED',
  500: 'UPSTREAM_UNAVAILABLE',
  501: 'UNSUPPORTED',
  502: 'UPSTREAM_UNAVAILABLE',
  503: 'UPSTREAM_UNAVAILABLE',
  504: 'UPSTREAM_UNAVAILABLE',
}

/** Errors of a token endpoint, by RFC 6749 §5.2. */
const oauthErrors: Readonly<Record<string, ErrorCode>> = {
  invalid_grant: 'AUTH_EXPIRED',
  invalid_client: 'AUTH_INVALID',
  unauthorized_client: 'AUTH_INVALID',
}

/** Statuses whose HTML page says enough by the status alone. */
const meantForHtml = new Set([401, 408, 425, 429])

export interface FailureFacts extends HttpFailure {
  exchange: ExchangeFacts
  retryAfterMs: number | undefined
  /** The answer is a page for people where JSON was due. */
  html: boolean
}

/** The usual reading of a failed exchange: what was tried, what came back (status, vendor code; no body), what to do. */
export function classify(failure: FailureFacts): KontorError {
  const vendorCode = vendorCodeOf(failure.json)
  const code = codeOf(failure, vendorCode)
  const came = [
    `answered ${failure.status}`,
    vendorCode && `with code ${vendorCode}`,
    failure.html && 'with a web page instead of data',
  ]
    .filter(Boolean)
    .join(' ')
  return new KontorError(code, {
    message: `${failure.doing}: ${describe(failure.exchange)} ${came}.${reference(failure.exchange)} ${remedyOf(code)}`,
    exchange: failure.exchange,
    ...(vendorCode === undefined ? {} : { vendorCode }),
    ...(failure.retryAfterMs !== undefined && (code === 'RATE_LIMITED' || code === 'UPSTREAM_UNAVAILABLE')
      ? { retryAfterMs: failure.retryAfterMs }
      : {}),
    ...(code === 'AUTH_INVALID' || code === 'AUTH_EXPIRED' ? { key: 'credentials' } : {}),
  })
}

/** What a token endpoint says by RFC 6749, if it does. */
export const oauthError = (failure: FailureFacts): KontorError | undefined => {
  const vendorCode = vendorCodeOf(failure.json)
  return vendorCode !== undefined && Object.hasOwn(oauthErrors, vendorCode) ? classify(failure) : undefined
}

/** A document that could not be fetched or stored: its address was given to us, and such addresses expire. */
export function documentError(failure: FailureFacts): KontorError {
  if (failure.status >= 500 || failure.status === 408 || failure.status === 425 || failure.status === 429)
    return classify(failure)
  return new KontorError('NOT_FOUND', {
    message: `${failure.doing}: ${describe(failure.exchange)} answered ${failure.status}: the address of the document is not valid, or no longer. Read the record it belongs to again.`,
    exchange: failure.exchange,
  })
}

function codeOf({ status, html }: FailureFacts, vendorCode: string | undefined): ErrorCode {
  if ((status === 400 || status === 401) && vendorCode !== undefined && Object.hasOwn(oauthErrors, vendorCode))
    return oauthErrors[vendorCode] ?? 'AUTH_INVALID'
  if (html && status < 500 && !meantForHtml.has(status)) return 'ENDPOINT_MISMATCH'
  return (
    statusCodes[status] ??
    (status >= 500 ? 'UPSTREAM_UNAVAILABLE' : status >= 400 ? 'REQUEST_REJECTED' : 'ENDPOINT_MISMATCH')
  )
}

/** A vendor's own code, where the usual places hold something short that is a code and no sentence. */
function vendorCodeOf(json: unknown): string | undefined {
  const first = field(json, 'errors')
  const places = [
    json,
    field(json, 'error'),
    Array.isArray(first) ? first[0] : first,
    Array.isArray(json) ? json[0] : undefined,
  ]
  const candidates = places.flatMap((place) => [
    field(place, 'code'),
    field(place, 'error_code'),
    field(place, 'errorCode'),
    field(place, 'error'),
    field(place, 'type'),
  ])
  return candidates
    .map((each) => (typeof each === 'number' ? String(each) : each))
    .find((each): each is string => typeof each === 'string' && /^[\w.:/-]{1,80}$/.test(each))
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (Object.entries(value).find(([key]) => key === name)?.[1] as unknown)
    : undefined

const describe = (exchange: ExchangeFacts): string => `${exchange.method} ${exchange.url}`
const reference = (exchange: ExchangeFacts): string =>
  exchange.requestId === undefined ? '' : ` Its reference is ${exchange.requestId}.`

/** The reference the system gave to this exchange, for its support. */
export function requestIdOf(headers: Headers): string | undefined {
  for (const [name, value] of headers)
    if (/(request|correlation|trace|transaction)-?id$|^cf-ray$/.test(name) && /^[\w.:/=+-]{1,100}$/.test(value))
      return value
  return undefined
}

/** A request without an answer: not reached, cut off, or too slow. */
export function noAnswer(
  doing: string,
  exchange: ExchangeFacts,
  facts: { timeoutMs?: number; cause?: unknown; effect: boolean },
): KontorError {
  const inDoubt = facts.effect ? ' Whether it took effect is not known.' : ''
  const details: Omit<ErrorDetails, 'message'> = {
    exchange,
    ...(facts.cause === undefined ? {} : { cause: facts.cause }),
  }
  if (facts.timeoutMs !== undefined)
    return new KontorError('TIMEOUT', {
      ...details,
      message: `${doing}: ${describe(exchange)} did not answer within ${facts.timeoutMs} ms.${inDoubt} ${remedyOf('TIMEOUT')}`,
    })
  return new KontorError('UPSTREAM_UNAVAILABLE', {
    ...details,
    message: `${doing}: ${describe(exchange)} could not be reached or broke off (${causeCode(facts.cause)}).${inDoubt} ${remedyOf('UPSTREAM_UNAVAILABLE')}`,
  })
}

/** The short word of a network failure: ECONNREFUSED, ENOTFOUND, CERT_HAS_EXPIRED. */
function causeCode(cause: unknown): string {
  for (let each = cause, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++)
    if ('code' in each && typeof each.code === 'string') return each.code
  return 'connection failed'
}
