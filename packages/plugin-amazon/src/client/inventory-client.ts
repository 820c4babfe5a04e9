import type { z } from 'zod'
import { Summaries } from '../wire/index.ts'
import type { Requests } from './requests.ts'

/** FBA Inventory API v1: what lies in Amazon's warehouses. */
export class InventoryClient {
  readonly #requests: Requests

  constructor(requests: Requests) {
    this.#requests = requests
  }

  async summaries(
    marketplaceId: string,
    nextToken: string | undefined,
    signal: AbortSignal,
  ): Promise<z.output<typeof Summaries>> {
    const { body } = await this.#requests.send({
      operation: 'getInventorySummaries',
      path: '/fba/inventory/v1/summaries',
      query: {
        granularityType: 'Marketplace',
        granularityId: marketplaceId,
        marketplaceIds: [marketplaceId],
        details: true,
        nextToken,
      },
      schema: Summaries,
      doing: 'list the stock at Amazon',
      signal,
    })
    return body
  }
}
