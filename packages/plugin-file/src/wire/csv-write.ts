import { stringify } from 'csv-stringify/sync'
import { guarded } from './formula.ts'

export interface CsvWriteOptions {
  readonly delimiter: string
  readonly lineEnd: '\n' | '\r\n'
  /** Put an apostrophe before text a spreadsheet would run. */
  readonly guardFormulas: boolean
}

/** A header and rows as CSV (RFC 4180). What a reader would trim, split or run is quoted or guarded. */
export function csvText(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  options: CsvWriteOptions,
): string {
  const cell = options.guardFormulas ? guarded : (text: string) => text
  return stringify([header.map(cell), ...rows.map((row) => row.map(cell))], {
    delimiter: options.delimiter,
    record_delimiter: options.lineEnd,
    quoted_match: needsQuotes,
  })
}

/** Line ends of any kind, blanks at either end, and the byte order mark; delimiter and quotes are the library's own concern. */
const needsQuotes = /[\r\n\uFEFF]|^\s|\s$/
