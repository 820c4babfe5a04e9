import type { Authorization, Call } from '../contract/index.ts'
import { KontorError } from '../errors/index.ts'

/** A request that can be sent again: its body is no stream. */
export interface HttpRequest {
  method: string
  url: URL
  headers: Headers
  body: string | Uint8Array<ArrayBuffer> | FormData | undefined
}

/** The request of a call, still without credentials. `base`: what the plugin sends with every call. */
export function buildRequest(call: Call, url: URL, base: Readonly<Record<string, string>>): HttpRequest {
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value === undefined) continue
    url.searchParams.delete(name)
    for (const each of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(each))
  }
  const { body, type } = bodyOf(call)
  const headers = new Headers(base)
  if (!headers.has('accept') && (call.as ?? 'json') === 'json') headers.set('accept', 'application/json')
  if (type !== undefined) headers.set('content-type', type)
  for (const [name, value] of Object.entries(call.headers ?? {})) headers.set(name, value)
  return { method: call.method, url, headers, body }
}

function bodyOf(call: Call): { body: HttpRequest['body']; type?: string } {
  const given = (['json', 'form', 'multipart', 'body'] as const).filter((kind) => call[kind] !== undefined)
  if (given.length > 1)
    throw new KontorError('INTERNAL', {
      message: `${call.doing}: a call has one body, this one has ${given.join(' and ')}.`,
    })
  if (given.length > 0 && call.method === 'GET')
    throw new KontorError('INTERNAL', { message: `${call.doing}: a GET has no body.` })
  if (call.json !== undefined) return { body: JSON.stringify(call.json), type: 'application/json' }
  if (call.form !== undefined)
    return { body: new URLSearchParams(call.form).toString(), type: 'application/x-www-form-urlencoded' }
  if (call.multipart !== undefined) return { body: call.multipart }
  if (call.body !== undefined)
    return {
      body: typeof call.body.data === 'string' ? call.body.data : new Uint8Array(call.body.data),
      type: call.body.type,
    }
  return { body: undefined }
}

/** The request with who we are. Made anew for each attempt: the token may have been renewed meanwhile. */
export function authorized(request: HttpRequest, authorization: Authorization): HttpRequest {
  const url = new URL(request.url)
  for (const [name, value] of Object.entries(authorization.query ?? {})) url.searchParams.set(name, value)
  const headers = new Headers(request.headers)
  for (const [name, value] of Object.entries(authorization.headers ?? {})) {
    try {
      headers.set(name, value)
    } catch {
      throw new KontorError('SECRET_MALFORMED', {
        message: `The credentials hold a character that cannot be sent in the header ${name} (a line break, or a letter outside Latin-1). Paste them again.`,
        key: 'credentials',
      })
    }
  }
  return { ...request, url, headers }
}
