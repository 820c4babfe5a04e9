import { canonicalText, type AnyRecord } from '@kontor/core'
import { loadRecords, saveRecords, schemaOf } from '../store/records.ts'
import type { RecordRow } from '../store/schema.ts'
import type { Tx } from '../store/store.ts'
import { fromNow } from './choose.ts'
import type { Engine } from './engine.ts'
import { route } from './route.ts'

/** Under this name the ledger states points and coupons, as any source does; no connection may have it. */
export const ledgerSource = 'kontor'

/** What Kontor itself says: a record like any other, delivered by the flows that begin at the ledger. What a backfill leads to gives way. */
export async function stateRecord(
  engine: Engine,
  tx: Tx,
  record: AnyRecord,
  run: number,
  backfill = false,
): Promise<void> {
  const { row, previous } = await saveStatement(engine.store, tx, record)
  const now = engine.clock.now()
  await route(engine, tx, row, record, {
    now,
    run,
    withhold: false,
    backfill,
    awaited: false,
    echo: { is: 'news' },
    previousContent: previous,
    begins: fromNow(now),
  })
}

/** The record alone, as its newest revision; a runner routes it. */
export async function saveStatement(
  store: Engine['store'],
  tx: Tx,
  record: AnyRecord,
): Promise<{ row: RecordRow; previous: string | undefined }> {
  const now = store.clock.now()
  const known = (await loadRecords(tx, ledgerSource, record.entity, [record.id])).get(record.id)
  const hash = store.sealer.digest(canonicalText(record, { circumstances: false }))
  if (known?.hash === hash) return { row: known, previous: undefined }
  const row: RecordRow = {
    connection: ledgerSource,
    entity: record.entity,
    id: record.id,
    revision: (known?.revision ?? 0) + 1,
    hash,
    version: null,
    asked_at: now,
    content: JSON.stringify(record),
    schema: schemaOf(record.entity),
    backfilled: 0,
    first_seen: known?.first_seen ?? now,
    updated_at: now,
    vanished_at: null,
  }
  await saveRecords(tx, [row])
  return { row, previous: known?.content }
}
