import type { Cache, Json } from '@kontor/core'
import type { Store } from './store.ts'

/** The cache of one connection, shared by all processes. It may be emptied at any time. */
export const storedCache = (store: Store, connection: string): Cache => ({
  async get(key) {
    const row = await store.db
      .selectFrom('cache')
      .select('value')
      .where('connection', '=', connection)
      .where('key', '=', key)
      .where('until', '>', store.clock.now())
      .executeTakeFirst()
    return row && (JSON.parse(row.value) as Json)
  },
  async set(key, value, ttlMs) {
    const values = { value: JSON.stringify(value), until: store.clock.now() + ttlMs }
    await store.write((tx) =>
      tx
        .insertInto('cache')
        .values({ connection, key, ...values })
        .onConflict((clash) => clash.columns(['connection', 'key']).doUpdateSet(values))
        .execute(),
    )
  },
  async delete(key) {
    await store.write((tx) =>
      tx.deleteFrom('cache').where('connection', '=', connection).where('key', '=', key).execute(),
    )
  },
})
