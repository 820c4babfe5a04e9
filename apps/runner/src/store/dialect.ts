import { sql, type Kysely, type SelectQueryBuilder, type Transaction, type TransactionBuilder } from 'kysely'
import { isKontorError, KontorError } from '@kontor/core'
import type { Tables } from './schema.ts'
import { stateFacts } from './sqlite-facts.ts'

/** Where the databases differ. All else is the same SQL. */
export interface Dialect {
  name: 'sqlite' | 'postgres'
  /** Column type of an id the database counts. */
  serial: string
  /** Keeps other transactions away from these names until this one ends. */
  lock(tx: Transaction<Tables>, names: readonly string[]): Promise<void>
  /** Reads rows that nobody else may change until this transaction ends. */
  forUpdate<Q extends SelectQueryBuilder<Tables, never, unknown>>(query: Q): Q
  /** A transaction that sees one state of everything from its first statement on. */
  snapshot(db: Kysely<Tables>): TransactionBuilder<Tables>
  /** The ids this table counts go on behind `last`, unless they are there already. */
  countOnFrom(tx: Transaction<Tables>, table: 'runs', last: number): Promise<void>
  /** Tells the database what it cannot know of a store that is still empty. */
  stateFacts(tx: Transaction<Tables>): Promise<void>
  /** Whether the database gave a transaction up in favour of another, so that it may simply be tried again. */
  givenUp(thrown: unknown): boolean
  /** What the database says, as an error a person can act on. */
  toError(thrown: unknown, place: string): KontorError
}

const codeOf = (thrown: unknown): string =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : ''

/** By the beginning of the code. `transient`: it may be over in a moment. */
const reasons: readonly { code: string; transient?: boolean; reason: string }[] = [
  { code: 'SQLITE_FULL', transient: true, reason: 'the disk is full; it goes on once there is room' },
  { code: 'SQLITE_READONLY', reason: 'it cannot be written (permissions, or a read-only file system)' },
  { code: 'SQLITE_CANTOPEN', reason: 'it cannot be opened (does the folder exist, and may we write there?)' },
  { code: 'SQLITE_NOTADB', reason: 'the file is no SQLite database' },
  { code: 'SQLITE_CORRUPT', reason: 'the file is damaged; restore a backup' },
  { code: 'SQLITE_BUSY', transient: true, reason: 'another program holds it locked' },
  { code: 'SQLITE_IOERR_WRITE', transient: true, reason: 'the disk is full, or reports errors' },
  { code: 'SQLITE_IOERR', reason: 'the disk reports errors' },
  { code: 'ENOSPC', transient: true, reason: 'the disk is full; it goes on once there is room' },
  { code: 'EACCES', reason: 'permission is denied' },
  { code: 'EROFS', reason: 'the file system is read-only' },
  { code: 'ENOTDIR', reason: 'a part of the path is no folder' },
  { code: 'EEXIST', reason: 'a part of the path is no folder' },
  { code: 'ENOENT', reason: 'there is no such path' },
  { code: '53100', transient: true, reason: "the server's disk is full; it goes on once there is room" },
  { code: '53', transient: true, reason: 'the server has no connections or memory left' },
  { code: '57P', transient: true, reason: 'the server is shutting down or starting' },
  { code: '25P03', transient: true, reason: 'this process stood still in the middle of its work' },
  { code: '08', transient: true, reason: 'the connection was lost' },
  { code: '28', reason: 'the server refuses user or password' },
  { code: '3D000', reason: 'there is no such database' },
  { code: '42501', reason: 'the user lacks permissions' },
  { code: 'ECONN', transient: true, reason: 'the server cannot be reached' },
  { code: 'EPIPE', transient: true, reason: 'the connection was lost' },
  { code: 'ETIMEDOUT', transient: true, reason: 'the server does not answer' },
  { code: 'EAI_AGAIN', transient: true, reason: 'the name of the server cannot be looked up' },
  { code: 'ENOTFOUND', reason: 'there is no such host' },
]

function toError(thrown: unknown, place: string): KontorError {
  if (isKontorError(thrown)) return thrown
  const code = codeOf(thrown)
  const found = reasons.find((each) => code.startsWith(each.code)) ?? lostConnection(thrown)
  if (!found && !code.startsWith('SQLITE'))
    return new KontorError('INTERNAL', {
      message: `Working on the store ${place} failed unexpectedly (${code || (thrown instanceof Error ? thrown.name : typeof thrown)}).`,
      cause: thrown,
    })
  return new KontorError(found?.transient ? 'STORE_UNAVAILABLE' : 'STORE_UNUSABLE', {
    message: `The store ${place} cannot be used: ${found?.reason ?? code}. What was acknowledged is kept.`,
    key: 'store',
    cause: thrown,
  })
}

/** The driver says some losses in words alone. */
const lostConnection = (thrown: unknown): { transient: true; reason: string } | undefined =>
  thrown instanceof Error &&
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/i.test(
    thrown.message,
  )
    ? { transient: true, reason: 'the connection was lost' }
    : undefined

/** One writer at a time; the first statement of a transaction takes its lock. */
export const sqlite: Dialect = {
  name: 'sqlite',
  serial: 'integer primary key autoincrement',
  async lock(tx) {
    await tx.updateTable('meta').set({ value: '' }).where('key', '=', 'lock').execute()
  },
  forUpdate: (query) => query,
  snapshot: (db) => db.transaction(),
  async countOnFrom(tx, table, last) {
    await sql`delete from sqlite_sequence where name = ${table} and seq < ${last}`.execute(tx)
    await sql`insert into sqlite_sequence(name, seq) select ${table}, ${last} where not exists (select 1 from sqlite_sequence where name = ${table})`.execute(
      tx,
    )
  },
  stateFacts,
  givenUp: () => false,
  toError,
}

/** Any number of writers; what must not happen side by side takes locks by name, in one order. */
export const postgres: Dialect = {
  name: 'postgres',
  serial: 'bigint generated always as identity primary key',
  async lock(tx, names) {
    for (const name of [...new Set(names)].toSorted())
      await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx)
  },
  forUpdate: (query) => query.forUpdate() as typeof query,
  snapshot: (db) => db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only'),
  async countOnFrom(tx, table, last) {
    const serial = sql`pg_get_serial_sequence(${table}, 'id')`
    await sql`select setval(${serial}, greatest(${last}, nextval(${serial})))`.execute(tx)
  },
  async stateFacts() {},
  givenUp: (thrown) => ['40P01', '40001'].includes(codeOf(thrown)),
  toError,
}
