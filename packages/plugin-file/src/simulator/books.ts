import type { WarehouseEffect } from './truth.ts'

/** What the truth amounts to, so that it need not be searched for each order. */
export class Books {
  readonly takings = new Set<string>()
  readonly accepted = new Set<string>()
  /** Returns whose goods are in. */
  readonly received = new Set<string>()
  readonly #shipped = new Map<string, number>()
  readonly #soldBySku = new Map<string, number>()
  readonly #parcels = new Map<string, Set<string>>()

  enter({ what, key, detail }: WarehouseEffect): void {
    if (what === 'order-taken') this.takings.add(`${detail?.['taking']} ${key}`)
    if (what === 'order-accepted') this.accepted.add(key)
    if (what === 'return-received') this.received.add(key)
    if (what !== 'pieces-shipped') return
    const pieces = Number(detail?.['pieces'] ?? 0)
    const sku = String(detail?.['sku'] ?? '')
    this.#soldBySku.set(sku, this.soldOf(sku) + pieces)
    this.#shipped.set(key, (this.#shipped.get(key) ?? 0) + pieces)
    const order = String(detail?.['order'])
    this.#parcels.set(order, (this.#parcels.get(order) ?? new Set<string>()).add(String(detail?.['tracking_number'])))
  }

  shippedOf(order: string, line: string): number {
    return this.#shipped.get(`${order} ${line}`) ?? 0
  }

  soldOf(sku: string): number {
    return this.#soldBySku.get(sku) ?? 0
  }

  parcelsOf(order: string): number {
    return this.#parcels.get(order)?.size ?? 0
  }
}
