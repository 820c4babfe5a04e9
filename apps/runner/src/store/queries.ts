import { toInstant, type AnyRecord, type Echo, type Entity, type Order, type StoredError } from '@kontor/core'
import { findByNumber, loadRecord, recordKey, splitKey, toStored, type Stored } from './records.ts'
import { deliveryStates, openStates, type DeliveryRow, type DeliveryState } from './schema.ts'
import { chunks, type Store, type Tx } from './store.ts'

/** What people look at. Reads only, never a connector. */

export interface DeliveryView {
  destination: string
  entity: Entity
  /** Kontor's key of the record. */
  record: string
  lane: string
  flow: string
  state: DeliveryState
  inDoubt: boolean
  begunAt: number | undefined
  dueAt: number
  createdAt: number
  updatedAt: number
  doneAt: number | undefined
  tries: number
  reference: string | undefined
  ticket: string | undefined
  error: StoredError | undefined
}

const toView = (row: DeliveryRow): DeliveryView => ({
  destination: row.destination,
  entity: row.entity as Entity,
  record: `${row.source}/${row.id}`,
  lane: row.lane,
  flow: row.flow,
  state: row.state,
  inDoubt: row.begun_at !== null && row.state !== 'done',
  begunAt: row.begun_at ?? undefined,
  dueAt: row.due_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  doneAt: row.done_at ?? undefined,
  tries: row.tries,
  reference: row.reference ?? undefined,
  ticket: row.ticket ?? undefined,
  error: row.error === null ? undefined : (JSON.parse(row.error) as StoredError),
})

export interface DeliveryFilter {
  destination?: string | undefined
  entity?: string | undefined
  state?: DeliveryState | 'open' | undefined
  record?: string | undefined
  lane?: string | undefined
  limit?: number | undefined
}

/** Newest change first. Without a record or a lane one question for each state: only so does an index answer it, however many there are. */
export async function listDeliveries(store: Store, filter: DeliveryFilter = {}): Promise<DeliveryView[]> {
  const { destination, entity, lane, record, limit = 200 } = filter
  const states = filter.state === 'open' ? openStates : filter.state === undefined ? deliveryStates : [filter.state]
  const key = record === undefined ? undefined : splitKey(record)
  const groups = record === undefined && lane === undefined ? states.map((state) => [state]) : [[...states]]
  const rows: DeliveryRow[] = []
  for (const group of groups) {
    let query = store.db.selectFrom('deliveries').selectAll().where('state', 'in', group)
    if (destination !== undefined) query = query.where('destination', '=', destination)
    if (entity !== undefined) query = query.where('entity', '=', entity)
    if (lane !== undefined) query = query.where('lane', '=', lane)
    if (record !== undefined)
      query = query.where('source', '=', key?.connection ?? '').where('id', '=', key?.id ?? record)
    rows.push(...(await query.orderBy('updated_at', 'desc').limit(limit).execute()))
  }
  return rows
    .toSorted((one, other) => other.updated_at - one.updated_at)
    .slice(0, limit)
    .map(toView)
}

/** Sends again what is parked, refused, waiting or held, at the next occasion. Clears a doubt: whoever says so has looked. */
export function retryDeliveries(
  store: Store,
  filter: { destination?: string | undefined; record?: string | undefined; state: readonly DeliveryState[] },
): Promise<number> {
  return store.write(async (tx) => {
    const key = filter.record === undefined ? undefined : splitKey(filter.record)
    const now = store.clock.now()
    let query = tx
      .updateTable('deliveries')
      .set((row) => ({
        state: 'pending',
        due_at: now,
        tries: 0,
        error: null,
        begun_at: null,
        ticket: null,
        item: null,
        // What was done before is still to be told.
        echo: row.case().when('known_hash', 'is not', null).then(row.ref('echo')).else(null).end(),
        held_by: null,
        updated_at: now,
      }))
      .where('state', 'in', [...filter.state])
      .where('claim_until', '<=', now)
    if (filter.destination !== undefined) query = query.where('destination', '=', filter.destination)
    if (filter.record !== undefined)
      query = query.where('source', '=', key?.connection ?? '').where('id', '=', key?.id ?? filter.record)
    return Number((await query.executeTakeFirst()).numUpdatedRows)
  })
}

/** Gives a wish up, as done elsewhere or not wanted any more. A newer revision of its record is delivered again. */
export function skipDeliveries(
  store: Store,
  filter: { destination?: string | undefined; record: string },
): Promise<number> {
  return store.write(async (tx) => {
    const key = splitKey(filter.record)
    const now = store.clock.now()
    await expectAnything(tx, key ?? { connection: '', id: filter.record }, now)
    let query = tx
      .updateTable('deliveries')
      .set({
        state: 'skipped',
        error: null,
        begun_at: null,
        ticket: null,
        item: null,
        held_by: null,
        updated_at: now,
        done_at: now,
      })
      .where('state', 'not in', ['done', 'skipped'])
      .where('claim_until', '<=', now)
      .where('source', '=', key?.connection ?? '')
      .where('id', '=', key?.id ?? filter.record)
    if (filter.destination !== undefined) query = query.where('destination', '=', filter.destination)
    return Number((await query.executeTakeFirst()).numUpdatedRows)
  })
}

