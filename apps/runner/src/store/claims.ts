import { sql } from 'kysely'
import { KontorError, type Entity, type ErrorCode, type StoredError } from '@kontor/core'
import { beginAnew, newRound, nextDue, passOver, type Due, type Round } from './due.ts'
import type { DeliveryRow } from './schema.ts'
import { chunks, type Store, type Tx } from './store.ts'

export interface ClaimRequest {
  destination: string
  /** Entities the writer takes. */
  entities: readonly Entity[]
  again: 'safe' | 'ask' | 'never'
  max: number
  owner: string
  ttlMs: number
}

/** An attempt that is ours, with the content it is made with: read in the same transaction, so that it cannot be another revision. */
export type Claimed = DeliveryRow & { content: string }

/** A batch that is ours. `ask`: what became of these? `write`: bring them there. */
export interface Batch {
  kind: 'write' | 'ask'
  rows: Claimed[]
}

/** The idempotency key of the attempt under way, or of the next one. */
export const keyOf = (row: DeliveryRow): string => row.try_key ?? row.wanted_key

const open = new Set(['pending', 'waiting'])
const byOrder = (a: DeliveryRow, b: DeliveryRow): number =>
  a.rank - b.rank || a.created_at - b.created_at || (a.id < b.id ? -1 : 1)
const where = (row: DeliveryRow) => ({
  destination: row.destination,
  source: row.source,
  entity: row.entity,
  id: row.id,
})

/** At most so many lanes are looked at in one transaction. */
const lanesAtOnce = 100

/**
 * Claims the next batch for a writer: whole lanes, oldest first, live work before backfill, the sources in turn. A lane is left alone while one of its
 * batches is under way or unsettled; those behind it go on. What is in doubt is asked about, written again, or parked, as `again` says.
 */
export async function claimBatch(
  store: Store,
  request: ClaimRequest,
  round: Round = newRound(),
): Promise<Batch | undefined> {
  beginAnew(round)
  for (;;) {
    const looked = await store.write((tx) => lookAndClaim(store, tx, request, round), [`claim ${request.destination}`])
    if (!looked) return undefined
    passOver(round, looked.due, looked)
    if (looked.batch.rows.length === 0) continue
    round.claimed = true
    return looked.batch
  }
}

/** The next lanes that are due, and a batch of what may go of them; `undefined` where nothing is due. */
async function lookAndClaim(
  store: Store,
  tx: Tx,
  request: ClaimRequest,
  round: Round,
): Promise<{ due: Due[]; blocked: ReadonlySet<string>; taken: ReadonlySet<string>; batch: Batch } | undefined> {
  const now = store.clock.now()
  const due = await nextDue(tx, request, round, Math.max(request.max * 2, lanesAtOnce), now)
  if (due.length === 0) return undefined
  const lanes = new Map<string, DeliveryRow[]>(due.map(({ lane }) => [lane, []]))
  for (const some of chunks([...lanes.keys()]))
    for (const row of await store.dialect
      .forUpdate(
        tx
          .selectFrom('deliveries')
          .selectAll()
          .where('destination', '=', request.destination)
          .where('lane', 'in', some)
          .where('state', 'in', ['pending', 'waiting', 'sent', 'parked']),
      )
      .execute())
      lanes.get(row.lane)?.push(row)

  const batch: { write: DeliveryRow[]; ask: DeliveryRow[] } = { write: [], ask: [] }
  const blocked = new Set<string>()
  for (const [lane, rows] of lanes) {
    const part = takeLane(rows, request, now)
    for (const lost of part.park) await park(tx, lost, now)
    if (part.write.length === 0 && part.ask.length === 0) blocked.add(lane)
    const alone = [...part.write, ...part.ask].some(stumbledOver)
    if (alone && batch.write.length + batch.ask.length > 0) continue
    if (batch.write.length + part.write.length <= request.max || batch.write.length === 0)
      batch.write.push(...part.write)
    if (batch.ask.length + part.ask.length <= request.max || batch.ask.length === 0) batch.ask.push(...part.ask)
    if (batch.write.length >= request.max || alone) break
  }
  const kind = batch.ask.length > 0 ? 'ask' : 'write'
  const rows = await claim(tx, batch[kind], kind, request, now)
  return { due, blocked, taken: new Set(rows.map(({ lane }) => lane)), batch: { kind, rows } }
}

/** A plugin has broken down at it: it goes alone from then on, so that it does not keep others of its batch. */
const stumbledOver = ({ error }: DeliveryRow): boolean =>
  error !== null && isStumble((JSON.parse(error) as StoredError).code)

/** The plugin is at fault, and maybe with this delivery alone. */
export const isStumble = (code: ErrorCode): boolean => code === 'INTERNAL' || code === 'PLUGIN_STALLED'

