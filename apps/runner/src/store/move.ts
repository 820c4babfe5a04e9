import { createHash, type Hash } from 'node:crypto'
import { sql } from 'kysely'
import { KontorError } from '@kontor/core'
import type { Tables } from './schema.ts'
import { chunks, type Db, type Store, type Tx } from './store.ts'

/** Every table with the columns that order it, in the order in which it is copied. Leases and runners stay behind: nobody is at work in a copy. */
const orders: Readonly<Record<Exclude<keyof Tables, 'meta' | 'leases' | 'runners'>, readonly string[]>> = {
  connections: ['name'],
  streams: ['connection', 'reader'],
  records: ['connection', 'entity', 'id'],
  numbers: ['number', 'entity', 'connection', 'id'],
  deliveries: ['destination', 'source', 'entity', 'id'],
  links: ['destination', 'entity', 'reference'],
  ship_bys: ['connection', 'id'],
  open_lines: ['sku', 'connection', 'id'],
  mentions: ['lane', 'connection', 'entity', 'id'],
  unmatched: ['connection', 'entity', 'id', 'flow'],
  rejections: ['connection', 'reader', 'fingerprint'],
  looks: ['connection', 'entity', 'id'],
  runs: ['id'],
  flows: ['id'],
  credentials: ['connection'],
  buckets: ['key'],
  holdings: ['destination', 'entity', 'sku', 'market'],
  notices: ['key'],
  cache: ['connection', 'key'],
}
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys are those written above
const tables = Object.entries(orders) as (readonly [keyof typeof orders, readonly string[]])[]
/** What of the table of facts about the store goes with its rows: other names of connections, and whether it was restored. */
const facts = ['renamed:%', 'restored_at'] as const
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
  await assertEmpty(to)
  const copied = await from.snapshot(async (tx) => {
    const digest = createHash('sha256')
    let rows = 0
    for (const [table, order] of tables)
      for await (const some of rowsOf(from, tx, table, order)) {
        note(digest, table, some)
        await to.write(async (target) => {
          for (const few of chunks(some, 40)) await insertRows(to, target, table, few)
        })
        rows += some.length
      }
    for (const each of facts) {
      const found = await tx.selectFrom('meta').selectAll().where('key', 'like', each).execute()
      if (found.length > 0) await to.write((target) => target.insertInto('meta').values(found).execute())
    }
    return { rows, checksum: digest.digest('hex') }
  })
  await countOnFrom(to)
  if ((await checksumOf(to)) !== copied.checksum)
    throw new KontorError('INTERNAL', { message: `The copy in ${to.place} differs from ${from.place}. Do not use it.` })
  return copied
}

/** Throws where a store holds anything: what is there is never mixed with what comes. */
export async function assertEmpty(store: Store): Promise<void> {
  for (const [table] of tables)
    if (await store.db.selectFrom(table).selectAll().limit(1).executeTakeFirst())
      throw new KontorError('STORE_UNUSABLE', {
        message: `The store ${store.place} is not empty (table ${table}). Nothing was copied.`,
        key: 'store',
      })
}

/** Empties a store of what was copied into it. */
export async function clear(store: Store): Promise<void> {
  await store.write(async (tx) => {
    for (const [table] of tables) await tx.deleteFrom(table).execute()
    for (const each of facts) await tx.deleteFrom('meta').where('key', 'like', each).execute()
  })
}

/** Digest of all rows of all tables, the same in every database. */
export function checksumOf(store: Store): Promise<string> {
  return store.snapshot(async (tx) => {
    const digest = createHash('sha256')
    for (const [table, order] of tables)
      for await (const some of rowsOf(store, tx, table, order)) note(digest, table, some)
    return digest.digest('hex')
  })
}

type Row = Readonly<Record<string, unknown>>

function note(digest: Hash, table: string, rows: readonly Row[]): void {
  for (const row of rows)
    digest.update(
      JSON.stringify([table, Object.entries(comparable(table, row)).toSorted(([a], [b]) => (a < b ? -1 : 1))]),
    )
}

/** The number of a rejection is given by each database by itself; nothing refers to it. That of a run is kept: deliveries say by it who holds them. */
function comparable(table: string, row: Row): Row {
  if (table !== 'rejections') return row
  const { id: _left, ...rest } = row
  return rest
}

async function insertRows(to: Store, tx: Tx, table: keyof Tables, rows: readonly Row[]): Promise<void> {
  const some = rows.map((row) => comparable(table, row))
  const columns = Object.keys(some[0] ?? {})
  const given = to.dialect.name === 'postgres' && table === 'runs' ? sql`overriding system value` : sql``
  await sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))}) ${given} values ${sql.join(
    some.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`),
  )}`.execute(tx)
}

/** The numbers of runs go on behind every one that was given in the old store: one that came twice would set free what another run holds. */
async function countOnFrom(store: Store): Promise<void> {
  await store.write(async (tx) => {
    const run = await tx
      .selectFrom('runs')
      .select((is) => is.fn.max('id').as('last'))
      .executeTakeFirst()
    const holder = await tx
      .selectFrom('deliveries')
      .select((is) => is.fn.max('held_by').as('last'))
      .executeTakeFirst()
    const last = Math.max(Number(run?.last ?? 0), Number(holder?.last ?? 0))
    if (last > 0) await store.dialect.countOnFrom(tx, 'runs', last)
  })
}

/** All rows in one order, in batches that begin behind the last row of the one before. Text is compared by its bytes, whatever the server's language. */
async function* rowsOf(store: Store, db: Db, table: keyof Tables, order: readonly string[]): AsyncGenerator<Row[]> {
  const columns = order.map((column) =>
    store.dialect.name === 'postgres' && !(table === 'runs' && column === 'id')
      ? sql`${sql.ref(column)} collate "C"`
      : sql.ref(column),
  )
  let last: Row | undefined
  for (;;) {
    const after =
      last === undefined
        ? sql``
        : sql`where (${sql.join(columns)}) > (${sql.join(order.map((column) => sql`${last?.[column]}`))})`
    const { rows } =
      await sql<Row>`select * from ${sql.table(table)} ${after} order by ${sql.join(columns)} limit ${sql.lit(batch)}`.execute(
        db,
      )
    if (rows.length === 0) return
    yield rows
    last = rows.at(-1)
  }
}
