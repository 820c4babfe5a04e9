import type { z } from 'zod'
import { Transactions } from '../wire/index.ts'
import type { Requests } from './requests.ts'

/** Finances API 2024-06-19. Rows come as they are; the reader parses each alone. */
export class FinancesClient {
  readonly #requests: Requests

  constructor(requests: Requests) {
    this.#requests = requests
  }

  /** A window of more than 180 days is answered as empty, and not as wrong. */
  async transactions(
    query: { postedAfter: string; postedBefore?: string; nextToken?: string | undefined },
    signal: AbortSignal,
  ): Promise<z.output<typeof Transactions>['payload']> {
    const { body } = await this.#requests.send({
      operation: 'listTransactions',
      path: '/finances/2024-06-19/transactions',
      query,
      schema: Transactions,
      doing: 'list transactions',
      signal,
    })
    return body.payload
  }
}
