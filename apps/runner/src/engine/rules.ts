import { predicates, toInstant, toMs, type Decision, type Order } from '@kontor/core'
import { canonicalText } from '@kontor/core'
import { loadRecords, saveRecords, schemaOf } from '../store/records.ts'
import type { RecordRow } from '../store/schema.ts'
import type { Tx } from '../store/store.ts'
import type { Engine } from './engine.ts'
import { route } from './route.ts'

/** Name under which a policy states decisions; no connection may have it. */
export const ruleSource = 'rule'

/** What a connection's policy says about orders that wait for acceptance. */
export interface DecideRule {
  accept: 'auto' | 'manual'
  notBeforeMs: number
}

/** The flow by which the decisions of policies reach the systems that own the orders. */
export const ruleFlow = {
  id: 'decisions:rule>origin',
  entity: 'decisions' as const,
  from: [ruleSource],
  to: 'origin' as const,
  where: 'all' as const,
  start: 0,
  everyMs: undefined,
  guard: undefined,
}

/** Accepts an order by policy: a record like any other, delivered in the order's lane. Stated once per order; what a person decides later is a record of its own. */
export async function decideByRule(
  engine: Engine,
  tx: Tx,
  row: RecordRow,
  order: Order,
  run: number,
  now: number,
): Promise<void> {
  const rule = engine.decide.get(row.connection)
  if (rule?.accept !== 'auto' || row.backfilled === 1 || predicates.acceptable(order) !== undefined) return
  const key = `${row.connection}/${row.id}`
  if ((await loadRecords(tx, ruleSource, 'decisions', [key])).has(key)) return
  const ordered = order.orderedAt ? toMs(order.orderedAt) : now
  const decision: Decision = {
    entity: 'decisions',
    id: key,
    about: { entity: 'orders', key },
    decision: 'accept',
    decidedAt: toInstant(now),
    ...(rule.notBeforeMs > 0 ? { notBefore: toInstant(ordered + rule.notBeforeMs) } : {}),
  }
  const stated: RecordRow = {
    connection: ruleSource,
    entity: 'decisions',
    id: key,
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
  await route(engine, tx, stated, decision, {
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
