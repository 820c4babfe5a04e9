import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  KontorError,
  toInstant,
  toKontorError,
  toMilliseconds,
  type AnyRecord,
  type Delivery,
  type Order,
  type Outcome,
  type Return,
  type WriterSpec,
} from '@kontor/core'
import { redemptionOf } from '../loyalty/redemption-key.ts'
import { claimBatch, isStumble, keyOf, type Batch, type Claimed } from '../store/claims.ts'
import { newRound } from '../store/due.ts'
import { saveLooks } from '../store/looks.ts'
import { loadRecord, recordKey, splitKey } from '../store/records.ts'
import type { DeliveryRow } from '../store/schema.ts'
import { abandon, settle, type Settled, type Settlement, type SettleRules } from '../store/settle.ts'
import type { Engine } from './engine.ts'
import { belowFloor } from './floor.ts'
import { keepLedger } from './ledger.ts'
import { matchAbout } from './match.ts'
import { batchMax, settlesMs, type Flow, type Office } from './office.ts'
import { untilStored } from './patience.ts'
import { setAside } from './plan.ts'
import { sellable } from './reserve.ts'
import { keepRedemption } from './redemptions.ts'
import { recordedRun, type RunResult } from './run.ts'
import { ledgerSource } from './statement.ts'
import { retryEchoes } from './unmatched.ts'

interface Job {
  office: Office
  writer: string
  spec: WriterSpec
  signal: AbortSignal
}

/** A plugin that breaks down so many times in a row does so whatever it is given. */
const maxStumbles = 3
/** How long a delivery that waits for its order is left alone, unless the order changes. */
const waitMs = 6 * 3_600_000

/** `outcomes`: how many the plugin told, whatever they were. */
export interface Delivered extends RunResult {
  outcomes: number
}

/** Brings everything that is due for one writer there, batch by batch, until nothing is due. */
export async function deliver(engine: Engine, job: Job): Promise<Delivered> {
  let outcomes = 0
  const result = await recordedRun(
    engine,
    { kind: 'deliver', connection: job.office.name, part: job.writer },
    async (run, counts) => {
      // Also where each run ends after a batch, for the system wants to be left alone then, the next one goes on with the next source.
      const writer = `${job.office.name}/${job.writer}`
      const round = newRound(engine.turns.get(writer))
      const stumbles: KontorError[] = []
      for (let inARow = 0; ;) {
        // Whoever else works in this process comes to its turn, too, where a writer answers without waiting for anything.
        await nextTurn()
        job.signal.throwIfAborted()
        const request = {
          destination: job.office.name,
          entities: job.spec.takes,
          again: job.spec.again,
          max: batchMax(job.spec),
          owner: engine.owner,
          ttlMs: engine.ttlMs,
        }
        const batch = await claimBatch(engine.store, request, round)
        engine.turns.set(writer, round.last)
        if (!batch) break
        const failure = await bring(engine, job, batch, counts, run, () => outcomes++)
        // One record's trouble does not stop the others; what concerns the connection or the whole entity ends the run.
        if (!failure || failure.scope === 'record') inARow = 0
        else if (!isStumble(failure.code) || ++inARow >= maxStumbles) throw failure
        else stumbles.push(failure)
      }
      await retryEchoesOf(engine, job, counts, run)
      if (stumbles[0]) throw stumbles[0]
    },
  )
  return { ...result, outcomes }
}

/** What is settled may have been told already: it waits to be known as ours. */
async function retryEchoesOf(engine: Engine, { office }: Job, counts: RunResult['counts'], run: number): Promise<void> {
  if (counts.written + counts.refused > 0) await retryEchoes(engine, run, office.name)
}

