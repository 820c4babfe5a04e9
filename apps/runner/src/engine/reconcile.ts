import {
  isState,
  KontorError,
  money,
  toInstant,
  type AnyRecord,
  type Entity,
  type OfferPrice,
  type WriterSpec,
} from '@kontor/core'
import { Cron } from 'croner'
import { createHash } from 'node:crypto'
import { forgetOlderHoldings, holdingsOf, saveHoldings, type Holding } from '../store/holdings.ts'
import { acquireLease, releaseLease, type Lease } from '../store/leases.ts'
import { loadRecord } from '../store/records.ts'
import type { DeliveryRow } from '../store/schema.ts'
import { backoff } from '../store/settle.ts'
import { endStreamRun, loadStream } from '../store/streams.ts'
import type { Engine } from './engine.ts'
import type { Office } from './office.ts'
import { sellable } from './reserve.ts'
import { recordedRun, type RunResult } from './run.ts'

export interface ReconcileRequest {
  office: Office
  writer: string
  spec: WriterSpec
  signal: AbortSignal
  /** Reads a reader of the office to its end, once more. */
  readAgain: (reader: string) => Promise<void>
}

/** Where its times stand among the streams of a connection. */
export const reconcileStream = (writer: string): string => `reconcile ${writer}`
const ordersWithinMs = 5 * 60_000

/** The states a writer is told by flows, where its system can tell what it holds. */
export function reconciled(engine: Engine, office: Office, writer: string, spec: WriterSpec): Entity[] {
  if (!office.parts.writers[writer]?.holds) return []
  return spec.takes.filter(
    (entity) =>
      isState(entity) &&
      engine.flows.some((flow) => flow.entity === entity && flow.to !== 'origin' && flow.to.includes(office.name)),
  )
}

/** Whether a reconcile is due. The first one is put down for its next time, not for now: a start is busy enough. */
export async function reconcileDue(engine: Engine, office: Office, writer: string, spec: WriterSpec): Promise<boolean> {
  if (office.reconcile === undefined || reconciled(engine, office, writer, spec).length === 0) return false
  const stream = await loadStream(engine.store, office.name, reconcileStream(writer))
  if (stream) return stream.dueAt <= engine.clock.now()
  const lease = await acquireLease(engine.store, leaseKey(office, writer), engine.owner, engine.ttlMs)
  if (lease) {
    await note(engine, lease, office, writer, { dueAt: nextTime(engine, office), caughtUp: false })
    await releaseLease(engine.store, lease)
  }
  return false
}

/**
 * Compares everything a destination holds with what was wished for, and wishes anew for what differs: somebody changed it by hand, or a call took no
 * effect. Orders are read once more between looking and correcting. What they have touched is left alone: the destination lowered it by itself, and
 * their own wishes are on the way. `undefined` where another process is at it.
 */
export async function reconcile(engine: Engine, request: ReconcileRequest): Promise<RunResult | undefined> {
  const { office, writer, spec } = request
  const lease = await acquireLease(engine.store, leaseKey(office, writer), engine.owner, engine.ttlMs)
  if (!lease) return undefined
  try {
    const result = await recordedRun(
      engine,
      { kind: 'reconcile', connection: office.name, part: writer },
      async (_, counts) => {
        const wishes = await settledWishes(engine, office, reconciled(engine, office, writer, spec))
        counts.read = await lookAtAll(engine, request, wishes)
        await ordersAfter(engine, request, engine.clock.now())
        counts.changed = await correct(engine, office, wishes)
        await note(engine, lease, office, writer, { dueAt: nextTime(engine, office), caughtUp: true })
      },
    )
    if (result.error && result.error.code !== 'FENCED') {
      const failures = (await loadStream(engine.store, office.name, reconcileStream(writer)))?.failures ?? 0
      await note(engine, lease, office, writer, {
        dueAt: engine.clock.now() + Math.max(15 * 60_000, result.error.retryAfterMs ?? backoff(failures + 1)),
        caughtUp: false,
        ...(result.error.code === 'ABORTED' ? {} : { error: JSON.stringify(result.error) }),
      })
    }
    return result
  } finally {
    await releaseLease(engine.store, lease)
  }
}

const leaseKey = (office: Office, writer: string): string => `reconcile:${office.name}/${writer}`

const nextTime = (engine: Engine, office: Office): number =>
  new Cron(office.reconcile ?? '0 3 * * *', { paused: true }).nextRun(new Date(engine.clock.now()))?.getTime() ??
  engine.clock.now() + 24 * 3_600_000