function takeLane(
  rows: readonly DeliveryRow[],
  request: ClaimRequest,
  now: number,
): { write: DeliveryRow[]; ask: DeliveryRow[]; park: DeliveryRow[] } {
  const none = { write: [], ask: [], park: [] }
  if (rows.some((row) => row.claim_until > now)) return none
  const mine = (row: DeliveryRow): boolean => request.entities.includes(row.entity as Entity)
  const inDoubt = rows.filter((row) => open.has(row.state) && row.begun_at !== null)
  const unsettled = [
    ...rows.filter((row) => row.state === 'sent'),
    ...(request.again === 'ask' ? inDoubt.filter(mine) : []),
  ]
  if (unsettled.length > 0) return { ...none, ask: unsettled.filter((row) => mine(row) && row.due_at <= now) }
  if (request.again === 'never' && inDoubt.some(mine)) return { ...none, park: inDoubt.filter(mine) }
  if (inDoubt.some((row) => !mine(row))) return none
  const parked = new Set(rows.filter((row) => row.state === 'parked').map((row) => row.entity))
  const ready = rows.filter((row) => open.has(row.state) && mine(row) && !parked.has(row.entity)).toSorted(byOrder)
  const first = ready[0]
  const ahead = first && rows.some((row) => row.state === 'pending' && !mine(row) && row.rank < first.rank)
  return !first || ahead ? none : { ...none, write: ready }
}

async function park(tx: Tx, row: DeliveryRow, now: number): Promise<void> {
  const error = new KontorError('IN_DOUBT', {
    message: `A call for this ${row.entity} record had begun at ${new Date(row.begun_at ?? now).toISOString()} and its answer was never seen. It may have taken effect and must not be sent twice: look in ${row.destination}, then "kontor deliveries retry" or "skip".`,
  })
  await tx
    .updateTable('deliveries')
    .set({ state: 'parked', error: JSON.stringify(error), owner: null, claim_until: 0, updated_at: now })
    .where((row2) => row2.and(where(row)))
    .execute()
}

const keyed = (columns: string, rows: readonly DeliveryRow[]) =>
  sql<boolean>`${sql.raw(columns)} in (values ${sql.join(rows.map(({ source, entity, id }) => sql`(${source}, ${entity}, ${id})`))})`

async function claim(
  tx: Tx,
  rows: readonly DeliveryRow[],
  kind: 'write' | 'ask',
  { destination, owner, ttlMs }: ClaimRequest,
  now: number,
): Promise<Claimed[]> {
  const claimed: Claimed[] = []
  for (const some of chunks(rows, 100)) {
    await tx
      .updateTable('deliveries')
      .set((row) => ({
        ...(kind === 'write'
          ? {
              try_revision: row.ref('wanted_revision'),
              try_hash: row.ref('wanted_hash'),
              try_key: row.ref('wanted_key'),
              try_content: null,
            }
          : {}),
        owner,
        fence: row('fence', '+', 1),
        claim_until: now + ttlMs,
      }))
      .where('destination', '=', destination)
      .where(keyed('(source, entity, id)', some))
      .execute()
    const contents = new Map(
      (
        await tx
          .selectFrom('records')
          .select(['connection', 'entity', 'id', 'content'])
          .where(keyed('(connection, entity, id)', some))
          .execute()
      ).map((row) => [JSON.stringify([row.connection, row.entity, row.id]), row.content]),
    )
    for (const row of some) {
      const attempt =
        kind === 'write'
          ? { try_revision: row.wanted_revision, try_hash: row.wanted_hash, try_key: row.wanted_key, try_content: null }
          : {}
      const next = { ...row, ...attempt, owner, fence: row.fence + 1, claim_until: now + ttlMs }
      const content = next.try_content ?? contents.get(JSON.stringify([row.source, row.entity, row.id]))
      if (content === undefined)
        throw new KontorError('INTERNAL', {
          message: `The record of delivery ${row.entity} ${row.source}/${row.id} is not in the store.`,
        })
      claimed.push({ ...next, content })
    }
  }
  return claimed
}

/** Notes durably that a call with an effect begins for these attempts; throws FENCED where one of them is no longer ours. */
export async function noteBegun(
  store: Store,
  attempts: readonly { key: string; fence: number; owner: string }[],
): Promise<void> {
  if (attempts.length === 0) return
  await store.write(async (tx) => {
    for (const some of chunks(attempts, 100)) {
      const noted = await tx
        .updateTable('deliveries')
        .set({ begun_at: store.clock.now() })
        .where(
          'try_key',
          'in',
          some.map(({ key }) => key),
        )
        // Written so that the index of keys is used, and not that of owners.
        .where((row) => row.fn.coalesce('owner', sql<string>`''`), 'in', [...new Set(some.map(({ owner }) => owner))])
        .returning(['try_key', 'owner', 'fence'])
        .execute()
      const found = new Set(noted.map(({ try_key, owner, fence }) => JSON.stringify([try_key, owner, fence])))
      if (some.some(({ key, owner, fence }) => !found.has(JSON.stringify([key, owner, fence]))))
        throw new KontorError('FENCED', {
          message: 'Another runner has taken this delivery over; nothing was sent from here.',
        })
    }
  })
}
