import {
  linesToShip,
  preordersToConfirm,
  toMs,
  type Look,
  type Order,
  type Page,
  type Reader,
  type ReadRequest,
  type Ref,
  type Rejection,
} from '@kontor/core'
import { z } from 'zod'
import { preorderDays } from '../client/index.ts'
import type { RakutenConfig } from '../config.ts'
import { parisDay, toOrder, withoutTotal } from '../mapping/index.ts'
import { isPickup } from '../tables/index.ts'
import type { SaleWire } from '../wire/index.ts'
import { readConfirmed, readSales, type ListNeeds } from './all-sales.ts'
import { fetchSales } from './details.ts'

/**
 * Where reading stands. The lists know no cursor: every run reads a window of days, and equal statements change nothing.
 * - `since`: the first day that is ever read · `deepOn`: the day of the last deep run
 * - `tracked`: sales with units still to accept or to ship; one that leaves the lists is looked at, since it may have been cancelled. The
 *   window reaches back to those with a pre-order, which may wait for months
 */
export const OrdersCheckpoint = z.object({
  since: z.iso.date(),
  deepOn: z.iso.date().optional(),
  tracked: z
    .record(z.string(), z.object({ day: z.iso.date(), accepted: z.boolean(), preorder: z.boolean().optional() }))
    .default({}),
})
export type OrdersCheckpoint = z.infer<typeof OrdersCheckpoint>

const pageSize = 500

export function createOrdersReader(needs: ListNeeds): Reader<'orders', OrdersCheckpoint> {
  return { read: (request) => readOrders(needs, request), fetch: (refs, signal) => fetchSales(needs, refs, signal) }
}

/** New sales first, since they wait for us; then the confirmed ones, joined with the new ones that belong to the same sale. */
async function* readOrders(
  needs: ListNeeds,
  { since, until, checkpoint, signal }: ReadRequest<OrdersCheckpoint>,
): AsyncGenerator<Page<'orders', OrdersCheckpoint>> {
  const { client, config, book, clock, log } = needs
  const begun: OrdersCheckpoint = checkpoint ?? { since: parisDay(toMs(since)), tracked: {} }
  const at = clock.now()
  const from = firstDay(begun, at, config)
  const run = new Run(needs, begun, until === undefined ? Number.POSITIVE_INFINITY : toMs(until))
  const reject = (rejection: Rejection): void => run.reject(rejection)

  const fresh = readSales((await client.newSales(signal)).sales, reject)
  // A sale with accepted units is told whole, with what the other list says about it.
  const waiting = [...fresh.values()].filter((sale) => begun.tracked[sale.purchaseid]?.accepted !== true)
  yield* run.pages(waiting, begun, undefined)

  const { sales, toShip, complete } = await readConfirmed(
    needs,
    { from, preordersFrom: latest(begun.since, parisDay(at, preorderDays)), fresh, reject },
    signal,
  )
  const told = new Set([...waiting.map((sale) => sale.purchaseid), ...sales.keys()])
  const withheld = [...fresh.values()].filter((sale) => !told.has(sale.purchaseid))
  yield* run.pages([...sales.values(), ...withheld], begun, toShip)
  if (complete) book.listed(at, toShip)

  const { tracked, look } = complete
    ? run.leave(begun, from, parisDay(at, config.deepWindowDays))
    : { tracked: { ...begun.tracked, ...run.tracked }, look: [] }
  if (run.skipped > 0)
    log.info('sales that the buyer fetches were left out, as `pickupOrders: skip` says', { sales: run.skipped })
  yield {
    records: [],
    rejected: run.takeRejected(),
    look,
    checkpoint: { since: begun.since, deepOn: complete ? parisDay(at) : begun.deepOn, tracked },
  }
}

function firstDay({ since, deepOn, tracked }: OrdersCheckpoint, now: number, config: RakutenConfig): string {
  if (deepOn === undefined) return since
  const window = parisDay(now, config.windowDays)
  // After a pause longer than the window, the days of the pause are read as well.
  const deep = earliest(parisDay(now, config.deepWindowDays), parisDay(Date.parse(deepOn), config.windowDays))
  const preorders = Object.values(tracked).flatMap(({ day, preorder }) => (preorder === true ? [day] : []))
  return latest(earliest(deepOn === parisDay(now) ? window : deep, ...preorders), since)
}

/** Of days such as `2026-05-03`. */
const earliest = (day: string, ...others: readonly string[]): string =>
  others.reduce((first, other) => (other < first ? other : first), day)
