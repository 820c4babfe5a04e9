import { isKontorError, type Delivery } from '@kontor/core'
import { ListingsFound, ListingSubmission, WireListing, type ListingPatch } from '../wire/index.ts'
import type { Requests } from './requests.ts'

/** SKUs of one search. */
const SKUS_AT_ONCE = 20

const includedData = ['summaries', 'offers', 'fulfillmentAvailability']

/** Listings Items API 2021-08-01. */
export class ListingsClient {
  readonly #requests: Requests
  readonly #root: string

  constructor(requests: Requests, sellerId: string) {
    this.#requests = requests
    this.#root = `/listings/2021-08-01/items/${encodeURIComponent(sellerId)}`
  }

  /** Twenty listings with one call. A SKU with a comma would be two in the list, and is asked for by itself. */
  async find(skus: readonly string[], marketplaceId: string, signal: AbortSignal): Promise<WireListing[]> {
    const [single, many] = [skus.filter((sku) => sku.includes(',')), skus.filter((sku) => !sku.includes(','))]
    const found: WireListing[] = []
    for (let from = 0; from < many.length; from += SKUS_AT_ONCE) {
      const { body } = await this.#requests.send({
        operation: 'searchListingsItems',
        path: this.#root,
        query: {
          marketplaceIds: [marketplaceId],
          identifiers: many.slice(from, from + SKUS_AT_ONCE),
          identifiersType: 'SKU',
          includedData,
          pageSize: SKUS_AT_ONCE,
        },
        schema: ListingsFound,
        doing: 'look up offers',
        signal,
      })
      found.push(...body.items)
    }
    for (const sku of single) found.push(...(await this.#one(sku, marketplaceId, signal)))
    return found
  }

  async #one(sku: string, marketplaceId: string, signal: AbortSignal): Promise<WireListing[]> {
    try {
      const { body } = await this.#requests.send({
        operation: 'getListingsItem',
        path: `${this.#root}/${encodeURIComponent(sku)}`,
        query: { marketplaceIds: [marketplaceId], includedData },
        schema: WireListing,
        doing: 'look up an offer',
        signal,
      })
      return [body]
    } catch (thrown) {
      if (isKontorError(thrown) && thrown.code === 'NOT_FOUND') return []
      throw thrown
    }
  }

  async patch(
    change: {
      sku: string
      marketplaceId: string
      productType: string
      patches: readonly ListingPatch[]
      locale: string
    },
    deliveries: readonly Pick<Delivery, 'key'>[],
    signal: AbortSignal,
  ): Promise<ListingSubmission> {
    const { body } = await this.#requests.send({
      operation: 'patchListingsItem',
      method: 'PATCH',
      path: `${this.#root}/${encodeURIComponent(change.sku)}`,
      query: { marketplaceIds: [change.marketplaceId], issueLocale: change.locale },
      json: { productType: change.productType, patches: change.patches },
      schema: ListingSubmission,
      effect: 'repeatable',
      for: deliveries,
      doing: 'change an offer',
      signal,
    })
    return body
  }
}
