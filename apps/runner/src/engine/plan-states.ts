import { isState, type AnyRecord, type Entity, type StoredError } from '@kontor/core'
import { holdingsOf } from '../store/holdings.ts'
import { loadRecord } from '../store/records.ts'
import type { DeliveryState } from '../store/schema.ts'
import type { Engine } from './engine.ts'
import { sellable } from './reserve.ts'

/** What would change of one SKU at one destination. */
export interface PlannedState {
  destination: string
  entity: 'stock' | 'prices'
  sku: string
  market?: string
  /** What it holds as far as is known: what it confirmed last, else what the last reconcile saw. */
  before: string | undefined
  after: string
  /** Why it would not go out, where something is against it. */
  error: StoredError | undefined
}

const open: readonly DeliveryState[] = ['held', 'pending', 'waiting', 'refused', 'skipped', 'parked']

/** Stock and prices that a run would touch, SKU by SKU: what they are at the destination, and what they would be. */
export async function plannedStates(engine: Engine, since: number): Promise<PlannedState[]> {
  const { db } = engine.store
  const rows = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('entity', 'in', ['stock', 'prices'])
    .where('state', 'in', [...open])
    .where('updated_at', '>=', since)
    .orderBy('destination')
    .orderBy('lane')
    .execute()
  const holdings = new Map<string, Awaited<ReturnType<typeof holdingsOf>>>()
  const planned: PlannedState[] = []
  for (const row of rows) {
    const stored = isState(row.entity as Entity)
      ? await loadRecord(db, row.source, row.entity as Entity, row.id)
      : undefined
    if (stored?.record.entity !== 'stock' && stored?.record.entity !== 'prices') continue
    const { record } = stored
    const held = holdings.get(row.destination) ?? (await holdingsOf(db, row.destination))
    holdings.set(row.destination, held)
    const after = record.entity === 'stock' ? await sellable(engine, db, row.source, record, stored.updatedAt) : record
    const before = row.known_content === null ? held(after) : (JSON.parse(row.known_content) as AnyRecord)
    planned.push({
      destination: row.destination,
      entity: record.entity,
      sku: record.sku,
      ...(record.entity === 'prices' && record.market ? { market: record.market } : {}),
      before: before && valueOf(before),
      after: valueOf(after),
      error: row.error === null || row.state === 'skipped' ? undefined : (JSON.parse(row.error) as StoredError),
    })
  }
  return planned
}

/** A state in a word: pieces, or an amount with its currency. */
const valueOf = (record: AnyRecord): string =>
  record.entity === 'stock'
    ? String(record.available)
    : record.entity === 'prices'
      ? `${record.price.value.amount} ${record.price.value.currency}`
      : ''
