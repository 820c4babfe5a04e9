import { awaitsAcceptance, toMs, type Order, type OrderLine } from '@kontor/core'
import { loadRecord, loadRecords, toStored } from '../store/records.ts'
import type { Db } from '../store/store.ts'
import type { Engine } from './engine.ts'
import type { StockWord } from './policy.ts'
import { openPieces } from './reserve.ts'

/** An order, with the connection it is from. */
export interface OrderAt {
  connection: string
  id: string
  order: Order
}

/**
 * Whether the stock that flows to the order's own connection covers these lines, after the orders before it. What a source does not know of is
 * taken off what it counted; orders that came before and wait count as sold, later ones do not.
 */
export async function stockWord(
  engine: Pick<Engine, 'flows'>,
  db: Db,
  at: OrderAt,
  lines: readonly OrderLine[],
): Promise<StockWord> {
  const needed = new Map<string, number>()
  for (const { sku, quantity, quantityCancelled } of lines) {
    if (!sku) return 'unknown'
    needed.set(sku, (needed.get(sku) ?? 0) + quantity - (quantityCancelled ?? 0))
  }
  const words: StockWord[] = []
  for (const [sku, pieces] of needed) words.push(await wordFor(engine, db, at, sku, pieces))
  if (words.includes('short')) return 'short'
  return words.length === 0 || words.includes('unknown') ? 'unknown' : 'enough'
}

async function wordFor(
  engine: Pick<Engine, 'flows'>,
  db: Db,
  at: OrderAt,
  sku: string,
  pieces: number,
): Promise<StockWord> {
  const counts = await db
    .selectFrom('deliveries')
    .select(['source', 'id'])
    .where('destination', '=', at.connection)
    .where('entity', '=', 'stock')
    .where('lane', '=', `sku:${sku}`)
    .execute()
  const left: number[] = []
  for (const { source, id } of counts) {
    const count = await loadRecord(db, source, 'stock', id)
    if (count?.record.entity !== 'stock' || count.vanishedAt !== undefined) continue
    const { record } = count
    const countedAt = record.asOf ? toMs(record.asOf) : count.updatedAt
    left.push(record.available - (await soldBefore(engine, db, at, { sku, source, countedAt })))
  }
  if (left.length === 0) return 'unknown'
  return Math.min(...left) >= pieces ? 'enough' : 'short'
}

/** Pieces of a SKU that orders before this one hold, and that the source had not taken off when it counted. */
async function soldBefore(
  engine: Pick<Engine, 'flows'>,
  db: Db,
  at: OrderAt,
  { sku, source, countedAt }: { sku: string; source: string; countedAt: number },
): Promise<number> {
  const holders = await db.selectFrom('open_lines').select(['connection', 'id']).where('sku', '=', sku).execute()
  let sold = 0
  for (const { connection, id } of holders) {
    if (connection === at.connection && id === at.id) continue
    const row = (await loadRecords(db, connection, 'orders', [id])).get(id)
    if (!row) continue
    const { record } = toStored(row)
    if (record.entity !== 'orders' || !comesBefore({ connection, id, order: record }, at)) continue
    const changedAt = awaitsAcceptance(record) ? Number.POSITIVE_INFINITY : row.updated_at
    if (await isCounted(engine, db, { connection, id, source, changedAt, countedAt })) continue
    sold += openPieces(record).get(sku) ?? 0
  }
  return sold
}

/** Accepted orders have their goods; among those that wait, who bought first. */
function comesBefore(other: OrderAt, mine: OrderAt): boolean {
  if (!awaitsAcceptance(other.order)) return true
  const [theirs, ours] = [other.order.orderedAt ?? '', mine.order.orderedAt ?? '']
  return theirs === ours ? `${other.connection}/${other.id}` < `${mine.connection}/${mine.id}` : theirs < ours
}

/**
 * Whether the source knew of an order when it counted: it had been given it. Where orders do not go there by us, it learns of them in another way:
 * of one that has not changed since the count, and is not still to be accepted, it knew.
 */
async function isCounted(
  engine: Pick<Engine, 'flows'>,
  db: Db,
  {
    connection,
    id,
    source,
    changedAt,
    countedAt,
  }: { connection: string; id: string; source: string; changedAt: number; countedAt: number },
): Promise<boolean> {
  const given = engine.flows.some(
    (flow) =>
      flow.entity === 'orders' && flow.to !== 'origin' && flow.to.includes(source) && flow.from.includes(connection),
  )
  if (!given) return changedAt <= countedAt
  const delivery = await db
    .selectFrom('deliveries')
    .select('done_at')
    .where('destination', '=', source)
    .where('source', '=', connection)
    .where('entity', '=', 'orders')
    .where('id', '=', id)
    .where('known_hash', 'is not', null)
    .executeTakeFirst()
  return delivery?.done_at != null && delivery.done_at <= countedAt
}
