import { KontorError } from '@kontor/core'
import type { Db, Store, Tx } from './store.ts'

/** The right to do one job, until it is not renewed any more. `fence` grows with each owner: who holds an older one is late. */
export interface Lease {
  key: string
  owner: string
  fence: number
}

/** Takes a lease that is free, expired or already ours; `undefined` where another holds it. */
export function acquireLease(
  store: Store,
  key: string,
  owner: string,
  ttlMs: number,
  mayTake: (holder: string) => boolean = () => false,
): Promise<Lease | undefined> {
  return store.write(
    async (tx) => {
      const now = store.clock.now()
      const held = await tx.selectFrom('leases').selectAll().where('key', '=', key).executeTakeFirst()
      if (held && held.owner !== owner && held.until > now && !mayTake(held.owner)) return undefined
      const fence = (held?.fence ?? 0) + 1
      await tx
        .insertInto('leases')
        .values({ key, owner, fence, until: now + ttlMs })
        .onConflict((clash) => clash.column('key').doUpdateSet({ owner, fence, until: now + ttlMs }))
        .execute()
      return { key, owner, fence }
    },
    [`lease ${key}`],
  )
}

/** Renews everything an owner holds, leases and claimed deliveries alike. Answers the keys of the leases it still holds. */
export function renewAll(store: Store, owner: string, ttlMs: number): Promise<string[]> {
  return store.write(async (tx) => {
    const until = store.clock.now() + ttlMs
    await tx.updateTable('leases').set({ until }).where('owner', '=', owner).execute()
    await tx.updateTable('deliveries').set({ claim_until: until }).where('owner', '=', owner).execute()
    return (await tx.selectFrom('leases').select('key').where('owner', '=', owner).execute()).map((row) => row.key)
  })
}

/** Leases that somebody holds at present. */
export async function listLeases(db: Db, now: number): Promise<(Lease & { until: number })[]> {
  return await db.selectFrom('leases').selectAll().where('until', '>', now).orderBy('key').execute()
}

export async function releaseLease(store: Store, lease: Lease): Promise<void> {
  await store.write((tx) =>
    tx
      .updateTable('leases')
      .set({ until: 0 })
      .where('key', '=', lease.key)
      .where('owner', '=', lease.owner)
      .where('fence', '=', lease.fence)
      .execute(),
  )
}

/** Everything a dead owner held becomes free at once. */
export async function releaseAllOf(store: Store, owner: string): Promise<void> {
  await store.write(async (tx) => {
    await tx.updateTable('leases').set({ until: 0 }).where('owner', '=', owner).execute()
    await tx.updateTable('deliveries').set({ claim_until: 0 }).where('owner', '=', owner).execute()
  })
}

/** To be called in the transaction that writes what the job has done. */
export async function assertLease(store: Store, tx: Tx, lease: Lease): Promise<void> {
  const query = tx
    .selectFrom('leases')
    .select('fence')
    .where('key', '=', lease.key)
    .where('owner', '=', lease.owner)
    .where('fence', '=', lease.fence)
  if (!(await store.dialect.forUpdate(query).executeTakeFirst()))
    throw new KontorError('FENCED', { message: `Another runner has taken over ${lease.key}; it goes on there.` })
}
