import { KontorError } from '../errors/index.ts'

/** All bytes of an answer, at most `maxBytes` (counted after decompression); the connection is let go in every case. */
export async function readBytes(response: Response, maxBytes: number, what: string): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array()
  const declared = Number(response.headers.get('content-length') ?? 0)
  const tooLarge = (): KontorError =>
    new KontorError('ANSWER_TOO_LARGE', { message: `${what}: the answer is larger than ${maxBytes} bytes.` })
  if (declared > maxBytes) {
    await discard(response)
    throw tooLarge()
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.byteLength
    // Leaving the loop cancels the stream.
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

/** The first `maxBytes` of an answer that failed; the rest is not read. */
export async function readSome(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(maxBytes)
  let size = 0
  if (response.body)
    for await (const chunk of response.body) {
      const part = chunk.subarray(0, maxBytes - size)
      bytes.set(part, size)
      size += part.byteLength
      if (size === maxBytes) break
    }
  return bytes.subarray(0, size)
}

/** Lets go of the connection without reading. */
export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined)
}

/** Text in the charset that the header names, else the one in an XML declaration, else UTF-8. */
export function decodeText(bytes: Uint8Array, contentType: string | null): string {
  const named = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1] ?? xmlCharset(bytes)
  return decoderFor(named).decode(bytes)
}

const xmlCharset = (bytes: Uint8Array): string | undefined =>
  /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/i.exec(
    Buffer.from(bytes.subarray(0, 200)).toString('latin1'),
  )?.[1]

function decoderFor(charset: string | undefined): TextDecoder {
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder()
  }
}

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown
/** `JSON.parse` with access to the source text (ES2025; Node 21), which the type library does not know yet. */
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown

/** JSON, with its numbers as they are, or as the text that was written: `1.10` stays `"1.10"`. */
export const parseJson = (text: string, numbers: 'number' | 'text'): unknown =>
  numbers === 'text'
    ? parseWithSource(text, (_key, value, context) =>
        typeof value === 'number' ? (context.source ?? String(value)) : value,
      )
    : JSON.parse(text)

/** Whether an answer that should be JSON is a page for people instead. */
export const looksLikeHtml = (contentType: string | null, text: string): boolean =>
  /\bx?html\b/i.test(contentType ?? '') || /^\s*<(!doctype html|html|head|body)\b/i.test(text.slice(0, 500))
