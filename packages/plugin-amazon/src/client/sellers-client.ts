import { KontorError } from '@kontor/core'
import { Participations } from '../wire/index.ts'
import type { Requests } from './requests.ts'

export type Participation = NonNullable<Participations['payload']>[number]

/** Sellers API v1: which marketplaces the account takes part in. */
export class SellersClient {
  readonly #requests: Requests

  constructor(requests: Requests) {
    this.#requests = requests
  }

  async participations(signal: AbortSignal): Promise<readonly Participation[]> {
    const { body } = await this.#requests.send({
      operation: 'getMarketplaceParticipations',
      path: '/sellers/v1/marketplaceParticipations',
      schema: Participations,
      doing: 'ask which marketplaces the account takes part in',
      signal,
    })
    if (body.payload === undefined)
      throw new KontorError('WIRE_MISMATCH', {
        message: 'Amazon answered the question for marketplaces without an answer in it.',
        path: 'payload',
      })
    return body.payload
  }
}
