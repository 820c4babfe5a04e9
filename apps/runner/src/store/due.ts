import { sql } from 'kysely'
import type { Entity } from '@kontor/core'
import { dueStates, written, type DeliveryRow } from './schema.ts'
import type { Db, Tx } from './store.ts'

/** Live work before backfill. */
const priorities = [0, 1] as const
/** Lanes that could not go are looked at again after so long, once something else has gone. */
const anewMs = 5_000

export type Due = Pick<DeliveryRow, 'source' | 'entity' | 'id' | 'lane' | 'priority' | 'due_at'>

/**
 * Where a run stands in the queues of its destination: one for each source, entity and priority. It is a matter of fairness and speed alone, and no
 * process tells another.
 */
export interface Round {
  /** The source whose turn it was last. */
  last: string
  /** By queue: up to where everything was taken, or cannot go yet. */
  passed: Map<string, { due_at: number; id: string }>
  since: number
  claimed: boolean
}
export const newRound = (last = ''): Round => ({ last, passed: new Map(), since: performance.now(), claimed: false })

/** From the heads of the queues again: what could not go a while ago may be free by now. */
export function beginAnew(round: Round): void {
  if (!round.claimed || performance.now() - round.since < anewMs) return
  round.passed.clear()
  round.since = performance.now()
  round.claimed = false
}

const queueOf = ({ source, entity, priority }: Pick<Due, 'source' | 'entity' | 'priority'>): string =>
  JSON.stringify([source, entity, priority])

/**
 * Goes over the beginning of each queue that needs no second look in this round. What was taken may be wished for anew at once, and is then due no
 * earlier than it was.
 */
export function passOver(
  round: Round,
  due: readonly Due[],
  { blocked, taken }: { blocked: ReadonlySet<string>; taken: ReadonlySet<string> },
): void {
  const stopped = new Set<string>()
  for (const each of due) {
    const queue = queueOf(each)
    if (!blocked.has(each.lane) && !taken.has(each.lane)) stopped.add(queue)
    if (stopped.has(queue)) continue
    if (blocked.has(each.lane)) round.passed.set(queue, { due_at: each.due_at, id: each.id })
    else if (each.due_at > (round.passed.get(queue)?.due_at ?? -Infinity))
      round.passed.set(queue, { due_at: each.due_at, id: '' })
  }
}

/** Whether anything is due for these entities of a destination. */
export async function anyDue(db: Db, destination: string, entities: readonly Entity[], now: number): Promise<boolean> {
  if (entities.length === 0) return false
  const due = await db
    .selectFrom('deliveries')
    .select('id')
    .where('destination', '=', destination)
    .where('entity', 'in', [...entities])
    .where('state', 'in', written(dueStates))
    .where('due_at', '<=', now)
    .where('claim_until', '<=', now)
    .limit(1)
    .executeTakeFirst()
  return due !== undefined
}

/**
 * What is due next, of one priority, oldest first within a source. Sources take turns in beginning a batch, so that one with a million deliveries holds
 * up no other for longer than a batch. One question for each queue: only so does an index answer it in that order, however long the queues are.
 */
export async function nextDue(
  tx: Tx,
  { destination, entities }: { destination: string; entities: readonly Entity[] },
  round: Round,
  most: number,
  now: number,
): Promise<Due[]> {
  const sources = await sourcesInTurn(tx, destination, round.last)
  for (const priority of priorities) {
    const found: Due[] = []
    for (const source of sources) {
      const some: Due[] = []
      for (const entity of entities) {
        const passed = round.passed.get(queueOf({ source, entity, priority }))
        let query = tx
          .selectFrom('deliveries')
          .select(['source', 'entity', 'id', 'lane', 'priority', 'due_at'])
          .where('destination', '=', destination)
          .where('source', '=', source)
          .where('entity', '=', entity)
          .where('priority', '=', priority)
          .where('state', 'in', written(dueStates))
          .where('due_at', '<=', now)
          .where('claim_until', '<=', now)
        if (passed) query = query.where(sql<boolean>`(due_at, id) > (${passed.due_at}, ${passed.id})`)
        some.push(
          ...(await query
            .orderBy('due_at')
            .orderBy('id')
            .limit(most - found.length)
            .execute()),
        )
      }
      found.push(...some.toSorted((one, other) => one.due_at - other.due_at).slice(0, most - found.length))
      if (found.length >= most) break
    }
    const [first] = found
    if (!first) continue
    round.last = first.source
    return found
  }
  return []
}

/**
 * Every source with something open for a destination, beginning behind the one whose turn it was: a step of the index for each. The order is that of the
 * index over what is open; by the source alone SQLite would go through everything that was ever delivered.
 */
async function sourcesInTurn(tx: Tx, destination: string, last: string): Promise<string[]> {
  const open = sql`destination = ${destination} and state in (${sql.join(written(dueStates))})`
  const { rows } = await sql<{ source: string }>`
    with recursive sources(source) as (
      select (select source from deliveries where ${open} order by source, entity, priority, due_at limit 1)
      union all
      select (select next.source from deliveries as next where ${open} and next.source > sources.source order by next.source, next.entity, next.priority, next.due_at limit 1)
      from sources where sources.source is not null
    ) select source from sources where source is not null`.execute(tx)
  const sources = rows.map((row) => row.source)
  const behind = sources.indexOf(last) + 1
  return [...sources.slice(behind), ...sources.slice(0, behind)]
}
