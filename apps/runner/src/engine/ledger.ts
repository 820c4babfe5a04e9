import { toMs, type Points, type Refund } from '@kontor/core'
import { recompute } from '../loyalty/index.ts'
import { saveLooks } from '../store/looks.ts'
import { loadRecord, recordKey } from '../store/records.ts'
import type { RecordRow } from '../store/schema.ts'
import type { Tx } from '../store/store.ts'
import type { Engine } from './engine.ts'
import { ledgerInput, mention } from './ledger-facts.ts'
import { matchAbout } from './match.ts'
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
    const input = await ledgerInput(tx, plan, lane, engine.clock.now())
    // What a backfill brought is known for its history: it earns nothing until a backfill of points says so.
    if (!input || (input.backfilled && input.issued.length === 0 && !begins)) continue
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
    await noteCodes(engine, tx, plan, input.order, run)
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
  await keepLedger(engine, tx, match, { run })
}

/** Stated once: what a provider may have booked already is never said in other words. */
async function state(engine: Engine, tx: Tx, lane: string, statement: Points, run: number): Promise<void> {
  if (await loadRecord(tx, ledgerSource, 'points', statement.id)) return
  await mention(tx, lane, ledgerSource, 'points', statement.id)
  await stateRecord(engine, tx, statement, run)
}
