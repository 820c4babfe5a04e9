import type { StoredError } from '@kontor/core'
import type { Store } from './store.ts'

export interface Counts {
  read: number
  changed: number
  rejected: number
  written: number
  refused: number
}
export const noCounts = (): Counts => ({ read: 0, changed: 0, rejected: 0, written: 0, refused: 0 })
export type RunKind = 'pull' | 'look' | 'deliver' | 'backfill' | 'reconcile'

export function beginRun(
  store: Store,
  run: { kind: RunKind; connection: string; part: string; owner: string },
): Promise<number> {
  return store.write(async (tx) => {
    const row = await tx
      .insertInto('runs')
      .values({ ...run, started_at: store.clock.now(), ended_at: null, state: 'running', ...noCounts(), error: null })
      .returning('id')
      .executeTakeFirstOrThrow()
    return row.id
  })
}

export async function endRun(store: Store, id: number, counts: Counts, error?: StoredError): Promise<void> {
  const state = error === undefined ? 'done' : error.code === 'ABORTED' ? 'stopped' : 'failed'
  await store.write((tx) =>
    tx
      .updateTable('runs')
      .set({ ...counts, ended_at: store.clock.now(), state, error: error ? JSON.stringify(error) : null })
      .where('id', '=', id)
      .execute(),
  )
}

/** A run that did nothing leaves no trace: an idle installation does not grow. */
export async function forgetRun(store: Store, id: number): Promise<void> {
  await store.write((tx) => tx.deleteFrom('runs').where('id', '=', id).execute())
}

/** Ends the runs of processes that are at work no longer: whose leases are over. `own`: those of this process that it is at. */
export async function endOrphanedRuns(store: Store, own?: { owner: string; runs: ReadonlySet<number> }): Promise<void> {
  await store.write(async (tx) => {
    const now = store.clock.now()
    const alive = (await tx.selectFrom('leases').select('owner').distinct().where('until', '>', now).execute()).map(
      (row) => row.owner,
    )
    await tx
      .updateTable('runs')
      .set({ state: 'died', ended_at: now })
      .where('state', '=', 'running')
      .where('owner', 'not in', alive.length > 0 ? alive : [''])
      .execute()
    if (!own) return
    // Its end could not be stored while the store was away.
    await tx
      .updateTable('runs')
      .set({ state: 'died', ended_at: now })
      .where('state', '=', 'running')
      .where('owner', '=', own.owner)
      .where('id', 'not in', own.runs.size > 0 ? [...own.runs] : [-1])
      .where('started_at', '<', now - 60_000)
      .execute()
  })
}

/** Keeps the newest runs; older ones say nothing any more. */
export async function pruneRuns(store: Store, keep: number): Promise<void> {
  await store.write(async (tx) => {
    const edge = await tx.selectFrom('runs').select('id').orderBy('id', 'desc').offset(keep).limit(1).executeTakeFirst()
    if (edge) await tx.deleteFrom('runs').where('id', '<=', edge.id).where('state', '!=', 'running').execute()
  })
}
