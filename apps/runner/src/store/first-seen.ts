import { z } from 'zod'
import type { Store } from './store.ts'

/** By the name of what runs out: a digest of its values, and when these were first used, in milliseconds. */
const FirstSeen = z.record(z.string(), z.object({ digest: z.string(), since: z.number() }))

/**
 * Since when credentials of a connection have been in use; new ones begin now.
 * @param parts the values that make up each part that runs out on its own
 */
export async function firstSeen(
  store: Store,
  connection: string,
  parts: Readonly<Record<string, unknown>>,
): Promise<ReadonlyMap<string, number>> {
  return await store.write(async (tx) => {
    const row = await tx
      .selectFrom('connections')
      .select('fingerprint')
      .where('name', '=', connection)
      .executeTakeFirst()
    const known = row?.fingerprint ? FirstSeen.parse(JSON.parse(row.fingerprint)) : {}
    const now = Object.fromEntries(
      Object.entries(parts).map(([what, values]) => {
        const digest = store.sealer.digest(JSON.stringify(values) ?? '')
        const before = known[what]
        return [what, before?.digest === digest ? before : { digest, since: store.clock.now() }]
      }),
    )
    if (row && JSON.stringify(now) !== row.fingerprint)
      await tx
        .updateTable('connections')
        .set({ fingerprint: JSON.stringify(now) })
        .where('name', '=', connection)
        .execute()
    return new Map(Object.entries(now).map(([what, { since }]) => [what, since]))
  })
}
