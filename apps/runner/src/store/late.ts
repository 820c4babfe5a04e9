import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import { openQuantity, toMs, type InstantOrDate, type Order } from '@kontor/core'
import type { RecordRow } from './schema.ts'
import type { Store, Tx } from './store.ts'

/** An order that ought to have left by now, or soon has to. */
export interface LateOrder {
  /** Kontor's key. */
  key: string
  connection: string
  id: string
  /** When it ought to have left; where the vendor names a day, the end of that day. */
  shipBy: number
  /** Pieces that are still to be shipped. */
  open: number
}

const dayMs = 24 * 3_600_000
/** Nobody waits for an order that nothing has happened with for so long. */
const forgottenMs = 60 * dayMs

/** What was written by a clock that is set back meanwhile, or committed late, is looked through once more. */
const overlapMs = 30 * 60_000
const pageOf = 500
const mark = 'ship_by_noted_at'

/** Looks through the orders that were told since the last time, and notes by when those that still have pieces to ship have to leave. */
export async function noteShipBys(store: Store): Promise<void> {
  const now = store.clock.now()
  let after: { updated_at: number; connection: string; id: string } | undefined
  const since = await notedUntil(store)
  for (;;) {
    let query = store.db
      .selectFrom('records')
      .select(['connection', 'id', 'content', 'updated_at'])
      .where('entity', '=', 'orders')
      .where('updated_at', '>=', since)
    if (after)
      query = query.where(
        sql<boolean>`(updated_at, connection, id) > (${after.updated_at}, ${after.connection}, ${after.id})`,
      )
    const rows = await query.orderBy('updated_at').orderBy('connection').orderBy('id').limit(pageOf).execute()
    await store.write(async (tx) => {
      for (const row of rows) {
        const late = inHaste(row)
        const key = { connection: row.connection, id: row.id }
        if (late)
          await tx
            .insertInto('ship_bys')
            .values({ ...key, ship_by: late.shipBy })
            .onConflict((clash) => clash.columns(['connection', 'id']).doUpdateSet({ ship_by: late.shipBy }))
            .execute()
        else
          await tx
            .deleteFrom('ship_bys')
            .where((is) => is.and(key))
            .execute()
      }
      if (rows.length < pageOf) await setMark(tx, now)
    })
    after = rows.at(-1)
    if (rows.length < pageOf) return
    await nextTurn()
  }
}

async function setMark(tx: Tx, at: number): Promise<void> {
  await tx
    .insertInto('meta')
    .values({ key: mark, value: String(at) })
    .onConflict((clash) => clash.column('key').doUpdateSet({ value: String(at) }))
    .execute()
}

/** Orders told since then were not looked through. */
async function notedUntil(store: Store): Promise<number> {
  const row = await store.db.selectFrom('meta').select('value').where('key', '=', mark).executeTakeFirst()
  const now = store.clock.now()
  return Math.max(now - forgottenMs, Math.min(Number(row?.value ?? 0), now) - overlapMs)
}

/** Orders with pieces to ship whose ship-by time lies before `before`, the most urgent first: those noted, and those told since. */
export async function lateOrders(store: Store, before: number, connection?: string): Promise<LateOrder[]> {
  const orders = store.db
    .selectFrom('records')
    .select(['records.connection', 'records.id', 'content'])
    .where('entity', '=', 'orders')
    .where('vanished_at', 'is', null)
    .$if(connection !== undefined, (query) => query.where('records.connection', '=', connection ?? ''))
  const noted = await orders
    .innerJoin('ship_bys', (join) =>
      join.onRef('ship_bys.connection', '=', 'records.connection').onRef('ship_bys.id', '=', 'records.id'),
    )
    .where('ship_by', '<=', before)
    .where('updated_at', '>=', store.clock.now() - forgottenMs)
    .execute()
  const told = await orders
    .where('updated_at', '>=', await notedUntil(store))
    .where('content', 'like', '%"shipBy":"%')
    .execute()
  const found = new Map([...noted, ...told].map((row) => [`${row.connection}/${row.id}`, row]))
  return [...found.values()]
    .flatMap((row) => inHaste(row) ?? [])
    .filter(({ shipBy }) => shipBy <= before)
    .toSorted((a, b) => a.shipBy - b.shipBy)
}

/** The order as one that has to leave; `undefined` where nothing says by when, or nothing is left to ship. */
function inHaste({ connection, id, content }: Pick<RecordRow, 'connection' | 'id' | 'content'>): LateOrder | undefined {
  const order = JSON.parse(content) as Order
  const shipBy = order.deadlines?.shipBy ? endOf(order.deadlines.shipBy) : undefined
  const open = shipBy === undefined ? 0 : piecesToShip(order)
  return shipBy === undefined || open === 0 ? undefined : { key: `${connection}/${id}`, connection, id, shipBy, open }
}

/** An order that waits to be accepted has to leave in time too; one that is not paid does not. */
function piecesToShip({ lifecycle, payment, fulfilledBy, lines = [] }: Order): number {
  if (lifecycle?.value === 'cancelled' || lifecycle?.value === 'completed' || fulfilledBy === 'marketplace') return 0
  if (payment?.value === 'pending' || payment?.value === 'failed' || payment?.value === 'refunded') return 0
  return (lines ?? [])
    .filter((line) => line.fulfilledBy !== 'marketplace')
    .reduce((sum, line) => sum + openQuantity(line), 0)
}

const endOf = (time: InstantOrDate): number => toMs(time) + (time.length === 10 ? dayMs : 0)
