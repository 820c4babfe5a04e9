export type Format = 'csv' | 'jsonl' | 'json'

const extensions: Readonly<Record<string, Format>> = {
  csv: 'csv',
  txt: 'csv',
  tsv: 'csv',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
}

/** How a file is to be read; `undefined` for one that is not ours. */
export const formatOf = (name: string, configured: Format | 'auto'): Format | undefined =>
  configured === 'auto' ? extensions[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] : configured
