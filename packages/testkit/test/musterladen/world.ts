import type { SimulatorClock, TruthLog } from '../../src/simulator/index.ts'

/** The invented vendor's own data, in its own words. */
interface ShopLine {
  line: number
  sku: string
  quantity: number
  cents: number
  shipped: number
}

export interface ShopOrder {
  id: number
  number: string
  changed: string
  state: string
  buyer: { first: string; last: string; mail: string; phone: string; street: string; city: string; country: string }
  lines: ShopLine[]
  refundedCents: number
  /** Not to be shipped before the shop has released it. */
  held: boolean
  /** The shop's database has lost its lines. */
  damaged: boolean
}

export interface ShopShipment {
  id: number
  order: number
  reference: string
  tracking: string
  carrier: string
  lines: { line: number; quantity: number }[]
  changed: string
  cancelled: boolean
}

export interface PriceJob {
  id: number
  reference: string
  prices: { sku: string; cents: number }[]
  done: boolean
}

export class ShopWorld {
  readonly orders = new Map<number, ShopOrder>()
  readonly shipments = new Map<number, ShopShipment>()
  readonly stock = new Map<string, number>()
  readonly prices = new Map<string, number>()
  readonly jobs = new Map<number, PriceJob>()
  /** Lists repeat the newest of the page before, as if it had changed meanwhile. */
  disordered = false
  readonly #clock: SimulatorClock
  readonly #truth: TruthLog
  #lastId = 100

  constructor(clock: SimulatorClock, truth: TruthLog) {
    this.#clock = clock
    this.#truth = truth
  }

  nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  placeOrder(buyer: Partial<ShopOrder['buyer']> = {}): ShopOrder {
    const id = this.nextId()
    const order: ShopOrder = {
      id,
      number: `ML-${id}`,
      changed: this.#clock.instant(),
      state: 'new',
      buyer: {
        first: 'Erika',
        last: 'Muster',
        mail: `erika.${id}@example.com`,
        phone: '+49 221 000000',
        street: 'Musterstraße 1',
        city: 'Köln',
        country: 'DE',
        ...buyer,
      },
      lines: [
        { line: 1, sku: `SKU-${id}-A`, quantity: 2, cents: 1999, shipped: 0 },
        { line: 2, sku: `SKU-${id}-B`, quantity: 1, cents: 500, shipped: 0 },
      ],
      refundedCents: 0,
      held: false,
      damaged: false,
    }
    this.orders.set(id, order)
    for (const { sku } of order.lines) this.stock.set(sku, 10)
    return order
  }

  touch(thing: ShopOrder | ShopShipment): void {
    thing.changed = this.#clock.instant()
  }

  ship(order: ShopOrder, input: Pick<ShopShipment, 'reference' | 'tracking' | 'carrier' | 'lines'>): ShopShipment {
    const shipment: ShopShipment = {
      ...input,
      id: this.nextId(),
      order: order.id,
      changed: this.#clock.instant(),
      cancelled: false,
    }
    this.shipments.set(shipment.id, shipment)
    for (const { line, quantity } of input.lines)
      for (const one of order.lines) if (one.line === line) one.shipped += quantity
    if (order.lines.every(({ quantity, shipped }) => shipped >= quantity)) order.state = 'shipped'
    this.touch(order)
    this.#truth.add('shipped', input.reference, { order: order.id })
    return shipment
  }

  amend(shipment: ShopShipment, tracking: string, carrier: string): void {
    if (shipment.tracking === tracking && shipment.carrier === carrier) return
    Object.assign(shipment, { tracking, carrier })
    this.touch(shipment)
    this.#truth.add('amended', `${shipment.id}:${tracking}`)
  }

  cancelShipment(shipment: ShopShipment): void {
    if (shipment.cancelled) return
    shipment.cancelled = true
    this.touch(shipment)
    this.#truth.add('cancelled', String(shipment.id))
  }

  setStock(sku: string, quantity: number): void {
    if (this.stock.get(sku) === quantity) return
    this.stock.set(sku, quantity)
    this.#truth.add('stock', `${sku}=${quantity}`)
  }

  refund(order: ShopOrder, cents: number, note: string): void {
    order.refundedCents += cents
    this.touch(order)
    this.#truth.add('refunded', note, { order: order.id, cents })
  }

  submitPrices(reference: string, prices: PriceJob['prices']): PriceJob {
    const job: PriceJob = { id: this.nextId(), reference, prices, done: false }
    this.jobs.set(job.id, job)
    this.#clock.after(20_000, () => this.#finish(job))
    return job
  }

  #finish(job: PriceJob): void {
    job.done = true
    for (const { sku, cents } of job.prices) {
      if (this.prices.get(sku) === cents) continue
      this.prices.set(sku, cents)
      this.#truth.add('priced', `${sku}=${cents}`)
    }
  }
}
