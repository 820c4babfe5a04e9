import { createHash } from 'node:crypto'
import { canonicalText, isState, KontorError, toMs, type AnyRecord } from '@kontor/core'
import { redemptionOf } from '../loyalty/redemption-key.ts'
import { recordKey, splitKey } from '../store/records.ts'
import type { DeliveryRow, RecordRow } from '../store/schema.ts'
import type { Tx } from '../store/store.ts'
import { setWish, wishesOf } from '../store/wishes.ts'
import type { Engine } from './engine.ts'
import { whyNotChosen, type Beginnings } from './choose.ts'
import { doubtSince } from './doubt.ts'
import type { EchoVerdict } from './echo.ts'
import { matchAbout } from './match.ts'
import { lingerMs, writerFor, type Flow, type Office } from './office.ts'

export interface RouteContext {
  now: number
  run: number
  /** The record came by a backfill, and is not to be delivered on its own account. */
  withhold: boolean
  backfill: boolean
  /** A look for this order is due soon: what is known of it is about to become better. */
  awaited: boolean
  /** Whether it is our own writing, told back. */
  echo: EchoVerdict
  previousContent: string | undefined
  begins: Beginnings
  /** Flows that have chosen it before, and for which it waits. */
  chosenBy?: ReadonlySet<string>
}

/** Sets the wishes that follow from a record, for every flow that chooses it. Answers how many changed. */
export async function route(
  engine: Engine,
  tx: Tx,
  row: RecordRow,
  record: AnyRecord,
  context: RouteContext,
): Promise<number> {
  const flows = engine.flows.filter(
    (flow) =>
      flow.entity === record.entity && flow.from.includes(row.connection) && isOfPlan(engine, flow, row.id, record),
  )
  const existing = await wishesOf(engine.store, tx, row.connection, record.entity, row.id)
  let changed = 0
  for (const flow of flows) changed += await routeFlow(engine, tx, flow, row, record, existing, context)
  return changed
}

/** What the ledger states goes by the flow of its own plan: shops may share a programme, and what one programme keeps is no matter of another. */
function isOfPlan(engine: Engine, flow: Flow, id: string, record: AnyRecord): boolean {
  if (flow.plan === undefined) return true
  const redemption = redemptionOf(id)
  const about = record.entity === 'points' || record.entity === 'coupons' ? record.about?.key : undefined
  const owner = splitKey(redemption ?? about ?? '')?.connection
  const plan = engine.loyalty.find(({ shop, provider }) => owner === (redemption === undefined ? shop : provider))
  return plan === undefined || plan.id === flow.plan
}

async function routeFlow(
  engine: Engine,
  tx: Tx,
  flow: Flow,
  row: RecordRow,
  record: AnyRecord,
  existing: readonly DeliveryRow[],
  context: RouteContext,
): Promise<number> {
  const known = existing.filter((wish) => wish.flow === flow.id)
  if (known.length === 0 && !chosen(flow, row, record, context)) return 0
  if (context.echo.is === 'open') {
    await waitUnmatched(tx, flow, row, context.echo.reason, context.now)
    return 0
  }
  const knownAt = context.echo.is === 'ours' ? context.echo.knownAt : undefined
  const target = await targetsOf(engine, tx, flow, row, record)
  if (typeof target === 'string') {
    await waitUnmatched(tx, flow, row, target, context.now)
    return 0
  }
  let changed = 0
  for (const name of target.destinations) {
    const office = engine.offices.get(name)
    const source = engine.offices.get(row.connection)
    if (!office || name === row.connection || knownAt?.has(name) || office.account === source?.account) continue
    const writer = writerFor(office, record.entity)
    if (!writer) continue
    const wish = {
      destination: name,
      source: row.connection,
      entity: record.entity,
      id: row.id,
      flow: flow.id,
      lane: target.lane,
      revision: row.revision,
      hash: row.hash,
      key: deliveryKey(office, source ?? { account: row.connection }, row, record),
      backfill: context.backfill,
      dueAt: Math.max(context.now + lingerMs(office, writer.spec), notBefore(record)),
      ...(isState(record.entity) ? { heldBy: context.run } : {}),
      previousContent: context.previousContent,
      doubtSince: await doubtSince(engine, tx, { source: row.connection, lane: target.lane, record }, context.now),
    }
    if (
      await setWish(
        tx,
        wish,
        existing.find((each) => each.destination === name),
        context.now,
      )
    )
      changed++
  }
  await tx
    .deleteFrom('unmatched')
    .where('connection', '=', row.connection)
    .where('entity', '=', row.entity)
    .where('id', '=', row.id)
    .where('flow', '=', flow.id)
    .execute()
  return changed
}

