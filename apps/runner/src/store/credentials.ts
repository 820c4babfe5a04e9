import { isDeepStrictEqual } from 'node:util'
import { KontorError, type CredentialStore } from '@kontor/core'
import { z } from 'zod'
import { storedCache } from './cache.ts'
import { acquireLease, releaseLease } from './leases.ts'
import type { Db, Store } from './store.ts'

/** The process that renews, and how to tell that another one has died. */
interface Holder {
  owner: string
  isDead: (owner: string) => boolean
}

/** `origin`: digest of the values of the config these began with; or `entered`. */
const Kept = z.object({ origin: z.string(), value: z.unknown() })
type Kept = z.infer<typeof Kept>

/** `of`: digest of the credentials it was renewed with. */
const KeptAccess = z.object({ of: z.string(), access: z.string(), renewAt: z.number(), endsAt: z.number() })

/** Origin of credentials that a person has entered: they depend on no value of the config. */
const entered = 'entered'

/**
 * Credentials that are renewed while in use, sealed. They begin with the values of the config, and what was renewed since wins until those change;
 * or with those that were entered, where the config states none.
 */
export function storedCredentials(
  store: Store,
  connection: string,
  configured: unknown,
  process?: Holder,
): CredentialStore {
  const origin = configured === undefined ? entered : store.sealer.digest(JSON.stringify(configured) ?? '')
  const load = async (db: Db): Promise<{ version: number; value: unknown }> => {
    const { version, kept } = await read(store, db, connection)
    return { version, value: kept?.origin === origin ? kept.value : configured }
  }
  return {
    ...(process ? { exclusively: exclusive(store, `renew:${connection}`, process) } : {}),
    access: sharedAccess(store, connection),
    load: async () => (await load(store.db)).value,
    async swap(old, next) {
      return await store.write(
        async (tx) => {
          const present = await load(tx)
          if (!isDeepStrictEqual(present.value, old)) return false
          await put(store, tx, connection, { version: present.version + 1, kept: { origin, value: next } })
          return true
        },
        [`credentials ${connection}`],
      )
    },
  }
}

const accessKey = 'access token'

/** The newest access token, sealed among the facts that may be lost. One of other credentials, or sealed with another key, is none. */
function sharedAccess(store: Store, connection: string): NonNullable<CredentialStore['access']> {
  const cache = storedCache(store, connection)
  const digest = (credentials: unknown): string => store.sealer.digest(JSON.stringify(credentials) ?? '')
  return {
    async load(credentials) {
      const sealed = z.string().safeParse(await cache.get(accessKey)).data
      const kept = sealed === undefined ? undefined : opened(store, sealed)
      return kept?.of === digest(credentials) ? kept : undefined
    },
    save: (credentials, { access, renewAt, endsAt }) =>
      cache.set(
        accessKey,
        store.sealer.seal(JSON.stringify({ of: digest(credentials), access, renewAt, endsAt })),
        endsAt - store.clock.now(),
      ),
  }
}

function opened({ sealer }: Store, sealed: string): z.infer<typeof KeptAccess> | undefined {
  try {
    return KeptAccess.parse(JSON.parse(sealer.open(sealed)))
  } catch {
    return undefined
  }
}

/** What was entered for a connection; `undefined` where nothing was. Throws SECRET_MALFORMED where the key of the store is another than then. */
export async function enteredCredentials(store: Store, connection: string): Promise<unknown> {
  const { kept } = await read(store, store.db, connection)
  return kept?.origin === entered ? kept.value : undefined
}

/** Seals what was entered, in the place of what was there; answers whether there was something. */
export async function enterCredentials(store: Store, connection: string, value: unknown): Promise<boolean> {
  return await store.write(
    async (tx) => {
      const row = await tx
        .selectFrom('credentials')
        .select('version')
        .where('connection', '=', connection)
        .executeTakeFirst()
      await put(store, tx, connection, { version: (row?.version ?? 0) + 1, kept: { origin: entered, value } })
      return row !== undefined
    },
    [`credentials ${connection}`],
  )
}

/** Takes away what is kept for a connection; answers whether there was something. */
export async function forgetCredentials(store: Store, connection: string): Promise<boolean> {
  await storedCache(store, connection).delete(accessKey)
  const { numDeletedRows } = await store.write(
    (tx) => tx.deleteFrom('credentials').where('connection', '=', connection).executeTakeFirst(),
    [`credentials ${connection}`],
  )
  return numDeletedRows > 0n
}

async function read(store: Store, db: Db, connection: string): Promise<{ version: number; kept: Kept | undefined }> {
  const row = await db.selectFrom('credentials').selectAll().where('connection', '=', connection).executeTakeFirst()
  if (!row) return { version: 0, kept: undefined }
  try {
    return { version: row.version, kept: Kept.parse(JSON.parse(store.sealer.open(row.sealed))) }
  } catch (cause) {
    throw new KontorError('SECRET_MALFORMED', {
      message: `The credentials of ${connection} in the store cannot be opened: they were sealed with another key. Put the key of then back (storeKey, or the .key file beside the store), or enter them again with "kontor connect ${connection}".`,
      key: `connections.${connection}.credentials`,
      cause,
    })
  }
}

async function put(
  store: Store,
  tx: Db,
  connection: string,
  { version, kept }: { version: number; kept: Kept },
): Promise<void> {
  const values = { sealed: store.sealer.seal(JSON.stringify(kept)), version, updated_at: store.clock.now() }
  await tx
    .insertInto('credentials')
    .values({ connection, ...values })
    .onConflict((clash) => clash.column('connection').doUpdateSet(values))
    .execute()
}

/** A renewal takes a request or two; a process that stands still in one keeps the others waiting no longer. */
const renewalMs = 30_000
const pollMs = 200

/** One process at a time, by a lease: it is free again when its holder is done or has died. */
const exclusive =
  (store: Store, key: string, { owner, isDead }: Holder) =>
  async <R>(work: () => Promise<R>, signal: AbortSignal): Promise<R> => {
    for (;;) {
      const lease = await acquireLease(store, key, owner, renewalMs, isDead)
      if (!lease) {
        await store.clock.sleep(pollMs, signal)
        continue
      }
      try {
        return await work()
      } finally {
        await releaseLease(store, lease)
      }
    }
  }
