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

/** Keeps what could not be understood; the same thing again, unchanged, is kept once, and is open again where it had been settled. Raw values are sealed. */
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
      .onConflict((clash) =>
        clash
          .columns(['connection', 'reader', 'fingerprint'])
          .doUpdateSet({ settled: null, at: now })
          .where('rejections.settled', 'is not', null),
      )
      .executeTakeFirst()
    added += Number(result.numInsertedOrUpdatedRows ?? 0n)
  }
  return added
}

/** What `settleRejections` and `openAmbiguous` tell apart: a record that cannot be read, and one that has arrived and cannot be matched. */
const ambiguous = '%"code":"ORDER_AMBIGUOUS"%'

/** A record that has arrived after all settles its rejections; one that could not be matched is settled once it has been (`what`: 'match'). */
export async function settleRejections(
  tx: Tx,
  connection: string,
  entity: string,
  ids: readonly string[],
  how: string,
  what: 'reading' | 'match' = 'reading',
): Promise<void> {
  for (const some of chunks(ids))
    await tx
      .updateTable('rejections')
      .set({ settled: how })
      .where('error', what === 'match' ? 'like' : 'not like', ambiguous)
      .where('connection', '=', connection)
      .where('entity', '=', entity)
      .where('ref', 'in', some)
      .where('settled', 'is', null)
      .execute()
}

/** Ids among these that have arrived and still cannot be matched to one order. */
export async function openAmbiguous(
  tx: Tx,
  connection: string,
  entity: string,
  ids: readonly string[],
): Promise<string[]> {
  const found: string[] = []
  for (const some of chunks(ids))
    for (const row of await tx
      .selectFrom('rejections')
      .select('ref')
      .where('connection', '=', connection)
      .where('entity', '=', entity)
      .where('ref', 'in', some)
      .where('settled', 'is', null)
      .where('error', 'like', ambiguous)
      .execute())
      if (row.ref !== null) found.push(row.ref)
  return found
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
