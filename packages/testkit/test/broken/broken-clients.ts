import { isKontorError, KontorError, type Clock } from '@kontor/core'
import { broken, ownClient, reading, type Broken, type Change } from './variant.ts'

const NOTHING = '{"orders":[],"shipments":[],"position":"","more":false}'
const emptyList = (): Response => new Response(NOTHING, { headers: { 'content-type': 'application/json' } })

/** A client of one's own that waits on the plugin's clock before it asks again; `waitMs` reads what it was told. */
const waiting =
  (waitMs: (told: string | null) => number): NonNullable<Change['http']> =>
  (http, services) =>
    ownClient((url, init) => untilLetIn(url, init, services.clock, waitMs))(http, services)

async function untilLetIn(
  url: string,
  init: RequestInit,
  clock: Clock,
  waitMs: (told: string | null) => number,
): Promise<Response> {
  for (;;) {
    const response = await fetch(url, init)
    if (response.status !== 429) return response
    await response.arrayBuffer()
    const ms = waitMs(response.headers.get('retry-after'))
    if (ms > 0) await clock.sleep(ms)
  }
}

/** The body, as far as it came within so many real milliseconds. */
async function hastily(response: Response, ms: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too slow')), ms)
  })
  try {
    return await Promise.race([response.text(), late])
  } finally {
    clearTimeout(timer)
  }
}

/** Plugins with an HTTP client of their own, each with one of the usual mistakes. */
export const brokenClients: readonly Broken[] = [
  broken('ignores Retry-After', 'transport/retry-after:orders', { http: waiting(() => 0) }),
  broken('cannot read a time to come back at', 'transport/retry-after-date:orders', {
    http: waiting((told) => (Number(told) > 0 ? Number(told) * 1_000 : 100)),
  }),
  broken('asks again at once where no time was told', 'transport/retry-untold:orders', {
    http: waiting((told) => (told === null ? 0 : 60_000)),
  }),
  broken('gives up at the first server error', 'transport/server-errors:orders', {
    http: ownClient(async (url, init) => {
      const response = await fetch(url, init)
      if (response.status < 500) return response
      await response.arrayBuffer()
      throw new KontorError('UPSTREAM_UNAVAILABLE', { message: 'The shop has an error. Try again later.' })
    }),
  }),
  broken('takes a gateway’s page for an empty list', 'transport/gateway-page:orders', {
    http: ownClient(fetch, async (response) => {
      const text = await response.text()
      return text.startsWith('<') ? NOTHING : text
    }),
  }),
  broken('does not ask again when a connection was cut', 'transport/connection-cut:orders', { http: ownClient(fetch) }),
  broken('takes an answer that was cut for an empty one', 'transport/always-cut:orders', {
    http: ownClient(
      async (url, init) => await fetch(url, init).catch(emptyList),
      async (response) => await response.text().catch(() => NOTHING),
    ),
  }),
  broken('hangs up on a slow connection', 'transport/slow:orders', {
    http: ownClient(fetch, async (response) => await hastily(response, 25)),
  }),
  broken('takes an answer that is too large for the end', 'transport/huge-answer:orders', {
    parts: reading(async function* read(right, request) {
      try {
        yield* right.read(request)
      } catch (error) {
        if (!isKontorError(error) || error.code !== 'ANSWER_TOO_LARGE') throw error
      }
    }),
  }),
  broken('follows a redirect to a foreign host', 'transport/foreign-redirect:orders', { http: ownClient(fetch) }),
  broken('goes round http', 'transport/own-requests', { http: ownClient(fetch) }),
  broken('decodes each packet alone', 'transport/split-utf8:orders', { http: ownClient(fetch, decodePiecemeal) }),
]

/** Each packet decoded alone. */
async function decodePiecemeal(response: Response): Promise<string> {
  let text = ''
  for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk)
  return text
}
