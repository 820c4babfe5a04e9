import { isState, KontorError, type Entity, type Outcome } from '@kontor/core'
import type { Claimed } from './claims.ts'
import type { DeliveryRow } from './schema.ts'
import type { Store, Tx } from './store.ts'

export interface SettleRules {
  again: 'safe' | 'ask' | 'never'
  settlesMs: number
  /** Longest wait of a delivery that says nothing of when. */
  waitMs: number
}

/** An outcome, or our own judgement that a person has to look. */
export type Settlement = Outcome | { key: string; is: 'parked'; error: KontorError }

/** What follows from a settled attempt, in the same transaction. */
export type Settled = (tx: Tx) => Promise<void>

/** Stores one outcome. Only who holds the claim may: an answer that comes late, after another took over, is FENCED and read back there. */
export function settle(
  store: Store,
  claimed: Claimed,
  outcome: Settlement,
  rules: SettleRules,
  after?: Settled,
): Promise<void> {
  return store.write(async (tx) => {
    const now = store.clock.now()
    const row = await ours(store, tx, claimed)
    if (!row)
      throw new KontorError('FENCED', {
        message: `Another runner has taken over the delivery of ${claimed.entity} ${claimed.source}/${claimed.id}.`,
      })
    await update(tx, row, {
      ...next(row, outcome, claimed.content, rules, now),
      ...('echo' in outcome && outcome.echo ? { echo: JSON.stringify(outcome.echo) } : {}),
      owner: null,
      claim_until: 0,
      updated_at: now,
    })
    if ((outcome.is === 'done' || outcome.is === 'already') && outcome.reference !== undefined)
      await tx
        .insertInto('links')
        .values({
          destination: row.destination,
          entity: row.entity,
          reference: outcome.reference,
          source: row.source,
          id: row.id,
          at: now,
        })
        .onConflict((clash) =>
          clash
            .columns(['destination', 'entity', 'reference'])
            .doUpdateSet({ source: row.source, id: row.id, at: now }),
        )
        .execute()
    await after?.(tx)
  })
}

/** How an attempt that is certainly over leaves no trace. */
const cleared = {
  try_revision: null,
  try_hash: null,
  try_key: null,
  try_content: null,
  begun_at: null,
  ticket: null,
  item: null,
}

/** What had no effect has no echo; but what was done before is still to be told. */
const nothingToHear = (row: DeliveryRow): Partial<DeliveryRow> => (row.known_hash === null ? { echo: null } : {})

function next(
  row: DeliveryRow,
  outcome: Settlement,
  content: string,
  rules: SettleRules,
  now: number,
): Partial<DeliveryRow> {
  const changedMeanwhile = row.wanted_hash !== row.try_hash
  switch (outcome.is) {
    case 'done':
    case 'already':
      return {
        ...cleared,
        state: changedMeanwhile ? 'pending' : 'done',
        due_at: now,
        tries: 0,
        error: null,
        done_at: now,
        known_hash: row.try_hash,
        known_content: isState(row.entity as Entity) ? content : null,
        reference: outcome.reference ?? row.reference,
        detail: outcome.detail === undefined ? row.detail : JSON.stringify(outcome.detail),
      }
    case 'sent':
      return {
        state: 'sent',
        ticket: outcome.ticket ?? null,
        item: outcome.item ?? null,
        begun_at: row.begun_at ?? now,
        due_at: outcome.askAt ? Date.parse(outcome.askAt) : now + 60_000,
        error: null,
      }
    case 'waiting':
      return {
        ...cleared,
        ...nothingToHear(row),
        state: changedMeanwhile ? 'pending' : 'waiting',
        due_at: outcome.until ? Date.parse(outcome.until) : now + rules.waitMs,
        error: JSON.stringify(outcome.error),
      }
    case 'refused':
      return {
        ...cleared,
        ...nothingToHear(row),
        state: changedMeanwhile ? 'pending' : 'refused',
        due_at: now,
        done_at: now,
        error: JSON.stringify({ ...outcome.error.toJSON(), applied: outcome.applied }),
      }
    case 'parked':
      return { state: 'parked', due_at: now, error: JSON.stringify(outcome.error) }
    case 'absent': {
      // An answer may be older than our call: an absence counts only once the call has had time to show.
      const believedAt = (row.begun_at ?? 0) + rules.settlesMs
      if (now < believedAt) return { state: row.state === 'sent' ? 'sent' : 'pending', due_at: believedAt }
      return { ...cleared, ...nothingToHear(row), state: 'pending', due_at: now, error: null }
    }
  }
}

