import { entities, isState } from '@kontor/core'
import type { Db, Store, Tx } from './store.ts'

const states = entities.filter(isState)
/** No run has this number: what it holds goes out with the next run of its source that ends well, as one set with what that run states. */
const heldByNobody = 0

/**
 * After a store was restored from an older copy: it has forgotten what was sent since. Everything that was not settled counts as begun, so that it is
 * asked about before anything is sent again, and what the source tells until it has caught up counts as begun, too (`doubtSince`).
 *
 * States (stock, prices, products) are different: the present one is right whatever was sent before, and an old one is wrong. Pending ones wait for
 * the next reading of their source, and all are stated anew by it, as nobody knows any more what the destination holds.
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
      .where('state', 'in', ['pending', 'waiting', 'parked'])
      .where('entity', 'not in', states)
      .where('begun_at', 'is', null)
      .executeTakeFirst()
    await tx
      .updateTable('deliveries')
      .set({ state: 'held', held_by: heldByNobody, error: null, owner: null, claim_until: 0 })
      .where('state', 'in', ['pending', 'waiting'])
      .where('entity', 'in', states)
      .where('begun_at', 'is', null)
      .execute()
    await tx
      .updateTable('deliveries')
      .set({ wanted_hash: '', known_hash: '' })
      .where('entity', 'in', states)
      .where('known_hash', 'is not', null)
      .execute()
    await tx.deleteFrom('holdings').execute()
    await tx.updateTable('records').set({ hash: '' }).where('entity', 'in', states).execute()
    await tx
      .insertInto('meta')
      .values({ key: 'restored_at', value: String(now) })
      .onConflict((clash) => clash.column('key').doUpdateSet({ value: String(now) }))
      .execute()
    return Number(result.numUpdatedRows)
  })
}

/** When this store was restored; `undefined` if it never was. */
export async function restoredAt(tx: Db): Promise<number | undefined> {
  const row = await tx.selectFrom('meta').select('value').where('key', '=', 'restored_at').executeTakeFirst()
  return row && Number(row.value)
}

/** How long after a reader has caught up something that happened before the restore may still come by other ways: a look that was put off. */
const stragglersMs = 3_600_000

/** Whether all these readers have read everything up to the time of the restore, and what came late has had its time. */
export async function haveCaughtUp(
  tx: Tx,
  readers: readonly { connection: string; reader: string }[],
  restored: number,
  now: number,
): Promise<boolean> {
  if (now < restored + stragglersMs) return false
  for (const { connection, reader } of readers) {
    const row = await tx
      .selectFrom('streams')
      .select('caught_up_at')
      .where('connection', '=', connection)
      .where('reader', '=', reader)
      .executeTakeFirst()
    if ((row?.caught_up_at ?? 0) <= restored) return false
  }
  return true
}
