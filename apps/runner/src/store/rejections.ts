import type { Json, StoredError } from '@kontor/core'
import { chunks, type Store, type Tx } from './store.ts'

export interface NewRejection {
  connection: string
  reader: string
  entity: string | undefined
  ref: string | undefined
  path: string
  error: StoredError
  raw: unknown
}
export interface RejectionView {
  id: number
  connection: string
  reader: string
  entity: string | undefined
  ref: string | undefined
  path: string
  error: StoredError
  at: number
  settled: string | undefined
}

/** Keeps what could not be understood; the same thing again, unchanged, is kept once. Raw values are sealed. */
export async function saveRejections(
  store: Store,
  tx: Tx,
  rejected: readonly NewRejection[],
  now: number,
): Promise<number> {
  let added = 0
  for (const { connection, reader, entity, ref, path, error, raw } of rejected) {
    const text = JSON.stringify(raw) ?? 'null'
    const fingerprint = store.sealer.digest(`${ref ?? ''}|${path}|${error.code}|${text}`)
    const row = {
      connection,
      reader,
      entity: entity ?? null,
      ref: ref ?? null,
      path,
      error: JSON.stringify(error),
      raw: store.sealer.seal(text),
      fingerprint,
      at: now,
      settled: null,
    }
    const result = await tx
      .insertInto('rejections')
      .values(row)
      .onConflict((clash) => clash.doNothing())
      .executeTakeFirst()
    added += Number(result.numInsertedOrUpdatedRows ?? 0n)
  }
  return added
}

/** A record that has arrived after all settles its rejections. */
export async function settleRejections(
  tx: Tx,
  connection: string,
  entity: string,
  ids: readonly string[],
  how: string,
): Promise<void> {
  for (const some of chunks(ids))
    await tx
      .updateTable('rejections')
      .set({ settled: how })
      .where('connection', '=', connection)
      .where('entity', '=', entity)
      .where('ref', 'in', some)
      .where('settled', 'is', null)
      .execute()
}

export async function listRejections(
  store: Store,
  filter: { connection?: string | undefined; id?: number | undefined; settled?: boolean; limit?: number },
): Promise<RejectionView[]> {
  let query = store.db.selectFrom('rejections').selectAll()
  if (filter.connection !== undefined) query = query.where('connection', '=', filter.connection)
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (!filter.settled) query = query.where('settled', 'is', null)
  const rows = await query
    .orderBy('id', 'desc')
    .limit(filter.limit ?? 200)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    connection: row.connection,
    reader: row.reader,
    entity: row.entity ?? undefined,
    ref: row.ref ?? undefined,
    path: row.path,
    error: JSON.parse(row.error) as StoredError,
    at: row.at,
    settled: row.settled ?? undefined,
  }))
}

/** The raw value of a rejection, unsealed: for the replay only, never for a screen. */
export async function rawOfRejection(store: Store, id: number): Promise<Json | undefined> {
  const row = await store.db.selectFrom('rejections').select('raw').where('id', '=', id).executeTakeFirst()
  return row?.raw ? (JSON.parse(store.sealer.open(row.raw)) as Json) : undefined
}

export async function markRejection(store: Store, id: number, how: string): Promise<void> {
  await store.write((tx) => tx.updateTable('rejections').set({ settled: how }).where('id', '=', id).execute())
}
