import { sql } from 'kysely'
import { KontorError } from '@kontor/core'
import { blockedState, emptyBucket, learnedState, takeAll, type BucketState, type Buckets } from '@kontor/core/host'
import { AgreedClock } from './agreed-clock.ts'
import type { Store, Tx } from './store.ts'

/** The buckets of a deployment: one row each, so that all processes draw from the same, and an hourly budget survives a restart. */
export function storedBuckets(store: Store): Buckets {
  return {
    take: (draws, asked, priority) =>
      store.write(
        async (tx) => {
          // Others may have been waited for: a grant is as old as this transaction, not as the question.
          const now = Math.max(asked, await moment(store, tx))
          const { states, waitMs } = takeAll(
            await load(
              tx,
              draws.map(({ key }) => key),
            ),
            draws,
            now,
            priority,
          )
          for (const [key, state] of states) await save(tx, key, state, now)
          return { waitMs }
        },
        draws.map(({ key }) => `bucket ${key}`),
      ),
    block: (keys, until) =>
      store.write(
        async (tx) => {
          const states = await load(tx, keys)
          for (const key of keys)
            await save(tx, key, blockedState(states.get(key) ?? emptyBucket, until), store.clock.now())
        },
        keys.map((key) => `bucket ${key}`),
      ),
    learn: (key, spec, told, now) =>
      store.write(
        async (tx) => {
          const before = (await load(tx, [key])).get(key) ?? emptyBucket
          const after = learnedState(before, spec, told, now)
          if (after !== before) await save(tx, key, after, now)
        },
        [`bucket ${key}`],
      ),
  }
}

/**
 * The time this transaction is at, by the clock of whoever holds the buckets: what runners measure of it differs by milliseconds. A server that crashes may
 * forget the grants of its last half second; to wait for its disk at each would cost a good part of a limit, as one process after another takes its turn.
 */
async function moment(store: Store, tx: Tx): Promise<number> {
  if (!(store.clock instanceof AgreedClock)) return store.clock.now()
  const { rows } = await sql<{
    now: number
  }>`select set_config('synchronous_commit', 'off', true), (extract(epoch from clock_timestamp()) * 1000)::bigint as now`.execute(
    tx,
  )
  return Number(rows[0]?.now)
}

async function load(tx: Tx, keys: readonly string[]): Promise<Map<string, BucketState>> {
  if (keys.length === 0) return new Map()
  const rows = await tx
    .selectFrom('buckets')
    .select(['key', 'state'])
    .where('key', 'in', [...keys])
    .execute()
  return new Map(rows.map((row) => [row.key, parseState(row.state)]))
}

function parseState(text: string): BucketState {
  try {
    return JSON.parse(text) as BucketState
  } catch (thrown) {
    throw new KontorError('STORE_UNUSABLE', {
      message: 'A bucket in the store is damaged.',
      key: 'store',
      cause: thrown,
    })
  }
}

async function save(tx: Tx, key: string, state: BucketState, now: number): Promise<void> {
  const values = { state: JSON.stringify(state), updated_at: now }
  await tx
    .insertInto('buckets')
    .values({ key, ...values })
    .onConflict((clash) => clash.column('key').doUpdateSet(values))
    .execute()
}