/** How long a system may take to tell of a refund: the slowest we know takes two days, and two more. */
const tellsWithinMs = 4 * 86_400_000

/** What is given up in doubt may have paid all the same: a refund that is told later is not taken for news without asking. */
async function expectAnything(
  tx: Tx,
  { connection, id }: { connection: string; id: string },
  now: number,
): Promise<void> {
  const doubtful = await tx
    .selectFrom('deliveries')
    .select(['destination', 'begun_at'])
    .where('source', '=', connection)
    .where('entity', '=', 'refunds')
    .where('id', '=', id)
    .where('begun_at', 'is not', null)
    .where('echo', 'is', null)
    .where('claim_until', '<=', now)
    .execute()
  for (const { destination, begun_at: begun } of doubtful) {
    const echo: Echo = {
      since: toInstant((begun ?? now) - 10 * 60_000),
      until: toInstant((begun ?? now) + tellsWithinMs),
      lines: [],
    }
    await tx
      .updateTable('deliveries')
      .set({ echo: JSON.stringify(echo) })
      .where('destination', '=', destination)
      .where('source', '=', connection)
      .where('entity', '=', 'refunds')
      .where('id', '=', id)
      .execute()
  }
}

export interface OrderFilter {
  connection?: string | undefined
  number?: string | undefined
  sku?: string | undefined
  limit?: number | undefined
}

/** Orders, newest change first; by number it is exact, by SKU it looks through the newest. */
export async function listOrders(store: Store, filter: OrderFilter = {}): Promise<(Stored & { record: Order })[]> {
  if (filter.number !== undefined) return await findOrders(store, filter.number)
  let query = store.db.selectFrom('records').selectAll().where('entity', '=', 'orders')
  if (filter.connection !== undefined) query = query.where('connection', '=', filter.connection)
  if (filter.sku !== undefined) query = query.where('content', 'like', `%${JSON.stringify(filter.sku).slice(1, -1)}%`)
  const rows = (
    await query
      .orderBy('updated_at', 'desc')
      .limit(filter.limit ?? 50)
      .execute()
  ).map(toStored) as (Stored & { record: Order })[]
  return filter.sku === undefined
    ? rows
    : rows.filter((row) => row.record.lines?.some((line) => line.sku === filter.sku))
}

/** Which of these orders have a delivery, as keys. */
export async function deliveredOrders(
  store: Store,
  orders: readonly { connection: string; id: string }[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const some of chunks(orders))
    for (const { source, id } of await store.db
      .selectFrom('deliveries')
      .select(['source', 'id'])
      .where('entity', '=', 'orders')
      .where('source', 'in', [...new Set(some.map(({ connection }) => connection))])
      .where(
        'id',
        'in',
        some.map((order) => order.id),
      )
      .execute())
      found.add(recordKey(source, id))
  return found
}

/** Orders that go by this key or number. */
export async function findOrders(store: Store, text: string): Promise<(Stored & { record: Order })[]> {
  const key = splitKey(text)
  const byKey = key && (await loadRecord(store.db, key.connection, 'orders', key.id))
  if (byKey) return [byKey as Stored & { record: Order }]
  const found: (Stored & { record: Order })[] = []
  for (const hit of await findByNumber(store.db, 'orders', text, undefined)) {
    const stored = await loadRecord(store.db, hit.connection, 'orders', hit.id)
    if (stored) found.push(stored as Stored & { record: Order })
  }
  return found
}

/** Everything known about one order: who told what about it, where it went, what waits. */
export async function traceOrder(
  store: Store,
  key: string,
): Promise<{
  deliveries: DeliveryView[]
  about: { key: string; entity: Entity; revision: number; updatedAt: number; record: AnyRecord }[]
  links: { destination: string; entity: string; reference: string }[]
}> {
  const order = splitKey(key)
  const inLane = await listDeliveries(store, { lane: key, limit: 1000 })
  const about: { key: string; entity: Entity; revision: number; updatedAt: number; record: AnyRecord }[] = []
  for (const { record, entity } of inLane) {
    const parts = splitKey(record)
    if (record === key || !parts || about.some((each) => each.key === record && each.entity === entity)) continue
    const stored = await loadRecord(store.db, parts.connection, entity, parts.id)
    if (stored)
      about.push({ key: record, entity, revision: stored.revision, updatedAt: stored.updatedAt, record: stored.record })
  }
  const links = order
    ? await store.db
        .selectFrom('links')
        .select(['destination', 'entity', 'reference'])
        .where('source', '=', order.connection)
        .where('id', '=', order.id)
        .execute()
    : []
  return { deliveries: inLane, about, links }
}
