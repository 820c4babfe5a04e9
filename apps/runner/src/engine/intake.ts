import {
  isKontorError,
  issuePath,
  KontorError,
  predicates,
  recordSchemas,
  toMs,
  validate,
  type AnyRecord,
  type Entity,
  type Intake,
  type Json,
  type Rejection,
} from '@kontor/core'
import type { Lease } from '../store/leases.ts'
import { dropTold, lookedFor, removeLooks, renewLooks, saveLooks, type AskedBy } from '../store/looks.ts'
import { loadRecords, markVanished, saveNumbers, saveRecords, toStored } from '../store/records.ts'
import { openAmbiguous, saveRejections, settleRejections, type NewRejection } from '../store/rejections.ts'
import type { RecordRow } from '../store/schema.ts'
import { saveCheckpoint } from '../store/streams.ts'
import type { Tx } from '../store/store.ts'
import { wakeLane } from '../store/wishes.ts'
import { lookGraceMs, type Engine } from './engine.ts'
import { beginnings, fromThePast, type Beginnings } from './choose.ts'
import { judgeEcho, knownEchoes } from './echo.ts'
import { keepLedger, noteRefund } from './ledger.ts'
import { mergeInto } from './merge-record.ts'
import { reserveOrder } from './reserve.ts'
import { isAmbiguous, route } from './route.ts'
import { decideByRule, judgeAgain } from './rules.ts'

export interface IntakeContext {
  connection: string
  reader: string
  run: number
  /** When the request began whose answer this is. */
  askedAt: number
  backfill: boolean
  /** A backfill may deliver, too. */
  deliver: boolean
  /** With a page: what to store beside it, under the lease of its stream; a backfill has a stream of its own. */
  checkpoint?: { stream: string; lease: Lease; value: Json; dependsOn: string; resumeAt: number | undefined }
  /** With an answer by id: what was asked for. */
  asked?: readonly { entity: Entity; id: string }[]
}

export interface Applied {
  read: number
  changed: number
  rejected: number
  newOrders: boolean
}

/**
 * One transaction: statements merged into records, wishes set, rejections kept, ids to look at noted, checkpoint moved.
 * A crash before its commit repeats the page, harmlessly: equal content changes nothing.
 */
export async function applyIntake(engine: Engine, context: IntakeContext, intake: Intake): Promise<Applied> {
  const { records, invalid } = validateRecords(intake.records)
  const rejected = [...(intake.rejected ?? []), ...invalid]
  return await engine.store.write(
    async (tx) => {
      const now = engine.clock.now()
      const applied: Applied = {
        read: intake.records.length + (intake.rejected?.length ?? 0),
        changed: 0,
        rejected: 0,
        newOrders: false,
      }
      const groups = Map.groupBy(records, ({ entity }) => entity)
      const answered = context.asked ?? []
      const again = ({ id, entity }: { id: string; entity: Entity }): boolean =>
        (intake.look ?? []).some((look) => look.ref.id === id && look.ref.entity === entity)
      await removeLooks(
        tx,
        context.connection,
        answered.filter((each) => !again(each)),
        context.askedAt,
      )
      await renewLooks(tx, context.connection, answered.filter(again), context.askedAt)
      // What a backfill reads is not delivered.
      if (!context.backfill)
        for (const [entity, some] of groups)
          await dropTold(
            tx,
            context.connection,
            entity,
            some.map((record) => ({ id: record.id, updatedAt: changedAt(record) })),
            context.askedAt,
          )
      await saveLooks(tx, context.connection, intake.look ?? [], now, askedBy(context))
      const begins = context.deliver ? fromThePast : await beginnings(tx, now)
      const refused: NewRejection[] = rejected.map((each) => newRejection(context, each))
      for (const [entity, some] of groups)
        await applyEntity(engine, tx, context, entity, some, begins, applied, refused, now)
      await vanish(tx, context, intake, now)
      applied.rejected = await saveRejections(engine.store, tx, refused, now)
      if (context.checkpoint)
        await saveCheckpoint(engine.store, tx, context.checkpoint.lease, {
          connection: context.connection,
          reader: context.checkpoint.stream,
          checkpoint: context.checkpoint.value,
          dependsOn: context.checkpoint.dependsOn,
          resumeAt: context.checkpoint.resumeAt,
        })
      return applied
    },
    [`intake ${context.connection}`],
  )
}

