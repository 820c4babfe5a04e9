import {
  toInstant,
  type Clock,
  type Log,
  type Mode,
  type Page,
  type Reader,
  type RecordOf,
  type Rejection,
} from '@kontor/core'
import { requireFolder, type Folders } from '../client/folders.ts'
import { InboxFolder, Looks, type FoundFile } from '../client/inbox-folder.ts'
import { durationMs, type FileConfig } from '../config/index.ts'
import { errnoOf, fileError, onFiles } from '../errors.ts'
import { likelyId, toRecord, type RecordRules } from '../mapping/to-record.ts'
import { formatOf } from '../tables/formats.ts'
import { incomingEntities, type IncomingEntity } from '../tables/incoming-fields.ts'
import { faultError, faultPath, type Fault } from '../wire/fault.ts'
import type { Row } from '../wire/row.ts'
import type { InboxCheckpoint, Position } from './checkpoint.ts'
import { errorFile } from './error-file.ts'
import { groupsOf, scan, type Scan, type Source } from './file-rows.ts'

export interface InboxServices {
  readonly config: FileConfig
  readonly folders: Folders
  readonly clock: Clock
  readonly mode: Mode
  readonly log: Log
}
type InboxPage = Page<IncomingEntity, InboxCheckpoint>

const pageSize = 500

/**
 * Reads the files that wait, in the order of their names, and moves each out of the way when its last page is stored. Ids come from the
 * content: the same file read twice changes nothing. `since` says nothing here: a file that lies there is work to be done.
 */
export function createInbox(services: InboxServices): Reader<IncomingEntity, InboxCheckpoint> {
  const { config, folders, clock, mode } = services
  const quietMs = durationMs(config.quietFor)
  const looks = new Looks(quietMs)
  const inboxes = incomingEntities.map((entity) => ({
    entity,
    folder: new InboxFolder(folders.incoming(entity), config.read[entity].marker),
  }))

  async function waiting(signal: AbortSignal): Promise<{ sources: Source[]; growing: boolean }> {
    const first = await look()
    if (first.fresh.length === 0) return { sources: first.sources, growing: false }
    await clock.sleep(quietMs, signal)
    const second = await look()
    return { sources: second.sources, growing: second.fresh.length > 0 }
  }

  const toldOf = new Set<string>()
  function leftAlone(file: string): void {
    if (toldOf.has(file)) return
    toldOf.add(file)
    services.log.warn('a file with this extension is not read; save it as CSV or JSON, or set `format`', { file })
  }

  async function look(): Promise<{ sources: Source[]; fresh: FoundFile[] }> {
    const sources: Source[] = []
    const fresh: FoundFile[] = []
    const paths = new Set<string>()
    for (const { entity, folder } of inboxes) {
      const settings = config.read[entity]
      const found = await onFiles(`listing ${settings.folder}`, () => folder.list(), `read.${entity}.folder`)
      const ours = found.filter((file) => formatOf(file.name, settings.format) !== undefined)
      for (const { path } of ours) paths.add(path)
      for (const { name } of found)
        if (formatOf(name, settings.format) === undefined) leftAlone(`${settings.folder}/${name}`)
      const seen = looks.see(ours, clock.now())
      fresh.push(...seen.fresh)
      for (const file of seen.quiet) {
        const format = formatOf(file.name, settings.format)
        if (format !== undefined)
          sources.push({ entity, label: `${entity}/${file.name}`, file, folder, settings, format })
      }
    }
    looks.keep(paths)
    return { sources, fresh }
  }

  return {
    async *read({ checkpoint, signal }) {
      await requireFolder(folders)
      const { sources, growing } = await waiting(signal)
      const from = checkpoint?.at ?? undefined
      // The file that was begun is finished first: what is known of it is in the checkpoint, and the next file's replaces it.
      const ordered = [
        ...sources.filter(({ label }) => label === from?.file),
        ...sources.filter(({ label }) => label !== from?.file),
      ]
      for (const source of ordered) {
        signal.throwIfAborted()
        yield* readFile(services, source, from, signal)
      }
      const resumeAt = growing ? { resumeAt: toInstant(clock.now() + quietMs) } : {}
      // A file that is put there again later is read again: nothing of it may be remembered as finished.
      const moved = mode === 'live' && (ordered.length > 0 || from !== undefined)
      if (growing || moved) yield { records: [], checkpoint: { at: null }, ...resumeAt }
    },
  }
}

