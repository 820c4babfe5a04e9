/** What a simulated system answers. At most one of `json`, `text` and `bytes`. */
export interface Answer {
  /** Default 200. */
  readonly status?: number | undefined
  /** A list sends the header once per value. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined
  /** Serialised, with `application/json` unless a header says otherwise. */
  readonly json?: unknown
  /** UTF-8, with `text/plain; charset=utf-8` unless a header says otherwise. */
  readonly text?: string | undefined
  /** As they are, with `application/octet-stream` unless a header says otherwise. */
  readonly bytes?: Uint8Array | undefined
}

/** An answer ready for the wire; header names are lower-case. */
export interface RenderedAnswer {
  readonly status: number
  readonly headers: Record<string, string | string[]>
  readonly body: Buffer
}

/** Thrown by `refuse`: ends a handler, however deep, with this answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`answered ${answer.status ?? 200}`)
    this.answer = answer
  }
}

/** Ends the handler with this answer: `const order = world.orders.get(id) ?? refuse({ status: 404, json: … })`. */
export function refuse(answer: Answer): never {
  throw new Refusal(answer)
}

export function renderAnswer(answer: Answer, now: number): RenderedAnswer {
  const { body, contentType } = bodyOf(answer)
  const headers: Record<string, string | string[]> = { date: new Date(now).toUTCString() }
  if (contentType !== undefined) headers['content-type'] = contentType
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = typeof value === 'string' ? value : [...value]
  }
  return { status: answer.status ?? 200, headers, body }
}

function bodyOf(answer: Answer): { body: Buffer; contentType?: string } {
  if (answer.json !== undefined)
    return { body: Buffer.from(JSON.stringify(answer.json)), contentType: 'application/json' }
  if (answer.text !== undefined) return { body: Buffer.from(answer.text), contentType: 'text/plain; charset=utf-8' }
  if (answer.bytes !== undefined) return { body: Buffer.from(answer.bytes), contentType: 'application/octet-stream' }
  return { body: Buffer.alloc(0) }
}
