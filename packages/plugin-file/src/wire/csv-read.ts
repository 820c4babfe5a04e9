import { Readable } from 'node:stream'
import { parse, type Parser } from 'csv-parse'
import { FileFault } from './fault.ts'
import { bare } from './formula.ts'
import { readHeader, type Column, type HeaderRules } from './header.ts'
import type { Cell, Row } from './row.ts'

const delimiters = [';', ',', '\t', '|'] as const
export interface CsvReadOptions extends HeaderRules {
  /** Absent: found out from the header. */
  readonly delimiter?: string | undefined
}

/** A record longer than this is a quote that was never closed, not an address. */
const maxRecordCharacters = 256_000

/** The rows of a CSV file. A row of another length than the header is broken; broken quotes are a fault of the whole file. */
export async function* csvRows(text: AsyncIterable<string>, options: CsvReadOptions): AsyncGenerator<Row> {
  const { head, all } = await withFirstLines(text)
  const preamble = /^sep=(.)\r?\n/i.exec(head)
  const delimiter = options.delimiter ?? preamble?.[1] ?? likelyDelimiter(head, options)
  const progress = { lines: 0 }
  const parser = parserOf(delimiter, progress)
  const source = Readable.from(all)
  source.on('error', (error) => parser.destroy(error)).pipe(parser)
  let columns: (Column | undefined)[] | undefined
  let skip = preamble !== null
  let [index, before, emptyBefore] = [0, 0, 0]
  try {
    for await (const { record, info } of read(parser)) {
      const line = before + 1 + (info.empty_lines - emptyBefore)
      ;[before, emptyBefore] = [info.lines, info.empty_lines]
      if (skip) skip = false
      else if (columns === undefined) columns = readHeader(record, line, options)
      else if (record.some((cell) => cell !== '')) yield rowOf(record, columns, ++index, line)
    }
  } catch (thrown) {
    throw csvFault(thrown, progress.lines + 1)
  } finally {
    // Whoever stops reading early closes the file.
    source.destroy()
  }
  if (columns === undefined) throw emptyFile()
}

export const emptyFile = (): FileFault =>
  new FileFault({ line: 0, column: '', found: 'an empty file', expected: 'a header line, even where nothing follows' })

function rowOf(record: readonly string[], columns: readonly (Column | undefined)[], index: number, line: number): Row {
  const cells = new Map<string, Cell>()
  for (const [place, column] of columns.entries()) {
    const text = bare(record[place] ?? '')
    if (column !== undefined && text !== '') cells.set(column.field, { text, column: column.header })
  }
  const tooMany = record.slice(columns.length).some((cell) => cell !== '')
  if (record.length >= columns.length && !tooMany) return { index, line, cells }
  const broken = {
    column: '',
    found: `${record.length} cells`,
    expected: `${columns.length} cells as in the header; a delimiter inside a cell needs quotes around the cell`,
  }
  return { index, line, cells, broken }
}

interface Parsed {
  record: string[]
  info: { lines: number; empty_lines: number }
}

function read(parser: Parser): AsyncIterable<Parsed> {
  return parser
}

/** @param progress the lines that are read without fault; what waits in the stream is not counted by who consumes it */
const parserOf = (delimiter: string, progress: { lines: number }): Parser =>
  parse({
    delimiter,
    info: true,
    trim: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: maxRecordCharacters,
    on_record(record, { lines }) {
      progress.lines = lines
      return record
    },
  })

/** What the parser says, in our words: its own repeat the cell, which may be a buyer's. */
const csvFaults: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a closing quote before the end of the file; it was opened in this line',
  CSV_INVALID_CLOSING_QUOTE: 'a delimiter after a closing quote; a quote inside a quoted cell is written twice',
  INVALID_OPENING_QUOTE:
    'no quote inside a cell that does not begin with one; put the cell in quotes and write the inner one twice',
  CSV_MAX_RECORD_SIZE: 'a row of at most 256,000 characters; a quote was probably opened and never closed',
}

function csvFault(thrown: unknown, line: number): unknown {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return thrown
  const expected = csvFaults[thrown.code]
  if (expected === undefined) return thrown
  return new FileFault({ line, column: '', found: 'quotes that do not match', expected })
}

/** The delimiter under which most columns are known to us; without any, the one that makes most columns. */
function likelyDelimiter(head: string, rules: HeaderRules): string {
  const first = head.split(/\r\n|\n|\r/).find((line) => line !== '') ?? ''
  const ranked = delimiters.map((delimiter) => {
    const cells = first.split(delimiter).map((cell) => cell.trim().replaceAll(/^"|"$/g, ''))
    return { delimiter, known: cells.filter((cell) => rules.fieldOf(cell) !== undefined).length, cells: cells.length }
  })
  return ranked.toSorted((a, b) => b.known - a.known || b.cells - a.cells)[0]?.delimiter ?? ','
}

/** Enough of the text to see its first line, and all of it from the beginning. */
async function withFirstLines(text: AsyncIterable<string>): Promise<{ head: string; all: AsyncIterable<string> }> {
  const rest = text[Symbol.asyncIterator]()
  let head = ''
  while (!/[^\r\n][\r\n]/.test(head) && head.length < maxRecordCharacters) {
    const next = await rest.next()
    if (next.done === true) break
    head += next.value
  }
  return { head, all: joined(head, rest) }
}

async function* joined(head: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    if (head !== '') yield head
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
