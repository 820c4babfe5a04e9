import { parse } from 'csv-parse/sync'

/** The rows of a CSV file by header, whichever of the usual delimiters it has. */
export function csvRows(text: string): Record<string, string>[] {
  const [header = ''] = text.split('\n', 1)
  const [delimiter = ';'] = [';', ',', '\t', '|'].toSorted((a, b) => header.split(b).length - header.split(a).length)
  return parse<Record<string, string>>(text, { columns: true, bom: true, delimiter })
}