const note = (
  engine: Engine,
  lease: Lease,
  office: Office,
  writer: string,
  how: { dueAt: number; caughtUp: boolean; error?: string },
): Promise<void> =>
  endStreamRun(engine.store, lease, {
    connection: office.name,
    reader: reconcileStream(writer),
    dependsOn: '',
    ...how,
  })

/** Wishes that count as fulfilled: what is under way, refused or held has its own course. */
async function settledWishes(engine: Engine, office: Office, entities: readonly Entity[]): Promise<DeliveryRow[]> {
  if (entities.length === 0) return []
  return await engine.store.db
    .selectFrom('deliveries')
    .selectAll()
    .where('destination', '=', office.name)
    .where('entity', 'in', [...entities])
    .where('state', '=', 'done')
    .execute()
}

async function lookAtAll(
  engine: Engine,
  { office, writer, spec, signal }: ReconcileRequest,
  wishes: readonly DeliveryRow[],
): Promise<number> {
  const entities = reconciled(engine, office, writer, spec)
  const markets = new Set<string>()
  for (const { source, entity, id } of wishes) {
    if (entity !== 'prices') continue
    const market = ((await loadRecord(engine.store.db, source, 'prices', id))?.record as OfferPrice | undefined)?.market
    if (market) markets.add(market)
  }
  const began = engine.clock.now()
  let seen = 0
  for await (const page of office.parts.writers[writer]?.holds?.({ entities, markets: [...markets], signal }) ?? [])
    seen += await saveHoldings(engine.store, office.name, page)
  await forgetOlderHoldings(engine.store, office.name, began)
  return seen
}

/** What was sold while we looked has lowered what we saw: those orders must be here before anything is corrected. */
async function ordersAfter(engine: Engine, { office, spec, signal, readAgain }: ReconcileRequest, looked: number) {
  for (const reader of spec.after ?? []) {
    await readAgain(reader)
    while (((await loadStream(engine.store, office.name, reader))?.caughtUpAt ?? 0) < looked) {
      if (engine.clock.now() > looked + ordersWithinMs)
        throw new KontorError('UPSTREAM_UNAVAILABLE', {
          message: `What ${office.name} holds was read; its ${reader} could not be read to their end since, so nothing is corrected. It is tried again in a quarter of an hour.`,
        })
      await engine.clock.sleep(1000, signal)
    }
  }
}

async function correct(engine: Engine, office: Office, wishes: readonly DeliveryRow[]): Promise<number> {
  const held = await holdingsOf(engine.store.db, office.name)
  const now = engine.clock.now()
  let corrected = 0
  for (const wish of wishes) {
    const stored = await loadRecord(engine.store.db, wish.source, wish.entity as Entity, wish.id)
    if (!stored) continue
    const wanted =
      stored.record.entity === 'stock'
        ? await sellable(engine, engine.store.db, wish.source, stored.record, stored.updatedAt)
        : stored.record
    const there = held(wanted)
    if (there !== undefined && isHeld(there, wanted)) continue
    const changed = await engine.store.write((tx) =>
      tx
        .updateTable('deliveries')
        .set({
          state: 'pending',
          due_at: now,
          updated_at: now,
          tries: 0,
          known_hash: null,
          known_content: there === undefined ? null : JSON.stringify(there),
          // Another key: to a system that remembers keys this is a new wish.
          wanted_key: createHash('sha256').update(`${wish.wanted_key} reconciled ${now}`).digest('hex').slice(0, 32),
        })
        .where('destination', '=', wish.destination)
        .where('source', '=', wish.source)
        .where('entity', '=', wish.entity)
        .where('id', '=', wish.id)
        .where('state', '=', 'done')
        // An order or a newer count has come meanwhile: that wish is the better one.
        .where('wanted_key', '=', wish.wanted_key)
        .executeTakeFirst(),
    )
    corrected += Number(changed.numUpdatedRows)
  }
  if (corrected > 0)
    engine.log.warn(`${office.name} held something else than it ought to; it is told again.`, {
      connection: office.name,
      corrections: corrected,
      at: toInstant(now),
    })
  return corrected
}

/** Whether a state is what it ought to be, in all that the wish states and the destination tells. */
function isHeld(there: Holding, wanted: AnyRecord): boolean {
  if (there.entity === 'stock' && wanted.entity === 'stock') return there.available === wanted.available
  if (there.entity !== 'prices' || wanted.entity !== 'prices') return true
  const [is, ought] = [there.price.value, wanted.price.value]
  return (
    is.currency === ought.currency &&
    money.equal(is, ought) &&
    // Nothing said about a minimum is no difference; that there is none, is.
    (!wanted.minimum ||
      there.minimum === undefined ||
      (wanted.minimum.currency === there.minimum?.currency && money.equal(wanted.minimum, there.minimum)))
  )
}
