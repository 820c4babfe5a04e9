import type { Clock, Delivery, Effect, HttpFailure, Log } from '../contract/index.ts'
import { isKontorError, KontorError, toKontorError, type ErrorCode } from '../errors/index.ts'
import type { Authorizer, Pass } from './authorizer.ts'
import type { Buckets, Draw } from './buckets.ts'
import { exchange, isRedirect, type Received } from './exchange.ts'
import { createFailures } from './failures.ts'
import type { Gate } from './gate.ts'
import { learn } from './learn.ts'
import { createPatience, type Patience } from './patience.ts'
import { copyError, type Redactor } from './redact.ts'
import type { HttpRequest } from './request.ts'
import { backoffMs, retrying } from './retry.ts'

/** One call, ready to be sent. */
export interface Sending {
  doing: string
  path: string
  effect: Effect
  deliveries: readonly Pick<Delivery, 'key'>[]
  request: HttpRequest
  authorizer?: Authorizer
  sign: (request: HttpRequest, authorization: Pass['authorization']) => HttpRequest
  draws: readonly Draw[]
  accepts: (status: number) => boolean
  /** Whether the caller named this status as an answer: then a redirect is not followed, and a 401 renews nothing. */
  asked: (status: number) => boolean
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
  lapsed?: (failure: HttpFailure) => boolean
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
/** What http may mend by repeating; other transient errors (NOT_YET, FENCED) are not about the transport. */
const repeatable = new Set<ErrorCode>(['RATE_LIMITED', 'UPSTREAM_UNAVAILABLE', 'TIMEOUT'])

/** `renew`: the access token was refused, and another attempt will carry a new one. */
type Outcome = { received: Received } | { error: KontorError } | { renew: true }

export function createSender(options: SenderOptions): Sender {
  const { clock, redactor, gate, buckets, log, random = Math.random } = options
  const failures = createFailures(options)

  async function run(sending: Sending): Promise<Received> {
    const patience = createPatience(clock, patienceMs, sending.signal)
    let made = 0
    let mayRenew = true

    const again = async (_number: number, thrown: unknown, outcome: Outcome | undefined): Promise<boolean> => {
      if (thrown || !outcome || 'received' in outcome) return false
      if ('renew' in outcome) {
        mayRenew = false
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
      return attempt(sending, patience, mayRenew)
    }, again)
    if ('received' in outcome) return outcome.received
    if ('renew' in outcome)
      throw new KontorError('INTERNAL', { message: `${sending.doing}: ended where it should have been tried again.` })
    const { error } = outcome
    throw made > 1 ? copyError(error, { message: `${error.message} (Tried ${made} times.)` }) : error
  }

  /** One attempt, with the redirects it may follow. Each request draws from the buckets anew. */
  async function attempt(sending: Sending, patience: Patience, mayRenew: boolean): Promise<Outcome> {
    let { request } = sending
    for (let hops = 0; ; hops++) {
      // A renewal takes seconds: a grant of the buckets that waited for it would be used long after it was counted.
      await sending.authorizer?.current(sending.signal)
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
        if ('broken' in result) return { error: failures.broken(sending, request, result) }
        const { status } = result
        await learn(buckets, sending.draws, result.headers, clock.now())
        if (isRedirect(result) && !sending.asked(status)) {
          request = { ...request, url: failures.redirected(sending, request, result, hops) }
          continue
        }
        const isRefusal = failures.refusesToken(sending, request, result)
        const refused = isRefusal && pass && !sending.asked(status) ? sending.authorizer?.rejected?.(pass) : undefined
        if (refused && mayRenew && effect !== 'once') return { renew: true }
        if (pass && !isRefusal) sending.authorizer?.accepted?.(pass)
        if (sending.accepts(status)) return { received: result }
        const error = failures.failed(sending, request, result)
        await silence(sending, status, error)
        return { error: refused?.stale && effect === 'once' ? failures.lapsed(error) : error }
      } finally {
        leave()
      }
    }
  }

  async function silence(sending: Sending, status: number, error: KontorError): Promise<void> {
    const { retryAfterMs } = error
    if (retryAfterMs === undefined || (error.code !== 'RATE_LIMITED' && status !== 503) || sending.draws.length === 0)
      return
    await buckets.block(
      sending.draws.map(({ key }) => key),
      clock.now() + retryAfterMs,
    )
  }

  return {
    run,
    describe: (request) => failures.describe(request),
    async guarded(doing, signal, work) {
      try {
        return await work()
      } catch (error) {
        throw redactor.error(named(options.plugin, asKontorError(error, doing, signal)))
      }
    },
  }
}

/** An abort comes out as the error that was its reason, where it was one of ours. */
const asKontorError = (error: unknown, doing: string, signal: AbortSignal | undefined): KontorError =>
  signal?.aborted && error === signal.reason && !isKontorError(error)
    ? new KontorError('ABORTED', { message: `${doing} was stopped.`, cause: error })
    : toKontorError(error, doing)

/** Whose error it is, in front of what happened. */
const named = (plugin: string, error: KontorError): KontorError =>
  error.message.startsWith('[') ? error : copyError(error, { message: `[${plugin}] ${error.message}` })
