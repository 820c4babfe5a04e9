import type { Order } from '@kontor/core'
import type { Store } from './store.ts'

/** A SKU that stands on one side alone. */
export interface LonelySku {
  sku: string
  /** The connection that has it, or that has not. */
  connection: string
  /**
   * `not-offered`: stock or a price is stated for it, and the connection has no such offer; `not-stated`: the connection offers it, and no flow
   * states stock for it; `sold-unknown`: it was sold there, and no connection that states stock knows it; `sold-without`: a line was sold without a SKU.
   */
  what: 'not-offered' | 'not-stated' | 'sold-unknown' | 'sold-without'
  /** An order it was sold with, or the record that states it. */
  record?: string
}

const soldWithinMs = 30 * 24 * 3_600_000

/** Compares the SKUs of those who state stock with those of the connections that are told. Without regard to case: a SKU map mends the rest. */
export async function lonelySkus(store: Store, only?: string): Promise<LonelySku[]> {
  const told = (
    await store.db.selectFrom('deliveries').select('destination').distinct().where('entity', '=', 'stock').execute()
  ).flatMap(({ destination }) => (only === undefined || only === destination ? [destination] : []))
  const stated = await statedSkus(store)
  const found: LonelySku[] = []
  for (const connection of told)
    found.push(
      ...(await notOffered(store, connection)),
      ...(await notStated(store, connection)),
      ...(await soldUnknown(store, connection, stated)),
    )
  return found
}

/** SKUs somebody states stock for, folded. */
async function statedSkus(store: Store): Promise<Set<string>> {
  const lanes = await store.db
    .selectFrom('deliveries')
    .select('lane')
    .distinct()
    .where('entity', '=', 'stock')
    .execute()
  return new Set(lanes.map(({ lane }) => skuOf(lane).toLowerCase()))
}

const skuOf = (lane: string): string => lane.slice('sku:'.length)

async function notOffered(store: Store, connection: string): Promise<LonelySku[]> {
  const rows = await store.db
    .selectFrom('deliveries')
    .select(['lane', 'source', 'id'])
    .where('destination', '=', connection)
    .where('entity', 'in', ['stock', 'prices'])
    .where('state', '=', 'refused')
    .where('error', 'like', '%"code":"SKU_UNKNOWN"%')
    .orderBy('lane')
    .execute()
  return rows
    .filter(({ lane }, index) => rows.findIndex((each) => each.lane === lane) === index)
    .map(({ lane, source, id }) => ({ sku: skuOf(lane), connection, what: 'not-offered', record: `${source}/${id}` }))
}

async function notStated(store: Store, connection: string): Promise<LonelySku[]> {
  const stated = await store.db
    .selectFrom('deliveries')
    .select('lane')
    .where('destination', '=', connection)
    .where('entity', '=', 'stock')
    .execute()
  const known = new Set(stated.map(({ lane }) => skuOf(lane).toLowerCase()))
  const held = await store.db
    .selectFrom('holdings')
    .select('sku')
    .distinct()
    .where('destination', '=', connection)
    .where('entity', '=', 'stock')
    .orderBy('sku')
    .execute()
  return held
    .filter(({ sku }) => !known.has(sku.toLowerCase()))
    .map(({ sku }) => ({ sku, connection, what: 'not-stated' }))
}

async function soldUnknown(store: Store, connection: string, stated: ReadonlySet<string>): Promise<LonelySku[]> {
  const orders = await store.db
    .selectFrom('records')
    .select(['id', 'content'])
    .where('connection', '=', connection)
    .where('entity', '=', 'orders')
    .where('updated_at', '>=', store.clock.now() - soldWithinMs)
    .orderBy('updated_at', 'desc')
    .execute()
  const found = new Map<string, LonelySku>()
  for (const { id, content } of orders)
    for (const { sku } of (JSON.parse(content) as Order).lines ?? []) {
      const what = sku ? ('sold-unknown' as const) : ('sold-without' as const)
      if (sku && stated.has(sku.toLowerCase())) continue
      const key = `${what} ${sku ?? id}`
      if (!found.has(key)) found.set(key, { sku: sku ?? '', connection, what, record: `${connection}/${id}` })
    }
  return [...found.values()].toSorted((a, b) => (a.sku < b.sku ? -1 : 1))
}
