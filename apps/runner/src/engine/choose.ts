import { predicates, toMs, type AnyRecord, type Order } from '@kontor/core'
import type { Stored } from '../store/records.ts'
import type { Db, Tx } from '../store/store.ts'
import type { Flow } from './office.ts'

/** When a flow begins, in milliseconds since 1970: what is older is known, and not delivered. */
export type Beginnings = (flow: Pick<Flow, 'id' | 'start'>) => number

/** As the config says it. A flow without a first run begins now. */
export async function beginnings(db: Db | Tx, now: number): Promise<Beginnings> {
  const rows = await db.selectFrom('flows').selectAll().execute()
  const firstRuns = new Map(rows.map((row) => [row.id, row.first_run_at]))
  return ({ id, start }) => (start === 'first-run' ? (firstRuns.get(id) ?? now) : start)
}

/** Of what comes into being now: a flow without a beginning of its own has begun. */
export const fromNow =
  (now: number): Beginnings =>
  ({ start }) =>
    start === 'first-run' ? now : start

/** Where somebody asks for the past to be delivered, a flow that began at its first run begins with what is asked for. */
export const fromThePast: Beginnings = ({ start }) => (start === 'first-run' ? 0 : start)

type Chooser = Pick<Flow, 'where' | 'countries'>

/** Why a flow that begins then leaves a record alone, in words that follow its name; absent where it takes it. */
export function whyNotChosen(flow: Chooser, begins: number, record: AnyRecord, firstSeen: number): string | undefined {
  if (record.entity === 'orders') {
    // Nobody can ship it, or knows whose it is; and what is emptied was finished, or was to be forgotten.
    if (record.redactedAt) return "its buyer's data was emptied"
    const left = predicates[flow.where](record)
    if (left !== undefined) return left
    const country = countryOf(record)
    if (flow.countries && country === undefined)
      return 'where it goes is not known, and its flows are for some countries only'
    if (flow.countries && !flow.countries.includes(country ?? '')) return `no flow takes orders to ${country}`
  }
  if (timeOf(record, firstSeen) < begins) return 'from before its flow began ("kontor backfill --deliver" delivers it)'
  return undefined
}

/** Where an order goes. */
const countryOf = ({ shipTo, pickup }: Order): string | undefined =>
  (shipTo?.address ?? pickup?.address)?.countryCode ?? undefined

/** When the thing happened that a record tells of. */
function timeOf(record: AnyRecord, firstSeen: number): number {
  const told =
    record.entity === 'orders'
      ? record.orderedAt
      : record.entity === 'returns'
        ? (record.requestedAt ?? record.createdAt)
        : record.entity === 'refunds'
          ? record.refundedAt
          : undefined
  return told ? toMs(told) : firstSeen
}

type OrderFlow = Chooser & Pick<Flow, 'id' | 'entity' | 'from' | 'start'>

/** Why no flow takes an order that was delivered nowhere; absent where one takes it, or where no flow begins at its connection. */
export function whyNowhere(
  flows: readonly OrderFlow[],
  begins: Beginnings,
  {
    connection,
    record,
    firstSeen,
    backfilled,
  }: Pick<Stored, 'connection' | 'firstSeen' | 'backfilled'> & { record: Order },
): string | undefined {
  const mine = flows.filter(({ entity, from }) => entity === 'orders' && from.includes(connection))
  const reasons = mine.map((flow) => whyNotChosen(flow, begins(flow), record, firstSeen))
  if (!reasons.includes(undefined)) return reasons.at(-1)
  return backfilled ? 'read by a backfill, which delivers only with "--deliver"' : undefined
}
