import { createHash } from 'node:crypto'
import { openQuantity, toMs, type Order, type StockLevel } from '@kontor/core'
import type { RecordRow } from '../store/schema.ts'
import { chunks, type Db, type Tx } from '../store/store.ts'
import type { Engine } from './engine.ts'

/** Pieces of an order that are sold and not yet out of the house, by SKU. */
export function openPieces(order: Order): Map<string, number> {
  const pieces = new Map<string, number>()
  if (
    order.lifecycle?.value === 'cancelled' ||
    order.lifecycle?.value === 'completed' ||
    order.fulfilledBy === 'marketplace'
  )
    return pieces
  for (const line of order.lines ?? [])
    if (line.sku && line.fulfilledBy !== 'marketplace')
      pieces.set(line.sku, (pieces.get(line.sku) ?? 0) + openQuantity(line))
  return pieces
}

/**
 * An order has come or changed: what it holds of each SKU is noted, and every destination is told the stock of those SKUs anew. Its own system has
 * lowered its stock by itself, so what we believed it to hold is no longer so; at the others fewer are left to sell.
 */
export async function reserveOrder(engine: Engine, tx: Tx, row: RecordRow, order: Order): Promise<void> {
  if (!engine.flows.some((flow) => flow.entity === 'stock')) return
  const before = await tx
    .selectFrom('open_lines')
    .select(['sku', 'quantity'])
    .where('connection', '=', row.connection)
    .where('id', '=', row.id)
    .execute()
  const held = new Map(before.map(({ sku, quantity }) => [sku, quantity]))
  const pieces = openPieces(order)
  const changed = [...new Set([...held.keys(), ...pieces.keys()])].filter(
    (sku) => (held.get(sku) ?? 0) !== (pieces.get(sku) ?? 0),
  )
  if (changed.length === 0) return
  await tx.deleteFrom('open_lines').where('connection', '=', row.connection).where('id', '=', row.id).execute()
  for (const [sku, quantity] of pieces)
    if (quantity > 0)
      await tx.insertInto('open_lines').values({ sku, connection: row.connection, id: row.id, quantity }).execute()
  await tellAnew(engine, tx, changed, `${row.connection}/${row.id} ${row.revision}`)
}

/** The wish stays what it is, and gets a new key: what goes out is another number. */
async function tellAnew(engine: Engine, tx: Tx, skus: readonly string[], because: string): Promise<void> {
  const now = engine.clock.now()
  for (const some of chunks(skus.map((sku) => `sku:${sku}`)))
    for (const wish of await tx
      .selectFrom('deliveries')
      .selectAll()
      .where('entity', '=', 'stock')
      .where('lane', 'in', some)
      .where('state', 'not in', ['held', 'parked', 'skipped'])
      .execute()) {
      const digest = (text: string): string =>
        createHash('sha256').update(`${text} ${because}`).digest('hex').slice(0, 32)
      const idle = wish.owner === null && wish.begun_at === null && wish.state !== 'sent'
      await tx
        .updateTable('deliveries')
        .set({
          wanted_hash: digest(wish.wanted_hash),
          wanted_key: digest(wish.wanted_key),
          updated_at: now,
          ...(idle
            ? {
                state: 'pending' as const,
                due_at: Math.max(now, wish.state === 'pending' ? wish.due_at : now),
                known_hash: null,
                error: null,
                tries: 0,
              }
            : {}),
        })
        .where('destination', '=', wish.destination)
        .where('source', '=', wish.source)
        .where('entity', '=', 'stock')
        .where('id', '=', wish.id)
        .execute()
    }
}

/**
 * What may be sold of a SKU: what the source counted, less what is sold and the source had not been given when it counted. Where no flow brings
 * orders to the source we cannot know what it knows, and take its word.
 */
export async function sellable(
  engine: Engine,
  db: Db,
  source: string,
  stock: StockLevel,
  told: number,
): Promise<StockLevel> {
  const reaches = engine.flows.filter(
    (flow) => flow.entity === 'orders' && flow.to !== 'origin' && flow.to.includes(source),
  )
  if (reaches.length === 0) return stock
  const countedAt = stock.asOf ? toMs(stock.asOf) : told
  const holders = await db
    .selectFrom('open_lines')
    .selectAll()
    .where('sku', '=', stock.sku)
    .where('connection', 'in', [...new Set(reaches.flatMap((flow) => flow.from))])
    .execute()
  let reserved = 0
  for (const { connection, id, quantity } of holders) {
    const given = await db
      .selectFrom('deliveries')
      .select('done_at')
      .where('destination', '=', source)
      .where('source', '=', connection)
      .where('entity', '=', 'orders')
      .where('id', '=', id)
      .where('known_hash', 'is not', null)
      .executeTakeFirst()
    if (given?.done_at == null || given.done_at > countedAt) reserved += quantity
  }
  return reserved === 0 ? stock : { ...stock, available: Math.max(0, stock.available - reserved), reserved }
}
