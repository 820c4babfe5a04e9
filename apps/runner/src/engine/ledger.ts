import { canonicalText, toMs, type AnyRecord, type Points, type Refund } from '@kontor/core'
import { z } from 'zod'
import { recompute } from '../loyalty/index.ts'
import type { Booking } from '../loyalty/bookings.ts'
import type { Explanation } from '../loyalty/explanation.ts'
import type { LoyaltyRules } from '../loyalty/rules.ts'
import { saveLooks } from '../store/looks.ts'
import { loadRecord, recordKey, saveRecords, schemaOf, splitKey } from '../store/records.ts'
import type { RecordRow } from '../store/schema.ts'
import type { Db, Tx } from '../store/store.ts'
import type { Engine } from './engine.ts'
import { matchAbout } from './match.ts'
import type { Flow } from './office.ts'
import { route, waitUnmatched } from './route.ts'

/** A configured loyalty flow: orders of `shop` earn points that `provider` keeps. */
export interface LoyaltyPlan {
  id: string
  shop: string
  provider: string
  rules: LoyaltyRules
}

/** Under this name the ledger states points records, as any source does; no connection may have it. */
export const ledgerSource = 'kontor'

/** The flow by which points records reach the provider: ordinary deliveries in the order's lane. */
export const ledgerFlow = ({ id, provider }: LoyaltyPlan): Flow => ({
  id,
  entity: 'points',
  from: [ledgerSource],
  to: [provider],
  where: 'all',
  start: 0,
  everyMs: undefined,
  guard: undefined,
})

/**
 * An order, a refund about it or a booking for it has changed: where its points should be is reckoned anew, and what is to be booked next is stated.
 * In the transaction of that change, so that neither can be without the other; one order at a time, however many processes there are.
 */
export async function keepLedger(
  engine: Engine,
  tx: Tx,
  order: { connection: string; id: string },
  run: number,
): Promise<void> {
  for (const plan of engine.loyalty) {
    if (plan.shop !== order.connection) continue
    const lane = recordKey(order.connection, order.id)
    if (engine.store.dialect.name === 'postgres') await engine.store.dialect.lock(tx, [`ledger ${lane}`])
    const input = await ledgerInput(tx, plan, lane, engine.clock.now())
    if (!input) continue
    const { statements, explanation } = recompute(input)
    for (const statement of statements) await state(engine, tx, lane, statement, run)
    // Where time alone decides (points only after the time for returns), the order is looked at again then.
    if (explanation.at && toMs(explanation.at) > engine.clock.now())
      await saveLooks(
        tx,
        order.connection,
        [{ ref: { entity: 'orders', id: order.id }, at: explanation.at, reason: 'its points are due then' }],
        engine.clock.now(),
      )
  }
}

/** A refund: noted for its order, whether it is delivered anywhere or not. One that comes before its order waits. */
export async function noteRefund(engine: Engine, tx: Tx, row: RecordRow, refund: Refund, run: number): Promise<void> {
  if (engine.loyalty.length === 0) return
  const match = await matchAbout(engine, tx, row.connection, refund.about)
  const flow = { id: 'ledger' }
  if (!match) return await waitUnmatched(tx, flow, row, 'the ledger waits for its order', engine.clock.now())
  await tx
    .deleteFrom('unmatched')
    .where('connection', '=', row.connection)
    .where('entity', '=', row.entity)
    .where('id', '=', row.id)
    .where('flow', '=', flow.id)
    .execute()
  await mention(tx, recordKey(match.connection, match.id), row.connection, 'refunds', row.id)
  await keepLedger(engine, tx, match, run)
}

/** Why an order has the points it has. Changes nothing. */
export async function explainPoints(
  db: Db,
  plan: LoyaltyPlan,
  lane: string,
  now: number,
): Promise<Explanation | undefined> {
  const input = await ledgerInput(db, plan, lane, now)
  return input && recompute(input).explanation
}

async function ledgerInput(
  db: Db,
  plan: LoyaltyPlan,
  lane: string,
  now: number,
): Promise<Parameters<typeof recompute>[0] | undefined> {
  const key = splitKey(lane)
  const stored = key && (await loadRecord(db, key.connection, 'orders', key.id))
  if (stored?.record.entity !== 'orders') return undefined
  const mentions = await db.selectFrom('mentions').selectAll().where('lane', '=', lane).execute()
  const refunds: Refund[] = []
  const issued: Booking[] = []
  for (const { connection, entity, id } of mentions) {
    if (entity === 'refunds') {
      const refund = (await loadRecord(db, connection, 'refunds', id))?.record
      if (refund?.entity === 'refunds') refunds.push(refund)
    }
    if (entity === 'points') issued.push(...(await booking(db, plan, id)))
  }
  return { key: lane, order: stored.record, refunds, issued, rules: plan.rules, now }
}

/** What a provider tells of a booking. */
const Told = z.looseObject({
  points: z.string().optional(),
  shortfall: z.string().optional(),
  member: z.string().optional(),
})

async function booking(db: Db, plan: LoyaltyPlan, id: string): Promise<Booking[]> {
  const record = (await loadRecord(db, ledgerSource, 'points', id))?.record
  const delivery = await db
    .selectFrom('deliveries')
    .select(['state', 'reference', 'detail'])
    .where('destination', '=', plan.provider)
    .where('source', '=', ledgerSource)
    .where('entity', '=', 'points')
    .where('id', '=', id)
    .executeTakeFirst()
  if (record?.entity !== 'points') return []
  const state =
    delivery?.state === 'done'
      ? 'done'
      : delivery?.state === 'refused' || delivery?.state === 'skipped'
        ? 'refused'
        : 'open'
  const told = delivery?.detail ? Told.safeParse(JSON.parse(delivery.detail)) : undefined
  const { points, shortfall, member } = told?.success ? told.data : {}
  return [
    {
      record,
      state,
      ...(delivery?.reference == null ? {} : { reference: delivery.reference }),
      ...(points === undefined ? {} : { points }),
      ...(shortfall === undefined ? {} : { shortfall }),
      ...(member === undefined ? {} : { member }),
    },
  ]
}

async function state(engine: Engine, tx: Tx, lane: string, statement: Points, run: number): Promise<void> {
  const now = engine.clock.now()
  if (await loadRecord(tx, ledgerSource, 'points', statement.id)) return
  const row: RecordRow = {
    connection: ledgerSource,
    entity: 'points',
    id: statement.id,
    revision: 1,
    hash: engine.store.sealer.digest(canonicalText(statement, { circumstances: false })),
    version: null,
    asked_at: now,
    content: JSON.stringify(statement),
    schema: schemaOf('points'),
    backfilled: 0,
    first_seen: now,
    updated_at: now,
    vanished_at: null,
  }
  await saveRecords(tx, [row])
  await mention(tx, lane, ledgerSource, 'points', statement.id)
  const record: AnyRecord = statement
  await route(engine, tx, row, record, {
    now,
    run,
    withhold: false,
    backfill: false,
    awaited: false,
    wroteFrom: undefined,
    previousContent: undefined,
    firstRuns: new Map(),
  })
}

async function mention(tx: Tx, lane: string, connection: string, entity: string, id: string): Promise<void> {
  await tx
    .insertInto('mentions')
    .values({ lane, connection, entity, id })
    .onConflict((clash) => clash.doNothing())
    .execute()
}