async function bring(
  engine: Engine,
  job: Job,
  batch: Batch,
  counts: RunResult['counts'],
  run: number,
  toldOne: () => void,
): Promise<KontorError | undefined> {
  const rules: SettleRules = { again: job.spec.again, settlesMs: settlesMs(job.spec), waitMs }
  const open = new Map<string, Claimed>()
  const deliveries: Delivery[] = []
  /** Those whose attempt has come to its end, here or by the plugin. */
  const settled = new Set<Claimed>()
  let failure: KontorError | undefined
  for (const row of batch.rows) engine.claims.set(keyOf(row), row.fence)
  try {
    for (const row of batch.rows) {
      if (batch.kind === 'write' && row.entity === 'stock') row.content = await sellableContent(engine, row)
      const delivery = await toDelivery(engine, row)
      const broken = batch.kind === 'write' ? belowFloor(flowOf(engine, row), delivery.record) : undefined
      if (broken) {
        await settle(engine.store, row, { key: delivery.key, is: 'refused', error: broken }, rules)
        settled.add(row)
        counts.refused++
        continue
      }
      deliveries.push(delivery)
      open.set(delivery.key, row)
    }
    if (deliveries.length === 0) return undefined
    for await (const outcome of outcomes(job, batch.kind, deliveries)) {
      const row = open.get(outcome.key)
      if (!row)
        throw new KontorError('INTERNAL', {
          message: `Plugin ${job.office.plugin.id} told an outcome for a delivery it was not given, or told it twice.`,
        })
      if (outcome.is === 'refused' && outcome.error.code === 'PLAN_MODE') {
        // Caught by the plugin with other refusals of a record; it was shown all the same, and is refused by nobody.
        await setAside(engine.store, [row], engine.shown())
        open.delete(outcome.key)
        settled.add(row)
        continue
      }
      await untilStored(
        async () =>
          await settle(
            engine.store,
            row,
            (await claimedTwice(engine, row, batch.kind, outcome)) ??
              believable(outcome, row, job.spec, engine.clock.now()),
            rules,
            booked(engine, row, run),
          ),
      )
      open.delete(outcome.key)
      settled.add(row)
      toldOne()
      if (outcome.look)
        await engine.store.write((tx) => saveLooks(tx, job.office.name, outcome.look ?? [], engine.clock.now()))
      if (outcome.is === 'done' || outcome.is === 'already') counts.written++
      if (outcome.is === 'refused') counts.refused++
    }
  } catch (thrown) {
    failure = toKontorError(thrown, `write to ${job.office.name}`)
  } finally {
    const unsettled = batch.rows.filter((row) => !settled.has(row))
    try {
      if (unsettled.length > 0)
        await (failure?.code === 'PLAN_MODE'
          ? setAside(engine.store, unsettled, engine.shown())
          : untilStored(
              async () => await abandon(engine.store, unsettled, failure, rules, batch.kind, settled.size > 0),
            ))
    } finally {
      for (const row of batch.rows) engine.claims.delete(keyOf(row))
    }
  }
  return failure
}

const flowOf = (engine: Engine, row: DeliveryRow): Flow | undefined => engine.flows.find(({ id }) => id === row.flow)

/**
 * A booking whose answer was lost is looked for at the programme, where need be by what it looks like. What is found there may be another
 * booking of ours, that was settled long ago: then nobody can know, and a person has to look.
 */
async function claimedTwice(
  engine: Engine,
  row: Claimed,
  kind: Batch['kind'],
  outcome: Outcome,
): Promise<Settlement | undefined> {
  if (kind !== 'ask' || row.entity !== 'points' || (outcome.is !== 'done' && outcome.is !== 'already')) return undefined
  if (outcome.reference === undefined) return undefined
  const link = await engine.store.db
    .selectFrom('links')
    .select('id')
    .where('destination', '=', row.destination)
    .where('entity', '=', 'points')
    .where('reference', '=', outcome.reference)
    .where('id', '!=', row.id)
    .executeTakeFirst()
  if (link === undefined) return undefined
  const error = new KontorError('IN_DOUBT', {
    message: `The answer to this booking was lost, and what ${row.destination} has that looks like it (${outcome.reference}) belongs to ${link.id}. Look there: "kontor deliveries retry --despite-doubt" books it, "skip" gives it up.`,
  })
  return { key: outcome.key, is: 'parked', error }
}

