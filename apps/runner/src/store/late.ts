import { openQuantity, toMs, type InstantOrDate, type Order } from '@kontor/core'
import type { Store } from './store.ts'

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

/** Orders with pieces to ship whose ship-by time lies before `before`, the most urgent first. */
export async function lateOrders(store: Store, before: number, connection?: string): Promise<LateOrder[]> {
  let query = store.db
    .selectFrom('records')
    .select(['connection', 'id', 'content'])
    .where('entity', '=', 'orders')
    .where('vanished_at', 'is', null)
    .where('updated_at', '>=', store.clock.now() - forgottenMs)
    .where('content', 'like', '%"shipBy":"%')
  if (connection !== undefined) query = query.where('connection', '=', connection)
  return (await query.execute())
    .flatMap((row): LateOrder[] => {
      const order = JSON.parse(row.content) as Order
      const shipBy = order.deadlines?.shipBy ? endOf(order.deadlines.shipBy) : undefined
      const open = shipBy === undefined || shipBy > before ? 0 : piecesToShip(order)
      return shipBy === undefined || open === 0
        ? []
        : [{ key: `${row.connection}/${row.id}`, connection: row.connection, id: row.id, shipBy, open }]
    })
    .toSorted((a, b) => a.shipBy - b.shipBy)
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
