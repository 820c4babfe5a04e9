import { gunzipSync } from 'node:zlib'
import { KontorError } from '@kontor/core'
import type { z } from 'zod'
import type { DocumentAddress } from '../wire/index.ts'
import type { Requests } from './requests.ts'

/** Largest document we read: a report of a year of returns is far below. */
const maxBytes = 200_000_000

/** Fetches a document at once, since its address holds for five minutes, and without our token. Its bytes are decoded as one: no letter is cut. */
export async function fetchDocument(
  requests: Requests,
  { url, compressionAlgorithm }: z.output<typeof DocumentAddress>,
  signal: AbortSignal,
  charsets: readonly string[] = ['utf-8'],
): Promise<string> {
  const { bytes: packed } = await requests.http.file(url, { maxBytes, signal })
  const bytes = compressionAlgorithm === 'GZIP' ? unpack(packed) : packed
  return decode(bytes, charsets)
}

function unpack(packed: Uint8Array): Uint8Array {
  try {
    return gunzipSync(packed, { maxOutputLength: maxBytes })
  } catch (thrown) {
    throw new KontorError('WIRE_MISMATCH', {
      message:
        'A document of Amazon that is said to be gzip could not be unpacked. It is fetched again with the next run.',
      path: '',
      cause: thrown,
    })
  }
}

/** UTF-8 where it is that, else the next. Amazon does not always say (reports of Europe are Windows-1252, of Japan Shift_JIS). */
function decode(bytes: Uint8Array, charsets: readonly string[]): string {
  for (const charset of charsets) {
    try {
      return new TextDecoder(charset, { fatal: true }).decode(bytes)
    } catch {
      continue
    }
  }
  return new TextDecoder(charsets.at(-1) ?? 'utf-8').decode(bytes)
}
