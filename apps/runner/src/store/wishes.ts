import { entities, type Entity } from '@kontor/core'
import type { DeliveryRow } from './schema.ts'
import type { Store, Tx } from './store.ts'

export interface Wish {
  destination: string
  source: string
  entity: Entity
  id: string
  flow: string
  lane: string
  revision: number
  hash: string
  key: string
  backfill: boolean
  dueAt: number
  /** Held back until the run that states it has ended. */
  heldBy?: number | undefined
  /** The store was restored, and has forgotten whether this was sent before that instant: it is asked about first, or left to a person. */
  doubtSince?: number | undefined
  /** Content of the record before this revision, for an attempt that is still under way. */
  previousContent?: string | undefined
}

const empty = {
  try_revision: null,
  try_hash: null,
  try_key: null,
  try_content: null,
  begun_at: null,
  ticket: null,
  item: null,
  echo: null,
  known_hash: null,
  known_content: null,
  reference: null,
  detail: null,
  tries: 0,
  error: null,
  owner: null,
  fence: 0,
  claim_until: 0,
  done_at: null,
}
const idle = new Set(['held', 'pending', 'waiting', 'done', 'refused', 'skipped'])

/** Which destinations already wish for this record. */
export async function wishesOf(
  store: Store,
  tx: Tx,
  source: string,
  entity: Entity,
  id: string,
): Promise<DeliveryRow[]> {
  const query = tx
    .selectFrom('deliveries')
    .selectAll()
    .where('source', '=', source)
    .where('entity', '=', entity)
    .where('id', '=', id)
  return await store.dialect.forUpdate(query).execute()
}

/**
 * States a wish: there is one per destination and record, and a newer revision replaces it. One that is under way, sent or in doubt is settled first;
 * then what was wanted meanwhile is compared with what was sent. Answers whether anything changed.
 */
export async function setWish(tx: Tx, wish: Wish, existing: DeliveryRow | undefined, now: number): Promise<boolean> {
  if (existing) {
    if (existing.wanted_hash === wish.hash) {
      if (!wish.backfill && existing.priority > 0) await makeLive(tx, existing)
      return false
    }
    const underWay =
      existing.owner !== null || existing.begun_at !== null || existing.state === 'sent' || existing.state === 'parked'
    const known = existing.known_hash === wish.hash && idle.has(existing.state) && !underWay
    await tx
      .updateTable('deliveries')
      .set({
        wanted_revision: wish.revision,
        wanted_hash: wish.hash,
        wanted_key: wish.key,
        lane: wish.lane,
        updated_at: now,
        ...(underWay
          ? { try_content: existing.try_content ?? wish.previousContent ?? null }
          : known
            ? { state: 'done', error: null, held_by: null }
            : {
                state: wish.heldBy === undefined ? 'pending' : 'held',
                held_by: wish.heldBy ?? null,
                due_at: wish.dueAt,
                tries: 0,
                error: null,
                priority: Math.min(existing.priority, wish.backfill ? 1 : 0),
                ...doubt(wish),
              }),
      })
      .where('destination', '=', wish.destination)
      .where('source', '=', wish.source)
      .where('entity', '=', wish.entity)
      .where('id', '=', wish.id)
      .execute()
    return true
  }
  await tx
    .insertInto('deliveries')
    .values({
      ...empty,
      destination: wish.destination,
      source: wish.source,
      entity: wish.entity,
      id: wish.id,
      flow: wish.flow,
      lane: wish.lane,
      priority: wish.backfill ? 1 : 0,
      rank: entities.indexOf(wish.entity),
      state: wish.heldBy === undefined ? 'pending' : 'held',
      held_by: wish.heldBy ?? null,
      wanted_revision: wish.revision,
      wanted_hash: wish.hash,
      wanted_key: wish.key,
      due_at: wish.dueAt,
      created_at: now,
      updated_at: now,
      ...doubt(wish),
    })
    .execute()
  return true
}

/** What a backfill wished for and a live reading wishes for, too, waits behind the backfill no longer. */
async function makeLive(tx: Tx, { destination, source, entity, id }: DeliveryRow): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set({ priority: 0 })
    .where('destination', '=', destination)
    .where('source', '=', source)
    .where('entity', '=', entity)
    .where('id', '=', id)
    .execute()
}

/** As of an attempt whose call had begun and whose answer was never seen. */
const doubt = ({ doubtSince, revision, hash, key }: Wish): Partial<DeliveryRow> =>
  doubtSince === undefined ? {} : { try_revision: revision, try_hash: hash, try_key: key, begun_at: doubtSince }

/**
 * An order has changed: what waits in its lane may go on, and what was sent for it may show in it. A ticket that stands for many deliveries is asked about
 * at its own times.
 */
export async function wakeLane(tx: Tx, lane: string, now: number): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set({ due_at: now })
    .where('lane', '=', lane)
    .where((is) => is.or([is('state', '=', 'waiting'), is.and([is('state', '=', 'sent'), is('item', 'is', null)])]))
    .where('due_at', '>', now)
    .execute()
}

/** The set of a run is complete: its wishes may go out. */
export async function releaseHeld(tx: Tx, run: number, destination: string, now: number): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set({ state: 'pending', held_by: null, updated_at: now })
    .where('held_by', '=', run)
    .where('destination', '=', destination)
    .where('state', '=', 'held')
    .execute()
}

/**
 * A run takes over what earlier runs of the same work stated and did not live to release: one that failed after a page, or was killed. What a guard
 * holds (it has an error) stays with the run it judged. The caller holds the lease of that work, so no earlier run of it is alive.
 */
export async function adoptHeld(tx: Tx, work: { run: number; connection: string; part: string }): Promise<void> {
  const ofOtherWork = tx.selectFrom('runs').select('id').where('part', '!=', work.part)
  await tx
    .updateTable('deliveries')
    .set({ held_by: work.run })
    .where('state', '=', 'held')
    .where('error', 'is', null)
    .where('source', '=', work.connection)
    .where('held_by', '!=', work.run)
    .where('held_by', 'not in', ofOtherWork)
    .execute()
}

/** Gives up what one source wished for in a lane and nobody has begun to send. Answers how many. */
export async function skipUnsent(
  tx: Tx,
  { source, entity, lane }: { source: string; entity: Entity; lane: string },
  now: number,
): Promise<number> {
  const result = await tx
    .updateTable('deliveries')
    .set({ state: 'skipped', error: null, updated_at: now })
    .where('source', '=', source)
    .where('entity', '=', entity)
    .where('lane', '=', lane)
    .where('state', 'in', ['held', 'pending', 'waiting'])
    .where('begun_at', 'is', null)
    .where('owner', 'is', null)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}
