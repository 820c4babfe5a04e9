import { z } from 'zod'
import type { Db, Store } from './store.ts'

/** What a runner says of itself, so that others can tell where they differ. */
const About = z.object({
  kontor: z.string(),
  node: z.string(),
  store: z.number(),
  /** Plugin and its version, by connection. */
  connections: z.record(z.string(), z.string()),
  flows: z.array(z.string()),
  /** What its plugins did that they must not do, or do still. */
  troubles: z
    .array(z.object({ connection: z.string(), message: z.string(), since: z.number(), times: z.number() }))
    .default([]),
})
export type About = z.infer<typeof About>
export type Trouble = About['troubles'][number]

export interface Runner {
  owner: string
  startedAt: number
  about: About
  /** Whether it holds a lease at present. */
  alive: boolean
}

/** A row of a runner that has died is kept for so long, for `doctor`. */
const keepDeadMs = 86_400_000
/** Nobody can take the lease of a runner among several, so that nothing is lost by keeping it. */
const cutOffMs = 3_600_000

export async function announce(store: Store, owner: string, about: About): Promise<void> {
  const started_at = store.clock.now()
  await store.write((tx) =>
    tx
      .insertInto('runners')
      .values({ owner, started_at, about: JSON.stringify(about) })
      .execute(),
  )
}

/** Says anew what it says of itself. */
export async function restate(store: Store, owner: string, about: About): Promise<void> {
  await store.write((tx) =>
    tx
      .updateTable('runners')
      .set({ about: JSON.stringify(about) })
      .where('owner', '=', owner)
      .execute(),
  )
}

/** It ends in order: its row goes, and its lease where that has its name. */
export async function withdraw(store: Store, owner: string, lease: string | undefined): Promise<void> {
  await store.write(async (tx) => {
    await tx.deleteFrom('runners').where('owner', '=', owner).execute()
    if (lease !== undefined) await tx.deleteFrom('leases').where('key', '=', lease).where('owner', '=', owner).execute()
  })
}

export async function listRunners(db: Db, now: number): Promise<Runner[]> {
  const rows = await db.selectFrom('runners').selectAll().orderBy('started_at').execute()
  const alive = await db.selectFrom('leases').select('owner').distinct().where('until', '>', now).execute()
  const owners = new Set(alive.map(({ owner }) => owner))
  return rows.map((row) => ({
    owner: row.owner,
    startedAt: row.started_at,
    about: About.parse(JSON.parse(row.about)),
    alive: owners.has(row.owner),
  }))
}

/**
 * Rows and leases that no runner will ever need again. A lease of a job stays: its number has to go on growing. One of a runner stays for as long as it
 * may have been cut off from the store: it goes on when it is back, and is no stranger then.
 */
export async function forgetDeadRunners(store: Store): Promise<void> {
  await store.write(async (tx) => {
    const now = store.clock.now()
    await tx
      .deleteFrom('leases')
      .where((is) => is.or([is('key', 'like', 'runner %'), is('key', 'like', 'command %')]))
      .where('until', '<', now - cutOffMs)
      .execute()
    const alive = tx.selectFrom('leases').select('owner').where('until', '>', now)
    await tx
      .deleteFrom('runners')
      .where('started_at', '<', now - keepDeadMs)
      .where('owner', 'not in', alive)
      .execute()
  })
}
