import { FileFault } from './fault.ts'

const encodings = ['utf-8', 'utf-8-bom', 'utf-16le', 'latin1', 'windows-1252'] as const
export type Encoding = (typeof encodings)[number]

/** Byte order marks, which say the encoding more surely than any configuration. */
const marks: readonly [readonly number[], string][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
]

/**
 * Bytes as text. The mark at the beginning is taken away; bytes that are no text in this encoding are a fault of the whole file, since
 * nothing that was read before them can be trusted either.
 */
export async function* decode(chunks: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let name = ''
  let lines = 1
  for await (const chunk of chunks) {
    if (decoder === undefined) {
      name = marks.find(([mark]) => mark.every((byte, place) => chunk[place] === byte))?.[1] ?? labels[encoding]
      decoder = new TextDecoder(name, { fatal: true })
    }
    const text = strictly(name, lines, chunk, () => decoder?.decode(chunk, { stream: true }) ?? '')
    if (text.includes('\0'))
      throw new FileFault({
        line: lines + count(text.slice(0, text.indexOf('\0'))),
        column: '',
        found: 'a zero byte',
        expected: 'a text file in the encoding that `encoding` names',
      })
    lines += count(text)
    yield text
  }
  const rest = strictly(name, lines, undefined, () => decoder?.decode() ?? '')
  if (rest) yield rest
}

const labels: Readonly<Record<Encoding, string>> = {
  'utf-8': 'utf-8',
  'utf-8-bom': 'utf-8',
  'utf-16le': 'utf-16le',
  // What programs call Latin-1 is Windows-1252 in practice; it differs only where Latin-1 has control characters.
  latin1: 'windows-1252',
  'windows-1252': 'windows-1252',
}

const count = (text: string): number => text.split('\n').length - 1

function strictly(name: string, line: number, chunk: Uint8Array | undefined, read: () => string): string {
  try {
    return read()
  } catch {
    // Read again with a sign in place of what is wrong, to say in which line it stands.
    const lenient = new TextDecoder(name).decode(chunk)
    const before = lenient.slice(0, Math.max(0, lenient.indexOf('\uFFFD')))
    throw new FileFault({
      line: line + count(before),
      column: '',
      found: `bytes that are no ${name.toUpperCase()}`,
      expected: `text in ${name.toUpperCase()}; a file saved by an older Windows program is read with \`encoding: windows-1252\``,
    })
  }
}

/** Text as bytes, or the first character that the encoding does not have. */
export function encode(
  text: string,
  encoding: Encoding,
  replace: boolean,
): { bytes: Uint8Array } | { missing: string; at: number } {
  if (encoding === 'utf-8') return { bytes: Buffer.from(text, 'utf8') }
  if (encoding === 'utf-8-bom') return { bytes: Buffer.from(`\uFEFF${text}`, 'utf8') }
  if (encoding === 'utf-16le') return { bytes: Buffer.from(`\uFEFF${text}`, 'utf16le') }
  const known = encoding === 'latin1' ? latin1 : windows1252
  const bytes: number[] = []
  let at = 0
  for (const character of text) {
    const byte = known.get(character)
    if (byte !== undefined) bytes.push(byte)
    else if (replace) bytes.push(...nearest(character, known))
    else return { missing: character, at }
    at += character.length
  }
  return { bytes: Uint8Array.from(bytes) }
}

/** A letter without its accents where that is in the encoding, else `?`. */
function nearest(character: string, known: ReadonlyMap<string, number>): number[] {
  const plain = Array.from(character.normalize('NFKD'), (part) => known.get(part) ?? []).flat()
  return plain.length > 0 ? plain : [0x3f]
}

const latin1: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 256 }, (_, byte) => [String.fromCodePoint(byte), byte]),
)
const windows1252: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 256 }, (_, byte) => [new TextDecoder('windows-1252').decode(Uint8Array.of(byte)), byte]),
)
