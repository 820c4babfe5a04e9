import { openQuantity, toMs, type AnyRecord, type PiiKind } from '@kontor/core'
import { emptyRecord, forgetRaw, laneIsOpen, personalOrders, recordsAbout, unchangedSince } from '../store/personal.ts'
import { loadRecords, recordKey, toStored } from '../store/records.ts'
import type { RecordRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { Engine } from './engine.ts'
import type { LoyaltyPlan } from './ledger-facts.ts'
import { ledgerSource } from './statement.ts'

const page = 200

/** Whose orders earn points, and where those are kept. */
type Programme = Pick<LoyaltyPlan, 'shop' | 'provider'>

/** What of a person must stay: points are kept under the buyer's e-mail address, and a refund may take them back years later. */
export const keptKinds = (loyalty: readonly Programme[], connection: string): readonly PiiKind[] =>
  connection === ledgerSource || loyalty.some(({ shop, provider }) => connection === shop || connection === provider)
    ? ['email']
    : []

/**
 * Empties buyers' data of everything that is finished and that nothing has happened with for as long as its connection's `retention` says. An order that is
 * still to be shipped, or about which something is on its way, keeps them however old it is. Where the rules of a system count from the delivery,
 * its orders are emptied so long after that, whatever has happened since.
 * @returns how many records were emptied
 */
export async function applyRetention(engine: Engine, signal: AbortSignal): Promise<number> {
  let emptied = 0
  for (const office of engine.offices.values()) {
    if (office.retentionMs === undefined) continue
    const before = engine.clock.now() - office.retentionMs
    await engine.store.write((tx) => forgetRaw(tx, office.name, before))
    let after: RecordRow | undefined
    do {
      const rows = await unchangedSince(engine.store, office.name, before, after, page)
      after = rows.at(-1)
      const finished = rows.filter((row) => isFinished(toStored(row).record))
      if (finished.length > 0) emptied += await emptyAll(engine, finished)
    } while (after && !signal.aborted)
    if (office.plugin.retentionFrom === 'delivery') emptied += await emptyDelivered(engine, office.name, before, signal)
  }
  if (emptied > 0) engine.log.info(`Personal data of ${emptied} finished records was emptied, as retention asks.`)
  return emptied
}

/** Orders that were to be delivered before that instant, though something may have happened with them since: a return, a refund, a word of the carrier. */
async function emptyDelivered(
  engine: Engine,
  connection: string,
  before: number,
  signal: AbortSignal,
): Promise<number> {
  let emptied = 0
  let after: RecordRow | undefined
  do {
    const rows = await personalOrders(engine.store, connection, after?.id, page)
    after = rows.at(-1)
    const due = rows.filter((row) => {
      const { record } = toStored(row)
      const deliverBy = record.entity === 'orders' ? record.deadlines?.deliverBy : undefined
      return deliverBy && toMs(deliverBy) < before && isFinished(record)
    })
    if (due.length > 0) emptied += await emptyAll(engine, due)
  } while (after && !signal.aborted)
  return emptied
}

/** In the transactions that change the records, under the same lock as their reading: what was told meanwhile is left alone. */
async function emptyAll(engine: Engine, rows: readonly RecordRow[]): Promise<number> {
  let emptied = 0
  const [connection = ''] = rows.map((row) => row.connection)
  await engine.store.write(
    async (tx) => {
      for (const row of rows) {
        const stored = toStored(row)
        const now = (await loadRecords(tx, row.connection, stored.entity, [row.id])).get(row.id)
        if (now?.hash !== row.hash || now.updated_at !== row.updated_at) continue
        if (stored.entity === 'orders' && (await laneIsOpen(tx, row))) continue
        await emptyRecord(engine.store, tx, now, keptKinds(engine.loyalty, row.connection))
        emptied++
      }
    },
    [`intake ${connection}`],
  )
  return emptied
}

/** Whether nobody has to act on it any more. */
function isFinished(record: AnyRecord): boolean {
  if (record.entity !== 'orders') return true
  if (record.lifecycle?.value === 'cancelled') return true
  return record.lines ? record.lines.every((line) => openQuantity(line) === 0) : record.lifecycle?.value === 'completed'
}

/**
 * Empties buyers' data of one order and of everything that was told about it, whatever its age.
 * @returns the keys of what was emptied, `undefined` where something is still on its way and needs them; and the kinds that stay
 */
export async function eraseOrder(
  store: Store,
  loyalty: readonly Programme[],
  order: { connection: string; id: string },
): Promise<{ emptied: string[] | undefined; stays: readonly PiiKind[] }> {
  const emptied = await store.write(
    async (tx) => {
      const rows = await recordsAbout(tx, order)
      if (rows[0] && (await laneIsOpen(tx, rows[0]))) return undefined
      const left = rows.filter((row) => toStored(row).record.redactedAt === undefined)
      for (const row of left) await emptyRecord(store, tx, row, keptKinds(loyalty, row.connection))
      return left.map((row) => `${row.entity} ${recordKey(row.connection, row.id)}`)
    },
    [`intake ${order.connection}`],
  )
  return { emptied, stays: keptKinds(loyalty, order.connection) }
}
