import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KontorError, type Clock } from '@kontor/core'
import { close, closedBecause, reopen } from './closed.ts'
import { storeVersion } from './migrations.ts'
import { assertEmpty, clear, copyStore, type Copied } from './move.ts'
import { openStore } from './open.ts'
import { countAsBegun } from './restored.ts'
import type { Store } from './store.ts'

/** How a store is opened with a given key. */
export type Opening = (key: string) => Promise<Store>

const keyFileOf = (path: string): string => `${path}.key`

/**
 * Copies a store into another that is empty, and closes the old one for good. `keepKey`: no key stands in the config, so that the new store is given
 * the key of the old one where a store of its kind keeps it. `assertIdle` throws where somebody works on the old one; it is asked once nobody can
 * begin to any more.
 */
export async function moveStore(
  from: Store,
  open: Opening,
  keepKey: boolean,
  assertIdle: () => Promise<void>,
): Promise<Copied> {
  const before = await closedBecause(from.db)
  if (before?.why === 'backup')
    throw new KontorError('STORE_UNUSABLE', { message: `${from.place} is a backup: "kontor restore".`, key: 'store' })
  const to = await open(from.sealer.exportKey())
  try {
    await close(from, { why: 'moved', to: to.place })
    try {
      await assertIdle()
      const copied = await fill(from, to, keepKey)
      await reopen(to)
      return copied
    } catch (thrown) {
      if (before === undefined) await reopen(from)
      throw thrown
    }
  } finally {
    await to.close()
  }
}

/** A copy of the store in a file of its own, made while runners go on, with its checksum in it. `keepKey` as above. */
export async function backUp(from: Store, path: string, clock: Clock, keepKey: boolean): Promise<Copied> {
  for (const file of [path, ...(keepKey ? [keyFileOf(path)] : [])])
    if (existsSync(file))
      throw new KontorError('STORE_UNUSABLE', {
        message: `${file} is there already. A backup replaces nothing; give it another name.`,
      })
  const partial = `${path}.partial`
  remove(partial)
  try {
    const copied = await copyInto(from, partial, clock)
    if (keepKey) writeFileSync(keyFileOf(path), `${from.sealer.exportKey()}\n`, { mode: 0o600, flag: 'wx' })
    renameSync(partial, path)
    return copied
  } finally {
    remove(partial)
  }
}

async function copyInto(from: Store, path: string, clock: Clock): Promise<Copied> {
  const at = clock.now()
  const to = await openStore({ path, clock, key: from.sealer.exportKey() })
  try {
    const copied = await copyStore(from, to)
    await close(to, { why: 'backup', at, version: storeVersion, checksum: copied.checksum })
    return copied
  } finally {
    await to.close()
  }
}

export interface Restored extends Copied {
  /** When the backup was made. */
  madeAt: number
  /** Deliveries that are asked about before anything is sent. */
  begun: number
}

/** Makes a store of a backup, which is left as it is. `key`: of the config; without it the key lies beside the backup. */
export async function restore(path: string, open: Opening, clock: Clock, key: string | undefined): Promise<Restored> {
  if (!existsSync(path)) throw new KontorError('NOT_FOUND', { message: `There is no backup at ${path}.` })
  if (key === undefined && !existsSync(keyFileOf(path)))
    throw new KontorError('SECRET_MISSING', {
      message: `The key of the backup is missing: put it at ${keyFileOf(path)}, or give storeKey its value.`,
      key: 'storeKey',
    })
  const used = (key ?? readFileSync(keyFileOf(path), 'utf8')).trim()
  // Opening brings an older version up to date; the backup stays as it was made.
  const folder = mkdtempSync(join(tmpdir(), 'kontor-restore-'))
  try {
    copyFileSync(path, join(folder, 'backup.db'))
    const from = await openStore({ path: join(folder, 'backup.db'), clock, key: used })
    try {
      const backup = await closedBecause(from.db)
      if (backup?.why !== 'backup')
        throw new KontorError('STORE_UNUSABLE', {
          message: `${path} was not made by "kontor backup", and cannot be checked. Name it as "store" in the config if it is a store.`,
        })
      const to = await open(used)
      try {
        const copied = await fill(from, to, key === undefined)
        if (backup.version === storeVersion && backup.checksum !== copied.checksum) {
          await clear(to)
          throw new KontorError('STORE_UNUSABLE', {
            message: `The backup ${path} is damaged: its checksum is not the one it was made with. Use another.`,
          })
        }
        const begun = await countAsBegun(to)
        await reopen(to)
        return { ...copied, madeAt: backup.at, begun }
      } finally {
        await to.close()
      }
    } finally {
      await from.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A target whose filling broke off is begun anew; anything else that is not empty stays as it is. */
async function fill(from: Store, to: Store, keepKey: boolean): Promise<Copied> {
  if ((await closedBecause(to.db))?.why === 'copying') await clear(to)
  await assertEmpty(to)
  if (keepKey) await keepKeyIn(to)
  await close(to, { why: 'copying' })
  return await copyStore(from, to)
}

async function keepKeyIn(store: Store): Promise<void> {
  const value = store.sealer.exportKey()
  if (store.dialect.name === 'postgres') {
    await store.write((tx) =>
      tx
        .insertInto('meta')
        .values({ key: 'key', value })
        .onConflict((clash) => clash.column('key').doUpdateSet({ value }))
        .execute(),
    )
    return
  }
  const file = keyFileOf(store.place)
  if (!existsSync(file)) writeFileSync(file, `${value}\n`, { mode: 0o600, flag: 'wx' })
  else if (readFileSync(file, 'utf8').trim() !== value)
    throw new KontorError('STORE_UNUSABLE', {
      message: `At ${file} lies the key of another store. Move it away first. Nothing was copied.`,
      key: 'store',
    })
}

function remove(path: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true })
}
