import { isDeepStrictEqual } from 'node:util'
import type { CredentialStore } from '@kontor/core'
import type { Db, Store } from './store.ts'

/** Credentials that are renewed while in use, sealed. Begins with the values of the config; what was renewed since wins until those change. */
export function storedCredentials(store: Store, connection: string, configured: unknown): CredentialStore {
  const origin = store.sealer.digest(JSON.stringify(configured) ?? '')
  const load = async (db: Db): Promise<{ version: number; value: unknown }> => {
    const row = await db.selectFrom('credentials').selectAll().where('connection', '=', connection).executeTakeFirst()
    const kept = row && (JSON.parse(store.sealer.open(row.sealed)) as { origin: string; value: unknown })
    return kept?.origin === origin
      ? { version: row?.version ?? 0, value: kept.value }
      : { version: row?.version ?? 0, value: configured }
  }
  return {
    load: async () => (await load(store.db)).value,
    async swap(old, next) {
      return await store.write(
        async (tx) => {
          const present = await load(tx)
          if (!isDeepStrictEqual(present.value, old)) return false
          const values = {
            sealed: store.sealer.seal(JSON.stringify({ origin, value: next })),
            version: present.version + 1,
            updated_at: store.clock.now(),
          }
          await tx
            .insertInto('credentials')
            .values({ connection, ...values })
            .onConflict((clash) => clash.column('connection').doUpdateSet(values))
            .execute()
          return true
        },
        [`credentials ${connection}`],
      )
    },
  }
}
