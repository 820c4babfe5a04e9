import { z } from 'zod'
import { SearchOrders } from '../wire/index.ts'
import type { Requests } from './requests.ts'

/** What may be asked for with an order (`includedData`). */
export type Part =
  | 'BUYER'
  | 'RECIPIENT'
  | 'PROCEEDS'
  | 'EXPENSE'
  | 'PROMOTION'
  | 'CANCELLATION'
  | 'FULFILLMENT'
  | 'PACKAGES'
  | 'TAX'
  | 'PAYMENT'
  | 'FULFILLMENT_ORDERS'

export interface SearchQuery {
  lastUpdatedAfter?: string
  lastUpdatedBefore?: string | undefined
  createdAfter?: string
  createdBefore?: string | undefined
  marketplaceIds?: readonly string[] | undefined
  fulfilledBy?: readonly string[] | undefined
  paginationToken?: string | undefined
  includedData: readonly Part[]
  maxResultsPerPage?: number
}

/** Orders API 2026-01-01. Orders come as they are; the reader parses each alone. No restricted data token: roles decide. */
export class OrdersClient {
  readonly #requests: Requests

  constructor(requests: Requests) {
    this.#requests = requests
  }

  async search(query: SearchQuery, signal: AbortSignal): Promise<z.output<typeof SearchOrders>> {
    const { body } = await this.#requests.send({
      operation: 'searchOrders',
      path: '/orders/2026-01-01/orders',
      query: { ...query },
      schema: SearchOrders,
      doing: 'search orders',
      signal,
    })
    return body
  }

  async get(orderId: string, includedData: readonly Part[], signal: AbortSignal): Promise<unknown> {
    const { body } = await this.#requests.send({
      operation: 'getOrder',
      path: `/orders/2026-01-01/orders/${encodeURIComponent(orderId)}`,
      query: { includedData },
      schema: z.object({ order: z.unknown() }),
      doing: 'read an order',
      signal,
    })
    return body.order
  }
}