const changedAt = (record: AnyRecord): number | undefined =>
  record.entity === 'orders' && record.updatedAt ? toMs(record.updatedAt) : undefined

/** Ids that a backfill leads to give way as it does, and what is read by them is delivered as little as what it reads itself. */
const askedBy = ({ backfill, deliver }: IntakeContext): AskedBy =>
  !backfill ? 'live' : deliver ? 'backfill' : 'history'

/** What a plugin yields is checked with *our* schema: an older plugin may know less than we do, never something else. */
function validateRecords(records: readonly AnyRecord[]): { records: AnyRecord[]; invalid: Rejection[] } {
  const valid: AnyRecord[] = []
  const invalid: Rejection[] = []
  for (const record of records) {
    const schema = recordSchemas[record.entity] as (typeof recordSchemas)[Entity] | undefined
    const result = schema && validate<AnyRecord>(schema, record)
    if (result && !result.issues) valid.push(result.value)
    else {
      const issue = result?.issues?.[0]
      const path = issue ? issuePath(issue) : 'entity'
      const error = new KontorError('RECORD_INVALID', {
        message: `The plugin yielded a record that is no valid ${record.entity}: ${path}: ${issue?.message ?? 'unknown entity'}.`,
        path,
      })
      invalid.push({
        ...(typeof record.id === 'string' && schema ? { ref: { entity: record.entity, id: record.id } } : {}),
        path,
        error,
        raw: record,
      })
    }
  }
  return { records: valid, invalid }
}

function newRejection(context: IntakeContext, { ref, path, error, raw }: Rejection): NewRejection {
  return {
    connection: context.connection,
    reader: context.reader,
    entity: ref?.entity,
    ref: ref?.id,
    path,
    error: error.toJSON(),
    raw,
  }
}

