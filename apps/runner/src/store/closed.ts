import { KontorError } from '@kontor/core'
import { z } from 'zod'
import type { Db, Store } from './store.ts'

const key = 'closed'

/** Why nobody may work on a store: what is true stands in another, or it is none yet. */
const Closed = z.discriminatedUnion('why', [
  z.object({ why: z.literal('moved'), to: z.string() }),
  z.object({ why: z.literal('backup'), at: z.number(), version: z.number(), checksum: z.string() }),
  z.object({ why: z.literal('copying') }),
])
export type Closed = z.infer<typeof Closed>

export async function close(store: Store, why: Closed): Promise<void> {
  const value = JSON.stringify(why)
  await store.write((tx) =>
    tx
      .insertInto('meta')
      .values({ key, value })
      .onConflict((clash) => clash.column('key').doUpdateSet({ value }))
      .execute(),
  )
}

export async function reopen(store: Store): Promise<void> {
  await store.write((tx) => tx.deleteFrom('meta').where('key', '=', key).execute())
}

export async function closedBecause(db: Db): Promise<Closed | undefined> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst()
  return row && Closed.parse(JSON.parse(row.value))
}

/** Refuses to work on a store that is none to be worked on: two stores of one business would each send everything. */
export async function assertOpen(store: Store): Promise<void> {
  const closed = await closedBecause(store.db)
  if (closed)
    throw new KontorError('STORE_UNUSABLE', { message: sentences[closed.why](closed, store.place), key: 'store' })
}

const sentences: Readonly<Record<Closed['why'], (closed: Closed, here: string) => string>> = {
  moved: (closed, here) =>
    `The store ${here} was moved to ${closed.why === 'moved' ? closed.to : ''}; what is true stands there. Name that store in the config. Only if it is lost: "kontor store reopen" takes this one up again.`,
  backup: (_, here) => `${here} is a backup. "kontor restore" makes a store of it, which knows that it is old.`,
  copying: (_, here) =>
    `A copy into the store ${here} has not come to its end. Run the same "kontor store move" or "kontor restore" again; it begins anew.`,
}
