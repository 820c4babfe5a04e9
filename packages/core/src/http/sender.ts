import type { Clock, Delivery, Effect, HttpFailure, Log } from '../contract/index.ts'
import type { Entity } from '../canonical/index.ts'
import { KontorError, toKontorError, type ErrorCode, type ExchangeFacts } from '../errors/index.ts'
import type { Authorizer, Pass } from './authorizer.ts'
import type { Buckets, Draw } from './buckets.ts'
import { classify, noAnswer, oauthError, requestIdOf, documentError, type FailureFacts } from './classify.ts'
import { exchange, isRedirect, type Broken, type Received } from './exchange.ts'
import type { Gate } from './gate.ts'
import { learn } from './learn.ts'
import { createPatience, type Patience } from './patience.ts'
import { decodeText, looksLikeHtml } from './read-body.ts'
import { copyError, type Redactor } from './redact.ts'
import type { HttpRequest } from './request.ts'
import { backoffMs, retryAfterMs, retrying } from './retry.ts'

/** One call, ready to be sent. */
export interface Sending {
  doing: string
  path: string
  effect: Effect
  deliveries: readonly Pick<Delivery<Entity>, 'key'>[]
  request: HttpRequest
  authorizer?: Authorizer
  sign: (request: HttpRequest, authorization: Pass['authorization']) => HttpRequest
  draws: readonly Draw[]
  accepts: (status: number) => boolean
  /** Whether a redirect is an answer the caller asked for. */
  keepsRedirect: (status: number) => boolean
  /** The target, where it may be followed. */
  redirect: (target: URL) => URL | undefined
  json: boolean
  discard: boolean
  timeoutMs: number
  maxBytes: number
  signal: AbortSignal | undefined
  /** A document: its host is not the system's, and its statuses say something else. */
  document?: boolean
}

export interface SenderOptions {
  plugin: string
  errors?: (failure: HttpFailure) => KontorError | undefined
  fetch: typeof fetch
  clock: Clock
  buckets: Buckets
  gate: Gate
  redactor: Redactor
  log?: Log
  random?: () => number
  renews?: boolean
}