async function applyEntity(
  engine: Engine,
  tx: Tx,
  context: IntakeContext,
  entity: Entity,
  records: readonly AnyRecord[],
  begins: Beginnings,
  applied: Applied,
  refused: NewRejection[],
  now: number,
): Promise<void> {
  const ids = [...new Set(records.map((record) => record.id))]
  const rows = await loadRecords(tx, context.connection, entity, ids)
  const previous = new Map([...rows].map(([id, row]) => [id, row.content]))
  const changed = new Set<string>()
  const touched = new Set<string>()
  for (const record of records) {
    const next = mergeInto(engine, context, rows.get(record.id), record, now)
    if (!next) continue
    rows.set(record.id, next.row)
    if (next.changed) changed.add(record.id)
    touched.add(record.id)
  }
  await saveRecords(
    tx,
    [...touched].flatMap((id) => rows.get(id) ?? []),
  )
  if (entity === 'orders' || entity === 'returns')
    await saveNumbers(
      tx,
      [...changed].flatMap((id) => numbersOf(rows.get(id))),
    )
  await settleRejections(tx, context.connection, entity, ids, 'arrived later')
  applied.changed += changed.size
  if (entity === 'orders' || entity === 'returns') applied.newOrders ||= [...changed].some((id) => !previous.has(id))

  // What was looked at is judged again even if nothing changed: it may have been held back for the look. So is what is asked for to be delivered.
  const unmatched = await openAmbiguous(tx, context.connection, entity, ids)
  const judge = new Set([...changed, ...unmatched, ...(context.asked || context.deliver ? ids : [])])
  const awaited = await lookedFor(tx, context.connection, entity, [...judge], now + lookGraceMs, now - lookGraceMs)
  const echoes = await knownEchoes(tx, context.connection, entity, [...judge])
  for (const id of judge) {
    const row = rows.get(id)
    if (!row) continue
    if (changed.has(id) && (entity === 'orders' || entity === 'returns'))
      await wakeLane(tx, `${row.connection}/${row.id}`, now)
    try {
      const record = toStored(row).record
      if (record.entity === 'orders') {
        await decideByRule(engine, tx, row, record, context.run, now)
        await reserveOrder(engine, tx, row, record)
      }
      const echo = await judgeEcho(engine, tx, row, record, echoes.get(id))
      await route(engine, tx, row, record, {
        now,
        run: context.run,
        withhold: row.backfilled === 1 && !context.deliver,
        backfill: context.backfill,
        awaited: awaited.has(id),
        echo,
        previousContent: previous.get(id),
        begins,
      })
      if (record.entity === 'orders') await keepLedger(engine, tx, row, { run: context.run, begins: context.deliver })
      if (record.entity === 'refunds' || record.entity === 'returns')
        await noteRefund(engine, tx, row, record, echo, context.run)
      if (unmatched.includes(id)) await settleRejections(tx, context.connection, entity, [id], 'matched later', 'match')
    } catch (thrown) {
      if (!isAmbiguous(thrown) || !isKontorError(thrown)) throw thrown
      refused.push({
        connection: context.connection,
        reader: context.reader,
        entity,
        ref: id,
        path: thrown.path ?? '',
        error: thrown.toJSON(),
        raw: toStored(row).record,
      })
    }
  }
  await judgeOthers(engine, tx, context, { records, rows, changed, judged: judge }, now)
}

/** A policy may come, or stock be told, after the order: what waits is judged again when it is read again, and when stock of it changes. */
async function judgeOthers(
  engine: Engine,
  tx: Tx,
  { connection, run }: IntakeContext,
  {
    records,
    rows,
    changed,
    judged,
  }: {
    records: readonly AnyRecord[]
    rows: ReadonlyMap<string, RecordRow>
    changed: ReadonlySet<string>
    judged: ReadonlySet<string>
  },
  now: number,
): Promise<void> {
  if (engine.decide.size === 0) return
  const stock = records.flatMap((record) => (record.entity === 'stock' && changed.has(record.id) ? [record.sku] : []))
  if (stock.length > 0) await judgeAgain(engine, tx, stock, run, now)
  if ((engine.decide.get(connection)?.accept ?? 'manual') === 'manual') return
  for (const told of records) {
    if (told.entity !== 'orders' || judged.has(told.id) || predicates.acceptable(told) !== undefined) continue
    const row = rows.get(told.id)
    const record = row && toStored(row).record
    if (row && record?.entity === 'orders') await decideByRule(engine, tx, row, record, run, now)
  }
}

function numbersOf(row: RecordRow | undefined): { number: string; connection: string; entity: string; id: string }[] {
  if (!row) return []
  const { numbers } = toStored(row).record
  return [...new Set([row.id, ...(numbers ?? [])])].map((number) => ({
    number,
    connection: row.connection,
    entity: row.entity,
    id: row.id,
  }))
}

/** An id that was asked for and left out has vanished. It is marked, never deleted. */
async function vanish(tx: Tx, context: IntakeContext, intake: Intake, now: number): Promise<void> {
  if (!context.asked) return
  const told = new Set([
    ...intake.records.map((record) => `${record.entity}/${record.id}`),
    ...(intake.rejected ?? []).flatMap(({ ref }) => (ref ? [`${ref.entity}/${ref.id}`] : [])),
    ...(intake.look ?? []).map(({ ref }) => `${ref.entity}/${ref.id}`),
  ])
  for (const { entity, id } of context.asked)
    if (!told.has(`${entity}/${id}`)) await markVanished(tx, context.connection, entity, [id], now)
}
