import type { AnyRecord, Entity, Order, StoredError } from '@kontor/core'
import { findByNumber, loadRecord, splitKey, toStored, type Stored } from './records.ts'
import { deliveryStates, type DeliveryRow, type DeliveryState } from './schema.ts'
import type { Store } from './store.ts'

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

export async function listDeliveries(store: Store, filter: DeliveryFilter = {}): Promise<DeliveryView[]> {
  let query = store.db.selectFrom('deliveries').selectAll()
  if (filter.destination !== undefined) query = query.where('destination', '=', filter.destination)
  if (filter.entity !== undefined) query = query.where('entity', '=', filter.entity)
  if (filter.lane !== undefined) query = query.where('lane', '=', filter.lane)
  if (filter.state === 'open') query = query.where('state', 'in', ['held', 'pending', 'waiting', 'sent', 'parked'])
  else if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  const key = filter.record === undefined ? undefined : splitKey(filter.record)
  if (filter.record !== undefined)
    query = query.where('source', '=', key?.connection ?? '').where('id', '=', key?.id ?? filter.record)
  return (
    await query
      .orderBy('updated_at', 'desc')
      .limit(filter.limit ?? 200)
      .execute()
  ).map(toView)
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
      .set({
        state: 'pending',
        due_at: now,
        tries: 0,
        error: null,
        begun_at: null,
        ticket: null,
        item: null,
        held_by: null,
        updated_at: now,
      })
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

export interface Status {
  connections: {
    name: string
    plugin: string
    account: string | undefined
    pausedBy: StoredError | undefined
    records: Record<string, number>
  }[]
  streams: {
    connection: string
    reader: string
    dueAt: number
    caughtUpAt: number | undefined
    failures: number
    error: StoredError | undefined
  }[]
  deliveries: {
    destination: string
    entity: string
    counts: Partial<Record<DeliveryState, number>>
    oldestOpen: number | undefined
  }[]
  unmatched: { connection: string; entity: string; count: number; oldest: number }[]
  rejections: { connection: string; count: number }[]
  looks: { connection: string; due: number; later: number }[]
  runner: { owner: string; until: number } | undefined
}

export async function readStatus(store: Store): Promise<Status> {
  const { db } = store
  const now = store.clock.now()
  const error = (text: string | null): StoredError | undefined =>
    text === null ? undefined : (JSON.parse(text) as StoredError)
  const connections = await db.selectFrom('connections').selectAll().orderBy('name').execute()
  const records = await db
    .selectFrom('records')
    .select(['connection', 'entity', (is) => is.fn.countAll().as('count')])
    .groupBy(['connection', 'entity'])
    .execute()
  const streams = await db.selectFrom('streams').selectAll().orderBy('connection').orderBy('reader').execute()
  const states = await db
    .selectFrom('deliveries')
    .select([
      'destination',
      'entity',
      'state',
      (is) => is.fn.countAll().as('count'),
      (is) => is.fn.min('created_at').as('oldest'),
    ])
    .groupBy(['destination', 'entity', 'state'])
    .execute()
  const unmatched = await db
    .selectFrom('unmatched')
    .select(['connection', 'entity', (is) => is.fn.countAll().as('count'), (is) => is.fn.min('since').as('oldest')])
    .groupBy(['connection', 'entity'])
    .execute()
  const rejections = await db
    .selectFrom('rejections')
    .select(['connection', (is) => is.fn.countAll().as('count')])
    .where('settled', 'is', null)
    .groupBy('connection')
    .execute()
  const looks = await db
    .selectFrom('looks')
    .select([
      'connection',
      (is) => is.fn.countAll().as('count'),
      (is) => is.fn.sum(is.case().when('due_at', '<=', now).then(1).else(0).end()).as('due'),
    ])
    .groupBy('connection')
    .execute()
  const runner = await db
    .selectFrom('leases')
    .selectAll()
    .where('key', 'like', 'runner%')
    .where('until', '>', now)
    .executeTakeFirst()
  const deliveries = new Map<string, Status['deliveries'][number]>()
  for (const row of states) {
    const key = `${row.destination}|${row.entity}`
    const line = deliveries.get(key) ?? {
      destination: row.destination,
      entity: row.entity,
      counts: {},
      oldestOpen: undefined,
    }
    line.counts[row.state] = Number(row.count)
    if (row.state !== 'done' && row.state !== 'skipped' && row.state !== 'refused')
      line.oldestOpen = Math.min(line.oldestOpen ?? Infinity, Number(row.oldest))
    deliveries.set(key, line)
  }
  return {
    connections: connections.map((row) => ({
      name: row.name,
      plugin: row.plugin,
      account: row.account ?? undefined,
      pausedBy: error(row.paused_by),
      records: Object.fromEntries(
        records.filter((each) => each.connection === row.name).map((each) => [each.entity, Number(each.count)]),
      ),
    })),
    streams: streams.map((row) => ({
      connection: row.connection,
      reader: row.reader,
      dueAt: row.due_at,
      caughtUpAt: row.caught_up_at ?? undefined,
      failures: row.failures,
      error: error(row.error),
    })),
    deliveries: [...deliveries.values()],
    unmatched: unmatched.map((row) => ({
      connection: row.connection,
      entity: row.entity,
      count: Number(row.count),
      oldest: Number(row.oldest),
    })),
    rejections: rejections.map((row) => ({ connection: row.connection, count: Number(row.count) })),
    looks: looks.map((row) => ({
      connection: row.connection,
      due: Number(row.due ?? 0),
      later: Number(row.count) - Number(row.due ?? 0),
    })),
    runner: runner && { owner: runner.owner, until: runner.until },
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

export const isDeliveryState = (text: string): text is DeliveryState =>
  (deliveryStates as readonly string[]).includes(text)
