import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, mkdir, realpath, rename, stat, statfs } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { isKontorError, type CheckResult, type Mode, type Problem } from '@kontor/core'
import type { FileConfig } from '../config/index.ts'
import { errnoOf, fileError, onFiles } from '../errors.ts'
import { formatOf } from '../tables/formats.ts'
import { incomingEntities, type IncomingEntity } from '../tables/incoming-fields.ts'
import { outgoingEntities } from '../tables/outgoing-columns.ts'
import { DropFolder } from './drop-folder.ts'
import { remove, unlessMissing, writeDurably } from './durable.ts'
import { hiddenFolders, openFolders, requireFolder, type Folders } from './folders.ts'
import { InboxFolder } from './inbox-folder.ts'

/** Below this much free space a person is told; below the second, files could be cut short. */
const lowSpace = { warningBytes: 500_000_000, errorBytes: 20_000_000 }
/** Prepared copies hold buyers' addresses; nobody asks about them after a month. Their names are kept for a year. */
const keep = { copiesMs: 30 * 86_400_000, tracesMs: 365 * 86_400_000 }

/** Looks whether the folders can be worked on; in live mode by trying, because rights on a network share are not what they look like. */
export async function checkFolders(
  config: FileConfig,
  folders: Folders,
  mode: Mode,
  signal: AbortSignal,
): Promise<CheckResult> {
  const problems: Problem[] = []
  const note = async (key: string, work: () => Promise<readonly Problem[]>): Promise<void> => {
    signal.throwIfAborted()
    problems.push(...(await work().catch((thrown: unknown) => [problemOf(thrown, key)])))
  }
  await note('mustExist', () => requireFolder(folders).then(() => []))
  await note('folder', () => usable(folders.root, mode, 'folder'))
  // What is wrong with the folder itself would be told again for each folder in it.
  if (problems.some(({ level }) => level === 'error')) return { problems }
  for (const entity of outgoingEntities) {
    const key = `write.${entity}.folder`
    await note(key, () => usable(folders.outgoing(entity), mode, key))
    if (mode === 'live') await note(key, () => appearsInOneStep(folders, entity, key))
  }
  for (const entity of incomingEntities) {
    const key = `read.${entity}.folder`
    await note(key, () => usable(folders.incoming(entity), mode, key))
    await note(key, () => leftovers(config, folders, entity, key))
  }
  await note('invoices.folder', () => usable(folders.invoices, mode, 'invoices.folder'))
  await note('invoices.folder', () => failedDocuments(config, folders))
  const there = await nearest(folders.root)
  const account = join(await realpath(there), relative(there, folders.root))
  const { bavail, bsize } = await statfs(there)
  await note('folder', () => Promise.resolve(spaceProblems(bavail * bsize)))
  return { account, problems, facts: { folder: account, freeSpace: megabytes(bavail * bsize) } }
}

/** Creates the folders files are put into, so that people see where, and empties prepared copies nobody came back for. */
export async function openAll(
  config: FileConfig,
  folders: Folders,
  mode: Mode,
  now: number,
): Promise<readonly Problem[]> {
  if (mode === 'plan') return []
  await requireFolder(folders)
  for (const entity of incomingEntities)
    await onFiles(
      `creating ${config.read[entity].folder}`,
      () => mkdir(folders.incoming(entity), { recursive: true }),
      `read.${entity}.folder`,
    )
  await onFiles(
    `creating ${config.invoices.folder}`,
    () => mkdir(folders.invoices, { recursive: true }),
    'invoices.folder',
  )
  for (const entity of outgoingEntities)
    for (const hidden of hiddenFolders(folders, entity))
      await onFiles(
        `looking after ${config.write[entity].folder}`,
        () => new DropFolder(folders.outgoing(entity), [hidden]).sweep(now, keep),
        `write.${entity}.folder`,
      )
  return []
}

