import {
  isKontorError,
  linesToShip,
  toMs,
  type Intake,
  type Log,
  type Look,
  type Order,
  type Page,
  type Reader,
  type ReadRequest,
  type Ref,
  type Clock,
  type Rejection,
} from '@kontor/core'
import { z } from 'zod'
import { listConfirmed, listNotShipped, type RakutenClient } from '../client/index.ts'
import type { RakutenConfig } from '../config.ts'
import { parisDay, toDetails, toOrder } from '../mapping/index.ts'
import { isPickup } from '../tables/index.ts'
import type { SaleWire } from '../wire/index.ts'
import { combineSales, itemIdsOf, readSale } from './read-sale.ts'
import { acceptedUnits, type SaleBook } from './sale-book.ts'

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

export interface OrdersNeeds {
  client: RakutenClient
  config: RakutenConfig
  book: SaleBook
  clock: Clock
  log: Log
}

const pageSize = 500

export function createOrdersReader(needs: OrdersNeeds): Reader<'orders', OrdersCheckpoint> {
  return { read: (request) => readOrders(needs, request), fetch: (refs, signal) => fetchDetails(needs, refs, signal) }
}

/**
 * New sales first, since they wait for us; then the confirmed ones. The list of what is not shipped is asked for *after* the confirmed ones:
 * a sale accepted in between would otherwise look shipped, and nobody would ship it.
 */
async function* readOrders(
  needs: OrdersNeeds,
  { since, until, checkpoint, signal }: ReadRequest<OrdersCheckpoint>,
): AsyncGenerator<Page<'orders', OrdersCheckpoint>> {
  const { client, config, clock, log } = needs
  const begun: OrdersCheckpoint = checkpoint ?? { since: parisDay(toMs(since)), tracked: {} }
  const today = parisDay(clock.now())
  const from = firstDay(begun, today, clock.now(), config)
  const run = new Run(needs, until === undefined ? Number.POSITIVE_INFINITY : toMs(until))

  const fresh = readAll((await client.newSales(signal)).sales, run)
  const waiting = [...fresh.values()].filter((sale) => begun.tracked[sale.purchaseid]?.accepted !== true)
  yield* run.pages(waiting, begun, undefined)

  const confirmed = await listConfirmed(client, from, log, signal)
  const toShip = config.detectShipped ? itemIdsOf(await listNotShipped(client, from, signal)) : undefined
  const sales = [...readAll(confirmed.sales, run).values()].map((sale) => {
    const other = fresh.get(sale.purchaseid)
    return other === undefined ? sale : combineSales(other, sale)
  })
  const told = new Set([...waiting, ...sales].map((sale) => sale.purchaseid))
  const withheld = [...fresh.values()].filter((sale) => !told.has(sale.purchaseid))
  yield* run.pages([...sales, ...withheld], begun, toShip)

  const { tracked, look } = confirmed.complete
    ? run.leave(begun, from, parisDay(clock.now(), config.deepWindowDays))
    : { tracked: { ...begun.tracked, ...run.tracked }, look: [] }
  if (run.skipped > 0)
    log.info('sales that the buyer fetches were left out, as `pickupOrders: skip` says', { sales: run.skipped })
  yield {
    records: [],
    rejected: run.takeRejected(),
    look,
    checkpoint: { since: begun.since, deepOn: confirmed.complete ? today : begun.deepOn, tracked },
  }
}

function firstDay({ since, deepOn }: OrdersCheckpoint, today: string, now: number, config: RakutenConfig): string {
  if (deepOn === undefined) return since
  const window = parisDay(now, config.windowDays)
  // After a pause longer than the window, the days of the pause are read as well.
  const deep =
    [parisDay(now, config.deepWindowDays), parisDay(Date.parse(deepOn), config.windowDays)].toSorted()[0] ?? window
  const day = deepOn === today ? window : deep
  return day < since ? since : day
}

function readAll(raw: readonly unknown[], run: Run): Map<string, SaleWire> {
  const sales = new Map<string, SaleWire>()
  for (const one of raw) {
    const result = readSale(one)
    if ('rejected' in result) run.reject(result.rejected)
    else {
      const before = sales.get(result.sale.purchaseid)
      sales.set(result.sale.purchaseid, before === undefined ? result.sale : combineSales(before, result.sale))
    }
  }
  return sales
}

/** One reading: what was seen, rejected and left out. */
class Run {
  readonly tracked: OrdersCheckpoint['tracked'] = {}
  skipped = 0
  readonly #needs: OrdersNeeds
  readonly #until: number
  readonly #seen = new Set<string>()
  #rejected: Rejection[] = []

  constructor(needs: OrdersNeeds, until: number) {
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
    this.#needs.book.remember(order)
    const awaits = order.acceptance?.value === 'awaiting' || order.acceptance?.value === 'partially_accepted'
    if (order.orderedAt != null && (awaits || linesToShip(order).length > 0))
      this.tracked[order.id] = { day: parisDay(toMs(order.orderedAt)), accepted: acceptedUnits(order) > 0 }
    return order
  }

  async #wantsDetails(order: Order): Promise<boolean> {
    const { config, book } = this.#needs
    const wanted = config.fees || (config.contact === 'when-missing' && book.contactMissing(order.id))
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

/** What is told of one sale by its number: contact, label, prices and commissions. There is no call for the whole sale. */
async function* fetchDetails(
  needs: OrdersNeeds,
  refs: readonly Ref[],
  signal: AbortSignal,
): AsyncGenerator<Intake<'orders'>> {
  const { client, config, book } = needs
  if (refs.some(({ id }) => book.linesOf(id) === undefined && !book.hasLeft(id))) await fillBook(needs, signal)
  for (const { id } of refs) {
    const lines = book.linesOf(id)
    const listed = lines !== undefined && !book.hasLeft(id)
    const contact = config.contact === 'when-missing' && listed && book.contactMissing(id)
    const shipping = contact ? await unlessUnknown(client.shipping(id, signal)) : undefined
    const billing = config.fees || !listed ? await unlessUnknown(client.billing(id, signal)) : undefined
    // Neither list nor billing knows it: it has vanished, and is left out.
    if (!listed && billing === undefined) continue
    yield {
      records: [
        toDetails(id, { shipping: shipping?.shippinginformation, billed: billing?.billinginformation.items, lines }),
      ],
    }
    await book.detailsFetched(id)
  }
}

async function fillBook({ client, config, book, clock, log }: OrdersNeeds, signal: AbortSignal): Promise<void> {
  const fresh = (await client.newSales(signal)).sales
  const { sales } = await listConfirmed(client, parisDay(clock.now(), config.deepWindowDays), log, signal)
  for (const raw of [...fresh, ...sales]) {
    const result = readSale(raw)
    if ('sale' in result) book.remember(toOrder(result.sale, { config }))
  }
}

/** `undefined` where Rakuten says that it does not know the sale, or will not tell about it yet. */
async function unlessUnknown<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (thrown) {
    if (isKontorError(thrown) && (thrown.code === 'NOT_FOUND' || thrown.code === 'REQUEST_REJECTED')) return undefined
    throw thrown
  }
}