/**
 * Ends attempts without an outcome: what had begun stays in doubt, the rest was not sent and is tried again later.
 * `error`: what was thrown, if anything was. A call in doubt is asked about at once; asking again waits, longer each time it fails. Those it did not fail
 * at do not: of a batch that `cameOn` (some of it were settled before), the call that had begun, or whoever is next.
 */
export async function abandon(
  store: Store,
  claimed: readonly DeliveryRow[],
  error: KontorError | undefined,
  rules: SettleRules,
  kind: 'write' | 'ask',
  cameOn = false,
): Promise<void> {
  await store.write(async (tx) => {
    const now = store.clock.now()
    const rows: DeliveryRow[] = []
    for (const each of claimed) {
      const row = await ours(store, tx, each)
      if (row) rows.push(row)
    }
    const known = kind === 'write' && rows.some((row) => row.begun_at !== null)
    for (const row of rows) {
      const begun = row.begun_at !== null
      const tries = row.tries + ((known ? begun : !cameOn) ? 1 : 0)
      const stopped = error?.code === 'ABORTED' || error?.code === 'FENCED'
      const parks =
        !stopped &&
        ((begun && rules.again === 'never') ||
          (error !== undefined && error.retry === 'never' && error.scope === 'record' && tries >= 3))
      const text = error
        ? JSON.stringify(error)
        : parks
          ? JSON.stringify(
              new KontorError('IN_DOUBT', { message: 'The writer told no outcome after its call had begun.' }),
            )
          : row.error
      await update(tx, row, {
        state: row.state === 'sent' ? 'sent' : parks ? 'parked' : 'pending',
        tries: stopped ? row.tries : tries,
        error: stopped ? row.error : text,
        due_at:
          stopped || (begun && rules.again === 'ask' && kind === 'write')
            ? now
            : now + (error?.retryAfterMs ?? backoff(Math.max(1, tries))),
        owner: null,
        claim_until: 0,
        updated_at: now,
        ...(begun ? {} : row.state === 'sent' ? {} : cleared),
      })
    }
  })
}

/** 2, 4, 8 … seconds, at most an hour; with some chance, so that lanes do not march in step. */
export const backoff = (tries: number): number =>
  Math.round(Math.min(3_600_000, 1000 * 2 ** Math.min(tries, 12)) * (0.75 + Math.random() / 2))

/** The row of an attempt, if it is still the one that was claimed. */
async function ours(
  store: Store,
  tx: Tx,
  { destination, source, entity, id, owner, fence }: DeliveryRow,
): Promise<DeliveryRow | undefined> {
  const query = tx
    .selectFrom('deliveries')
    .selectAll()
    .where('destination', '=', destination)
    .where('source', '=', source)
    .where('entity', '=', entity)
    .where('id', '=', id)
    .where('owner', '=', owner)
    .where('fence', '=', fence)
  return await store.dialect.forUpdate(query).executeTakeFirst()
}

async function update(tx: Tx, row: DeliveryRow, set: Partial<DeliveryRow>): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set(set)
    .where('destination', '=', row.destination)
    .where('source', '=', row.source)
    .where('entity', '=', row.entity)
    .where('id', '=', row.id)
    .execute()
}
