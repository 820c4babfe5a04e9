import { KontorError, type Entity } from '@kontor/core'
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

/**
 * Claims the next batch for a writer: whole lanes, oldest first, live work before backfill. A lane is left alone while one of its
 * batches is under way or unsettled. What is in doubt is asked about, written again, or parked, as `again` says.
 */
export function claimBatch(store: Store, request: ClaimRequest): Promise<Batch | undefined> {
  return store.write(
    async (tx) => {
      const now = store.clock.now()
      const due = await nextDue(tx, request, now)
      const lanes = new Map<string, DeliveryRow[]>(due.map(({ lane }) => [lane, []]))
      if (lanes.size === 0) return undefined
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
      for (const rows of lanes.values()) {
        const part = takeLane(rows, request, now)
        for (const lost of part.park) await park(tx, lost, now)
        if (batch.write.length + part.write.length <= request.max || batch.write.length === 0)
          batch.write.push(...part.write)
        if (batch.ask.length + part.ask.length <= request.max || batch.ask.length === 0) batch.ask.push(...part.ask)
        if (batch.write.length >= request.max) break
      }
      const kind = batch.ask.length > 0 ? 'ask' : 'write'
      if (batch[kind].length === 0) return undefined
      return { kind, rows: await claim(tx, batch[kind], kind, request, now) }
    },
    [`claim ${request.destination}`],
  )
}

/** Live work before backfill. */
const priorities = [0, 1] as const

/** What is due next. One question for each priority and entity: only so does an index answer it in that order, however long the queue is. */
async function nextDue(tx: Tx, { destination, entities, max }: ClaimRequest, now: number): Promise<{ lane: string }[]> {
  const most = Math.max(max * 2, 100)
  const found: { lane: string }[] = []
  for (const priority of priorities) {
    const some: { lane: string; due_at: number }[] = []
    for (const entity of entities)
      some.push(
        ...(await tx
          .selectFrom('deliveries')
          .select(['lane', 'due_at'])
          .where('destination', '=', destination)
          .where('entity', '=', entity)
          .where('priority', '=', priority)
          .where('state', 'in', ['pending', 'waiting', 'sent'])
          .where('due_at', '<=', now)
          .where('claim_until', '<=', now)
          .orderBy('due_at')
          .limit(most)
          .execute()),
      )
    found.push(...some.toSorted((one, other) => one.due_at - other.due_at))
    if (found.length >= most) break
  }
  return found.slice(0, most)
}

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

async function claim(
  tx: Tx,
  rows: readonly DeliveryRow[],
  kind: 'write' | 'ask',
  request: ClaimRequest,
  now: number,
): Promise<Claimed[]> {
  const claimed: Claimed[] = []
  for (const row of rows) {
    const attempt =
      kind === 'write'
        ? { try_revision: row.wanted_revision, try_hash: row.wanted_hash, try_key: row.wanted_key, try_content: null }
        : {}
    const next = { ...row, ...attempt, owner: request.owner, fence: row.fence + 1, claim_until: now + request.ttlMs }
    await tx
      .updateTable('deliveries')
      .set({ ...attempt, owner: next.owner, fence: next.fence, claim_until: next.claim_until })
      .where((row2) => row2.and(where(row)))
      .execute()
    claimed.push({ ...next, content: next.try_content ?? (await contentOf(tx, row)) })
  }
  return claimed
}

async function contentOf(tx: Tx, row: DeliveryRow): Promise<string> {
  const record = await tx
    .selectFrom('records')
    .select('content')
    .where('connection', '=', row.source)
    .where('entity', '=', row.entity)
    .where('id', '=', row.id)
    .executeTakeFirst()
  if (!record)
    throw new KontorError('INTERNAL', {
      message: `The record of delivery ${row.entity} ${row.source}/${row.id} is not in the store.`,
    })
  return record.content
}

/** Notes durably that a call with an effect begins for these attempts; throws FENCED where one of them is no longer ours. */
export async function noteBegun(
  store: Store,
  attempts: readonly { key: string; fence: number; owner: string }[],
): Promise<void> {
  if (attempts.length === 0) return
  await store.write(async (tx) => {
    const now = store.clock.now()
    for (const { key, fence, owner } of attempts) {
      const noted = await tx
        .updateTable('deliveries')
        .set({ begun_at: now })
        .where('try_key', '=', key)
        .where('owner', '=', owner)
        .where('fence', '=', fence)
        .executeTakeFirst()
      if (noted.numUpdatedRows === 0n)
        throw new KontorError('FENCED', {
          message: 'Another runner has taken this delivery over; nothing was sent from here.',
        })
    }
  })
}
