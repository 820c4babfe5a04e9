import { toMs, type About, type Points, type Refund, type Return } from '@kontor/core'
import { recompute } from '../loyalty/index.ts'
import type { LedgerInput } from '../loyalty/ledger-input.ts'
import { refundsOfReturn } from '../loyalty/returned.ts'
import { saveLooks } from '../store/looks.ts'
import { loadRecord, recordKey } from '../store/records.ts'
import type { RecordRow } from '../store/schema.ts'
import type { Tx } from '../store/store.ts'
import type { EchoVerdict } from './echo.ts'
import type { Engine } from './engine.ts'
import { ledgerInput, mention, type LoyaltyPlan } from './ledger-facts.ts'
import { matchAbout, type Match } from './match.ts'
import { noteCodes } from './redemptions.ts'
import { waitUnmatched } from './route.ts'
import { ledgerSource, stateRecord } from './statement.ts'

interface Keeping {
  run: number
  /** An order that a backfill brought may begin to earn. */
  begins?: boolean
}

/**
 * An order, a refund about it or a booking for it has changed: where its points should be is reckoned anew, and what is to be booked next is stated.
 * In the transaction of that change, so that neither can be without the other; one order at a time, however many processes there are.
 */
export async function keepLedger(
  engine: Engine,
  tx: Tx,
  order: { connection: string; id: string },
  { run, begins = false }: Keeping,
): Promise<void> {
  for (const plan of engine.loyalty) {
    if (plan.shop !== order.connection) continue
    const lane = recordKey(order.connection, order.id)
    if (engine.store.dialect.name === 'postgres') await engine.store.dialect.lock(tx, [`ledger ${lane}`])
    await mentionWaiting(tx, order)
    const input = await ledgerInput(tx, plan, lane, engine.clock.now())
    // What a backfill brought is known for its history: it earns nothing until a backfill of points says so.
    if (!input || (input.backfilled && input.issued.length === 0 && !begins)) continue
    if (await retractUnsent(tx, plan, input)) continue
    const { statements, explanation } = recompute(input)
    for (const statement of statements) await state(engine, tx, lane, statement, run, begins)
    // Where time alone decides (points only after the time for returns), the order is looked at again then.
    if (explanation.at && toMs(explanation.at) > engine.clock.now())
      await saveLooks(
        tx,
        order.connection,
        [{ ref: { entity: 'orders', id: order.id }, at: explanation.at, reason: 'its points are due then' }],
        engine.clock.now(),
      )
    await noteCodes(engine, tx, plan, input.order, run)
  }
}

/** Refunds that came before their order are noted with it at once, so that what was refunded in full earns nothing. */
async function mentionWaiting(tx: Tx, order: { connection: string; id: string }): Promise<void> {
  const waiting = await tx
    .selectFrom('unmatched')
    .select('id')
    .where('connection', '=', order.connection)
    .where('entity', '=', 'refunds')
    .where('flow', '=', waitingFlow.id)
    .execute()
  for (const { id } of waiting) {
    const refund = (await loadRecord(tx, order.connection, 'refunds', id))?.record
    if (refund?.entity === 'refunds' && refund.about.key === undefined && refund.about.id === order.id)
      await mention(tx, recordKey(order.connection, order.id), order.connection, 'refunds', id)
  }
}

/**
 * Points that were stated and have not been sent, of an order that should have none by now: they are taken out again as if they had never been
 * stated. What has begun stays, and is reversed.
 */
async function retractUnsent(tx: Tx, plan: LoyaltyPlan, input: LedgerInput): Promise<boolean> {
  const [only] = input.issued
  if (only === undefined || input.issued.length > 1 || only.state !== 'open' || only.record.kind !== 'earn')
    return false
  if (recompute({ ...input, issued: [] }).statements.length > 0) return false
  const { id } = only.record
  const gone = await tx
    .deleteFrom('deliveries')
    .where('destination', '=', plan.provider)
    .where('source', '=', ledgerSource)
    .where('entity', '=', 'points')
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('owner', 'is', null)
    .where('begun_at', 'is', null)
    .executeTakeFirst()
  if (gone.numDeletedRows === 0n) return false
  for (const table of ['mentions', 'records'] as const)
    await tx
      .deleteFrom(table)
      .where('connection', '=', ledgerSource)
      .where('entity', '=', 'points')
      .where('id', '=', id)
      .execute()
  return true
}

/** Under this name refunds wait for their order in the list of what waits. */
const waitingFlow = { id: 'ledger' }
/** Under this one, until it is known whether they are ours. */
const echoFlow = { id: 'ledger-echo' }

/**
 * A refund, or a return that tells of one: noted for its order, whether it is delivered anywhere or not. One that comes before its order waits.
 */
export async function noteRefund(
  engine: Engine,
  tx: Tx,
  row: RecordRow,
  record: Refund | Return,
  echo: EchoVerdict,
  run: number,
): Promise<void> {
  if (engine.loyalty.length === 0 || !record.about) return
  // What may be our own refund, told back, was counted with ours already.
  if (echo.is === 'open') return await waitUnmatched(tx, echoFlow, row, echo.reason, engine.clock.now())
  const known = await tx
    .selectFrom('mentions')
    .select('lane')
    .where('connection', '=', row.connection)
    .where('entity', '=', row.entity)
    .where('id', '=', row.id)
    .executeTakeFirst()
  // A return is noted from the first time that it tells of money, and heard again for as long as it changes.
  if (record.entity === 'returns' && !known && refundsOfReturn(record).length === 0) return
  const order = await orderOf(engine, tx, row.connection, record.about)
  const flow = waitingFlow
  if (!order) return await waitUnmatched(tx, flow, row, 'the ledger waits for its order', engine.clock.now())
  await tx
    .deleteFrom('unmatched')
    .where('connection', '=', row.connection)
    .where('entity', '=', row.entity)
    .where('id', '=', row.id)
    .where('flow', 'in', [flow.id, echoFlow.id])
    .execute()
  await mention(tx, recordKey(order.connection, order.id), row.connection, row.entity, row.id)
  await keepLedger(engine, tx, order, { run })
}

/** The order a record is about, also by way of the return it is about. */
async function orderOf(engine: Engine, tx: Tx, teller: string, about: About): Promise<Match | undefined> {
  const match = await matchAbout(engine, tx, teller, about)
  if (match?.entity !== 'returns') return match
  const returned = (await loadRecord(tx, match.connection, 'returns', match.id))?.record
  return returned?.entity === 'returns' && returned.about?.entity === 'orders'
    ? await matchAbout(engine, tx, match.connection, returned.about)
    : undefined
}

/** Stated once: what a provider may have booked already is never said in other words. */
async function state(
  engine: Engine,
  tx: Tx,
  lane: string,
  statement: Points,
  run: number,
  backfill: boolean,
): Promise<void> {
  if (await loadRecord(tx, ledgerSource, 'points', statement.id)) return
  await mention(tx, lane, ledgerSource, 'points', statement.id)
  await stateRecord(engine, tx, statement, run, backfill)
}
