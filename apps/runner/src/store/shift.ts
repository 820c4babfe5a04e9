import { sql } from 'kysely'
import type { BucketState } from '@kontor/core/host'
import type { Store, Tx } from './store.ts'

/** Where instants stand that may lie in the future after the clock was set back: when something is due, how long a right lasts, what came last. */
const instants = [
  ['streams', 'due_at'],
  ['streams', 'resume_at'],
  ['deliveries', 'due_at'],
  ['deliveries', 'claim_until'],
  ['looks', 'due_at'],
  ['looks', 'since'],
  // By these it is decided which of two answers is the newer one.
  ['records', 'asked_at'],
  ['leases', 'until'],
  ['cache', 'until'],
] as const

/** The clock was set back: what lay in the future by the old time lies as far in the future by the new one. */
export async function shiftTimes(store: Store, now: number, backMs: number): Promise<void> {
  const back = Math.round(backMs)
  await store.write(async (tx) => {
    for (const [table, column] of instants)
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sql.ref(column)} - ${back} where ${sql.ref(column)} > ${now}`.execute(
        tx,
      )
    await shiftBuckets(tx, now, back)
  })
}

async function shiftBuckets(tx: Tx, now: number, back: number): Promise<void> {
  const earlier = (time: number): number => (time > now ? time - back : time)
  for (const { key, state } of await tx.selectFrom('buckets').select(['key', 'state']).execute()) {
    const before = JSON.parse(state) as BucketState
    const after: BucketState = {
      ...before,
      ...(before.blockedUntil === undefined ? {} : { blockedUntil: earlier(before.blockedUntil) }),
      ...(before.grants === undefined
        ? {}
        : { grants: before.grants.map(([leaves, n]) => [earlier(leaves), n] as const) }),
      ...(before.at === undefined ? {} : { at: earlier(before.at) }),
      ...(before.window === undefined ? {} : { window: earlier(before.window) }),
    }
    await tx
      .updateTable('buckets')
      .set({ state: JSON.stringify(after) })
      .where('key', '=', key)
      .execute()
  }
}
