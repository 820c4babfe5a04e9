export interface MultipartPart {
  /** The field's name. */
  readonly name: string
  /** Present for a file. */
  readonly filename?: string
  readonly contentType?: string
  readonly bytes: Buffer
  text(): string
}

/** The parts of a `multipart/form-data` body (RFC 7578). Throws a `SyntaxError` when it is none. */
export function parseMultipart(body: Buffer, contentType: string): MultipartPart[] {
  const boundary = /^multipart\/form-data\b.*;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType)
  const mark = boundary?.[1] ?? boundary?.[2]
  if (mark === undefined) throw new SyntaxError(`content type "${contentType}" names no multipart boundary`)
  // latin1 keeps one character a byte, so positions in the text are positions in the buffer.
  const sections = `\r\n${body.toString('latin1')}`.split(`\r\n--${mark}`)
  if (sections.length < 2 || !sections.at(-1)?.startsWith('--'))
    throw new SyntaxError('the multipart body has no closing boundary')
  return sections.slice(1, -1).map(parsePart)
}

function parsePart(section: string): MultipartPart {
  const start = section.indexOf('\r\n\r\n')
  if (start === -1) throw new SyntaxError('a multipart part has no blank line after its headers')
  const headers = Buffer.from(section.slice(0, start), 'latin1').toString('utf8')
  const bytes = Buffer.from(section.slice(start + 4), 'latin1')
  const name = /^content-disposition:.*[;\s]name="((?:[^"\\]|\\.)*)"/im.exec(headers)?.[1]
  if (name === undefined) throw new SyntaxError('a multipart part has no name')
  const filename = /^content-disposition:.*;\s*filename="((?:[^"\\]|\\.)*)"/im.exec(headers)?.[1]
  const contentType = /^content-type:\s*(.+?)\s*$/im.exec(headers)?.[1]
  return {
    name,
    ...(filename === undefined ? {} : { filename }),
    ...(contentType === undefined ? {} : { contentType }),
    bytes,
    text: () => bytes.toString('utf8'),
  }
}
