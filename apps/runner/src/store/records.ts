import { schemaVersions, type AnyRecord, type Entity } from '@kontor/core'
import type { RecordRow } from './schema.ts'
import { chunks, type Db, type Tx } from './store.ts'

/** A stored record with what the engine needs to know about it. */
export interface Stored {
  connection: string
  entity: Entity
  id: string
  revision: number
  hash: string
  version: string | undefined
  askedAt: number
  record: AnyRecord
  backfilled: boolean
  firstSeen: number
  updatedAt: number
  vanishedAt: number | undefined
}

/** Kontor's key of a record: what is handed to other systems, and what they may give back. */
export const recordKey = (connection: string, id: string): string => `${connection}/${id}`
export function splitKey(key: string): { connection: string; id: string } | undefined {
  const slash = key.indexOf('/')
  return slash <= 0 || slash === key.length - 1
    ? undefined
    : { connection: key.slice(0, slash), id: key.slice(slash + 1) }
}

export const toStored = (row: RecordRow): Stored => ({
  connection: row.connection,
  entity: row.entity as Entity,
  id: row.id,
  revision: row.revision,
  hash: row.hash,
  version: row.version ?? undefined,
  askedAt: row.asked_at,
  // Written by ourselves after validation; a changed schema version would be brought up to date here.
  record: JSON.parse(row.content) as AnyRecord,
  backfilled: row.backfilled === 1,
  firstSeen: row.first_seen,
  updatedAt: row.updated_at,
  vanishedAt: row.vanished_at ?? undefined,
})

export async function loadRecords(
  db: Db,
  connection: string,
  entity: Entity,
  ids: readonly string[],
): Promise<Map<string, RecordRow>> {
  const found = new Map<string, RecordRow>()
  for (const some of chunks(ids))
    for (const row of await db
      .selectFrom('records')
      .selectAll()
      .where('connection', '=', connection)
      .where('entity', '=', entity)
      .where('id', 'in', some)
      .execute())
      found.set(row.id, row)
  return found
}

export async function loadRecord(db: Db, connection: string, entity: Entity, id: string): Promise<Stored | undefined> {
  const row = await db
    .selectFrom('records')
    .selectAll()
    .where('connection', '=', connection)
    .where('entity', '=', entity)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && toStored(row)
}

export async function saveRecords(tx: Tx, rows: readonly RecordRow[]): Promise<void> {
  for (const some of chunks(rows, 50))
    await tx
      .insertInto('records')
      .values(some)
      .onConflict((clash) =>
        clash.columns(['connection', 'entity', 'id']).doUpdateSet((next) => ({
          revision: next.ref('excluded.revision'),
          hash: next.ref('excluded.hash'),
          version: next.ref('excluded.version'),
          asked_at: next.ref('excluded.asked_at'),
          content: next.ref('excluded.content'),
          schema: next.ref('excluded.schema'),
          backfilled: next.ref('excluded.backfilled'),
          updated_at: next.ref('excluded.updated_at'),
          vanished_at: next.ref('excluded.vanished_at'),
        })),
      )
      .execute()
}

export const schemaOf = (entity: Entity): number => schemaVersions[entity]

/** What people call a record, so that others can refer to it by that. */
export async function saveNumbers(
  tx: Tx,
  rows: readonly { number: string; connection: string; entity: string; id: string }[],
): Promise<void> {
  for (const some of chunks(rows, 200))
    await tx
      .insertInto('numbers')
      .values(some)
      .onConflict((clash) => clash.doNothing())
      .execute()
}

export async function findByNumber(
  db: Db,
  entity: Entity,
  number: string,
  connections: readonly string[] | undefined,
): Promise<{ connection: string; id: string }[]> {
  let query = db
    .selectFrom('numbers')
    .select(['connection', 'id'])
    .where('entity', '=', entity)
    .where('number', '=', number)
  if (connections) query = query.where('connection', 'in', connections.length > 0 ? [...connections] : [''])
  return await query.limit(3).execute()
}

/** Marks ids that a reader's `fetch` no longer finds. Never deletes. */
export async function markVanished(
  tx: Tx,
  connection: string,
  entity: Entity,
  ids: readonly string[],
  now: number,
): Promise<void> {
  for (const some of chunks(ids))
    await tx
      .updateTable('records')
      .set({ vanished_at: now })
      .where('connection', '=', connection)
      .where('entity', '=', entity)
      .where('id', 'in', some)
      .where('vanished_at', 'is', null)
      .execute()
}
