import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'csv-stringify/sync'
import { Books } from './books.ts'
import { imeiFor, looksLikePhone, trackingNumberFor } from './goods.ts'
import { readOrderFile, type PackOrder } from './order-file.ts'
import { readReturnFile, type ReturnedGoods } from './return-file.ts'
import { openTruth, type Truth, type WarehouseEffect } from './truth.ts'

export interface DeskSettings {
  /** The folder it shares with whoever writes the orders. */
  readonly folder: string
  /** Default DHL. */
  readonly carrier?: string
  /** Where to write down what happened, for tests that count. It is continued when it exists. */
  readonly truthFile?: string
  /** Accept orders that wait for it, by files in `decisions`. */
  readonly acceptOrders?: boolean
  /** Take files of returns away, receive the goods and say so in `receipts`. */
  readonly receiveReturns?: boolean
  /** Which of the returns received are paid back at once, by files in `refunds`. */
  readonly refunds?: (goods: ReturnedGoods) => boolean
  /** Whose goods are counted after packing, by files in `stock`; of each there were 25 at the start. */
  readonly counts?: (order: PackOrder) => boolean
  /** Which goods need a serial number. Default: what looks like a phone. */
  readonly needsImei?: (line: { sku: string; title: string }) => boolean
}

/** Where order files are taken and shipment files are dropped. All it knows it has from its truth and its own folder, so it may be killed. */
export class Desk {
  readonly truth: Truth
  readonly #settings: DeskSettings
  readonly #now: () => string
  readonly #folders: {
    readonly orders: string
    readonly returns: string
    readonly returned: string
    readonly taken: string
    readonly finished: string
    readonly drafts: string
  }
  readonly #books = new Books()

  constructor(settings: DeskSettings, now: () => string) {
    const own = join(settings.folder, '.warehouse')
    this.#settings = settings
    this.#now = now
    this.#folders = {
      orders: join(settings.folder, 'orders'),
      returns: join(settings.folder, 'returns'),
      returned: join(own, 'returned'),
      taken: join(own, 'taken'),
      finished: join(own, 'finished'),
      drafts: join(own, 'drafts'),
    }
    const { returns, ...always } = this.#folders
    for (const folder of Object.values(always)) mkdirSync(folder, { recursive: true })
    if (settings.receiveReturns === true) mkdirSync(returns, { recursive: true })
    this.truth = openTruth(settings.truthFile)
    for (const effect of this.truth.effects) this.#books.enter(effect)
  }

  get isEmpty(): boolean {
    return [visible(this.#folders.orders), this.unfinished(), this.#waitingReturns()].every(
      ({ length }) => length === 0,
    )
  }

  /** Takes the returns there are, receives their goods, and pays back what is to be paid back. A return is received once, whatever comes of it later. */
  receiveAll(): void {
    for (const name of this.#waitingReturns()) {
      for (const goods of readReturnFile(readFileSync(join(this.#folders.returns, name), 'utf8')))
        if (!this.#books.received.has(goods.key)) this.#receive(goods)
      moved(join(this.#folders.returns, name), join(this.#folders.returned, name))
    }
  }

  /** What is left of the goods of some orders. */
  count(orders: readonly PackOrder[]): void {
    const skus = new Set(
      orders
        .filter((order) => this.#settings.counts?.(order) === true)
        .flatMap(({ lines }) => lines.map(({ sku }) => sku)),
    )
    const as_of = this.#now()
    const rows = [...skus].map((sku) => ({ sku, available: Math.max(0, atStart - this.#books.soldOf(sku)), as_of }))
    if (rows.length > 0) this.#drop('stock', `count-${safe(as_of)}.csv`, rows)
  }

  #waitingReturns(): string[] {
    return this.#settings.receiveReturns === true ? visible(this.#folders.returns) : []
  }

  /** What was taken before the last start and not packed to the end. */
  unfinished(): string[] {
    return visible(this.#folders.taken)
  }

  /** Takes all files there are. Each gets a number, so that the same name twice is two takings. */
  take(): string[] {
    return visible(this.#folders.orders).flatMap((name) => {
      const taking = `${randomUUID()}--${name}`
      return moved(join(this.#folders.orders, name), join(this.#folders.taken, taking)) ? [taking] : []
    })
  }

  /** Reads a taken file and writes down, once, that it was taken. */
  open(taking: string): PackOrder[] {
    const orders = readOrderFile(taking, readFileSync(join(this.#folders.taken, taking), 'utf8'))
    for (const order of orders) {
      if (this.#books.takings.has(`${taking} ${order.key}`)) continue
      const detail = { taking, revision: order.revision, status: order.status }
      this.#note('revision-taken', `${order.key}@${order.revision}`, detail)
      this.#note('order-taken', order.key, detail)
    }
    return orders
  }

  pack(order: PackOrder): void {
    if (order.acceptance === 'awaiting' && this.#settings.acceptOrders === true) this.#accept(order)
    else this.#ship(order)
  }

  finish(taking: string): void {
    moved(join(this.#folders.taken, taking), join(this.#folders.finished, taking))
  }

  #accept(order: PackOrder): void {
    if (this.#books.accepted.has(order.key)) return
    const row = { order: order.key, decision: 'accept', decided_at: this.#now() }
    this.#drop('decisions', `accept-${safe(order.key)}.csv`, [row])
    this.#note('order-accepted', order.key)
  }

  /** The files carry ids of their own: written again after a restart, they say nothing new. */
  #receive(goods: ReturnedGoods): void {
    const received_at = this.#now()
    const rows = goods.lines.map(({ line, sku, quantity }) => ({
      id: `R-${goods.key}`,
      return: goods.key,
      line,
      sku,
      quantity,
      outcome: 'arrived',
      received_at,
    }))
    this.#drop('receipts', `receipt-${safe(goods.key)}.csv`, rows)
    if (this.#settings.refunds?.(goods) === true) {
      const paid = goods.lines.map(({ sku, quantity }) => ({
        id: `P-${goods.key}`,
        order: goods.order,
        return: goods.key,
        sku,
        quantity,
        reason: 'return',
      }))
      this.#drop('refunds', `refund-${safe(goods.key)}.csv`, paid)
      this.#note('refund-ordered', goods.key)
    }
    this.#note('return-received', goods.key)
  }

  /** One parcel with all that is still to be shipped and was not shipped before, whatever the order says of it now. */
  #ship(order: PackOrder): void {
    const pieces = order.lines
      .map((line) => ({
        line,
        count: Math.min(line.toShip, line.quantity - this.#books.shippedOf(order.key, line.id)),
      }))
      .filter(({ count }) => count > 0)
    if (pieces.length === 0)
      return this.#note('order-not-shipped', order.key, { status: order.status, revision: order.revision })
    const carrier = this.#settings.carrier ?? 'DHL'
    const tracking_number = trackingNumberFor(carrier, `${order.key} parcel ${this.#books.parcelsOf(order.key)}`)
    // One parcel leaves at one time, however many rows tell of it.
    const shipped_at = this.#now()
    const rows = pieces.flatMap(({ line, count }) => {
      const row = { order: order.key, line: line.id, sku: line.sku, tracking_number, carrier, shipped_at }
      if (!(this.#settings.needsImei ?? looksLikePhone)(line)) return [{ ...row, quantity: count, imei: '' }]
      const before = this.#books.shippedOf(order.key, line.id)
      return Array.from({ length: count }, (_, piece) => ({
        ...row,
        quantity: 1,
        imei: imeiFor(`${order.key} ${line.id} ${before + piece}`),
      }))
    })
    this.#drop('shipments', `shipment-${safe(order.key)}-${tracking_number}.csv`, rows)
    for (const { line, count } of pieces)
      this.#note('pieces-shipped', `${order.key} ${line.id}`, {
        pieces: count,
        order: order.key,
        sku: line.sku,
        tracking_number,
      })
  }

  /** Files appear in one step here too: whoever reads `shipments` never sees half a file. */
  #drop(folder: string, name: string, rows: readonly Readonly<Record<string, string | number>>[]): void {
    const draft = join(this.#folders.drafts, name)
    writeFileSync(draft, stringify([...rows], { header: true, delimiter: ';', record_delimiter: '\r\n' }))
    mkdirSync(join(this.#settings.folder, folder), { recursive: true })
    renameSync(draft, join(this.#settings.folder, folder, name))
  }

  #note(what: WarehouseEffect['what'], key: string, detail?: NonNullable<WarehouseEffect['detail']>): void {
    const effect = { at: this.#now(), what, key, ...(detail === undefined ? {} : { detail }) }
    this.truth.add(effect)
    this.#books.enter(effect)
  }
}

/** Pieces of each article before the first order was packed. */
const atStart = 25

const visible = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .toSorted()

const safe = (key: string): string => key.replaceAll(/[^A-Za-z0-9._-]+/g, '_')

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return false
    throw thrown
  }
}
