import type { Delivery } from '@kontor/core'
import { z } from 'zod'
import { V3List, WireStore } from '../wire/index.ts'
import type { StoreRequests } from './request.ts'

type For = readonly Pick<Delivery, 'key'>[]

/** Most rows each endpoint takes at once; more is answered 413. bigcommerce/docs, 2026-04-01. */
export const batchSizes = { stock: 2000, variantPrices: 50, priceListRecords: 1000 } as const
const LIST = 250

export interface StockItem {
  location_id: number
  sku: string
  quantity: number
}
/** Decimal text goes out as a JSON number; amounts of a shop are far below what a double holds exactly. */
export interface VariantPrice {
  id: number
  price: number
  sale_price: number | null
}
export interface PriceListRecord {
  sku: string
  currency: string
  price: number
  sale_price: number | null
}

/** Catalogue, stock and prices of v3. */
export class CatalogClient {
  readonly #requests: StoreRequests

  constructor(requests: StoreRequests) {
    this.#requests = requests
  }

  products(
    query: { modifiedFrom: string; modifiedTo?: string | undefined; page: number },
    signal: AbortSignal,
  ): Promise<V3List> {
    return this.#requests.get('/v3/catalog/products', {
      query: {
        'date_modified:min': query.modifiedFrom,
        'date_modified:max': query.modifiedTo,
        include: 'variants',
        sort: 'id',
        direction: 'asc',
        page: query.page,
        limit: LIST,
      },
      schema: V3List,
      doing: 'list products',
      signal,
    })
  }

  variants(query: { page: number } | { sku: string }, signal: AbortSignal): Promise<V3List> {
    return this.#requests.get('/v3/catalog/variants', {
      query: { ...query, limit: LIST },
      schema: V3List,
      doing: 'list variants',
      signal,
    })
  }

  inventory(query: { page: number } | { skus: readonly string[] }, signal: AbortSignal): Promise<V3List> {
    const chosen = 'skus' in query ? { 'sku:in': query.skus.join(',') } : { page: query.page }
    return this.#requests.get('/v3/inventory/items', {
      query: { ...chosen, limit: LIST },
      schema: V3List,
      doing: 'list stock',
      signal,
    })
  }

  store(signal: AbortSignal): Promise<z.infer<typeof WireStore>> {
    return this.#requests.get('/v2/store', { schema: WireStore, doing: 'read the store', signal })
  }

  /** Absolute numbers: writing them twice changes nothing. Bulk writes go one at a time. */
  async setStock(items: readonly StockItem[], deliveries: For, signal: AbortSignal): Promise<void> {
    const json = { reason: 'stock level from Kontor', items }
    await this.#write('/v3/inventory/adjustments/absolute', json, deliveries, 'set stock', signal)
  }

  async setVariantPrices(prices: readonly VariantPrice[], deliveries: For, signal: AbortSignal): Promise<void> {
    await this.#write('/v3/catalog/variants', prices, deliveries, 'set prices', signal)
  }

  async setPriceListRecords(
    listId: number,
    records: readonly PriceListRecord[],
    deliveries: For,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#write(`/v3/pricelists/${listId}/records`, records, deliveries, 'set prices of a price list', signal)
  }

  async #write(path: string, json: unknown, deliveries: For, doing: string, signal: AbortSignal): Promise<void> {
    await this.#requests.write(path, {
      method: 'PUT',
      json,
      schema: z.unknown(),
      effect: 'repeatable',
      for: deliveries,
      take: 'bulk',
      doing,
      signal,
    })
  }
}