/** Whether a record that was never delivered is to go out by this flow. */
function chosen(flow: Flow, row: RecordRow, record: AnyRecord, context: RouteContext): boolean {
  if (row.vanished_at !== null) return false
  if (context.chosenBy?.has(flow.id)) return true
  if (context.withhold) return false
  if (record.entity === 'orders' && context.awaited && flow.where === 'shippable') return false
  return whyNotChosen(flow, context.begins(flow), record, row.first_seen) === undefined
}

/** A decision may say that it must not be sent yet. */
const notBefore = (record: AnyRecord): number =>
  record.entity === 'decisions' && record.notBefore ? toMs(record.notBefore) : 0

/** Where a record goes and in which lane; or, as a text, why that cannot be said yet. */
async function targetsOf(
  engine: Engine,
  tx: Tx,
  flow: Flow,
  row: RecordRow,
  record: AnyRecord,
): Promise<{ destinations: readonly string[]; lane: string } | string> {
  const own = recordKey(row.connection, row.id)
  if (record.entity === 'stock' || record.entity === 'prices' || record.entity === 'products')
    return { destinations: flow.to === 'origin' ? [] : flow.to, lane: `sku:${record.sku ?? row.id}` }
  const redemption = record.entity === 'points' || record.entity === 'coupons' ? redemptionOf(row.id) : undefined
  if (redemption !== undefined) return { destinations: flow.to === 'origin' ? [] : flow.to, lane: redemption }
  if (record.entity === 'orders' || record.entity === 'payouts' || record.about === undefined || record.about === null)
    return { destinations: flow.to === 'origin' ? [] : flow.to, lane: own }
  const match = await matchAbout(engine, tx, row.connection, record.about)
  if (!match) {
    // A return may well tell of an order that was never ours; it goes out all the same, in a lane of its own.
    if (flow.to !== 'origin' && record.entity === 'returns') return { destinations: flow.to, lane: own }
    return `waits for ${record.about.entity === 'returns' ? 'return' : 'order'} ${record.about.key ?? record.about.number ?? record.about.id ?? '(not named)'}`
  }
  const lane = recordKey(match.connection, match.id)
  return { destinations: flow.to === 'origin' ? [match.connection] : flow.to, lane }
}

export async function waitUnmatched(
  tx: Tx,
  flow: Pick<Flow, 'id'>,
  row: RecordRow,
  reason: string,
  now: number,
): Promise<void> {
  await tx
    .insertInto('unmatched')
    .values({ connection: row.connection, entity: row.entity, id: row.id, flow: flow.id, reason, since: now })
    .onConflict((clash) => clash.columns(['connection', 'entity', 'id', 'flow']).doUpdateSet({ reason }))
    .execute()
}

/** The idempotency key: of destination account, record and revision. The same in every attempt, and again in a store that was rebuilt. */
function deliveryKey(
  destination: Pick<Office, 'account'>,
  source: Pick<Office, 'account'>,
  row: RecordRow,
  record: AnyRecord,
): string {
  const parts = [
    destination.account,
    source.account,
    row.entity,
    row.id,
    String(row.revision),
    canonicalText(record, { circumstances: false }),
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

export const isAmbiguous = (thrown: unknown): thrown is KontorError =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ORDER_AMBIGUOUS'
