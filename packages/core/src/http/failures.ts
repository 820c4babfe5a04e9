import type { Clock, HttpFailure } from '../contract/index.ts'
import { KontorError, type ExchangeFacts } from '../errors/index.ts'
import { classify, documentError, noAnswer, oauthError, requestIdOf, type FailureFacts } from './classify.ts'
import type { Broken, Received } from './exchange.ts'
import { decodeText, looksLikeHtml } from './read-body.ts'
import { copyError, type Redactor } from './redact.ts'
import type { HttpRequest } from './request.ts'
import { retryAfterMs } from './retry.ts'
import type { Sending } from './sender.ts'

/** What became of an attempt that is no answer, as an error. */
export interface Failures {
  describe(request: HttpRequest): string
  broken(sending: Sending, request: HttpRequest, broken: Broken): KontorError
  failed(sending: Sending, request: HttpRequest, received: Received): KontorError
  /** Whether the access token is what was refused: 401, or what the plugin knows its system to answer instead. */
  refusesToken(sending: Sending, request: HttpRequest, received: Received): boolean
  /** Where a redirect leads, if it may be followed. */
  redirected(sending: Sending, request: HttpRequest, received: Received, hops: number): URL
  /** A call that is not repeated found its token refused that had worked before: no reason to stop the connection. */
  lapsed(error: KontorError): KontorError
}

const maxRedirects = 3

export function createFailures(options: {
  errors?: (failure: HttpFailure) => KontorError | undefined
  clock: Clock
  redactor: Redactor
  renews?: boolean
  lapsed?: (failure: HttpFailure) => boolean
}): Failures {
  const { clock, redactor } = options
  const describe = ({ method, url }: HttpRequest): string => `${method} ${redactor.url(url)}`
  const factsOf = (request: HttpRequest, received?: Received): ExchangeFacts => ({
    method: request.method,
    url: redactor.url(request.url),
    ...(received ? { status: received.status, requestId: requestIdOf(received.headers) } : {}),
  })

  function failureFacts(sending: Sending, request: HttpRequest, received: Received): FailureFacts {
    const { status, headers, bytes } = received
    const type = headers.get('content-type')
    const text = decodeText(bytes, type)
    return {
      method: request.method,
      path: sending.path,
      status,
      headers,
      doing: sending.doing,
      text,
      json: jsonOrNothing(text),
      exchange: factsOf(request, received),
      retryAfterMs: retryAfterMs(headers, clock.now()),
      html: sending.json && looksLikeHtml(type, text),
    }
  }

  return {
    describe,

    broken: (sending, request, { timeout, cause }) =>
      noAnswer(sending.doing, factsOf(request), {
        ...(timeout ? { timeoutMs: sending.timeoutMs } : {}),
        cause,
        effect: sending.effect !== 'none',
      }),

    failed(sending, request, received) {
      const facts = failureFacts(sending, request, received)
      if (sending.document) return documentError(facts)
      const error = (options.renews ? oauthError(facts) : undefined) ?? options.errors?.(facts)
      if (!error) return classify(facts)
      const { retryAfterMs: told } = facts
      const after =
        error.code === 'RATE_LIMITED' && error.retryAfterMs === undefined && told !== undefined
          ? { retryAfterMs: told }
          : {}
      return copyError(error, { exchange: error.exchange ?? facts.exchange, ...after })
    },

    refusesToken: (sending, request, received) =>
      received.status === 401 ||
      (received.status >= 400 && (options.lapsed?.(failureFacts(sending, request, received)) ?? false)),

    redirected(sending, request, received, hops) {
      const target = URL.parse(received.headers.get('location') ?? '', request.url)
      const follows = sending.effect === 'none' && request.method === 'GET' && hops < maxRedirects
      const allowed = target && follows ? sending.redirect(target) : undefined
      if (allowed) return allowed
      const why = hops >= maxRedirects ? `after ${hops} redirects` : 'where this call may not follow'
      throw new KontorError('ENDPOINT_MISMATCH', {
        message: `${sending.doing}: ${describe(request)} answered ${received.status} and sends us to ${target ? redactor.url(target.origin) : 'no address'}, ${why}. Check region, environment and base URL.`,
        exchange: factsOf(request, received),
      })
    },

    lapsed: (error) =>
      copyError(error, {
        code: 'AUTH_EXPIRED',
        scope: 'record',
        retry: 'backoff',
        message: `${error.message} The access token is renewed for the next call; this one is not repeated.`,
      }),
  }
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
