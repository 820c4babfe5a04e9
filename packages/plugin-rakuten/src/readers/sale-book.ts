import type { Cache, Order } from '@kontor/core'
import { z } from 'zod'
import type { UnitHome } from '../mapping/index.ts'
import { unitState, type UnitWords } from '../tables/index.ts'
import type { SaleWire } from '../wire/index.ts'

interface Entry {
  readonly sale: SaleWire
  readonly lines: readonly { readonly id: string; readonly sku: string | null; readonly itemIds: readonly string[] }[]
  /** Accepted units; details are fetched again when there are more. */
  readonly accepted: number
  readonly contactMissing: boolean
}

/** How many accepted units a sale had when its details were fetched, and whether its total was among them. */
const Details = z.object({ accepted: z.int(), billed: z.boolean() })
type Details = z.infer<typeof Details>

const most = 20_000
const keepMs = 60 * 24 * 3_600_000
/** How long the lists may be relied on for a question about one sale. */
const freshMs = 10 * 60_000

/**
 * What the sales lists told last, by sale, for the calls that name a sale or a unit alone. It is memory, nothing more: lost with the process
 * and filled again by the next list.
 */
export class SaleBook {
  /** Units known as not shipped when the lists were read last. */
  toShip: ReadonlySet<string> | undefined
  readonly #sales = new Map<string, Entry>()
  readonly #homes = new Map<string, string>()
  readonly #detailed = new Map<string, Details>()
  readonly #left = new Set<string>()
  readonly #cache: Cache
  readonly #statuses: UnitWords
  #listedAt = Number.NEGATIVE_INFINITY
  #outdated = false

  constructor(cache: Cache, statuses: UnitWords) {
    this.#cache = cache
    this.#statuses = statuses
  }

  remember(sale: SaleWire, order: Order): void {
    const lines = (order.lines ?? []).map((line) => ({
      id: line.id,
      sku: line.sku ?? null,
      itemIds: (line.units ?? []).flatMap((unit) => unit.id ?? []),
    }))
    for (const line of lines) for (const itemId of line.itemIds) this.#homes.set(itemId, order.id)
    const contactMissing = order.buyer?.email == null || (order.buyer.phone ?? order.shipTo?.phone) == null
    this.#sales.delete(order.id)
    this.#left.delete(order.id)
    this.#sales.set(order.id, { sale, lines, accepted: this.acceptedUnits(order), contactMissing })
    if (this.#sales.size > most) this.#forgetOldest()
  }

  /** The lists were read to their end, at this time. */
  listed(at: number, toShip: ReadonlySet<string> | undefined): void {
    this.#listedAt = at
    this.#outdated = false
    this.toShip = toShip
  }

  /** Something was changed at Rakuten: the lists say more now. */
  outdate(): void {
    this.#outdated = true
  }

  /** Whether the lists must be read again before they may be relied on. */
  isStale(now: number): boolean {
    return this.#outdated || now - this.#listedAt > freshMs
  }

  get(purchaseId: string): Entry | undefined {
    return this.#sales.get(purchaseId)
  }

  /** No list names it any more. */
  leave(purchaseId: string): void {
    this.#sales.delete(purchaseId)
    this.#left.add(purchaseId)
  }

  hasLeft(purchaseId: string): boolean {
    return this.#left.has(purchaseId)
  }

  homeOf(itemId: string): UnitHome | undefined {
    const purchaseId = this.#homes.get(itemId)
    const line =
      purchaseId === undefined
        ? undefined
        : this.#sales.get(purchaseId)?.lines.find(({ itemIds }) => itemIds.includes(itemId))
    return purchaseId === undefined || line === undefined ? undefined : { purchaseId, lineId: line.id, sku: line.sku }
  }

  /** Units that were accepted and are not cancelled. */
  acceptedUnits(order: Order): number {
    return (order.lines ?? []).reduce((sum, line) => {
      const words = line.extensions?.['rakuten.units']
      const statuses = typeof words === 'object' && words !== null ? Object.values(words) : []
      const states = statuses.map((word) => unitState(typeof word === 'string' ? word : undefined, this.#statuses))
      return sum + states.filter((state) => state === 'accepted' || state === 'closed').length
    }, 0)
  }

  /** True where details were fetched since the last unit was accepted. */
  async hasDetails(order: Order): Promise<boolean> {
    return (await this.#detailsOf(order.id)).accepted >= this.acceptedUnits(order)
  }

  /** True where billing has told the total of the sale. */
  async isBilled(purchaseId: string): Promise<boolean> {
    return (await this.#detailsOf(purchaseId)).billed
  }

  async detailsFetched(purchaseId: string, billed: boolean): Promise<void> {
    const details = { accepted: this.#sales.get(purchaseId)?.accepted ?? 0, billed }
    this.#detailed.set(purchaseId, details)
    await this.#cache.set(detailsKey(purchaseId), details, keepMs)
  }

  async #detailsOf(purchaseId: string): Promise<Details> {
    const known = this.#detailed.get(purchaseId)
    if (known !== undefined) return known
    const stored = Details.safeParse(await this.#cache.get(detailsKey(purchaseId)))
    const details = stored.success ? stored.data : { accepted: -1, billed: false }
    this.#detailed.set(purchaseId, details)
    return details
  }

  #forgetOldest(): void {
    const [oldest] = this.#sales
    if (oldest === undefined) return
    this.#sales.delete(oldest[0])
    this.#detailed.delete(oldest[0])
    for (const line of oldest[1].lines) for (const itemId of line.itemIds) this.#homes.delete(itemId)
  }
}

const detailsKey = (purchaseId: string): string => `details:${purchaseId}`
