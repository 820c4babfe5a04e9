import { chmodSync, mkdirSync } from 'node:fs'
import { Socket } from 'node:net'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import pg from 'pg'
import type { Clock } from '@kontor/core'
import { AgreedClock } from './agreed-clock.ts'
import { postgres, sqlite } from './dialect.ts'
import { migrate } from './migrations.ts'
import { createSealer, loadKey, sharedKey } from './seal.ts'
import { speaking } from './speaking-dialect.ts'
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
    // What is emptied for a buyer's sake is overwritten in the file, not only unlinked.
    database.pragma('secure_delete = ON')
    chmodSync(path, 0o600)
    const db = new Kysely<Tables>({
      dialect: speaking(new SqliteDialect({ database }), (thrown) => sqlite.toError(thrown, path)),
    })
    await migrate(db, sqlite)
    return new Store({ db, dialect: sqlite, sealer: createSealer(loadKey(`${path}.key`, key)), clock, place: path })
  } catch (thrown) {
    throw sqlite.toError(thrown, path)
  }
}

export interface ServerStoreOptions {
  url: string
  clock: Clock
  key: string | undefined
  connections?: number
  /** Follow the clock of the database, as runners on several machines must. */
  agree?: boolean
}

/** Opens the store on a PostgreSQL server (15 or newer), which any number of runners share. */
export async function openServerStore({
  url,
  clock,
  key,
  connections = 10,
  agree = false,
}: ServerStoreOptions): Promise<Store> {
  const place = withoutPassword(url)
  // Counts and times are whole numbers far below 2^53; the driver would give them as text.
  const types = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
  }
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    idle_in_transaction_session_timeout: standstillMs,
    stream: impatientSocket,
    types,
    application_name: 'kontor',
  })
  // One that is in use and loses its server between two statements says so by an event, too; the next statement fails by itself.
  pool.on('connect', (client) => client.on('error', () => undefined))
  // An idle connection that the server closes is replaced at the next use; unheard, the event would end the process.
  pool.on('error', () => undefined)
  const db = new Kysely<Tables>({
    dialect: speaking(new PostgresDialect({ pool }), (thrown) => postgres.toError(thrown, place)),
  })
  try {
    await migrate(db, postgres)
    const agreed = agree ? new AgreedClock(clock) : undefined
    await agreed?.measure(db)
    const sealer = createSealer(await sharedKey(db, key))
    return new Store({ db, dialect: postgres, sealer, clock: agreed ?? clock, place })
  } catch (thrown) {
    await db.destroy().catch(() => undefined)
    throw postgres.toError(thrown, place)
  }
}

/**
 * A runner that is stopped in the middle of a transaction would keep its locks from the others for as long as it stands still. The server undoes it, so that
 * its work can be taken up within fifteen seconds all the same.
 */
const standstillMs = 8_000

/** Nothing we ask takes as long: a server that says nothing has gone away, and its answer is waited for no longer. */
const silenceMs = 60_000

function impatientSocket(): Socket {
  const socket = new Socket()
  socket.setTimeout(silenceMs, () =>
    socket.destroy(Object.assign(new Error('the server said nothing for a minute'), { code: 'ETIMEDOUT' })),
  )
  return socket
}

function withoutPassword(url: string): string {
  const { protocol, username, host, pathname } = new URL(url)
  return `${protocol}//${username ? `${username}@` : ''}${host}${pathname}`
}