const latest = (day: string, other: string): string => (other > day ? other : day)

/** One reading: what was seen, rejected and left out. */
class Run {
  readonly tracked: OrdersCheckpoint['tracked'] = {}
  skipped = 0
  readonly #needs: ListNeeds
  readonly #begun: OrdersCheckpoint
  readonly #until: number
  readonly #seen = new Set<string>()
  readonly #refused = new Set<string>()
  #rejected: Rejection[] = []

  constructor(needs: ListNeeds, begun: OrdersCheckpoint, until: number) {
    this.#needs = needs
    this.#begun = begun
    this.#until = until
  }

  /** A sale that several lists tell badly is rejected once. */
  reject(rejection: Rejection): void {
    const id = rejection.ref?.id
    if (id !== undefined && this.#refused.has(id)) return
    if (id !== undefined) {
      this.#seen.add(id)
      this.#refused.add(id)
    }
    this.#rejected.push(rejection)
  }

  takeRejected(): Rejection[] {
    const taken = this.#rejected
    this.#rejected = []
    return taken
  }

  async *pages(
    sales: readonly SaleWire[],
    checkpoint: OrdersCheckpoint,
    toShip: ReadonlySet<string> | undefined,
  ): AsyncGenerator<Page<'orders', OrdersCheckpoint>> {
    for (let start = 0; start < sales.length; start += pageSize) {
      const records: Order[] = []
      const look: Look[] = []
      for (const sale of sales.slice(start, start + pageSize)) {
        const order = await this.#toOrder(sale, toShip)
        if (order === undefined) continue
        const wantsDetails = await this.#wantsDetails(order)
        // Billing is asked at once; until it answers the total that was told before stands.
        records.push(wantsDetails && this.#needs.config.fees ? withoutTotal(order) : order)
        if (wantsDetails)
          look.push({ ref: refOf(order.id), reason: 'e-mail, phone and fees are told after acceptance' })
      }
      yield { records, look, rejected: this.takeRejected(), checkpoint }
    }
  }

  async #toOrder(sale: SaleWire, toShip: ReadonlySet<string> | undefined): Promise<Order | undefined> {
    const { config, book } = this.#needs
    this.#seen.add(sale.purchaseid)
    if (config.pickupOrders === 'skip' && isPickup(sale.deliveryinformation.shippingtype, config.shippingModes)) {
      this.skipped += 1
      return undefined
    }
    const order = toOrder(sale, { config, toShip, billed: await book.isBilled(sale.purchaseid) })
    if (order.orderedAt != null && toMs(order.orderedAt) >= this.#until) return undefined
    book.remember(sale, order)
    const awaits = order.acceptance?.value === 'awaiting' || order.acceptance?.value === 'partially_accepted'
    const preorder = preordersToConfirm(order).length > 0 || this.#begun.tracked[order.id]?.preorder === true
    if (order.orderedAt != null && (awaits || linesToShip(order).length > 0))
      this.tracked[order.id] = {
        day: parisDay(toMs(order.orderedAt)),
        accepted: book.acceptedUnits(order) > 0,
        ...(preorder ? { preorder } : {}),
      }
    return order
  }

  async #wantsDetails(order: Order): Promise<boolean> {
    const { config, book } = this.#needs
    const wanted = config.fees || (config.contact === 'when-missing' && book.get(order.id)?.contactMissing === true)
    const open =
      book.acceptedUnits(order) > 0 && order.lifecycle?.value === 'open' && order.fulfilment?.value !== 'shipped'
    return wanted && open && !(await book.hasDetails(order))
  }

  /** Sales that were to be accepted or shipped and are in no list any more are looked at once; those before the window stay for a deep run. */
  leave(begun: OrdersCheckpoint, from: string, oldest: string): { tracked: OrdersCheckpoint['tracked']; look: Look[] } {
    const gone = Object.entries(begun.tracked).filter(([id]) => !this.#seen.has(id))
    const waits = gone.filter(([, { day }]) => day < from && day >= oldest)
    const waiting = new Set(waits.map(([id]) => id))
    for (const [id] of gone) if (!waiting.has(id)) this.#needs.book.leave(id)
    return {
      tracked: { ...Object.fromEntries(waits), ...this.tracked },
      look: gone
        .filter(([id]) => !waiting.has(id))
        .map(([id]) => ({ ref: refOf(id), reason: 'no list names it any more' })),
    }
  }
}

const refOf = (id: string): Ref => ({ entity: 'orders', id, numbers: [id] })