export interface Sender {
  /** Sends, and repeats what may be repeated. */
  run(sending: Sending): Promise<Received>
  /** Does `work`; whatever it throws comes out as a masked {@link KontorError}. */
  guarded<T>(doing: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T>
  describe(request: HttpRequest): string
}

const attempts = 4
/** One call waits no longer than this in all, and no longer than this for a `Retry-After`. */
const patienceMs = 30_000
const maxRedirects = 3
/** What http may mend by repeating; other transient errors (NOT_YET, FENCED) are not about the transport. */
const repeatable = new Set<ErrorCode>(['RATE_LIMITED', 'UPSTREAM_UNAVAILABLE', 'TIMEOUT'])

type Outcome = { received: Received } | { error: KontorError; renew?: boolean }

export function createSender(options: SenderOptions): Sender {
  const { clock, redactor, gate, buckets, log, random = Math.random } = options
  const describe = ({ method, url }: HttpRequest): string => `${method} ${redactor.url(url)}`

  async function run(sending: Sending): Promise<Received> {
    const patience = createPatience(clock, patienceMs, sending.signal)
    let made = 0
    let renewed = false

    const again = async (_number: number, thrown: unknown, outcome: Outcome | undefined): Promise<boolean> => {
      if (thrown || !outcome || 'received' in outcome) return false
      if (outcome.renew && !renewed) {
        renewed = true
        return true
      }
      const { error } = outcome
      if (sending.effect === 'once' || made >= attempts || !repeatable.has(error.code) || error.retry === 'never')
        return false
      const waitMs = error.retryAfterMs ?? backoffMs(made - 1, random)
      if (waitMs > patience.leftMs()) return false
      log?.info(`${sending.doing}: tried again`, { code: error.code, attempt: made, waitMs })
      await patience.sleep(waitMs)
      return true
    }
    const outcome = await retrying(() => {
      made++
      return attempt(sending, patience)
    }, again)
    if ('received' in outcome) return outcome.received
    throw made > 1
      ? copyError(outcome.error, { message: `${outcome.error.message} (Tried ${made} times.)` })
      : outcome.error
  }

  /** One attempt, with the redirects it may follow. Each request draws from the buckets anew. */
  async function attempt(sending: Sending, patience: Patience): Promise<Outcome> {
    let { request } = sending
    for (let hops = 0; ; hops++) {
      const leave = await gate.enter(sending.draws, patience, sending.doing)
      try {
        const pass = await sending.authorizer?.current(sending.signal)
        const signed = pass ? sending.sign(request, pass.authorization) : request
        const { effect, signal } = sending
        if (effect !== 'none')
          await gate.begin(
            sending.deliveries.map(({ key }) => key),
            { doing: sending.doing, method: request.method, url: redactor.url(request.url), effect },
          )
        const { fetch } = options
        const result = await exchange(signed, { ...sending, fetch, signal, wanted: sending.accepts })
        if ('broken' in result) return { error: broken(sending, request, result) }
        await learn(buckets, sending.draws, result.headers, clock.now())
        if (isRedirect(result) && !sending.keepsRedirect(result.status)) {
          request = { ...request, url: redirected(sending, request, result, hops) }
          continue
        }
        if (pass && result.status !== 401) sending.authorizer?.accepted?.(pass)
        return sending.accepts(result.status) ? { received: result } : await failed(sending, request, result, pass)
      } finally {
        leave()
      }
    }
  }

  const factsOf = (request: HttpRequest, result?: Received): ExchangeFacts => ({
    method: request.method,
    url: redactor.url(request.url),
    ...(result ? { status: result.status, requestId: requestIdOf(result.headers) } : {}),
  })

  const broken = (sending: Sending, request: HttpRequest, { timeout, cause }: Broken): KontorError =>
    noAnswer(sending.doing, factsOf(request), {
      ...(timeout ? { timeoutMs: sending.timeoutMs } : {}),
      cause,
      effect: sending.effect !== 'none',
    })

  function redirected(sending: Sending, request: HttpRequest, result: Received, hops: number): URL {
    const target = URL.parse(result.headers.get('location') ?? '', request.url)
    const allowed =
      target && sending.effect === 'none' && request.method === 'GET' && hops < maxRedirects
        ? sending.redirect(target)
        : undefined
    if (allowed) return allowed
    const why = hops >= maxRedirects ? `after ${hops} redirects` : 'where this call may not follow'
    throw new KontorError('ENDPOINT_MISMATCH', {
      message: `${sending.doing}: ${describe(request)} answered ${result.status} and sends us to ${target ? redactor.url(target.origin) : 'no address'}, ${why}. Check region, environment and base URL.`,
      exchange: factsOf(request, result),
    })
  }

  async function failed(
    sending: Sending,
    request: HttpRequest,
    result: Received,
    pass: Pass | undefined,
  ): Promise<Outcome> {
    const facts = failureFacts(sending, request, result)
    const error = classified(sending, facts)
    if (
      error.retryAfterMs !== undefined &&
      (error.code === 'RATE_LIMITED' || result.status === 503) &&
      sending.draws.length > 0
    )
      await buckets.block(
        sending.draws.map(({ key }) => key),
        clock.now() + error.retryAfterMs,
      )
    if (result.status !== 401 || !pass || !sending.authorizer?.rejected) return { error }
    const { stale } = sending.authorizer.rejected(pass)
    if (sending.effect !== 'once') return { error, renew: true }
    // Not sent again here; but a token that had worked is no reason to stop the connection.
    return {
      error: stale
        ? copyError(error, {
            code: 'AUTH_EXPIRED',
            scope: 'record',
            retry: 'backoff',
            message: `${error.message} The access token is renewed for the next call; this one is not repeated.`,
          })
        : error,
    }
  }

  function failureFacts(sending: Sending, request: HttpRequest, result: Received): FailureFacts {
    const type = result.headers.get('content-type')
    const text = decodeText(result.bytes, type)
    return {
      method: request.method,
      path: sending.path,
      status: result.status,
      headers: result.headers,
      doing: sending.doing,
      text,
      json: jsonOrNothing(text),
      exchange: factsOf(request, result),
      retryAfterMs: retryAfterMs(result.headers, clock.now()),
      html: sending.json && looksLikeHtml(type, text),
    }
  }

  function classified(sending: Sending, facts: FailureFacts): KontorError {
    if (sending.document) return documentError(facts)
    const error = (options.renews ? oauthError(facts) : undefined) ?? options.errors?.(facts)
    if (!error) return classify(facts)
    const { retryAfterMs: toldMs } = facts
    const after =
      error.code === 'RATE_LIMITED' && error.retryAfterMs === undefined && toldMs !== undefined
        ? { retryAfterMs: toldMs }
        : {}
    return copyError(error, { exchange: error.exchange ?? facts.exchange, ...after })
  }

  return {
    run,
    describe,
    async guarded(doing, signal, work) {
      try {
        return await work()
      } catch (error) {
        throw redactor.error(named(options.plugin, asKontorError(error, doing, signal)))
      }
    },
  }
}

/** An abort comes out as the error that was its reason, where it was one. */
const asKontorError = (error: unknown, doing: string, signal: AbortSignal | undefined): KontorError =>
  signal?.aborted && error === signal.reason
    ? toKontorError(error instanceof KontorError ? error : new DOMException('aborted', 'AbortError'), doing)
    : toKontorError(error, doing)

/** Whose error it is, in front of what happened. */
const named = (plugin: string, error: KontorError): KontorError =>
  error.message.startsWith('[') ? error : copyError(error, { message: `[${plugin}] ${error.message}` })

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
