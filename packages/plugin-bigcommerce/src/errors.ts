import { KontorError, type HttpFailure } from '@kontor/core'
import { scopeOfPath } from './tables/scopes.ts'

/** A 429 without headers means the platform is under load: back off from three seconds (api-rate-limits, 2026-04-01). */
const OVERLOAD_MS = 3000

/** A failed call, in our words. `undefined` leaves it to the usual table: 5xx, timeouts, 404. */
export function toError(failure: HttpFailure): KontorError | undefined {
  const { status, doing } = failure
  const said = vendorWords(failure.json)
  const exchange = { method: failure.method, url: failure.path, status }
  if (status === 401)
    return new KontorError('AUTH_INVALID', {
      message: `BigCommerce does not accept the access token (${doing}). It is wrong, or its API account was deleted: create a new account and point credentials.accountFile at its file.`,
      key: 'credentials',
      exchange,
    })
  if (status === 403)
    return new KontorError('AUTH_PERMISSION_MISSING', {
      message: forbidden(failure, said),
      key: 'credentials',
      exchange,
    })
  if (status === 429)
    return new KontorError('RATE_LIMITED', {
      message: `BigCommerce asks to slow down (${doing}).`,
      retryAfterMs: waitMs(failure.headers),
      exchange,
    })
  const code = codes[status]
  if (code === undefined) return undefined
  return new KontorError(code, {
    message: `BigCommerce refused to ${doing}: ${said ?? `HTTP ${status}`}.${hints[status] ?? ''}`,
    exchange,
  })
}

const codes: Readonly<Record<number, KontorError['code']>> = {
  400: 'REQUEST_REJECTED',
  409: 'CONFLICT',
  413: 'REQUEST_REJECTED',
  415: 'REQUEST_REJECTED',
  422: 'REQUEST_REJECTED',
  423: 'CONFLICT',
  507: 'REQUEST_REJECTED',
}

const hints: Readonly<Record<number, string>> = {
  413: ' The batch is larger than this endpoint takes.',
  507: ' A limit of the plan of the store is reached.',
}

function forbidden({ path, doing }: HttpFailure, said: string | undefined): string {
  const scope = scopeOfPath(path)
  const lacks = scope === undefined ? `a scope${said ? ` (${said})` : ''}` : `the scope "${scope}"`
  return `BigCommerce refused to ${doing}: the API account lacks ${lacks}. Scopes cannot be added to an account: create a new one under Settings, API, API accounts, and point credentials.accountFile at its file.`
}

/** `Time-Reset-Ms`, else `Retry-After` in seconds, else a pause: an absent header must never become no pause at all. */
function waitMs(headers: Headers): number {
  const reset = numberIn(headers.get('x-rate-limit-time-reset-ms'))
  if (reset !== undefined) return Math.ceil(reset)
  const seconds = numberIn(headers.get('x-retry-after')) ?? numberIn(headers.get('retry-after'))
  return seconds === undefined ? OVERLOAD_MS : Math.ceil(seconds * 1000)
}

function numberIn(text: string | null): number | undefined {
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}

/**
 * What BigCommerce said, of all its shapes: `{title, errors}` of v3, `{data:[{title}]}` of refunds, `{batch_errors}`, `[{message}]` of v2.
 * E-mail addresses are taken out; of `errors` only the names of the fields are shown, since their texts may repeat a value.
 */
export function vendorWords(json: unknown): string | undefined {
  const entry = firstEntry(json)
  if (entry === undefined) return undefined
  const words = ['title', 'message', 'error', 'detail']
    .map((key) => entry[key])
    .find((value) => typeof value === 'string')
  const fields = entry['errors'] ?? entry['field_errors']
  const names = isObject(fields) ? Object.keys(fields).slice(0, 5) : []
  const all = [typeof words === 'string' ? words : '', names.length > 0 ? `(${names.join(', ')})` : ''].join(' ').trim()
  return all === '' ? undefined : all.replace(/[^\s@<>"]+@[^\s@<>"]+/g, '‹address›').slice(0, 300)
}

function firstEntry(json: unknown): Readonly<Record<string, unknown>> | undefined {
  if (Array.isArray(json)) return firstEntry(json[0])
  if (!isObject(json)) return undefined
  for (const key of ['data', 'batch_errors', 'errors']) {
    const list = json[key]
    if (Array.isArray(list) && list.length > 0) return firstEntry(list)
  }
  return json
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
