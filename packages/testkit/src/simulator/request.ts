import { parseMultipart, type MultipartPart } from './multipart.ts'

/** What a value is parsed with: any zod schema fits. */
export interface Parser<T> {
  parse(value: unknown): T
}

/** A request as it came over the wire. */
export interface SimulatorRequest {
  readonly method: string
  /** As sent, still percent-encoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** By lower-case name; a repeated header is joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** The body as text: UTF-8 unless said. */
  readonly text: (encoding?: 'utf-8' | 'latin1') => string
  /** The body as JSON, parsed with the schema when one is given. What does not fit throws an `UnreadableBody`, answered 400. */
  readonly json: ReadJson
  /** The body as `application/x-www-form-urlencoded`. */
  readonly form: () => URLSearchParams
  /** The parts of a `multipart/form-data` body. */
  readonly multipart: () => MultipartPart[]
}

interface ReadJson {
  (): unknown
  <T>(schema: Parser<T>): T
}

/** The body is not what the route reads. The kit answers 400 unless the route catches it to answer in the vendor's shape. */
export class UnreadableBody extends Error {
  override readonly name = 'UnreadableBody'
}

export interface RawRequest {
  readonly method: string
  /** Path and query as in the request line. */
  readonly target: string
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

export function createRequest({ method, target, rawHeaders, body }: RawRequest): SimulatorRequest {
  const { pathname, searchParams } = new URL(target, 'http://simulator.invalid')
  const headers = joinHeaders(rawHeaders)
  function json(): unknown
  function json<T>(schema: Parser<T>): T
  function json(schema?: Parser<unknown>): unknown {
    try {
      const value: unknown = JSON.parse(body.toString('utf8'))
      return schema === undefined ? value : schema.parse(value)
    } catch (cause) {
      throw new UnreadableBody(
        `${method} ${pathname}: the JSON body is not what this route reads: ${messageOf(cause)}`,
        { cause },
      )
    }
  }
  return {
    method,
    path: pathname,
    query: searchParams,
    headers,
    body,
    text: (encoding = 'utf-8') => body.toString(encoding === 'latin1' ? 'latin1' : 'utf8'),
    json,
    form: () => new URLSearchParams(body.toString('utf8')),
    multipart() {
      try {
        return parseMultipart(body, headers['content-type'] ?? '')
      } catch (cause) {
        throw new UnreadableBody(`${method} ${pathname}: ${messageOf(cause)}`, { cause })
      }
    },
  }
}

function joinHeaders(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    const value = rawHeaders[index + 1] ?? ''
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
}

export function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure)
}
