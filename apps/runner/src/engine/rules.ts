import {
  awaitsAcceptance,
  preordersToConfirm,
  toInstant,
  toMs,
  type Decision,
  type Order,
  type OrderLine,
} from '@kontor/core'
import { canonicalText } from '@kontor/core'
import type { DecideRule } from '../config/config.ts'
import { loadRecords, recordKey, saveRecords, schemaOf, toStored } from '../store/records.ts'
import type { RecordRow } from '../store/schema.ts'
import { chunks, type Db, type Tx } from '../store/store.ts'
import type { Engine } from './engine.ts'
import { fromNow } from './choose.ts'
import type { Flow } from './office.ts'
import { judge, type Judged } from './policy.ts'
import { route } from './route.ts'
import { stockWord, type OrderAt } from './stock-left.ts'

/** Names under which decisions are stated that no system told: by a policy, and by a person. No connection may have them. */
export const ruleSource = 'rule'
export const operatorSource = 'operator'

const decisionsFrom = (source: string): Flow => ({
  id: `decisions:${source}>origin`,
  entity: 'decisions',
  from: [source],
  to: 'origin',
  where: 'all',
  start: 0,
  everyMs: undefined,
  guard: undefined,
})
/** The flows by which they reach the systems that own the orders. */
export const ruleFlow: Flow = decisionsFrom(ruleSource)
export const operatorFlow: Flow = decisionsFrom(operatorSource)

/** What a policy says about an order that waits: about what is to be accepted, and about its pre-orders. */
export interface Opinion {
  lines: readonly OrderLine[]
  judged: Judged
  preorder: boolean
}

/** Empty where nothing waits, or the policy leaves it to people. */
export async function opinionsOf(engine: Pick<Engine, 'decide' | 'flows'>, db: Db, at: OrderAt): Promise<Opinion[]> {
  const rule = engine.decide.get(at.connection)
  if (rule === undefined || rule.accept === 'manual') return []
  const preorders = preordersToConfirm(at.order)
  const opinions: Opinion[] = []
  if (awaitsAcceptance(at.order)) {
    const named = (at.order.lines ?? []).filter(({ status }) => status?.value === 'awaiting_acceptance')
    const lines = named.length > 0 ? named : (at.order.lines ?? [])
    opinions.push({ lines, judged: await acceptance(engine, db, at, rule, lines), preorder: false })
  }
  if (preorders.length > 0 && rule.preorders !== 'manual')
    opinions.push({ lines: preorders, judged: await confirmation(engine, db, at, rule, preorders), preorder: true })
  return opinions
}

async function acceptance(
  engine: Pick<Engine, 'flows'>,
  db: Db,
  at: OrderAt,
  { accept, rules }: DecideRule,
  lines: readonly OrderLine[],
): Promise<Judged> {
  if (accept === 'auto') return { decision: 'accept', why: 'every order is accepted' }
  const asks = rules.some(({ stock }) => stock !== undefined)
  return judge(rules, at.order, lines, asks ? await stockWord(engine, db, at, lines) : 'unknown')
}

/** A pre-order is confirmed once the goods are there; it is never refused by a rule. */
async function confirmation(
  engine: Pick<Engine, 'flows'>,
  db: Db,
  at: OrderAt,
  { accept, rules, preorders }: DecideRule,
  lines: readonly OrderLine[],
): Promise<Judged> {
  const stock = await stockWord(engine, db, at, lines)
  if (preorders === 'in-stock' && stock !== 'enough')
    return {
      why: `a pre-order, and ${stock === 'short' ? 'there is not enough stock for it yet' : 'its stock is not known'}`,
    }
  if (accept === 'auto') return { decision: 'accept', why: 'a pre-order whose goods are there' }
  const judged = judge(rules, at.order, lines, stock)
  return judged.decision === 'refuse' ? { why: 'a pre-order that a rule would refuse' } : judged
}

/**
 * Decides an order by policy: a record like any other, delivered in the order's lane. Stated once per order, and not where a person or a flow
 * has decided something about it; what a person decides later is a record of its own.
 */
