import { errorCodes, type ErrorCode, type FailureType, type Scope } from './codes.ts'

const brand = Symbol.for('kontor/error@1')

export interface ErrorDetails {
  /** What was tried, what came back, and what to do: one or two sentences for a person. Never a secret, never a buyer. */
  message: string
  /** Key of the configuration to change: `connections.bm-eu.credentials.token`, or relative to the connection. */
  key?: string
  /** Path inside the record or answer that is wrong: `orderlines.0.price`. */
  path?: string
  /** When to try again, milliseconds from now, where the system said so. */
  retryAfterMs?: number
  /** The vendor's own code. */
  vendorCode?: string
  /** The redacted exchange. */
  exchange?: ExchangeFacts
  /** Overrides of what the code says. */
  scope?: Scope
  retry?: 'never' | 'backoff'
  cause?: unknown
}

/** What may be said of an HTTP exchange: no header, no body, no query value. */
export interface ExchangeFacts {
  method: string
  url: string
  status?: number | undefined
  requestId?: string | undefined
}

/**
 * The one error of Kontor. Who creates it knows best how it must be treated; nobody decides that again later.
 * Recognise it with {@link isKontorError}, never by `instanceof`: two installed copies of core are common.
 */
export class KontorError extends Error {
  readonly code: ErrorCode
  readonly failureType: FailureType
  readonly scope: Scope
  readonly retry: 'never' | 'backoff' | 'after'
  readonly retryAfterMs: number | undefined
  readonly key: string | undefined
  readonly path: string | undefined
  readonly vendorCode: string | undefined
  readonly exchange: ExchangeFacts | undefined

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'KontorError'
    const facts = errorCodes[code]
    this.code = code
    this.failureType = facts.failureType
    this.scope = details.scope ?? facts.scope
    this.retry = details.retryAfterMs === undefined ? (details.retry ?? facts.retry) : 'after'
    this.retryAfterMs = details.retryAfterMs === undefined ? undefined : Math.ceil(details.retryAfterMs)
    this.key = details.key
    this.path = details.path
    this.vendorCode = details.vendorCode
    this.exchange = details.exchange
    Object.defineProperty(this, brand, { value: true })
  }

  /** What is stored and shown: no stack, no cause. */
  toJSON(): StoredError {
    const { code, message, failureType, scope, retry, retryAfterMs, key, path, vendorCode, exchange } = this
    return { code, message, failureType, scope, retry, retryAfterMs, key, path, vendorCode, exchange }
  }
}

export interface StoredError {
  code: ErrorCode
  message: string
  failureType: FailureType
  scope: Scope
  retry: 'never' | 'backoff' | 'after'
  retryAfterMs?: number | undefined
  key?: string | undefined
  path?: string | undefined
  vendorCode?: string | undefined
  exchange?: ExchangeFacts | undefined
}

export const isKontorError = (value: unknown): value is KontorError =>
  typeof value === 'object' && value !== null && brand in value

/** Whatever was thrown, as a {@link KontorError}: aborts as ABORTED, the rest as INTERNAL with its cause kept. */
export function toKontorError(thrown: unknown, doing: string): KontorError {
  if (isKontorError(thrown)) return thrown
  if (thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'TimeoutError'))
    return new KontorError('ABORTED', { message: `${doing} was stopped.`, cause: thrown })
  return new KontorError('INTERNAL', {
    message: `${doing} failed unexpectedly (${thrown instanceof Error ? thrown.name : typeof thrown}).`,
    cause: thrown,
  })
}

/** The remedy that belongs to an error: what to do, from the table. */
export const remedyOf = (code: ErrorCode): string => errorCodes[code].remedy
