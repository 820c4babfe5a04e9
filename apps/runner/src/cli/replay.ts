import { EntitySchema, type Entity } from '@kontor/core'
import type { Engine } from '../engine/engine.ts'
import { look } from '../engine/look.ts'
import { readerSpecs, type Office } from '../engine/office.ts'
import { recordedRun } from '../engine/run.ts'
import { retryUnmatched } from '../engine/unmatched.ts'
import { saveLooks } from '../store/looks.ts'
import { listDeliveries } from '../store/queries.ts'
import { listRejections, markRejection, type RejectionView } from '../store/rejections.ts'
import { recordKey } from '../store/records.ts'

export interface Replayed {
  id: number
  record: string | undefined
  /** What became of it. */
  result: 'settled' | 'still rejected' | 'not possible'
  says: string
}

/**
 * Tries what was rejected once more: an ambiguous reference is matched again, anything with an id is read again by it. What has neither is told
 * again by its system, or read with a backfill.
 */
export async function replay(
  engine: Engine,
  rejections: readonly RejectionView[],
  signal: AbortSignal,
): Promise<Replayed[]> {
  const replayed: Replayed[] = []
  for (const rejection of rejections) {
    signal.throwIfAborted()
    replayed.push(await replayOne(engine, rejection, signal))
  }
  return replayed
}

async function replayOne(engine: Engine, rejection: RejectionView, signal: AbortSignal): Promise<Replayed> {
  const { id, connection, ref, error } = rejection
  const told = { id, record: ref === undefined ? undefined : recordKey(connection, ref) }
  const impossible = (says: string): Replayed => ({ ...told, result: 'not possible', says })
  const entity = EntitySchema.safeParse(rejection.entity)
  if (ref === undefined || !entity.success)
    return impossible(
      'It has no id that could be read. Correct it at its source; it is read again when the source tells it again, or with "kontor backfill".',
    )
  if (error.code === 'ORDER_AMBIGUOUS') return { ...told, ...(await matchAgain(engine, rejection, entity.data, ref)) }
  const office = engine.offices.get(connection)
  if (!office) return impossible(`There is no connection ${connection} in the config any more.`)
  if (engine.paused.has(connection))
    return impossible(`${connection} stands still: ${engine.paused.get(connection)?.message ?? ''}`)
  if (!canFetch(office, entity.data))
    return impossible(
      `${connection} cannot be asked for ${entity.data} by id. They are read again when it tells them again, or with "kontor backfill ${connection}".`,
    )
  await engine.store.write(
    async (tx) =>
      await saveLooks(
        tx,
        connection,
        [{ ref: { entity: entity.data, id: ref }, reason: 'replay' }],
        engine.clock.now(),
      ),
  )
  const result = await look(engine, office, signal)
  if (!result) return impossible(`The runner is reading ids of ${connection} just now, and reads this one too.`)
  if (result.error) return { ...told, result: 'still rejected', says: `${result.error.code}: ${result.error.message}` }
  return { ...told, ...(await stillRejected(engine, rejection)) }
}

const canFetch = (office: Office, entity: Entity): boolean =>
  readerSpecs(office).some(
    ([name, { yields }]) => yields.includes(entity) && office.parts.readers[name]?.fetch !== undefined,
  )

async function stillRejected(engine: Engine, { id, error }: RejectionView): Promise<Pick<Replayed, 'result' | 'says'>> {
  const [open] = await listRejections(engine.store, { id })
  return open ? { result: 'still rejected', says: error.message } : { result: 'settled', says: 'It was read again.' }
}

async function matchAgain(
  engine: Engine,
  { id, connection, error }: RejectionView,
  entity: Entity,
  ref: string,
): Promise<Pick<Replayed, 'result' | 'says'>> {
  const flows = engine.flows.filter((flow) => flow.entity === entity && flow.from.includes(connection))
  if (flows.length === 0)
    return { result: 'not possible', says: `No flow delivers ${entity} of ${connection} any more.` }
  await recordedRun(engine, { kind: 'look', connection, part: 'replay' }, async (run) => {
    const { store, clock } = engine
    await store.write(async (tx) => {
      for (const flow of flows)
        await tx
          .insertInto('unmatched')
          .values({ connection, entity, id: ref, flow: flow.id, reason: 'replay', since: clock.now() })
          .onConflict((clash) => clash.doNothing())
          .execute()
    })
    await retryUnmatched(engine, run)
  })
  await foldTwins(engine, { id, connection, entity, ref })
  const delivered = await listDeliveries(engine.store, { record: recordKey(connection, ref), entity, limit: 1 })
  if (delivered.length === 0) return { result: 'still rejected', says: error.message }
  await markRejection(engine.store, id, 'replayed')
  return { result: 'settled', says: 'It has found its order.' }
}

/** Matching again notes again what it cannot match; one rejection of one thing is enough. */
async function foldTwins(
  engine: Engine,
  { id, connection, entity, ref }: { id: number; connection: string; entity: Entity; ref: string },
): Promise<void> {
  for (const twin of await listRejections(engine.store, { connection, limit: 10_000 }))
    if (twin.id > id && twin.entity === entity && twin.ref === ref && twin.error.code === 'ORDER_AMBIGUOUS')
      await markRejection(engine.store, twin.id, `the same as ${id}`)
}
