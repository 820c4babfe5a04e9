import type { Order } from '@kontor/core'
import { recordKey, toStored } from '../store/records.ts'
import { deliveredOrders } from '../store/queries.ts'
import { beginnings, whyNowhere } from './choose.ts'
import type { Engine } from './engine.ts'

/** Orders that were read and would go nowhere, by their reason. */
export interface StayingOrders {
  connection: string
  reason: string
  orders: number
}

const pageSize = 500

/** What was read since an instant and no flow takes, most first. */
export async function stayingOrders(engine: Engine, since: number): Promise<StayingOrders[]> {
  const begins = await beginnings(engine.store.db, engine.clock.now())
  const found = new Map<string, StayingOrders>()
  for (let last: { connection: string; id: string } | undefined; ;) {
    const orders = await page(engine, since, last)
    const delivered = await deliveredOrders(engine.store, orders)
    for (const order of orders) {
      const { connection, id } = order
      const reason = delivered.has(recordKey(connection, id)) ? undefined : whyNowhere(engine.flows, begins, order)
      if (reason === undefined) continue
      const group = found.get(`${connection} ${reason}`) ?? { connection, reason, orders: 0 }
      found.set(`${connection} ${reason}`, { ...group, orders: group.orders + 1 })
    }
    last = orders.at(-1)
    if (orders.length < pageSize) return [...found.values()].toSorted((a, b) => b.orders - a.orders)
  }
}

async function page(engine: Engine, since: number, last: { connection: string; id: string } | undefined) {
  let query = engine.store.db
    .selectFrom('records')
    .selectAll()
    .where('entity', '=', 'orders')
    .where('updated_at', '>=', since)
  if (last)
    query = query.where((is) =>
      is.or([
        is('connection', '>', last.connection),
        is.and([is('connection', '=', last.connection), is('id', '>', last.id)]),
      ]),
    )
  const rows = await query.orderBy('connection').orderBy('id').limit(pageSize).execute()
  return rows.map((row) => {
    const stored = toStored(row)
    // Asked for orders only.
    return { ...stored, record: stored.record as Order }
  })
}
