import { compareEcho, KontorError, toMs, type AnyRecord, type Echo, type Entity, type Refund } from '@kontor/core'
import { echoQuestion, echoReason } from '../store/echo-words.ts'
import { recordKey, splitKey } from '../store/records.ts'
import type { DeliveryRow, RecordRow } from '../store/schema.ts'
import type { Tx } from '../store/store.ts'
import type { Engine } from './engine.ts'
import { matchAbout } from './match.ts'
import { writerFor } from './office.ts'

/**
 * What a record that was read is to what we wrote. `ours`: our own writing, told back; `knownAt` are the connections that have it from there.
 * `open`: nobody can say yet. Otherwise it is news.
 */
export type EchoVerdict = { is: 'news' } | { is: 'ours'; knownAt: ReadonlySet<string> } | { is: 'open'; reason: string }

const news: EchoVerdict = { is: 'news' }

/** Records that the system has named as our writing, with the connections that have them from there. */
export async function knownEchoes(
  tx: Tx,
  connection: string,
  entity: Entity,
  ids: readonly string[],
): Promise<Map<string, ReadonlySet<string>>> {
  if (ids.length === 0) return new Map()
  const rows = await tx
    .selectFrom('links')
    .select(['reference', 'source', 'id'])
    .where('destination', '=', connection)
    .where('entity', '=', entity)
    .where('reference', 'in', ids.slice(0, 500))
    .execute()
  const known = new Map<string, ReadonlySet<string>>()
  for (const { reference, source, id } of rows)
    known.set(
      reference,
      new Set([source, ...(entity === 'refunds' && source !== connection ? await toldTo(tx, source, id) : [])]),
    )
  return known
}

/** Money is booked once: who was to have our refund does not get its echo beside it. */
const toldTo = async (tx: Tx, source: string, id: string): Promise<string[]> =>
  (
    await tx
      .selectFrom('deliveries')
      .select('destination')
      .where('source', '=', source)
      .where('entity', '=', 'refunds')
      .where('id', '=', id)
      .execute()
  ).map(({ destination }) => destination)

/**
 * Tells our own writing from news, where the system gave it an id that we do not know: while a delivery of ours about the same order is under way or in
 * doubt, nobody can say; afterwards what was expected of it is compared. In the transaction that stores the record, so that each effect is found once.
 */
export async function judgeEcho(
  engine: Engine,
  tx: Tx,
  row: RecordRow,
  record: AnyRecord,
  known: ReadonlySet<string> | undefined,
): Promise<EchoVerdict> {
  if (known) return { is: 'ours', knownAt: known }
  const office = engine.offices.get(row.connection)
  if (!('about' in record) || !record.about || !office || !writerFor(office, record.entity)) return news
  if (!isHeard(engine, row.connection, record.entity)) return news
  const match = await matchAbout(engine, tx, row.connection, record.about)
  if (!match) return news
  const lane = recordKey(match.connection, match.id)
  const written = await engine.store.dialect
    .forUpdate(
      tx
        .selectFrom('deliveries')
        .selectAll()
        .where('destination', '=', row.connection)
        .where('entity', '=', record.entity)
        .where('lane', '=', lane)
        .where((is) => is.or([is('begun_at', 'is not', null), is('state', '=', 'sent'), is('echo', 'is not', null)])),
    )
    .execute()
  if (written.some((each) => each.begun_at !== null || each.state === 'sent'))
    return {
      is: 'open',
      reason: `${echoReason}a delivery of ours to ${row.connection} about ${lane} is not settled`,
    }
  // One that has settled since it was looked whether the record is known has told its id by now.
  const since = (await knownEchoes(tx, row.connection, record.entity, [row.id])).get(row.id)
  if (since) return { is: 'ours', knownAt: since }
  return record.entity === 'refunds' ? await compareExpected(engine, tx, row, record, written) : news
}

/** Whether anybody would take it for news. */
const isHeard = (engine: Engine, connection: string, entity: Entity): boolean =>
  engine.flows.some((flow) => flow.entity === entity && flow.from.includes(connection)) ||
  ((entity === 'refunds' || entity === 'returns') && engine.loyalty.length > 0)

