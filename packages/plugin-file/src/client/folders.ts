import { mkdir, stat } from 'node:fs/promises'
import { basename, isAbsolute, join, resolve } from 'node:path'
import { KontorError } from '@kontor/core'
import type { FileConfig } from '../config/index.ts'
import { onFiles } from '../errors.ts'
import type { IncomingEntity } from '../tables/incoming-fields.ts'
import type { OutgoingEntity } from '../tables/outgoing-columns.ts'
import { unlessMissing } from './durable.ts'

/** Where everything lies: one folder shared with the other side, its subfolders, and a hidden one where files are prepared. */
export interface Folders {
  readonly root: string
  readonly incoming: (entity: IncomingEntity) => string
  readonly outgoing: (entity: OutgoingEntity) => string
  /** Where documents are put. */
  readonly invoices: string
  /** What must be there before anything is touched. */
  readonly mustExist: string | undefined
}

export function foldersOf(config: FileConfig, root: string): Folders {
  const below = (path: string): string => (isAbsolute(path) ? resolve(path) : join(root, path))
  return {
    root,
    incoming: (entity) => below(config.read[entity].folder),
    outgoing: (entity) => below(config.write[entity].folder),
    invoices: below(config.invoices.folder),
    mustExist: config.mustExist === undefined ? undefined : below(config.mustExist),
  }
}

/** Stops where what must be there is missing: the share is probably not mounted, and the empty folder is not the real one. */
export async function requireFolder({ mustExist }: Folders): Promise<void> {
  if (mustExist === undefined) return
  const found = await onFiles(
    'looking for what must be there',
    () => unlessMissing(stat(mustExist), undefined),
    'mustExist',
  )
  if (found !== undefined) return
  throw new KontorError('UPSTREAM_UNAVAILABLE', {
    message: `"${basename(mustExist)}" is not there, so the folder is probably not mounted. Nothing was written or read. Mount it, or correct \`mustExist\`.`,
    key: 'config.mustExist',
    scope: 'connection',
  })
}

/** The name of the hidden folders. */
const hiddenName = '.kontor'

/**
 * Where files for a folder may be prepared: beside it, out of the way of whoever empties it; in it where it is a file system of its own,
 * because a file can appear in one step only from the same one.
 */
export const hiddenFolders = (folders: Folders, entity: OutgoingEntity): [beside: string, inside: string] => [
  join(folders.root, hiddenName, entity),
  join(folders.outgoing(entity), hiddenName),
]

/** Creates what is missing. The first of the answer is where files are prepared now; the other may hold copies of earlier days. */
export async function openFolders(folders: Folders, entity: OutgoingEntity): Promise<[string, string]> {
  const [beside, inside] = hiddenFolders(folders, entity)
  const target = folders.outgoing(entity)
  await mkdir(target, { recursive: true })
  await mkdir(beside, { recursive: true, mode: 0o770 })
  const [there, here] = [await stat(target), await stat(beside)]
  if (there.dev === here.dev) return [beside, inside]
  await mkdir(inside, { recursive: true, mode: 0o770 })
  return [inside, beside]
}
