import {
  compareVersions,
  KontorError,
  toInstant,
  type Clock,
  type Instant,
  type Intake,
  type Log,
  type Look,
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

const hour = 3_600_000
/** How far behind the watermark reading begins: what was written late is met again, and equal content changes nothing. */
export const overlapMs = 3 * hour
/** When an order that is not paid yet is looked at again. */
export const unpaidLookMs = 6 * hour
/** How often the listing is gone through at most, while it moves under us. */
export const readingsAtMost = 5

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
}

export function createOrdersReader(needs: Needs) {
  return {
    read: (request: ReadRequest<OrdersCheckpoint>) => readOrders(needs, request),
    fetch: (refs: readonly Ref[], signal: AbortSignal) => fetchOrders(needs, refs, signal),
  }
}

async function* readOrders(
  { client, config, clock, log }: Needs,
  request: ReadRequest<OrdersCheckpoint>,
): AsyncGenerator<Page<'orders', OrdersCheckpoint>> {
  const { since, until, checkpoint, signal } = request
  const before = checkpoint?.modified ?? since
  const from = Date.parse(before) - (checkpoint === undefined ? 0 : overlapMs)
  const seen = new Map<string, string>()
  let newest: string = before

  for (let reading = 1; reading <= readingsAtMost; reading++) {
    const known = seen.size
    let counted: number | undefined = 0
    for (const state of passes(config)) {
      let countOfPass: number | undefined
      for (let page = 1; ; page++) {
        const answer = await client.listOrders(
          { modifiedFrom: toFilter(from, config.dateFormat), ...state, ...countryOf(config), page },
          signal,
        )
        if (answer === undefined) break
        countOfPass = answer.count ?? undefined
        if (answer.results.length === 0) break
        const fresh = answer.results.map(toEnvelope).filter((each) => seen.get(each.id) !== each.modified)
        for (const { id, modified } of fresh) {
          seen.set(id, modified)
          if ((compareVersions(modified, newest) ?? 0) > 0) newest = modified
        }
        if (fresh.length > 0) {
          const intake = toIntake(
            fresh.map(({ raw }) => raw),
            config,
            clock,
          )
          yield { ...intake, records: withinTime(intake.records, until), checkpoint: { modified: before } }
        }
        if (!answer.next) break
      }
      counted = counted === undefined || countOfPass === undefined ? undefined : counted + countOfPass
    }
    if (isComplete({ seen: seen.size, new: seen.size - known, counted, reading })) {
      yield {
        records: [],
        checkpoint: { modified: until !== undefined && (compareVersions(newest, until) ?? -1) > 0 ? until : newest },
      }
      return
    }
  }
  log.warn('The list of orders kept moving while it was read; its window is read again next time.', {
    readings: readingsAtMost,
    orders: seen.size,
  })
}

/**
 * Whether no order can have slipped from one page to another behind our back: as many different orders have come as were counted
 * (over all passes, so that one that changes pass counts twice and asks for another reading), or another reading brought nothing new.
 */
function isComplete(run: { seen: number; new: number; counted: number | undefined; reading: number }): boolean {
  if (run.counted !== undefined && run.seen >= run.counted) return true
  return run.reading > 1 && run.new === 0
}

/** The listing as it comes, then the states it leaves out unless asked. */
const passes = (config: BackMarketConfig): readonly { state?: number }[] =>
  config.unpaidOrders === 'skip' ? [{}] : [{}, ...hiddenOrderStates.map((state) => ({ state }))]

/** The API filters by one market; several are filtered here. */
const countryOf = ({ countries }: BackMarketConfig): { countryCode?: string } =>
  countries?.length === 1 && countries[0] !== undefined ? { countryCode: countries[0] } : {}

/** What can be told of any answer, readable or not: enough to know it again. */
const Envelope = z.looseObject({
  order_id: z.union([z.string(), z.number()]).transform(String),
  date_modification: z.string().catch(''),
})
function toEnvelope(raw: unknown, index: number): { id: string; modified: string; raw: unknown } {
  const envelope = Envelope.safeParse(raw)
  return envelope.success
    ? { id: envelope.data.order_id, modified: envelope.data.date_modification, raw }
    : { id: `unreadable ${index} ${JSON.stringify(raw)}`, modified: '', raw }
}

const withinTime = <T extends { updatedAt?: Instant | null | undefined }>(
  records: readonly T[],
  until: Instant | undefined,
): readonly T[] =>
  until === undefined
    ? records
    : records.filter(
        ({ updatedAt }) =>
          updatedAt === null || updatedAt === undefined || (compareVersions(updatedAt, until) ?? 0) <= 0,
      )

/** Each order by itself: one that cannot be understood is a rejection, its neighbours arrive. */
function toIntake(
  raws: readonly unknown[],
  config: BackMarketConfig,
  clock: Clock,
): Intake<'orders'> & { records: readonly ReturnType<typeof toOrder>[] } {
  const records: ReturnType<typeof toOrder>[] = []
  const rejected: Rejection[] = []
  const look: Look[] = []
  for (const raw of raws) {
    const order = WireOrder.safeParse(raw)
    if (!order.success) {
      rejected.push(toRejection(raw, order.error))
      continue
    }
    if (!isOurs(order.data, config)) continue
    const record = toOrder(order.data, config)
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

function toRejection(raw: unknown, error: z.ZodError): Rejection {
  const [issue] = error.issues
  const path = (issue?.path ?? []).map(String).join('.')
  const envelope = Envelope.safeParse(raw)
  const which = envelope.success ? `Order ${envelope.data.order_id}` : 'An order without a readable id'
  return {
    ...(envelope.success ? { ref: { entity: 'orders', id: envelope.data.order_id } } : {}),
    path,
    error: new KontorError('RECORD_INVALID', {
      message: `${which} cannot be read: ${path === '' ? 'it' : `\`${path}\``} is ${issue?.message ?? 'wrong'}. Look at it in the back office, then replay the rejection.`,
      path,
    }),
    raw,
  }
}

/** By id, one call each; an order Back Market does not know is left out. */
async function* fetchOrders(
  { client, config, clock }: Needs,
  refs: readonly Ref[],
  signal: AbortSignal,
): AsyncGenerator<Intake<'orders'>> {
  for (const { entity, id } of refs) {
    if (entity !== 'orders' || !/^\d+$/.test(id)) continue
    const raw = await client.getOrder(id, signal)
    if (raw !== undefined) yield toIntake([raw], config, clock)
  }
}
