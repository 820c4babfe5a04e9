import { canonicalText, toInstant, withoutPersonalData, type AnyRecord, type PiiKind } from '@kontor/core'
import { recordKey } from './records.ts'
import { openStates, type RecordRow } from './schema.ts'
import type { Store, Tx } from './store.ts'

/**
 * Records of a connection that still have their personal data and that nothing has happened with since `before`: neither told anew, nor delivered,
 * nor waiting to be. In the order of their keys, after `after`.
 */
export async function unchangedSince(
  store: Store,
  connection: string,
  before: number,
  after: { entity: string; id: string } | undefined,
  limit: number,
): Promise<RecordRow[]> {
  let query = store.db
    .selectFrom('records')
    .selectAll()
    .where('connection', '=', connection)
    .where('updated_at', '<', before)
    .where('content', 'not like', '%"redactedAt":"%')
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('deliveries')
            .select('state')
            .whereRef('source', '=', 'records.connection')
            .whereRef('deliveries.entity', '=', 'records.entity')
            .whereRef('deliveries.id', '=', 'records.id')
            .where((its) => its.or([its('state', 'in', [...openStates]), its('deliveries.updated_at', '>=', before)])),
        ),
      ),
    )
  if (after)
    query = query.where((is) =>
      is.or([is('entity', '>', after.entity), is.and([is('entity', '=', after.entity), is('id', '>', after.id)])]),
    )
  return await query.orderBy('entity').orderBy('id').limit(limit).execute()
}

/** Orders of a connection that still have their personal data, however lately they were told. In the order of their ids, after `after`. */
export async function personalOrders(
  store: Store,
  connection: string,
  after: string | undefined,
  limit: number,
): Promise<RecordRow[]> {
  let query = store.db
    .selectFrom('records')
    .selectAll()
    .where('connection', '=', connection)
    .where('entity', '=', 'orders')
    .where('content', 'not like', '%"redactedAt":"%')
    .where('content', 'like', '%"deliverBy":"%')
  if (after !== undefined) query = query.where('id', '>', after)
  return await query.orderBy('id').limit(limit).execute()
}

/** Whether something about this order is still on its way: a shipment that waits, a refund in doubt. */
export async function laneIsOpen(tx: Tx, row: RecordRow): Promise<boolean> {
  const open = await tx
    .selectFrom('deliveries')
    .select('state')
    .where('lane', '=', recordKey(row.connection, row.id))
    .where('state', 'in', [...openStates])
    .limit(1)
    .executeTakeFirst()
  return open !== undefined
}

/** The order itself, first, and everything that was told about it by any connection. */
export async function recordsAbout(tx: Tx, order: { connection: string; id: string }): Promise<RecordRow[]> {
  const lane = recordKey(order.connection, order.id)
  const about = [
    { connection: order.connection, entity: 'orders', id: order.id },
    ...(await tx
      .selectFrom('deliveries')
      .select(['source as connection', 'entity', 'id'])
      .distinct()
      .where('lane', '=', lane)
      .execute()),
    ...(await tx.selectFrom('mentions').select(['connection', 'entity', 'id']).where('lane', '=', lane).execute()),
  ]
  const rows = new Map<string, RecordRow>()
  for (const { connection, entity, id } of about) {
    const row = await tx
      .selectFrom('records')
      .selectAll()
      .where('connection', '=', connection)
      .where('entity', '=', entity)
      .where('id', '=', id)
      .executeTakeFirst()
    if (row) rows.set(`${entity} ${connection}/${id}`, row)
  }
  return [...rows.values()]
}

/**
 * Empties the personal fields of one record, in the record and in what its destinations are known to hold. Its revision stays, and hashes go along: an
 * emptied record is no change, and is delivered nowhere again.
 */
export async function emptyRecord(store: Store, tx: Tx, row: RecordRow, keep: readonly PiiKind[]): Promise<void> {
  const redactedAt = toInstant(store.clock.now())
  const empty = (content: string): AnyRecord => ({
    ...withoutPersonalData(JSON.parse(content) as AnyRecord, keep),
    redactedAt,
  })
  const record = empty(row.content)
  const hash = store.sealer.digest(canonicalText(record, { circumstances: false }))
  await tx
    .updateTable('records')
    .set({ content: JSON.stringify(record), hash })
    .where('connection', '=', row.connection)
    .where('entity', '=', row.entity)
    .where('id', '=', row.id)
    .execute()
  const deliveries = await tx
    .selectFrom('deliveries')
    .selectAll()
    .where('source', '=', row.connection)
    .where('entity', '=', row.entity)
    .where('id', '=', row.id)
    .execute()
  const moved = (known: string | null): string | null => (known === row.hash ? hash : known)
  for (const each of deliveries)
    await tx
      .updateTable('deliveries')
      .set({
        wanted_hash: moved(each.wanted_hash) ?? each.wanted_hash,
        try_hash: moved(each.try_hash),
        known_hash: moved(each.known_hash),
        try_content: each.try_content === null ? null : JSON.stringify(empty(each.try_content)),
        known_content: each.known_content === null ? null : JSON.stringify(empty(each.known_content)),
      })
      .where('destination', '=', each.destination)
      .where('source', '=', each.source)
      .where('entity', '=', each.entity)
      .where('id', '=', each.id)
      .execute()
}

/** Rejected records lose what was told in them, which only was kept sealed; what was wrong stays. */
export async function forgetRaw(tx: Tx, connection: string, before: number): Promise<void> {
  await tx
    .updateTable('rejections')
    .set({ raw: null })
    .where('connection', '=', connection)
    .where('at', '<', before)
    .where('raw', 'is not', null)
    .execute()
}
