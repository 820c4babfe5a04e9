import type { KontorError } from '@kontor/core'
import { backoff } from './settle.ts'
import type { Store, Tx } from './store.ts'

/** Where it stands among the streams of a connection that a writer, or its check, is left alone: only where it has held up a whole process. */
export const checkStream = 'check'
export const writerStream = (writer: string): string => `deliver ${writer}`

/**
 * A process was held up by the plugin of this connection and is about to be ended. What it was at there is put off with growing pauses, as after any
 * other failure, so that whoever comes next has its turn with everything else first. What had begun stays in doubt.
 */
export async function noteHeldUp(
  store: Store,
  { host, pid }: { host: string; pid: number },
  { connection, doing }: { connection: string; doing: string },
  error: KontorError,
): Promise<void> {
  const owner = `${host}/${pid}/%`
  const text = JSON.stringify(error)
  await store.write(async (tx) => {
    const now = store.clock.now()
    const runs = await tx
      .selectFrom('runs')
      .select(['id', 'kind', 'part'])
      .where('state', '=', 'running')
      .where('owner', 'like', owner)
      .where('connection', '=', connection)
      .execute()
    for (const { id, kind, part } of runs) {
      await tx.updateTable('runs').set({ state: 'died', ended_at: now, error: text }).where('id', '=', id).execute()
      if (kind === 'look')
        await tx
          .updateTable('looks')
          .set((row) => ({ tries: row('tries', '+', 1), due_at: now + putOff(1) }))
          .where('connection', '=', connection)
          .where('due_at', '<=', now)
          .execute()
      else
        await putOffStream(
          tx,
          connection,
          kind === 'deliver' ? writerStream(part) : kind === 'reconcile' ? `reconcile ${part}` : part,
          text,
          now,
        )
    }
    if (doing === checkStream) await putOffStream(tx, connection, checkStream, text, now)
    // Each alone from then on: it may be one of them.
    await tx
      .updateTable('deliveries')
      .set((row) => ({ tries: row('tries', '+', 1), error: text, due_at: now + putOff(1) }))
      .where('owner', 'like', owner)
      .where('destination', '=', connection)
      .execute()
  })
}

async function putOffStream(tx: Tx, connection: string, reader: string, error: string, now: number): Promise<void> {
  const known = await tx
    .selectFrom('streams')
    .select('failures')
    .where('connection', '=', connection)
    .where('reader', '=', reader)
    .executeTakeFirst()
  const failures = (known?.failures ?? 0) + 1
  const values = { failures, error, due_at: now + putOff(failures) }
  const fresh = { checkpoint: null, depends_on: '', version: 0, resume_at: null, caught_up_at: null }
  await tx
    .insertInto('streams')
    .values({ connection, reader, ...fresh, ...values })
    .onConflict((clash) => clash.columns(['connection', 'reader']).doUpdateSet(values))
    .execute()
}

/** Each time costs everybody a minute: it begins with two of them, and doubles. */
const putOff = (times: number): number => Math.min(3_600_000, 60 * backoff(times))

/** Since it has gone well again, it is left alone no longer. */
export async function forgetHeldUp(store: Store, connection: string, stream: string): Promise<void> {
  await store.write((tx) =>
    tx.deleteFrom('streams').where('connection', '=', connection).where('reader', '=', stream).execute(),
  )
}
