import {
  compareVersions,
  toInstant,
  type Clock,
  type Instant,
  type Intake,
  type Log,
  type Look,
  type Order,
  type Page,
  type ReadRequest,
  type Ref,
  type Rejection,
} from '@kontor/core'
import { z } from 'zod'
import type { Client } from '../client.ts'
import type { BackMarketConfig } from '../config.ts'
import { toFilter } from '../mapping/instants.ts'
import { toOrder } from '../mapping/order.ts'
import { hiddenOrderStates } from '../tables/states.ts'
import { WireOrder } from '../wire.ts'
import type { BackShip } from './backship.ts'
import { readMovingList } from './moving-list.ts'
import { toRejection } from './rejection.ts'

const hour = 3_600_000
/** How far behind the watermark reading begins: what was written late is met again, and equal content changes nothing. */
const overlapMs = 3 * hour
/** When an order that is not paid yet is looked at again. */
const unpaidLookMs = 6 * hour

/**
 * The newest `date_modification` of the last *complete* reading, in the vendor's own digits.
 *
 * There is no page number in it, on purpose. The listing has no sort order and no upper bound, and orders move in it while it is
 * read; page 7 of an interrupted reading is another page 7 an hour later. A reading that was interrupted begins its window again,
 * which costs a few calls and loses nothing; the mark moves only when all pages have come.
 */
export const OrdersCheckpoint = z.object({ modified: z.string() })
export type OrdersCheckpoint = z.output<typeof OrdersCheckpoint>

interface Needs {
  client: Client
  config: BackMarketConfig
  clock: Clock
  log: Log
  backShip: BackShip
}

export function createOrdersReader(needs: Needs) {
  return {
    read: (request: ReadRequest<OrdersCheckpoint>) => readOrders(needs, request),
    fetch: (refs: readonly Ref[], signal: AbortSignal) => fetchOrders(needs, refs, signal),
  }
}

async function* readOrders(
  needs: Needs,
  { since, until, checkpoint, signal }: ReadRequest<OrdersCheckpoint>,
): AsyncGenerator<Page<'orders', OrdersCheckpoint>> {
  const { client, config, log } = needs
  const before = checkpoint?.modified ?? since
  const modifiedFrom = toFilter(Date.parse(before) - (checkpoint === undefined ? 0 : overlapMs), config.dateFormat)
  const list = readMovingList({
    passes: passesOf(config).map(
      (pass) => (page) => client.listOrders({ modifiedFrom, ...pass, ...countryOf(config), page }, signal),
    ),
    fields: { id: 'order_id', modified: 'date_modification' },
    newest: before,
    counts: true,
    log,
    what: 'orders',
  })
  for (;;) {
    const step = await list.next()
    if (step.done === true) {
      const newest = step.value
      if (newest !== undefined) yield { records: [], checkpoint: { modified: earlier(newest, until) } }
      return
    }
    const intake = await toIntake(
      needs,
      step.value.map(({ raw }) => raw),
      signal,
    )
    yield { ...intake, records: withinTime(intake.records, until), checkpoint: { modified: before } }
  }
}

/** The listing as it comes, then the states it leaves out unless asked. */
const passesOf = (config: BackMarketConfig): readonly { state?: number }[] =>
  config.unpaidOrders === 'skip' ? [{}] : [{}, ...hiddenOrderStates.map((state) => ({ state }))]

/** The API filters by one market; several are filtered here. */
const countryOf = ({ countries }: BackMarketConfig): { countryCode?: string } =>
  countries?.length === 1 && countries[0] !== undefined ? { countryCode: countries[0] } : {}

const earlier = (newest: string, until: Instant | undefined): string =>
  until !== undefined && (compareVersions(newest, until) ?? -1) > 0 ? until : newest

const withinTime = (records: readonly Order[], until: Instant | undefined): readonly Order[] =>
  until === undefined
    ? records
    : records.filter(
        ({ updatedAt }) =>
          updatedAt === null || updatedAt === undefined || (compareVersions(updatedAt, until) ?? 0) <= 0,
      )

/** Each order by itself: one that cannot be understood is a rejection, its neighbours arrive. */
async function toIntake(
  { config, clock, backShip }: Needs,
  raws: readonly unknown[],
  signal: AbortSignal,
): Promise<Intake<'orders'>> {
  const records: Order[] = []
  const rejected: Rejection[] = []
  const look: Look[] = []
  for (const raw of raws) {
    const order = WireOrder.safeParse(raw)
    if (!order.success) {
      const id = WireOrder.shape.order_id.safeParse(Object(raw)['order_id']).data
      rejected.push(toRejection(raw, order.error, { entity: 'orders', what: 'Order', id }))
      continue
    }
    if (!isOurs(order.data, config)) continue
    const record = { ...toOrder(order.data, config), ...(await backShip.labelOf(order.data, signal)) }
    records.push(record)
    if (record.payment?.value === 'pending')
      look.push({
        ref: { entity: 'orders', id: record.id },
        at: toInstant(clock.now() + unpaidLookMs),
        reason: 'not paid yet',
      })
  }
  return { records, rejected, look }
}

const isOurs = ({ country_code: market }: WireOrder, { countries }: BackMarketConfig): boolean =>
  countries === undefined || countries.some((each) => each === market?.toLowerCase())

/** By id, one call each; an order Back Market does not know is left out. */
async function* fetchOrders(needs: Needs, refs: readonly Ref[], signal: AbortSignal): AsyncGenerator<Intake<'orders'>> {
  for (const { entity, id } of refs) {
    if (entity !== 'orders' || !/^\d+$/.test(id)) continue
    const raw = await needs.client.getOrder(id, signal)
    if (raw !== undefined) yield await toIntake(needs, [raw], signal)
  }
}
