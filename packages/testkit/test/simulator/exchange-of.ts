import type { Exchange } from '../../src/simulator/index.ts'

interface Written {
  method?: string
  /** Path with query. */
  target: string
  headers?: Record<string, string>
  body?: unknown
  status?: number
  type?: string
  answer?: unknown
  faults?: string[]
  limit?: string
}

/** An exchange as it would have been recorded; `undefined` bodies are empty, text is as it is, the rest is JSON. */
export function exchangeOf({
  method = 'GET',
  target,
  headers,
  body,
  status = 200,
  type,
  answer,
  faults = [],
  limit,
}: Written): Exchange {
  const [path = '', query = ''] = target.split('?', 2)
  return {
    index: 1,
    at: '2026-01-01T00:00:00.000Z',
    method,
    path,
    query,
    requestHeaders: headers ?? (body === undefined ? {} : { 'content-type': 'application/json' }),
    requestBody: bytes(body),
    status,
    responseHeaders: answer === undefined ? {} : { 'content-type': type ?? 'application/json' },
    responseBody: bytes(answer),
    faults,
    ...(limit === undefined ? {} : { limit }),
    ended: 'answered',
  }
}

function bytes(value: unknown): Buffer {
  if (value === undefined) return Buffer.alloc(0)
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
}
