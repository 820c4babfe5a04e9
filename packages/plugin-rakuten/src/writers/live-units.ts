import { toMs, type Clock, type Log, type Order } from '@kontor/core'
import {
  listConfirmed,
  listNotShipped,
  listPreorders,
  preorderDays,
  unlessUnknown,
  type RakutenClient,
} from '../client/index.ts'
import type { RakutenConfig } from '../config.ts'
import { parisDay, parseParisTime } from '../mapping/index.ts'
import { unitState, type UnitState } from '../tables/index.ts'
import { SaleUnitsWire } from '../wire/index.ts'

export interface LiveNeeds {
  client: RakutenClient
  config: RakutenConfig
  clock: Clock
  log: Log
  /** Told before anything is changed: what the lists told is out of date then. */
  changes: () => void
}

interface Preorder {
  readonly itemId: string
  readonly advertId: string | undefined
  readonly soldAt: number
}

/** Where a unit stands at Rakuten now; `gone`: no list names it. */
export type LiveState = UnitState | 'gone'

/**
 * The lists as they are now, each asked for once and only when needed: what a writer looks at before it writes, for a whole batch.
 */
export class LiveUnits {
  readonly #needs: LiveNeeds
  readonly #from: string
  readonly #signal: AbortSignal
  #fresh: Promise<Map<string, UnitState>> | undefined
  #confirmed: Promise<Map<string, UnitState>> | undefined
  #notShipped: Promise<Set<string>> | undefined
  #preorders: Promise<readonly Preorder[]> | undefined
  readonly #billed = new Map<string, Promise<Map<string, UnitState>>>()

  constructor(
    needs: LiveNeeds,
    orders: readonly (Order | undefined)[],
    day: (ms: number, daysEarlier?: number) => string,
    signal: AbortSignal,
  ) {
    this.#needs = needs
    this.#signal = signal
    const times = orders.map((order) => (order?.orderedAt == null ? Number.NaN : Date.parse(order.orderedAt)))
    const oldest = Math.min(...times)
    // An order without a date could be of any day.
    this.#from = Number.isNaN(oldest) || times.length === 0 ? day(needs.clock.now(), 365) : day(oldest, 1)
  }

  async state(itemId: string): Promise<LiveState> {
    const fresh = (await (this.#fresh ??= this.#listNew())).get(itemId)
    return fresh ?? (await this.confirmedState(itemId))
  }

  async confirmedState(itemId: string): Promise<LiveState> {
    const confirmed = (await (this.#confirmed ??= this.#listConfirmed())).get(itemId)
    if (confirmed !== undefined) return confirmed
    return (await this.#waitingPreorders()).some((one) => one.itemId === itemId) ? 'preorder' : 'gone'
  }

  /** How a unit ended that the lists no longer name, as its billing tells. */
  async endedState(purchaseId: string, itemId: string): Promise<LiveState> {
    const billed = await (this.#billed.get(purchaseId) ?? this.#readBilling(purchaseId))
    return billed.get(itemId) ?? 'gone'
  }

  #readBilling(purchaseId: string): Promise<Map<string, UnitState>> {
    const { client, config } = this.#needs
    const reading = unlessUnknown(client.billing(purchaseId, this.#signal)).then(
      (billing) =>
        new Map(
          (billing?.billinginformation.items ?? []).map((item) => [
            item.itemid,
            unitState(item.itemstatus, config.statuses),
          ]),
        ),
    )
    this.#billed.set(purchaseId, reading)
    return reading
  }

  /** How many pre-ordered units of the advert were sold before these units and still wait: Rakuten confirms in that order. */
  async preordersBefore(advertId: string, itemIds: readonly string[]): Promise<number> {
    const waiting = (await this.#waitingPreorders()).filter((one) => one.advertId === advertId)
    const own = waiting.filter((one) => itemIds.includes(one.itemId))
    const first = Math.min(...own.map((one) => one.soldAt))
    return waiting.filter((one) => one.soldAt < first && !itemIds.includes(one.itemId)).length
  }

  #waitingPreorders(): Promise<readonly Preorder[]> {
    return (this.#preorders ??= this.#listPreorders())
  }

  /** True where Rakuten says that the unit is still to be shipped. */
  async isToShip(itemId: string): Promise<boolean> {
    return (await (this.#notShipped ??= this.#listNotShipped())).has(itemId)
  }

  /**
   * True where the unit was accepted and is no longer to be shipped. The list of what is to be shipped is asked for again, after the status:
   * a unit accepted between the two questions would look shipped.
   */
  async isShipped(itemId: string): Promise<boolean> {
    if (await this.isToShip(itemId)) return false
    const asked = this.#notShipped
    const state = await this.confirmedState(itemId)
    if (state === 'closed') return true
    if (state !== 'accepted' && state !== 'claimed') return false
    if (this.#rechecked !== this.#confirmed) {
      this.#rechecked = this.#confirmed
      if (this.#notShipped === asked) this.#notShipped = this.#listNotShipped()
    }
    return !(await this.isToShip(itemId))
  }
  #rechecked: Promise<Map<string, UnitState>> | undefined

  async #listNew(): Promise<Map<string, UnitState>> {
    return this.#statesOf((await this.#needs.client.newSales(this.#signal)).sales)
  }

  async #listConfirmed(): Promise<Map<string, UnitState>> {
    return this.#statesOf((await listConfirmed(this.#needs.client, this.#from, this.#needs.log, this.#signal)).sales)
  }

  /** All of them, whatever the orders of the batch: the order among them matters. */
  async #listPreorders(): Promise<Preorder[]> {
    const { client, config, clock, log } = this.#needs
    const raw = await listPreorders(client, parisDay(clock.now(), preorderDays), log, this.#signal)
    return raw.flatMap((one): Preorder[] => {
      const sale = SaleUnitsWire.safeParse(one)
      if (!sale.success) return []
      const sold = parseParisTime(sale.data.purchasedate)
      const soldAt = sold === undefined ? Number.NEGATIVE_INFINITY : toMs(sold.instant)
      return sale.data.items
        .filter((item) => unitState(item.itemstatus, config.statuses) === 'preorder')
        .map((item) => ({ itemId: item.itemid, advertId: item.advertid, soldAt }))
    })
  }

  async #listNotShipped(): Promise<Set<string>> {
    return new Set(this.#statesOf(await listNotShipped(this.#needs.client, this.#from, this.#signal)).keys())
  }

  #statesOf(raw: readonly unknown[]): Map<string, UnitState> {
    const states = new Map<string, UnitState>()
    for (const one of raw) {
      const parsed = SaleUnitsWire.safeParse(one)
      if (!parsed.success) continue
      for (const item of parsed.data.items)
        states.set(item.itemid, unitState(item.itemstatus, this.#needs.config.statuses))
    }
    return states
  }
}
