import { open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errnoOf } from '../errors.ts'

/** Some file systems (Windows shares, some FUSE mounts) cannot sync a folder; they say so with one of these. */
const cannotSync = new Set(['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EBADF', 'EACCES'])

/** Makes what was created in, moved into or removed from a folder outlast a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, 'r')
    await handle.sync()
  } catch (thrown) {
    if (!cannotSync.has(errnoOf(thrown) ?? '')) throw thrown
  }
}

/** Writes a file and waits until its bytes are on the disk; the folder is synced by whoever needs the name to last. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await using handle = await open(path, 'w')
  await handle.writeFile(bytes)
  await handle.sync()
}

/** Writes a file so that it is never seen half done. */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.part`
  await writeDurably(draft, bytes)
  await rename(draft, path)
  await syncFolder(dirname(path))
}

/** Removes a file; one that is gone already is as good. Answers whether it was there. */
export async function remove(path: string): Promise<boolean> {
  return await unlessMissing(
    unlink(path).then(() => true),
    false,
  )
}

/** What the work answers, or `otherwise` where the file is not there. */
export async function unlessMissing<T, O>(work: Promise<T>, otherwise: O): Promise<T | O> {
  try {
    return await work
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return otherwise
    throw thrown
  }
}