async function* readFile(
  services: InboxServices,
  source: Source,
  from: Position | undefined,
  signal: AbortSignal,
): AsyncGenerator<InboxPage> {
  const { config, mode } = services
  try {
    const found = await scan(source, config.maxFileMegabytes * 1e6, signal)
    const known = from?.file === source.label && from.sha256 === found.sha256 ? from : undefined
    let at: Position = known ?? { file: source.label, sha256: found.sha256, row: 0, good: 0, bad: 0, finished: false }
    if (!at.finished) {
      for await (const page of pagesOf(services, source, found, at)) {
        at = page.checkpoint.at ?? at
        yield page
      }
    }
    if (mode === 'live') await finish(services, source, found, at)
  } catch (thrown) {
    // Taken away between two looks: there is nothing to be read.
    if (errnoOf(thrown) === 'ENOENT') return
    throw fileError(thrown, `reading ${source.label}`, `read.${source.entity}.folder`)
  }
}

/** The pages of one file. The last one says that it is finished; there is always one. */
async function* pagesOf(
  services: InboxServices,
  source: Source,
  found: Scan,
  from: Position,
): AsyncGenerator<InboxPage & { checkpoint: { at: Position } }> {
  let records: RecordOf<IncomingEntity>[] = []
  let rejected: Rejection[] = []
  let at = from
  const page = (finished: boolean) => {
    at = { ...at, good: at.good + records.length, bad: at.bad + rejected.length, finished }
    const filled = { records, rejected, checkpoint: { at } }
    ;[records, rejected] = [[], []]
    return filled
  }
  if (found.fault !== undefined) {
    rejected.push(rejectionOf(source, found.fault, []))
    yield page(true)
    return
  }
  const rules = rulesOf(services, source)
  for await (const { rows, row } of groupsOf(source, found, from.row)) {
    const told = toRecord(source.entity, rows, rules)
    if ('record' in told) records.push(told.record)
    else rejected.push(...told.faults.slice(0, 1).map((fault) => rejectionOf(source, fault, rows)))
    at = { ...at, row }
    if (records.length + rejected.length >= pageSize) yield page(false)
  }
  at = { ...at, row: found.rows }
  yield page(true)
}

const rulesOf = ({ config, clock }: InboxServices, { settings, file }: Source): RecordRules => ({
  decimal: settings.decimal,
  timeZone: config.timeZone,
  // The clock of a file server may be ahead of ours; nothing was counted in the future.
  writtenAt: Math.min(file.mtimeMs, clock.now()),
  currency: settings.currency,
  taxIncluded: settings.taxIncluded,
})

/** One rejection a record: its first fault. The error file has them all. */
function rejectionOf(source: Source, fault: Fault, rows: readonly Row[]): Rejection {
  const id = likelyId(source.entity, rows)
  return {
    ...(id === undefined ? {} : { ref: { entity: source.entity, id } }),
    path: faultPath(source.label, fault),
    error: faultError(source.label, fault),
    raw: rows.map(rawRow),
  }
}

const rawRow = ({ line, cells, document }: Row): object => ({
  line,
  ...(document ?? Object.fromEntries([...cells].map(([name, { text }]) => [name, text]))),
})

/** Runs when all of a file is stored. Running it again after a crash does the same. */
async function finish(services: InboxServices, source: Source, found: Scan, { good, bad }: Position): Promise<void> {
  const { folder, file, label } = source
  if (!(await folder.unchanged(file))) {
    services.log.info('the file has changed since it was read; it is read again', { file: label })
    return
  }
  if (bad > 0) await folder.report(file, errorFile(await faultsOf(services, source, found)))
  const to = bad > 0 && good === 0 ? 'failed' : 'done'
  const name = await folder.move(file, to)
  const facts = { file: label, movedTo: `${to}/${name}`, records: good, rejected: bad }
  if (bad > 0) services.log.warn('a file was read in part; what was wrong stands in an error file in failed/', facts)
  else services.log.info('a file was read', facts)
}

async function faultsOf(services: InboxServices, source: Source, found: Scan): Promise<Fault[]> {
  if (found.fault !== undefined) return [found.fault]
  const faults: Fault[] = []
  const rules = rulesOf(services, source)
  for await (const { rows } of groupsOf(source, found, 0)) {
    const told = toRecord(source.entity, rows, rules)
    if ('faults' in told) faults.push(...told.faults)
  }
  return faults.toSorted((a, b) => a.line - b.line)
}
