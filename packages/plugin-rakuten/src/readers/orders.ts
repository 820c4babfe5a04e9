import {
  linesToShip,
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
import type { RakutenConfig } from '../config.ts'
import { parisDay, toOrder } from '../mapping/index.ts'
import { isPickup } from '../tables/index.ts'
import type { SaleWire } from '../wire/index.ts'
import { readConfirmed, readSales, type ListNeeds } from './all-sales.ts'
import { fetchSales } from './details.ts'
import { acceptedUnits } from './sale-book.ts'

/**
 * Where reading stands. The lists know no cursor: every run reads a window of days, and equal statements change nothing.
 * - `since`: the first day that is ever read · `deepOn`: the day of the last deep run
 * - `tracked`: sales with units still to accept or to ship; one that leaves the lists is looked at, since it may have been cancelled
 */
export const OrdersCheckpoint = z.object({
  since: z.iso.date(),
  deepOn: z.iso.date().optional(),
  tracked: z.record(z.string(), z.object({ day: z.iso.date(), accepted: z.boolean() })).default({}),
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
  const run = new Run(needs, until === undefined ? Number.POSITIVE_INFINITY : toMs(until))
  const reject = (rejection: Rejection): void => run.reject(rejection)

  const fresh = readSales((await client.newSales(signal)).sales, reject)
  // A sale with accepted units is told whole, with what the other list says about it.
  const waiting = [...fresh.values()].filter((sale) => begun.tracked[sale.purchaseid]?.accepted !== true)
  yield* run.pages(waiting, begun, undefined)

  const { sales, toShip, complete } = await readConfirmed(needs, { from, fresh, reject }, signal)
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

function firstDay({ since, deepOn }: OrdersCheckpoint, now: number, config: RakutenConfig): string {
  if (deepOn === undefined) return since
  const window = parisDay(now, config.windowDays)
  // After a pause longer than the window, the days of the pause are read as well.
  const deep =
    [parisDay(now, config.deepWindowDays), parisDay(Date.parse(deepOn), config.windowDays)].toSorted()[0] ?? window
  const day = deepOn === parisDay(now) ? window : deep
  return day < since ? since : day
}

/** One reading: what was seen, rejected and left out. */
class Run {
  readonly tracked: OrdersCheckpoint['tracked'] = {}
  skipped = 0
  readonly #needs: ListNeeds
  readonly #until: number
  readonly #seen = new Set<string>()
  #rejected: Rejection[] = []

  constructor(needs: ListNeeds, until: number) {
    this.#needs = needs
    this.#until = until
  }

  reject(rejection: Rejection): void {
    if (rejection.ref !== undefined) this.#seen.add(rejection.ref.id)
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
        const order = this.#toOrder(sale, toShip)
        if (order === undefined) continue
        records.push(order)
        if (await this.#wantsDetails(order))
          look.push({ ref: refOf(order.id), reason: 'e-mail, phone and fees are told after acceptance' })
      }
      yield { records, look, rejected: this.takeRejected(), checkpoint }
    }
  }

  #toOrder(sale: SaleWire, toShip: ReadonlySet<string> | undefined): Order | undefined {
    this.#seen.add(sale.purchaseid)
    if (this.#needs.config.pickupOrders === 'skip' && isPickup(sale.deliveryinformation.shippingtype)) {
      this.skipped += 1
      return undefined
    }
    const order = toOrder(sale, { config: this.#needs.config, toShip })
    if (order.orderedAt != null && toMs(order.orderedAt) >= this.#until) return undefined
    this.#needs.book.remember(sale, order)
    const awaits = order.acceptance?.value === 'awaiting' || order.acceptance?.value === 'partially_accepted'
    if (order.orderedAt != null && (awaits || linesToShip(order).length > 0))
      this.tracked[order.id] = { day: parisDay(toMs(order.orderedAt)), accepted: acceptedUnits(order) > 0 }
    return order
  }

  async #wantsDetails(order: Order): Promise<boolean> {
    const { config, book } = this.#needs
    const wanted = config.fees || (config.contact === 'when-missing' && book.get(order.id)?.contactMissing === true)
    const open = acceptedUnits(order) > 0 && order.lifecycle?.value === 'open' && order.fulfilment?.value !== 'shipped'
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