async function compareExpected(
  engine: Engine,
  tx: Tx,
  row: RecordRow,
  told: Refund,
  written: readonly DeliveryRow[],
): Promise<EchoVerdict> {
  const expected = written
    .flatMap((delivery) => (delivery.echo === null ? [] : [{ delivery, echo: JSON.parse(delivery.echo) as Echo }]))
    .toSorted(
      (one, other) => toMs(one.echo.since) - toMs(other.echo.since) || (one.delivery.id < other.delivery.id ? -1 : 1),
    )
  const alike: typeof expected = []
  for (const each of expected) {
    const found = compareEcho(each.echo, told)
    if (found.is === 'same') {
      await claimEcho(tx, each.delivery, row.id, { ...each.echo, lines: found.rest }, engine.clock.now())
      const { source, id } = each.delivery
      return { is: 'ours', knownAt: new Set([source, ...(await toldTo(tx, source, id))]) }
    }
    if (found.is === 'alike') alike.push(each)
  }
  if (alike.length === 0) return news
  const names = alike.map(({ delivery }) => recordKey(delivery.source, delivery.id)).join(' or ')
  const until = Math.max(...alike.map(({ echo }) => toMs(echo.until)))
  return {
    is: 'open',
    reason:
      engine.clock.now() < until
        ? `${echoReason}${row.connection} is still to tell of ${names}, and this does not say quite the same`
        : `${echoQuestion}. It may be what ${row.connection} made of ${names}, and does not say the same. "kontor echo ${recordKey(row.connection, row.id)} --of <record>", or "--news"`,
  }
}

/** From now on this record is known as the effect of that delivery. */
async function claimEcho(
  tx: Tx,
  { destination, source, entity, id }: Pick<DeliveryRow, 'destination' | 'source' | 'entity' | 'id'>,
  reference: string,
  rest: Echo | undefined,
  now: number,
): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set({ echo: rest === undefined || rest.lines.length === 0 ? null : JSON.stringify(rest) })
    .where('destination', '=', destination)
    .where('source', '=', source)
    .where('entity', '=', entity)
    .where('id', '=', id)
    .execute()
  await tx
    .insertInto('links')
    .values({ destination, entity, reference, source, id, at: now })
    .onConflict((clash) => clash.doNothing())
    .execute()
}

/** What a person says: it is the effect of that delivery; or, without one, a word of the system itself. */
export async function tellApart(engine: Engine, told: string, of: string | undefined): Promise<void> {
  const key = splitKey(told)
  const now = engine.clock.now()
  await engine.store.write(
    async (tx) => {
      const waiting = await tx
        .selectFrom('unmatched')
        .select(['connection', 'entity', 'id'])
        .where('connection', '=', key?.connection ?? '')
        .where('id', '=', key?.id ?? told)
        .where('reason', 'like', `${echoReason}%`)
        .executeTakeFirst()
      if (!waiting)
        throw new KontorError('NOT_FOUND', {
          message: `${told} does not wait for anybody to tell it apart. "kontor status" lists what waits.`,
        })
      const { connection: destination, entity, id: reference } = waiting
      if (of === undefined) {
        const itself = { destination, entity, reference, source: destination, id: reference, at: now }
        await tx.insertInto('links').values(itself).execute()
        return
      }
      const ours = splitKey(of)
      const delivery = await tx
        .selectFrom('deliveries')
        .selectAll()
        .where('destination', '=', destination)
        .where('entity', '=', entity)
        .where('source', '=', ours?.connection ?? '')
        .where('id', '=', ours?.id ?? of)
        .executeTakeFirst()
      if (!delivery)
        throw new KontorError('NOT_FOUND', {
          message: `There is no delivery of ${entity} ${of} to ${destination}. "kontor deliveries list --to ${destination} --entity ${entity} --state done" lists them.`,
        })
      if (delivery.begun_at !== null || delivery.state === 'sent')
        throw new KontorError('CONFLICT', {
          message: `The delivery of ${of} to ${destination} is not settled. "kontor deliveries skip ${of}" says that it need not be sent again; then say this once more.`,
        })
      await claimEcho(tx, delivery, reference, undefined, now)
    },
    [`intake ${key?.connection ?? ''}`],
  )
}