export async function decideByRule(
  engine: Engine,
  tx: Tx,
  row: RecordRow,
  order: Order,
  run: number,
  now: number,
): Promise<void> {
  const rule = engine.decide.get(row.connection)
  if (rule === undefined || rule.accept === 'manual' || row.backfilled === 1) return
  if (!awaitsAcceptance(order) && preordersToConfirm(order).length === 0) return
  const key = recordKey(row.connection, row.id)
  const ids = { false: key, true: `${key}/preorder` }
  const stated = await loadRecords(tx, ruleSource, 'decisions', Object.values(ids))
  if (stated.size === 2 || (await othersDecided(tx, key))) return
  for (const { judged, lines, preorder } of await opinionsOf(engine, tx, {
    connection: row.connection,
    id: row.id,
    order,
  })) {
    const id = ids[`${preorder}`]
    if (judged.decision === undefined || stated.has(id)) continue
    const ordered = order.orderedAt ? toMs(order.orderedAt) : now
    const whole = preordersToConfirm(order).length === 0
    await stateDecision(
      engine,
      tx,
      ruleSource,
      {
        entity: 'decisions',
        id,
        about: { entity: 'orders', key },
        decision: preorder ? 'confirm_preorder' : judged.decision,
        ...(whole ? {} : { lines: lines.map((line) => ({ lineId: line.id })) }),
        ...(judged.decision === 'refuse' ? { reason: { value: 'other', source: judged.why } } : {}),
        decidedAt: toInstant(now),
        ...(rule.notBeforeMs > 0 && !preorder ? { notBefore: toInstant(ordered + rule.notBeforeMs) } : {}),
      },
      run,
    )
  }
}

/** Whether anybody but a policy has decided about an order. */
async function othersDecided(tx: Tx, key: string): Promise<boolean> {
  const found = await tx
    .selectFrom('deliveries')
    .select('id')
    .where('lane', '=', key)
    .where('entity', '=', 'decisions')
    .where('source', '!=', ruleSource)
    .executeTakeFirst()
  return found !== undefined
}

/** States a decision of ours, and sends it on its way. */
export async function stateDecision(
  engine: Engine,
  tx: Tx,
  source: typeof ruleSource | typeof operatorSource,
  decision: Decision,
  run: number,
): Promise<number> {
  const now = engine.clock.now()
  const stated: RecordRow = {
    connection: source,
    entity: 'decisions',
    id: decision.id,
    revision: 1,
    hash: engine.store.sealer.digest(canonicalText(decision, { circumstances: false })),
    version: null,
    asked_at: now,
    content: JSON.stringify(decision),
    schema: schemaOf('decisions'),
    backfilled: 0,
    first_seen: now,
    updated_at: now,
    vanished_at: null,
  }
  await saveRecords(tx, [stated])
  return await route(engine, tx, stated, decision, {
    now,
    run,
    withhold: false,
    backfill: false,
    awaited: false,
    echo: { is: 'news' },
    previousContent: undefined,
    begins: fromNow(now),
  })
}

/** Stock has been told anew: orders that wait for it are judged again. */
export async function judgeAgain(
  engine: Engine,
  tx: Tx,
  skus: readonly string[],
  run: number,
  now: number,
): Promise<void> {
  const watched = [...engine.decide].flatMap(([name, rule]) =>
    rule.accept !== 'manual' && (rule.preorders === 'in-stock' || rule.rules.some(({ stock }) => stock !== undefined))
      ? [name]
      : [],
  )
  if (watched.length === 0 || skus.length === 0) return
  const seen = new Set<string>()
  for (const some of chunks(skus))
    for (const { connection, id } of await tx
      .selectFrom('open_lines')
      .select(['connection', 'id'])
      .where('sku', 'in', some)
      .where('connection', 'in', watched)
      .execute()) {
      const key = recordKey(connection, id)
      if (seen.has(key)) continue
      seen.add(key)
      const row = (await loadRecords(tx, connection, 'orders', [id])).get(id)
      const record = row && toStored(row).record
      if (row && record?.entity === 'orders') await decideByRule(engine, tx, row, record, run, now)
    }
}
