import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { isKontorError, KontorError, type Clock } from '@kontor/core'
import { migrate } from './migrations.ts'
import { createSealer, loadKey } from './seal.ts'
import { Store } from './store.ts'
import type { Tables } from './schema.ts'

export interface StoreOptions {
  path: string
  clock: Clock
  key?: string | undefined
}

/** Opens the embedded store: SQLite in WAL mode, flushed at every commit. Any number of processes on one machine may open it. */
export async function openStore({ path, clock, key }: StoreOptions): Promise<Store> {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const database = new Database(path, { timeout: 15_000 })
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    chmodSync(path, 0o600)
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) })
    await migrate(db, 'integer primary key autoincrement')
    return new Store(db, createSealer(loadKey(`${path}.key`, key)), clock, path)
  } catch (thrown) {
    throw storeError(thrown, path)
  }
}

/** What the database says, as an error a person can act on. */
export function storeError(thrown: unknown, path: string): KontorError {
  if (isKontorError(thrown)) return thrown
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : ''
  const reasons: Readonly<Record<string, string>> = {
    SQLITE_FULL: 'the disk is full',
    SQLITE_READONLY: 'it cannot be written (permissions, or a read-only file system)',
    SQLITE_CANTOPEN: 'it cannot be opened (does the folder exist, and may we write there?)',
    SQLITE_NOTADB: 'the file is no SQLite database',
    SQLITE_CORRUPT: 'the file is damaged; restore a backup',
    SQLITE_BUSY: 'another program holds it locked',
    ENOSPC: 'the disk is full',
    EACCES: 'permission is denied',
    EROFS: 'the file system is read-only',
    ENOTDIR: 'a part of the path is no folder',
    EEXIST: 'a part of the path is no folder',
  }
  const reason = Object.entries(reasons).find(([known]) => code.startsWith(known))?.[1]
  if (!reason && !code.startsWith('SQLITE'))
    return new KontorError('INTERNAL', { message: `Working on the store ${path} failed unexpectedly.`, cause: thrown })
  return new KontorError('STORE_UNUSABLE', {
    message: `The store ${path} cannot be used: ${reason ?? code}. What was acknowledged is kept.`,
    key: 'store',
    cause: thrown,
  })
}
