import { createHash } from 'node:crypto'
import {
  KontorError,
  toInstant,
  type Clock,
  type FileRef,
  type Invoice,
  type Log,
  type Mode,
  type Page,
  type Reader,
  type Rejection,
} from '@kontor/core'
import { z } from 'zod'
import { requireFolder, type Folders } from '../client/folders.ts'
import { InboxFolder, Looks, type FoundFile } from '../client/inbox-folder.ts'
import { durationMs, type FileConfig } from '../config/index.ts'
import { errnoOf, onFiles } from '../errors.ts'
import { aboutDocument } from '../mapping/reference.ts'

/** Nothing has to be remembered: what was read is moved away. */
export const DocumentsCheckpoint = z.object({})

interface Services {
  readonly config: FileConfig
  readonly folders: Folders
  readonly clock: Clock
  readonly mode: Mode
  readonly log: Log
}
type DocumentsPage = Page<'invoices', Record<never, never>>

/** Each of them is read whole. */
const pageSize = 50
const key = 'invoices.folder'
const isPdf = (name: string): boolean => /\.pdf$/i.test(name)

/** Invoices that are PDF files, named after their order. A file that was read lies in `done`, and is opened there when somebody needs it. */
export function createDocuments(services: Services): Reader<'invoices', Record<never, never>> {
  const { config, folders, clock, mode, log } = services
  const folder = new InboxFolder(folders.invoices)
  const quietMs = durationMs(config.quietFor)
  const looks = new Looks(quietMs)
  const toldOf = new Set<string>()

  async function look(): Promise<{ quiet: FoundFile[]; fresh: FoundFile[] }> {
    const found = await onFiles(`listing ${config.invoices.folder}`, () => folder.list(), key)
    const ours = found.filter(({ name }) => isPdf(name))
    for (const { name } of found)
      if (!isPdf(name) && !toldOf.has(name)) {
        toldOf.add(name)
        log.warn('a document that is no PDF is not read', { file: `${config.invoices.folder}/${name}` })
      }
    looks.keep(new Set(ours.map(({ path }) => path)))
    return looks.see(ours, clock.now())
  }

  return {
    async *read({ signal }) {
      await requireFolder(folders)
      let seen = await look()
      if (seen.fresh.length > 0) {
        await clock.sleep(quietMs, signal)
        seen = await look()
      }
      for (let from = 0; from < seen.quiet.length; from += pageSize) {
        signal.throwIfAborted()
        const read = await Promise.all(
          seen.quiet.slice(from, from + pageSize).map((file) => readOne(services, folder, file)),
        )
        const told = read.filter((each) => each !== undefined)
        yield {
          records: told.flatMap((each) => ('record' in each ? [each.record] : [])),
          rejected: told.flatMap((each) => ('rejection' in each ? [each.rejection] : [])),
          checkpoint: {},
        } satisfies DocumentsPage
        if (mode !== 'live') continue
        for (const each of told)
          if (await folder.unchanged(each.file)) await folder.move(each.file, 'record' in each ? 'done' : 'failed')
      }
      if (seen.fresh.length > 0) yield { records: [], checkpoint: {}, resumeAt: toInstant(clock.now() + quietMs) }
    },
  }
}

type Read = { file: FoundFile } & ({ record: Invoice } | { rejection: Rejection })

async function readOne({ config }: Services, folder: InboxFolder, file: FoundFile): Promise<Read | undefined> {
  const id = file.name.replace(/\.pdf$/i, '')
  const label = `${config.invoices.folder}/${file.name}`
  const refused = (message: string): Read => ({
    file,
    rejection: {
      ref: { entity: 'invoices', id },
      path: label,
      error: new KontorError('RECORD_INVALID', { message, path: label }),
      raw: { name: file.name, size: file.size },
    },
  })
  if (file.size > config.maxFileMegabytes * 1e6)
    return refused(`The document ${label} has ${file.size} bytes; more than maxFileMegabytes are not read.`)
  const bytes = await bytesOf(folder, file)
  if (bytes === undefined) return undefined
  if (bytes.subarray(0, 4).toString('latin1') !== '%PDF')
    return refused(`The document ${label} is no PDF, whatever its name says. Put the right one there.`)
  const about = aboutDocument(id, config.invoices.name)
  if (about === undefined)
    return refused(
      `The name of ${label} does not say which order it is about. Name it after the order, or set \`invoices.name\`.`,
    )
  return { file, record: { entity: 'invoices', id, about, file: refOf(file.name, bytes) } }
}

const refOf = (name: string, bytes: Buffer): FileRef => ({
  name: name.slice(0, 300),
  mediaType: 'application/pdf',
  sha256: createHash('sha256').update(bytes).digest('hex'),
  size: bytes.length,
})

/** Nothing where the file was taken away meanwhile. */
async function bytesOf(folder: InboxFolder, file: FoundFile): Promise<Buffer | undefined> {
  try {
    const parts: Uint8Array[] = []
    for await (const part of folder.read(file)) parts.push(part)
    return Buffer.concat(parts)
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

/** The bytes of a document that was read: by its content, since a file of the same name may have come after it. */
export async function openDocument(folders: Folders, wanted: FileRef): Promise<Uint8Array<ArrayBuffer> | undefined> {
  for (const path of [`${folders.invoices}/done`, folders.invoices]) {
    const folder = new InboxFolder(path)
    const files = await onFiles(`looking for ${wanted.name}`, () => folder.list(), key)
    // The one of its name first.
    const likely = files.filter(({ size }) => size === wanted.size)
    for (const file of likely.toSorted((a, b) => Number(b.name === wanted.name) - Number(a.name === wanted.name))) {
      const bytes = await bytesOf(folder, file)
      if (bytes !== undefined && refOf(file.name, bytes).sha256 === wanted.sha256) return new Uint8Array(bytes)
    }
  }
  return undefined
}
