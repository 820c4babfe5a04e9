import { KontorError } from '@kontor/core'

/** One row of a report, by the names of its columns in small letters: columns come and go, and their order is nobody's promise. */
export type Row = Readonly<Record<string, string>>

/** The rows of a flat file, which has to have these columns. Tabs part columns, and no field holds one. */
export function rowsOf(text: string, columns: readonly string[], report: string): Row[] {
  const [head = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const names = head.split('\t').map((name) => name.trim().toLowerCase())
  if (text.trim() === '') return []
  const missing = columns.filter((name) => !names.includes(name))
  if (missing.length > 0)
    throw new KontorError('WIRE_MISMATCH', {
      message: `The report of ${report} lacks the columns ${missing.join(', ')}. Its columns are named in English; change the language of reports in Seller Central, or report it.`,
      path: missing[0] ?? '',
    })
  return lines.flatMap((line) => {
    if (line.trim() === '') return []
    const fields = line.split('\t')
    return [Object.fromEntries(names.map((name, index) => [name, (fields[index] ?? '').trim()]))]
  })
}
