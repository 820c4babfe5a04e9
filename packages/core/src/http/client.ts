import { createHash } from 'node:crypto'
import type { Answer, Call, Clock, Http, HttpFailure, Limits, LimitSpec, Log } from '../contract/index.ts'
import { issuePath, validate } from '../contract/index.ts'
import { KontorError } from '../errors/index.ts'
import type { Authorizer } from './authorizer.ts'
import type { Buckets, Draw } from './buckets.ts'
import { createGate } from './gate.ts'
import { allowHosts, type Hosts } from './hosts.ts'
import type { Journal } from './journal.ts'
import { decodeText, looksLikeHtml, parseJson } from './read-body.ts'
import type { Redactor } from './redact.ts'
import { authorized, buildRequest, type HttpRequest } from './request.ts'
import { createSender, type Sending } from './sender.ts'
import type { Received } from './exchange.ts'

export interface HttpOptions {
  /** Id of the plugin, for messages. */
  plugin: string
  hosts: Hosts
  /** Sent with every call. */
  headers?: Readonly<Record<string, string>>
  /** The plugin's reading of a failure, before the usual table. */
  errors?: (failure: HttpFailure) => KontorError | undefined
  limits?: Limits
  /** Says who we are; absent: every call is anonymous. */
  authorizer?: Authorizer
  fetch: typeof fetch
  clock: Clock
  buckets: Buckets
  journal: Journal
  redactor: Redactor
  log?: Log
  bucketKey: (name: string, spec: LimitSpec) => string
  /** `last`: backfill, which takes only what is above half of a bucket. */
  priority?: 'first' | 'last'
  random?: () => number
  /** Longest time between noting *begun* and the call; default 1000. Raise it only for an accelerated clock. */
  freshMs?: number
  /** Whether this client renews access tokens: then `invalid_grant` means what RFC 6749 says, whatever the plugin makes of a 400. */
  renews?: boolean
  /** Whether a failure with another status than 401 says that the access token has run out. */
  lapsed?: (failure: HttpFailure) => boolean
}

const defaultTimeoutMs = 30_000
const defaultMaxBytes = 50_000_000

/** The HTTP client of one connection. */
export function createHttp(options: HttpOptions): Http {
  const { redactor, limits = {}, bucketKey, headers = {} } = options
  const hosts = allowHosts(options.hosts, (url) => redactor.url(url))
  const gate = createGate({ ...options, priority: options.priority ?? 'first', freshMs: options.freshMs ?? 1000 })
  const send = createSender({ ...options, gate })
  const userAgent = Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() === 'user-agent'))

  const drawsOf = (call: { doing: string; take?: Partial<Readonly<Record<string, number>>> | undefined }): Draw[] =>
    Object.entries(call.take ?? {}).flatMap(([name, n]) => {
      const spec = limits[name]
      if (!spec) throw new KontorError('INTERNAL', { message: `${call.doing}: the plugin states no limit "${name}".` })
      return n === undefined || n === 0 ? [] : [{ key: bucketKey(name, spec), name, spec, n }]
    })

  return {
    send: <T>(call: Call<string, T>): Promise<Answer<T>> =>
      send.guarded(call.doing, call.signal, async () => {
        const request = buildRequest(call, hosts.api(call.path), headers)
        const authorizer = call.anonymous ? undefined : options.authorizer
        const origin = request.url.origin
        const received = await send.run({
          doing: call.doing,
          path: call.path,
          effect: call.effect,
          deliveries: call.for ?? [],
          request,
          ...(authorizer ? { authorizer } : {}),
          sign: authorized,
          draws: drawsOf(call),
          accepts: (status) =>
            (status >= 200 && status < 300) || call.accept === 'any' || (call.accept?.includes(status) ?? false),
          asked: (status) => Array.isArray(call.accept) && call.accept.includes(status),
          redirect: (url) => (url.origin === origin ? url : undefined),
          json: (call.as ?? 'json') === 'json',
          discard: call.as === 'none',
          timeoutMs: call.timeoutMs ?? defaultTimeoutMs,
          maxBytes: call.maxBytes ?? defaultMaxBytes,
          signal: call.signal,
        })
        return {
          status: received.status,
          headers: received.headers,
          body: readAnswer(call, received, redactor, send.describe(request)),
        }
      }),

    file: (url, { maxBytes, signal, take } = {}) =>
      send.guarded('fetch a document', signal, async () => {
        const address = hosts.file(url)
        const request: HttpRequest = { method: 'GET', url: address, headers: new Headers(userAgent), body: undefined }
        const doing = 'fetch a document'
        const received = await send.run({
          ...documentSending(doing, request, signal),
          effect: 'none',
          draws: drawsOf({ doing, take }),
          // No credentials travel, so a document may move between the hosts documents may come from.
          redirect: (target) => (hosts.isFile(target) ? target : undefined),
          maxBytes: maxBytes ?? defaultMaxBytes,
        })
        const { bytes } = received
        const mediaType =
          received.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() || 'application/octet-stream'
        return {
          name: fileName(received.headers, address),
          mediaType,
          bytes,
          sha256: createHash('sha256').update(bytes).digest('hex'),
        }
      }),

    upload: (url, { data, type, headers: own, signal }) =>
      send.guarded('upload a document', signal, async () => {
        const request: HttpRequest = {
          method: 'PUT',
          url: hosts.file(url),
          headers: new Headers({ ...userAgent, 'content-type': type, ...own }),
          body: new Uint8Array(data),
        }
        await send.run({
          ...documentSending('upload a document', request, signal),
          effect: 'repeatable',
          draws: [],
          redirect: () => undefined,
          maxBytes: defaultMaxBytes,
          discard: true,
        })
      }),
  }
}

