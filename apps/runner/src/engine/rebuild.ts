import type { BookedPoints, LoyaltyProvider } from '@kontor/core'
import { adopted, compareBookings, recordOf, type ComparedBooking } from '../loyalty/compare.ts'
import { forecast, type Forecast } from '../loyalty/forecast.ts'
import { recordKey, splitKey } from '../store/records.ts'
import type { Db, Store, Tx } from '../store/store.ts'
import type { Engine } from './engine.ts'
import { keepLedger } from './ledger.ts'
import { ledgerInput, mention, type LoyaltyPlan } from './ledger-facts.ts'
import { ledgerSource, stateRecord } from './statement.ts'

/** The ledger beside what the programme has booked. */
export interface Checkup {
  orders: number
  same: number
  differences: ComparedBooking[]
  /** What would be booked once the differences are taken over. */
  next: Forecast[]
}

/** Compares the whole ledger of a flow with the programme. Changes nothing. */
export async function checkLedger(
  store: Store,
  plan: LoyaltyPlan,
  provider: LoyaltyProvider,
  signal: AbortSignal,
): Promise<Checkup | undefined> {
  if (provider.booked === undefined) return undefined
  const there = new Map<string, BookedPoints[]>()
  for await (const booked of provider.booked({}, signal))
    if (splitKey(booked.orderKey)?.connection === plan.shop)
      there.set(booked.orderKey, [...(there.get(booked.orderKey) ?? []), booked])
  const orders = new Set([...there.keys(), ...(await lanesOf(store.db, plan))])
  const checkup: Checkup = { orders: orders.size, same: 0, differences: [], next: [] }
  for (const order of orders) {
    const input = await ledgerInput(store.db, plan, order, store.clock.now())
    const { same, differences } = compareBookings(
      order,
      input !== undefined,
      input?.issued ?? [],
      there.get(order) ?? [],
    )
    checkup.same += same
    checkup.differences.push(...differences)
    if (!input || differences.length === 0) continue
    const known = new Map(input.issued.map((booking) => [booking.record.id, booking]))
    for (const { booked, difference, id } of differences)
      if (booked && adopted.includes(difference))
        known.set(id, {
          state: 'done',
          points: booked.points,
          ...recordOf(booked, order, input.order),
          ...(booked.member === undefined ? {} : { member: booked.member }),
        })
    const planned = forecast({ ...input, issued: [...known.values()] })
    if (planned.bookings.length > 0) checkup.next.push(planned)
  }
  return checkup
}

/** Orders that the ledger has bookings for. */
async function lanesOf(db: Db, plan: LoyaltyPlan): Promise<string[]> {
  const rows = await db
    .selectFrom('mentions')
    .select('lane')
    .distinct()
    .where('connection', '=', ledgerSource)
    .where('entity', '=', 'points')
    .where('lane', 'like', `${plan.shop}/%`)
    .execute()
  return rows.map(({ lane }) => lane)
}

/**
 * Takes over what the programme has booked, order by order, and states what is to be booked next. Answers how many bookings were taken over; one that
 * another process is at is left alone.
 */
export async function adoptBookings(engine: Engine, plan: LoyaltyPlan, checkup: Checkup): Promise<number> {
  const byOrder = Map.groupBy(
    checkup.differences.filter(({ difference }) => adopted.includes(difference)),
    ({ order }) => order,
  )
  let taken = 0
  for (const [lane, differences] of byOrder)
    taken += await engine.store.write(async (tx) => {
      let some = 0
      for (const { booked } of differences) if (booked && (await adopt(engine, tx, plan, lane, booked))) some += 1
      const order = splitKey(lane)
      if (order) await keepLedger(engine, tx, order, { run: 0, begins: true })
      return some
    })
  return taken
}

async function adopt(engine: Engine, tx: Tx, plan: LoyaltyPlan, lane: string, booked: BookedPoints): Promise<boolean> {
  const now = engine.clock.now()
  const input = await ledgerInput(tx, plan, lane, now)
  if (!input) return false
  const { record, shortfall } = recordOf(booked, lane, input.order)
  if (!input.issued.some((each) => each.record.id === booked.id)) {
    await mention(tx, lane, ledgerSource, 'points', booked.id)
    await stateRecord(engine, tx, record, 0)
  }
  const { points, member, reference } = booked
  const updated = await tx
    .updateTable('deliveries')
    .set((row) => ({
      state: 'done',
      known_hash: row.ref('wanted_hash'),
      try_revision: null,
      try_hash: null,
      try_key: null,
      try_content: null,
      begun_at: null,
      ticket: null,
      item: null,
      error: null,
      reference: reference ?? null,
      detail: JSON.stringify({ points, member, shortfall }),
      updated_at: now,
      done_at: now,
    }))
    .where('destination', '=', plan.provider)
    .where('source', '=', ledgerSource)
    .where('entity', '=', 'points')
    .where('id', '=', booked.id)
    .where('claim_until', '<=', now)
    .executeTakeFirst()
  if (updated.numUpdatedRows === 0n) return false
  if (reference !== undefined)
    await tx
      .insertInto('links')
      .values({
        destination: plan.provider,
        entity: 'points',
        reference,
        source: ledgerSource,
        id: booked.id,
        at: now,
      })
      .onConflict((clash) => clash.doNothing())
      .execute()
  return true
}

/** All orders of the shop that are known, oldest first, a piece at a time. */
export async function* ordersOf(
  db: Db,
  shop: string,
  window: { from: number; to: number },
): AsyncIterable<{ lane: string; id: string }> {
  let after = ''
  for (;;) {
    const rows = await db
      .selectFrom('records')
      .select(['id', 'content', 'first_seen'])
      .where('connection', '=', shop)
      .where('entity', '=', 'orders')
      .where('id', '>', after)
      .orderBy('id')
      .limit(200)
      .execute()
    if (rows.length === 0) return
    for (const { id, content, first_seen: seen } of rows) {
      const at = orderedAt(content) ?? seen
      if (at >= window.from && at < window.to) yield { lane: recordKey(shop, id), id }
    }
    after = rows.at(-1)?.id ?? ''
  }
}

function orderedAt(content: string): number | undefined {
  const order: unknown = JSON.parse(content)
  const at = typeof order === 'object' && order !== null && 'orderedAt' in order ? order.orderedAt : undefined
  return typeof at === 'string' ? Date.parse(at) : undefined
}
