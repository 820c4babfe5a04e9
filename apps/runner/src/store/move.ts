import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { KontorError } from '@kontor/core'
import type { Tables } from './schema.ts'
import { chunks, type Store } from './store.ts'

/** Every table with the columns that order it, in the order in which it is copied. Leases stay behind: nobody is at work in a copy. */
const tables: readonly (readonly [keyof Tables, readonly string[]])[] = [
  ['connections', ['name']],
  ['streams', ['connection', 'reader']],
  ['records', ['connection', 'entity', 'id']],
  ['numbers', ['number', 'entity', 'connection', 'id']],
  ['deliveries', ['destination', 'source', 'entity', 'id']],
  ['links', ['destination', 'entity', 'reference']],
  ['open_lines', ['sku', 'connection', 'id']],
  ['mentions', ['lane', 'connection', 'entity', 'id']],
  ['unmatched', ['connection', 'entity', 'id', 'flow']],
  ['rejections', ['connection', 'reader', 'fingerprint']],
  ['looks', ['connection', 'entity', 'id']],
  ['flows', ['id']],
  ['credentials', ['connection']],
  ['buckets', ['key']],
  ['holdings', ['destination', 'entity', 'sku', 'market']],
  ['cache', ['connection', 'key']],
]
/** Numbered by each database by itself; nothing refers to it from another table. */
const ownNumber = 'id'
const batch = 500

export interface Copied {
  rows: number
  checksum: string
}

/** Copies everything from one store into another that is empty, whatever databases they are in. Both must have one key: hashes and seals depend on it. */
export async function copyStore(from: Store, to: Store): Promise<Copied> {
  if (from.sealer.exportKey() !== to.sealer.exportKey())
    throw new KontorError('CONFIG_INVALID', {
      message: 'Both stores must have the same key. Give the new one the key of the old.',
      key: 'storeKey',
    })
  for (const [table] of tables)
    if (await to.db.selectFrom(table).selectAll().limit(1).executeTakeFirst())
      throw new KontorError('STORE_UNUSABLE', {
        message: `The store ${to.place} is not empty (table ${table}). Nothing was copied.`,
        key: 'store',
      })
  let rows = 0
  for (const [table, order] of tables)
    for await (const some of rowsOf(from, table, order)) {
      await to.write(async (tx) => {
        for (const few of chunks(some, 40))
          await tx
            .insertInto(table)
            .values(few.map((row) => withoutNumber(table, row)) as never)
            .execute()
      })
      rows += some.length
    }
  const renamed = await from.db.selectFrom('meta').selectAll().where('key', 'like', 'renamed:%').execute()
  if (renamed.length > 0) await to.write((tx) => tx.insertInto('meta').values(renamed).execute())
  const [before, after] = [await checksumOf(from), await checksumOf(to)]
  if (before !== after)
    throw new KontorError('INTERNAL', { message: `The copy in ${to.place} differs from ${from.place}. Do not use it.` })
  return { rows, checksum: after }
}

/** Digest of all rows of all tables, the same in every database. */
export async function checksumOf(store: Store): Promise<string> {
  const digest = createHash('sha256')
  for (const [table, order] of tables)
    for await (const some of rowsOf(store, table, order))
      for (const row of some)
        digest.update(
          JSON.stringify([table, Object.entries(withoutNumber(table, row)).toSorted(([a], [b]) => (a < b ? -1 : 1))]),
        )
  return digest.digest('hex')
}

type Row = Readonly<Record<string, unknown>>

function withoutNumber(table: keyof Tables, row: Row): Row {
  if (table !== 'rejections') return row
  const { [ownNumber]: _left, ...rest } = row
  return rest
}

/** All rows in one order, in batches that begin behind the last row of the one before. Text is compared by its bytes, whatever the server's language. */
async function* rowsOf(store: Store, table: keyof Tables, order: readonly string[]): AsyncGenerator<Row[]> {
  const columns = order.map((column) =>
    store.dialect.name === 'postgres' ? sql`${sql.ref(column)} collate "C"` : sql.ref(column),
  )
  let last: Row | undefined
  for (;;) {
    const after =
      last === undefined
        ? sql``
        : sql`where (${sql.join(columns)}) > (${sql.join(order.map((column) => sql`${last?.[column]}`))})`
    const { rows } =
      await sql<Row>`select * from ${sql.table(table)} ${after} order by ${sql.join(columns)} limit ${sql.lit(batch)}`.execute(
        store.db,
      )
    if (rows.length === 0) return
    yield rows
    last = rows.at(-1)
  }
}

/**
 * After a store was restored from an older copy: it has forgotten what was sent since. Everything that was not settled counts as begun,
 * so that it is asked about before anything is sent again.
 */
export function countAsBegun(store: Store): Promise<number> {
  return store.write(async (tx) => {
    const now = store.clock.now()
    const result = await tx
      .updateTable('deliveries')
      .set((row) => ({
        try_revision: row.ref('wanted_revision'),
        try_hash: row.ref('wanted_hash'),
        try_key: row.ref('wanted_key'),
        begun_at: now,
        due_at: now,
        owner: null,
        claim_until: 0,
      }))
      .where('state', 'in', ['pending', 'waiting'])
      .where('begun_at', 'is', null)
      .executeTakeFirst()
    return Number(result.numUpdatedRows)
  })
}
