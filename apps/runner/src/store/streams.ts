import type { Json } from '@kontor/core'
import { assertLease, type Lease } from './leases.ts'
import type { Store, Tx } from './store.ts'

export interface Stream {
  checkpoint: Json | undefined
  dependsOn: string
  version: number
  resumeAt: number | undefined
  caughtUpAt: number | undefined
  failures: number
  dueAt: number
}

export async function loadStream(store: Store, connection: string, reader: string): Promise<Stream | undefined> {
  const row = await store.db
    .selectFrom('streams')
    .selectAll()
    .where('connection', '=', connection)
    .where('reader', '=', reader)
    .executeTakeFirst()
  return (
    row && {
      checkpoint: row.checkpoint === null ? undefined : (JSON.parse(row.checkpoint) as Json),
      dependsOn: row.depends_on,
      version: row.version,
      resumeAt: row.resume_at ?? undefined,
      caughtUpAt: row.caught_up_at ?? undefined,
      failures: row.failures,
      dueAt: row.due_at,
    }
  )
}

/** Stores the checkpoint with the page it belongs to; a runner that has lost the lease writes nothing. */
export async function saveCheckpoint(
  store: Store,
  tx: Tx,
  lease: Lease,
  stream: { connection: string; reader: string; checkpoint: Json; dependsOn: string; resumeAt?: number | undefined },
): Promise<void> {
  await assertLease(store, tx, lease)
  const values = {
    checkpoint: JSON.stringify(stream.checkpoint),
    depends_on: stream.dependsOn,
    resume_at: stream.resumeAt ?? null,
  }
  const updated = await tx
    .updateTable('streams')
    .set((row) => ({ ...values, version: row('version', '+', 1) }))
    .where('connection', '=', stream.connection)
    .where('reader', '=', stream.reader)
    .executeTakeFirst()
  if (updated.numUpdatedRows === 0n)
    await tx
      .insertInto('streams')
      .values({
        connection: stream.connection,
        reader: stream.reader,
        ...values,
        version: 1,
        caught_up_at: null,
        failures: 0,
        due_at: 0,
        error: null,
      })
      .execute()
}

/** The stream has come to its end for good. */
export async function forgetStream(store: Store, lease: Lease, connection: string, reader: string): Promise<void> {
  await store.write(async (tx) => {
    await assertLease(store, tx, lease)
    await tx.deleteFrom('streams').where('connection', '=', connection).where('reader', '=', reader).execute()
  })
}

/** Notes how a run of the stream has ended, and when the next is due. */
export async function endStreamRun(
  store: Store,
  lease: Lease,
  stream: {
    connection: string
    reader: string
    dependsOn: string
    dueAt: number
    caughtUp: boolean
    error?: string | undefined
  },
): Promise<void> {
  await store.write(async (tx) => {
    await assertLease(store, tx, lease)
    const now = store.clock.now()
    const outcome = {
      due_at: stream.dueAt,
      error: stream.error ?? null,
      ...(stream.caughtUp ? { caught_up_at: now } : {}),
    }
    const updated = await tx
      .updateTable('streams')
      .set((row) => ({ ...outcome, failures: stream.error === undefined ? 0 : row('failures', '+', 1) }))
      .where('connection', '=', stream.connection)
      .where('reader', '=', stream.reader)
      .executeTakeFirst()
    if (updated.numUpdatedRows === 0n)
      await tx
        .insertInto('streams')
        .values({
          connection: stream.connection,
          reader: stream.reader,
          checkpoint: null,
          depends_on: stream.dependsOn,
          version: 0,
          resume_at: null,
          caught_up_at: stream.caughtUp ? now : null,
          failures: stream.error === undefined ? 0 : 1,
          due_at: stream.dueAt,
          error: stream.error ?? null,
        })
        .execute()
  })
}

/** A stream that did not fail is due at this instant at the latest. */
export async function dueAtLatest(
  store: Store,
  { connection, reader, at }: { connection: string; reader: string; at: number },
): Promise<void> {
  await store.write(
    async (tx) =>
      await tx
        .updateTable('streams')
        .set({ due_at: at })
        .where('connection', '=', connection)
        .where('reader', '=', reader)
        .where('failures', '=', 0)
        .where('due_at', '>', at)
        .execute(),
  )
}