async function usable(folder: string, mode: Mode, key: string): Promise<Problem[]> {
  const found = await unlessMissing(stat(folder), undefined)
  if (found === undefined) {
    const parent = await nearest(folder)
    await access(parent, constants.W_OK | constants.X_OK)
    return key === 'folder'
      ? [{ level: 'info', key: `config.${key}`, message: 'The folder is not there yet; it will be created.' }]
      : []
  }
  if (!found.isDirectory())
    return [
      {
        level: 'error',
        code: 'CONFIG_INVALID',
        key: `config.${key}`,
        message: `\`${key}\` names a file; name a folder.`,
      },
    ]
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  if (mode === 'plan') return []
  const probe = join(folder, probeName())
  await writeDurably(probe, new Uint8Array())
  await remove(probe)
  return []
}

/** A file must appear in one step, which a rename from another file system is not. */
async function appearsInOneStep(
  folders: Folders,
  entity: (typeof outgoingEntities)[number],
  key: string,
): Promise<Problem[]> {
  if (!(await exists(folders.outgoing(entity)))) return []
  const [hidden] = await openFolders(folders, entity)
  const name = probeName()
  await writeDurably(join(hidden, name), new Uint8Array())
  try {
    await rename(join(hidden, name), join(folders.outgoing(entity), name))
    return []
  } catch (thrown) {
    return [problemOf(thrown, key)]
  } finally {
    await remove(join(hidden, name))
    await remove(join(folders.outgoing(entity), name))
  }
}

/** What waits for a person: files that failed, and files that are not read. */
async function leftovers(
  config: FileConfig,
  folders: Folders,
  entity: IncomingEntity,
  key: string,
): Promise<Problem[]> {
  const { folder: name, format, marker } = config.read[entity]
  const folder = new InboxFolder(folders.incoming(entity), marker)
  const failed = await folder.failed()
  const foreign = (await folder.list()).filter((file) => formatOf(file.name, format) === undefined)
  const warning = (message: string): Problem => ({ level: 'warning', key: `config.${key}`, message })
  return [
    ...(failed === 0
      ? []
      : [
          warning(
            `${failed} files in ${name}/failed wait for a person: read the .errors.csv beside each, correct the file, put it back into ${name}, and remove what is done with.`,
          ),
        ]),
    ...(foreign.length === 0
      ? []
      : [
          warning(
            `${foreign.length} files in ${name} are not read (${foreign[0]?.name}): save them as CSV or JSON, or set \`format\`.`,
          ),
        ]),
  ]
}

async function failedDocuments({ invoices }: FileConfig, folders: Folders): Promise<Problem[]> {
  const failed = await new InboxFolder(folders.invoices).failed()
  return failed === 0
    ? []
    : [
        {
          level: 'warning',
          key: 'config.invoices.folder',
          message: `${failed} documents in ${invoices.folder}/failed wait for a person: "kontor rejections list" says why. Put them right, and back into ${invoices.folder}.`,
        },
      ]
}

function spaceProblems(bytes: number): Problem[] {
  if (bytes > lowSpace.warningBytes) return []
  const level = bytes > lowSpace.errorBytes ? 'warning' : 'error'
  return [
    {
      level,
      code: 'UPSTREAM_UNAVAILABLE',
      key: 'config.folder',
      message: `Only ${megabytes(bytes)} are free where the folder lies; free space before files are cut short.`,
    },
  ]
}

function problemOf(thrown: unknown, key: string): Problem {
  const error = fileError(thrown, `checking \`${key}\``, key)
  if (!isKontorError(error)) throw thrown
  const lasting = error.failureType === 'config' || errnoOf(thrown) === 'ENOSPC' || key === 'mustExist'
  return { level: lasting ? 'error' : 'warning', code: error.code, key: `config.${key}`, message: error.message }
}

/** The folder, or the nearest one above it that is there. */
async function nearest(folder: string): Promise<string> {
  let here = folder
  while (!(await exists(here)) && dirname(here) !== here) here = dirname(here)
  return here
}

const exists = async (path: string): Promise<boolean> => (await unlessMissing(stat(path), undefined)) !== undefined
/** Hidden, so that the other side leaves it alone. */
const probeName = (): string => `.kontor-probe-${randomUUID()}.tmp`
const megabytes = (bytes: number): string => `${Math.floor(bytes / 1e6)} MB`
