/** Why bytes could not be read as a document of the vendor. */
export class UnreadableDocument extends Error {
  override readonly name = 'UnreadableDocument'
}

/** Latin-1 is read as windows-1252, as browsers do: sellers paste typographic quotes into titles. */
const encodings: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'windows-1252',
  ascii: 'windows-1252',
  'iso-8859-1': 'windows-1252',
  'iso-8859-15': 'iso-8859-15',
  latin1: 'windows-1252',
  'windows-1252': 'windows-1252',
  cp1252: 'windows-1252',
}

/**
 * The text of an answer. The prolog tells the encoding (the charset of the HTTP header is not reliable); without one it is UTF-8, and
 * what is not valid UTF-8 is windows-1252. Characters that XML 1.0 forbids are dropped: they occur in titles, and would cost the page.
 */
export function decodeDocument(bytes: Uint8Array): string {
  const wide = wideEncoding(bytes)
  const text = wide === undefined ? decodeNarrow(bytes) : new TextDecoder(wide).decode(bytes)
  return withoutForbidden(text)
}

function wideEncoding(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined
}

function decodeNarrow(bytes: Uint8Array): string {
  const declared = declaredEncoding(bytes)
  if (declared === undefined || declared === 'utf-8') return decodeUtf8(bytes)
  const label = encodings[declared]
  if (label === undefined) throw new UnreadableDocument(`it is declared to be in the encoding ${declared.slice(0, 30)}`)
  return new TextDecoder(label).decode(bytes)
}

function declaredEncoding(bytes: Uint8Array): string | undefined {
  let head = ''
  for (const byte of bytes.subarray(0, 200)) head += String.fromCharCode(byte)
  const declared = /<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(head)?.[1]?.toLowerCase()
  return declared === 'utf8' ? 'utf-8' : declared
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

// oxlint-disable-next-line no-control-regex -- these are what XML 1.0 forbids
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
const reference = /&#(?:x([0-9a-f]{1,8})|(\d{1,8}));/gi

function withoutForbidden(text: string): string {
  const clean = forbidden.test(text) ? text.replace(forbidden, '') : text
  forbidden.lastIndex = 0
  if (!clean.includes('&#')) return clean
  return clean.replace(reference, (whole, hexadecimal?: string, decimal?: string) =>
    isCharacter(hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16)) ? whole : '',
  )
}

const isCharacter = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x1_0000 && code <= 0x10_ffff)
