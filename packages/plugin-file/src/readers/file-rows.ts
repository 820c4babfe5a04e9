import { createHash, type Hash } from 'node:crypto'
import type { FoundFile, InboxFolder } from '../client/inbox-folder.ts'
import type { IncomingSettings } from '../config/index.ts'
import { groupKey } from '../mapping/to-record.ts'
import type { Format } from '../tables/formats.ts'
import type { IncomingEntity } from '../tables/incoming-fields.ts'
import { csvRows } from '../wire/csv-read.ts'
import { FileFault, isFileFault, type Fault } from '../wire/fault.ts'
import { headerRules, type HeaderRules } from '../wire/header.ts'
import { jsonLinesRows, jsonRows } from '../wire/json-read.ts'
import type { Row } from '../wire/row.ts'
import { decode } from '../wire/text.ts'

/** One file to be read, as often as needed, always with the same result. */
export interface Source {
  readonly entity: IncomingEntity
  /** `shipments/2026-05-03.csv`: for checkpoints, logs and messages. */
  readonly label: string
  readonly file: FoundFile
  readonly folder: InboxFolder
  readonly settings: IncomingSettings
  readonly format: Format
}

/** The rows of a file. Each time from the beginning. */
async function* rowsOf(source: Source, hash?: Hash): AsyncGenerator<Row> {
  const { entity, settings } = source
  const text = decode(hashed(source.folder.read(source.file), hash), settings.encoding)
  yield* readers[source.format](text, headerRules(entity, settings.columns), settings)
}

const readers: Readonly<
  Record<Format, (text: AsyncIterable<string>, rules: HeaderRules, settings: IncomingSettings) => AsyncGenerator<Row>>
> = {
  csv: (text, rules, { delimiter }) => csvRows(text, { ...rules, delimiter }),
  json: jsonRows,
  jsonl: jsonLinesRows,
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hash?: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash?.update(chunk)
    yield chunk
  }
}

/** What a first reading of a file found. */
export interface Scan {
  readonly sha256: string
  readonly rows: number
  /** What makes the whole file unreadable: then nothing of it is taken. */
  readonly fault?: Fault
  /** By what makes rows one record, the last of them: where the record is complete. */
  readonly lastRow: ReadonlyMap<string, number>
}

/** Reads a file to its end before anything of it is taken: a quote that is never closed makes the rows before it doubtful too. */
export async function scan(source: Source, maxBytes: number, signal: AbortSignal): Promise<Scan> {
  const lastRow = new Map<string, number>()
  if (source.file.size > maxBytes)
    return { sha256: await contentHash(source), rows: 0, lastRow, fault: tooLarge(source.file, maxBytes) }
  const hash = createHash('sha256')
  let rows = 0
  try {
    for await (const row of rowsOf(source, hash)) {
      rows = row.index
      lastRow.set(groupKey(source.entity, row), row.index)
      if (rows % 1000 === 0) signal.throwIfAborted()
    }
  } catch (thrown) {
    if (!isFileFault(thrown)) throw thrown
    return { sha256: await contentHash(source), rows: 0, lastRow: new Map(), fault: thrown.fault }
  }
  return { sha256: hash.digest('hex'), rows, lastRow }
}

async function contentHash(source: Source): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of source.folder.read(source.file)) hash.update(chunk)
  return hash.digest('hex')
}

const tooLarge = (file: FoundFile, maxBytes: number): Fault =>
  new FileFault({
    line: 0,
    column: '',
    found: `a file of ${Math.ceil(file.size / 1e6)} MB`,
    expected: `at most ${maxBytes / 1e6} MB; raise \`maxFileMegabytes\` or split the file`,
  }).fault

/**
 * The rows of a file by record, each as soon as its last row is read. Rows of one record need not stand together.
 * @param after records that are complete at this row or before are left out: they are stored
 */
export async function* groupsOf(
  source: Source,
  { lastRow }: Scan,
  after: number,
): AsyncGenerator<{ rows: Row[]; row: number }> {
  const open = new Map<string, Row[]>()
  for await (const row of rowsOf(source)) {
    const key = groupKey(source.entity, row)
    const last = lastRow.get(key) ?? row.index
    if (last <= after) continue
    const rows = open.get(key) ?? []
    rows.push(row)
    if (row.index < last) open.set(key, rows)
    else {
      open.delete(key)
      yield { rows, row: row.index }
    }
  }
}