/** A booking that has settled may let the next one go: at most one of an order, or of a redemption, is under way. */
function booked(engine: Engine, row: Claimed, run: number): Settled | undefined {
  if (row.source !== ledgerSource) return undefined
  const redemption = redemptionOf(row.id)
  if (redemption !== undefined) return (tx) => keepRedemption(engine, tx, redemption, run)
  const order = row.entity === 'points' ? splitKey(row.lane) : undefined
  return order && ((tx) => keepLedger(engine, tx, order, { run }))
}

function outcomes(job: Job, kind: Batch['kind'], deliveries: readonly Delivery[]): AsyncIterable<Outcome> {
  const writer = job.office.parts.writers[job.writer]
  if (!writer)
    throw new KontorError('INTERNAL', {
      message: `Plugin ${job.office.plugin.id} declares writer ${job.writer} and does not make it.`,
    })
  if (kind === 'write') return writer.write(deliveries as never, job.signal)
  if (!writer.readBack)
    throw new KontorError('INTERNAL', {
      message: `Writer ${job.writer} of plugin ${job.office.plugin.id} needs readBack: it answers "sent" or declares again: "ask".`,
    })
  return writer.readBack(deliveries as never, job.signal)
}

/** A ticket that stays open for too long counts as lost: written again where that is safe, else left to a person. */
function believable(outcome: Outcome, row: DeliveryRow, spec: WriterSpec, now: number): Settlement {
  const givesUp = spec.givesUp ?? '24h'
  if (outcome.is === 'refused' && outcome.error.code === 'IN_DOUBT' && spec.again === 'never')
    return { key: outcome.key, is: 'parked', error: outcome.error }
  if (outcome.is !== 'sent' || row.begun_at === null || now - row.begun_at <= toMilliseconds(givesUp)) return outcome
  if (spec.again === 'safe') return { key: outcome.key, is: 'absent' }
  return {
    key: outcome.key,
    is: 'parked',
    error: new KontorError('IN_DOUBT', {
      message: `${row.destination} has not said what became of this within ${givesUp}. Look there, then "kontor deliveries retry" or "skip".`,
    }),
  }
}

/** The number that goes out, and that the destination is then known to hold. */
async function sellableContent(engine: Engine, row: Claimed): Promise<string> {
  const record = JSON.parse(row.content) as AnyRecord
  const stored = await loadRecord(engine.store.db, row.source, 'stock', row.id)
  return record.entity === 'stock'
    ? JSON.stringify(await sellable(engine, engine.store.db, row.source, record, stored?.updatedAt ?? 0))
    : row.content
}

async function toDelivery(engine: Engine, row: Claimed): Promise<Delivery> {
  const { db } = engine.store
  const record = JSON.parse(row.content) as AnyRecord
  const about = record.entity !== 'stock' && record.entity !== 'prices' && 'about' in record ? record.about : undefined
  const lane = splitKey(row.lane)
  const order =
    lane && record.entity !== 'orders' ? await loadRecord(db, lane.connection, 'orders', lane.id) : undefined
  const match = about?.entity === 'returns' ? await matchAbout(engine, db, row.source, about) : undefined
  const returned = match && (await loadRecord(db, match.connection, 'returns', match.id))
  return {
    key: keyOf(row),
    name: recordKey(row.source, row.id),
    record,
    ...(order ? { order: order.record as Order } : {}),
    ...(returned ? { return: returned.record as Return } : {}),
    ...(row.known_hash !== null
      ? {
          known: {
            ...(row.reference === null ? {} : { reference: row.reference }),
            ...(row.known_content === null ? {} : { record: JSON.parse(row.known_content) as AnyRecord }),
          },
        }
      : {}),
    ...(row.begun_at !== null
      ? {
          sent: {
            at: toInstant(row.begun_at),
            ...(row.ticket === null ? {} : { ticket: row.ticket }),
            ...(row.item === null ? {} : { item: row.item }),
          },
        }
      : {}),
  }
}
