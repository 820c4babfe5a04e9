import { isState, toMs, type AnyRecord } from '@kontor/core'
import { loadRecord, splitKey } from '../store/records.ts'
import { haveCaughtUp, restoredAt } from '../store/restored.ts'
import type { Tx } from '../store/store.ts'
import type { Engine } from './engine.ts'
import { readerSpecs } from './office.ts'

/**
 * Since when a new wish is in doubt, because the store was restored and its source tells again what may have been delivered before: until every reader
 * that has part in it has caught up. What came into being after the restore is in no doubt, and neither is a state: the present one is always right.
 */
export async function doubtSince(
  engine: Engine,
  tx: Tx,
  wish: { source: string; lane: string; record: AnyRecord },
  now: number,
): Promise<number | undefined> {
  if (isState(wish.record.entity)) return undefined
  const restored = await restoredAt(tx)
  if (restored === undefined) return undefined
  const key = splitKey(wish.lane)
  const order =
    wish.record.entity === 'orders'
      ? wish.record
      : key && (await loadRecord(tx, key.connection, 'orders', key.id))?.record
  if (order?.entity === 'orders' && order.orderedAt && toMs(order.orderedAt) > restored) return undefined
  // What Kontor states itself (points) follows from records of any connection.
  const parties = [...engine.offices.values()].filter(
    ({ name }) => !engine.offices.has(wish.source) || name === wish.source || name === key?.connection,
  )
  const readers = parties.flatMap((office) =>
    readerSpecs(office).map(([reader]) => ({ connection: office.name, reader })),
  )
  return (await haveCaughtUp(tx, readers, restored, now)) ? undefined : restored
}
