import { KontorError, isKontorError } from '../errors/index.ts'
import { discard, readBytes, readSome } from './read-body.ts'
import type { HttpRequest } from './request.ts'

/** What came back. `whole`: the body is complete; of a failure only the beginning is read. */
export interface Received {
  status: number
  headers: Headers
  bytes: Uint8Array<ArrayBuffer>
}

/** Why nothing usable came back: the network failed, or time ran out. */
export interface Broken {
  broken: true
  timeout: boolean
  cause: unknown
}

export interface AttemptOptions {
  fetch: typeof fetch
  timeoutMs: number
  maxBytes: number
  doing: string
  signal: AbortSignal | undefined
  /** Whether the whole body is wanted. */
  wanted: (status: number) => boolean
  discard: boolean
}

/** How much of a failure's body is read. */
const failureBytes = 64 * 1024
const redirects = new Set([301, 302, 303, 307, 308])
export const isRedirect = (received: Received): boolean =>
  redirects.has(received.status) && received.headers.has('location')

/**
 * One request and its answer, with the body. Real timers: sockets live in real time, and an accelerated clock must not cut them off.
 * @throws the reason of `signal` as soon as it is aborted; a {@link KontorError} for what repeating would not mend
 */
export async function exchange(request: HttpRequest, options: AttemptOptions): Promise<Received | Broken> {
  const { signal, timeoutMs } = options
  signal?.throwIfAborted()
  const cut = new AbortController()
  const stopped = Promise.withResolvers<never>()
  const stop = (reason: unknown): void => {
    cut.abort(reason)
    stopped.reject(reason)
  }
  const timeout = new DOMException('too slow', 'TimeoutError')
  const timer = setTimeout(() => stop(timeout), timeoutMs)
  const onAbort = (): void => stop(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  stopped.promise.catch(() => undefined)
  try {
    // Raced, since a `fetch` that is given to us may not listen to its signal.
    return await Promise.race([receive(request, options, cut.signal), stopped.promise])
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (error === timeout || cut.signal.aborted) return { broken: true, timeout: true, cause: undefined }
    if (isKontorError(error)) throw error
    if (isOurMistake(error))
      throw new KontorError('INTERNAL', {
        message: `${options.doing}: the request could not be made (${error.message}).`,
        cause: error,
      })
    return { broken: true, timeout: false, cause: error }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

async function receive(
  { method, url, headers, body }: HttpRequest,
  options: AttemptOptions,
  signal: AbortSignal,
): Promise<Received> {
  const response = await options.fetch(url, {
    method,
    headers,
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body }),
  })
  const received = { status: response.status, headers: response.headers, bytes: new Uint8Array() }
  if (!options.wanted(response.status)) return { ...received, bytes: await readSome(response, failureBytes) }
  if (options.discard || isRedirect(received)) {
    await discard(response)
    return received
  }
  return { ...received, bytes: await readBytes(response, options.maxBytes, options.doing) }
}

/** Network failures of fetch are TypeErrors too, but with a cause, or with the words for a body that broke off. */
const isOurMistake = (error: unknown): error is TypeError =>
  error instanceof TypeError &&
  error.cause === undefined &&
  error.message !== 'terminated' &&
  error.message !== 'fetch failed'
