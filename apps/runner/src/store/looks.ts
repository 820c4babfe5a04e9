import type { Entity, Look } from '@kontor/core'
import { chunks, type Db, type Store, type Tx } from './store.ts'

/** What led to an id: live work goes first; what a backfill led to is treated as what it read itself. */
const askers = ['live', 'backfill', 'history'] as const
export type AskedBy = (typeof askers)[number]

/** Why an id is looked at that its system has named by itself, in a queue or a webhook. */
export const told = 'told'

export interface DueLook {
  askedBy: AskedBy
  entity: Entity
  id: string
  numbers: string[] | undefined
  since: number
  tries: number
  reason: string | undefined
}

/** Puts ids on the list of those to read by id. An id stands there once; the earlier time wins, and so does live work. */
export async function saveLooks(
  tx: Tx,
  connection: string,
  looks: readonly Look[],
  now: number,
  by: AskedBy = 'live',
): Promise<void> {
  const askedBy = askers.indexOf(by)
  for (const { ref, at, reason } of looks) {
    const due = at ? Date.parse(at) : now
    await tx
      .insertInto('looks')
      .values({
        connection,
        entity: ref.entity,
        id: ref.id,
        numbers: ref.numbers ? JSON.stringify(ref.numbers) : null,
        due_at: due,
        reason: reason ?? null,
        since: now,
        tries: 0,
        asked_by: askedBy,
      })
      .onConflict((clash) =>
        clash.columns(['connection', 'entity', 'id']).doUpdateSet((next) => ({
          due_at: next.case().when('looks.due_at', '<', due).then(next.ref('looks.due_at')).else(due).end(),
          // An answer that was asked for before is older than this news.
          since: reason === told ? now : next.ref('looks.since'),
          // What is wanted for another reason, too, is not done with by a reading that happens to bring it.
          reason: reason === told ? next.ref('looks.reason') : (reason ?? null),
          asked_by: next
            .case()
            .when('looks.asked_by', '<', askedBy)
            .then(next.ref('looks.asked_by'))
            .else(askedBy)
            .end(),
        })),
      )
      .execute()
  }
}

/** A queue takes so long at most to tell of a change, as a rule; and clocks differ. */
const toldWithinMs = 60_000

/**
 * Takes away what the system had named before this answer was asked for, where what it tells is as new. An answer may leave out what has just happened:
 * a record that was last changed well before it was named is older than that news (`updatedAt`, in milliseconds since 1970, where it is told).
 */
export async function dropTold(
  tx: Tx,
  connection: string,
  entity: Entity,
  records: readonly { id: string; updatedAt: number | undefined }[],
  askedAt: number,
): Promise<void> {
  const times = new Map(records.map(({ id, updatedAt }) => [id, updatedAt]))
  for (const some of chunks([...times.keys()])) {
    const named = await tx
      .selectFrom('looks')
      .select(['id', 'since'])
      .where('connection', '=', connection)
      .where('entity', '=', entity)
      .where('id', 'in', some)
      .where('reason', '=', told)
      .where('since', '<=', askedAt)
      .execute()
    await removeLooks(
      tx,
      connection,
      named.flatMap(({ id, since }) => ((times.get(id) ?? since) >= since - toldWithinMs ? [{ entity, id }] : [])),
      askedAt,
    )
  }
}

/** What is due of the first that has anything due; newest first, since what has just happened matters most. */
export async function dueLooks(
  store: Store,
  connection: string,
  entities: readonly Entity[],
  limit: number,
): Promise<DueLook[]> {
  for (const [index, askedBy] of askers.entries()) {
    const rows = await store.db
      .selectFrom('looks')
      .selectAll()
      .where('connection', '=', connection)
      .where('asked_by', '=', index)
      .where('entity', 'in', [...entities])
      .where('due_at', '<=', store.clock.now())
      .orderBy('due_at', 'desc')
      .limit(limit)
      .execute()
    if (rows.length > 0)
      return rows.map((row) => ({
        askedBy,
        entity: row.entity as Entity,
        id: row.id,
        numbers: row.numbers ? (JSON.parse(row.numbers) as string[]) : undefined,
        since: row.since,
        tries: row.tries,
        reason: row.reason ?? undefined,
      }))
  }
  return []
}

/** Takes away what was answered; news that has come since it was asked for stays. */
export async function removeLooks(
  tx: Tx,
  connection: string,
  looks: readonly { entity: string; id: string }[],
  askedAt: number = Number.MAX_SAFE_INTEGER,
): Promise<void> {
  for (const { entity, id } of looks)
    await tx
      .deleteFrom('looks')
      .where('connection', '=', connection)
      .where('entity', '=', entity)
      .where('id', '=', id)
      .where('since', '<=', askedAt)
      .execute()
}

/** What was answered and is to be looked at again has no time any more: the next one that is named counts. News that has come since stays due. */
export async function renewLooks(
  tx: Tx,
  connection: string,
  looks: readonly { entity: string; id: string }[],
  askedAt: number,
): Promise<void> {
  for (const { entity, id } of looks)
    await tx
      .updateTable('looks')
      .set({ due_at: Number.MAX_SAFE_INTEGER, tries: 0 })
      .where('connection', '=', connection)
      .where('entity', '=', entity)
      .where('id', '=', id)
      .where('since', '<=', askedAt)
      .execute()
}

export async function postponeLooks(
  store: Store,
  connection: string,
  looks: readonly { entity: string; id: string }[],
  until: number,
): Promise<void> {
  await store.write(async (tx) => {
    for (const { entity, id } of looks)
      await tx
        .updateTable('looks')
        .set((row) => ({ due_at: until, tries: row('tries', '+', 1) }))
        .where('connection', '=', connection)
        .where('entity', '=', entity)
        .where('id', '=', id)
        .execute()
  })
}

/** Ids among these for which a look is due soon: what is known of them is about to become better. */
export async function lookedFor(
  db: Db,
  connection: string,
  entity: Entity,
  ids: readonly string[],
  dueBefore: number,
  since: number,
): Promise<Set<string>> {
  const found = new Set<string>()
  for (const some of chunks(ids))
    for (const row of await db
      .selectFrom('looks')
      .select('id')
      .where('connection', '=', connection)
      .where('entity', '=', entity)
      .where('id', 'in', some)
      .where('due_at', '<=', dueBefore)
      .where('since', '>', since)
      .execute())
      found.add(row.id)
  return found
}
