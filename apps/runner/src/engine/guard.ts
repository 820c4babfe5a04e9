import { KontorError, toExact, type AnyRecord } from '@kontor/core'
import { holdingsOf } from '../store/holdings.ts'
import type { DeliveryRow } from '../store/schema.ts'
import { adoptHeld, releaseHeld } from '../store/wishes.ts'
import type { Engine } from './engine.ts'
import type { Office } from './office.ts'

/**
 * State wishes of one run are released together when it has ended; guards judge that set. A tripped guard leaves the set held, with its reason,
 * until a person releases it or a later run states something else. What a run stated that did not end well is released by the next one of the same
 * part of the connection that does, as one set with its own.
 */
export async function releaseStates(engine: Engine, run: number, part: string, office: Office): Promise<void> {
  await engine.store.write((tx) => adoptHeld(tx, { run, connection: office.name, part }))
  const destinations = await engine.store.db
    .selectFrom('deliveries')
    .select('destination')
    .distinct()
    .where('held_by', '=', run)
    .where('state', '=', 'held')
    .execute()
  for (const { destination } of destinations) {
    const reason = await tripped(engine, run, office.name, destination)
    await engine.store.write(async (tx) => {
      if (!reason) return await releaseHeld(tx, run, destination, engine.clock.now())
      await tx
        .updateTable('deliveries')
        .set({ error: JSON.stringify(reason) })
        .where('held_by', '=', run)
        .where('destination', '=', destination)
        .where('state', '=', 'held')
        .execute()
    })
    if (reason) engine.log.error(reason.message, { connection: office.name, destination, code: reason.code })
  }
}

interface Change {
  entity: string
  before: AnyRecord | undefined
  after: AnyRecord
}

async function tripped(
  engine: Engine,
  run: number,
  source: string,
  destination: string,
): Promise<KontorError | undefined> {
  const rows = await engine.store.db
    .selectFrom('deliveries')
    .innerJoin('records', (join) =>
      join
        .onRef('records.connection', '=', 'deliveries.source')
        .onRef('records.entity', '=', 'deliveries.entity')
        .onRef('records.id', '=', 'deliveries.id'),
    )
    .select(['deliveries.entity', 'deliveries.flow', 'deliveries.known_content', 'records.content'])
    .where('held_by', '=', run)
    .where('destination', '=', destination)
    .where('state', '=', 'held')
    .execute()
  // What was never told by us may yet have been seen there by a reconcile.
  const held = rows.some((row) => row.known_content === null)
    ? await holdingsOf(engine.store.db, destination)
    : (): undefined => undefined
  for (const flow of engine.flows) {
    const changes = rows
      .filter((row) => row.flow === flow.id)
      .map((row): Change => {
        const after = JSON.parse(row.content) as AnyRecord
        return { entity: row.entity, before: parse(row.known_content) ?? held(after), after }
      })
    const { dropToZero, priceChange } = flow.guard ?? {}
    const confirmed = Number(
      (
        await engine.store.db
          .selectFrom('deliveries')
          .select((is) => is.fn.countAll().as('count'))
          .where('destination', '=', destination)
          .where('source', '=', source)
          .where('entity', '=', flow.entity)
          .where('known_content', 'is not', null)
          .executeTakeFirst()
      )?.count ?? 0,
    )
    const known = Math.max(confirmed, changes.filter(({ before }) => before !== undefined).length)
    const drops = changes.filter(dropsToZero).length
    if (dropToZero !== undefined && known > 0 && drops / known > dropToZero)
      return new KontorError('GUARD_TRIPPED', {
        message: `${drops} of ${known} SKUs would drop to zero at ${destination}, more than the ${dropToZero * 100} % of guard.dropToZero. Nothing was sent. Look with "kontor deliveries list --state held"; "kontor deliveries retry --held ${destination}" releases them.`,
        key: `flows.${flow.id}.guard.dropToZero`,
      })
    const jump = priceChange === undefined ? undefined : changes.find((change) => jumps(change, priceChange))
    if (jump && priceChange !== undefined)
      return new KontorError('GUARD_TRIPPED', {
        message: `The price of ${'sku' in jump.after ? jump.after.sku : jump.after.id} would change by more than the ${priceChange * 100} % of guard.priceChange at ${destination}. Nothing was sent.`,
        key: `flows.${flow.id}.guard.priceChange`,
      })
  }
  return undefined
}

const parse = (content: DeliveryRow['known_content']): AnyRecord | undefined =>
  content === null ? undefined : (JSON.parse(content) as AnyRecord)
const dropsToZero = ({ before, after }: Change): boolean =>
  before?.entity === 'stock' && after.entity === 'stock' && before.available > 0 && after.available === 0

function jumps({ before, after }: Change, share: number): boolean {
  if (before?.entity !== 'prices' || after.entity !== 'prices') return false
  const [old, next] = [Number(before.price.value.amount), Number(after.price.value.amount)]
  return toExact(before.price.value.amount).digits !== 0n && Math.abs(next - old) / old > share
}