function documentSending(
  doing: string,
  request: HttpRequest,
  signal: AbortSignal | undefined,
): Omit<Sending, 'effect' | 'draws' | 'redirect' | 'maxBytes'> {
  return {
    doing,
    path: request.url.pathname,
    deliveries: [],
    request,
    sign: (each) => each,
    document: true,
    json: false,
    discard: false,
    accepts: (status) => status >= 200 && status < 300,
    asked: () => false,
    timeoutMs: defaultTimeoutMs * 4,
    signal,
  }
}

function readAnswer<T>(call: Call<string, T>, received: Received, redactor: Redactor, what: string): T {
  const body = parseBody(call, received, what)
  if (!call.schema) return body as T
  const result = validate(call.schema, body)
  if (!result.issues) return result.value
  const issue = result.issues[0]
  const path = issue ? issuePath(issue) : ''
  throw new KontorError('WIRE_MISMATCH', {
    message: `${call.doing}: ${what} answered ${received.status}, but ${path === '' ? 'the answer' : `"${path}" in it`} does not have the form we know: ${redactor.text(issue?.message ?? 'unknown')}${result.issues.length > 1 ? ` (and ${result.issues.length - 1} more)` : ''}.`,
    path,
  })
}

function parseBody(call: Call, { bytes, headers, status }: Received, what: string): unknown {
  const as = call.as ?? 'json'
  if (as === 'none') return undefined
  if (as === 'bytes') return bytes
  const type = headers.get('content-type')
  const text = decodeText(bytes, type)
  if (as === 'text') return text
  if (text.trim() === '') return undefined
  try {
    return parseJson(text, call.numbers ?? 'number')
  } catch {
    if (looksLikeHtml(type, text))
      throw new KontorError(status >= 500 ? 'UPSTREAM_UNAVAILABLE' : 'ENDPOINT_MISMATCH', {
        message: `${call.doing}: ${what} answered ${status} with a web page instead of data. Check region, environment and base URL.`,
      })
    throw new KontorError('WIRE_MISMATCH', {
      message: `${call.doing}: ${what} answered ${status} with ${bytes.byteLength} bytes that are not JSON.`,
      path: '',
    })
  }
}

/** The name the server gives, else the last part of the path; never with a folder. */
function fileName(headers: Headers, url: URL): string {
  const disposition = headers.get('content-disposition') ?? ''
  const extended = /filename\*\s*=\s*utf-8''([^;]+)/i.exec(disposition)?.[1]
  const plain = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(disposition)
  const name = decode(extended ?? plain?.[1] ?? plain?.[2] ?? url.pathname.split('/').at(-1) ?? '')
  return (
    name
      .replace(/^.*[\\/]/s, '')
      .replace(/\p{Cc}/gu, '')
      .slice(0, 200) || 'document'
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
