import { isKontorError } from '@kontor/core'
import type { z } from 'zod'
import { Destinations, NewDestination, Subscription } from '../wire/index.ts'
import type { Requests } from './requests.ts'

type Found = z.output<typeof Subscription>['payload']
const path = '/notifications/v1'
/** Of the version whose form we know. */
const payloadVersion = '1.0'

/** Notifications API v1: destinations belong to the app (`token`: a grantless one), subscriptions to the seller. */
export class NotificationsClient {
  readonly #requests: Requests

  constructor(requests: Requests) {
    this.#requests = requests
  }

  /** The id of the destination of this queue, made where there is none. */
  async destination(arn: string, token: string, signal: AbortSignal): Promise<string> {
    const { body } = await this.#requests.send({
      operation: 'getDestinations',
      path: `${path}/destinations`,
      schema: Destinations,
      doing: 'list the destinations of notifications',
      token,
      signal,
    })
    const found = (body.payload ?? []).find(({ resource }) => resource.sqs?.arn === arn)
    if (found) return found.destinationId
    const made = await this.#requests.send({
      operation: 'createDestination',
      method: 'POST',
      path: `${path}/destinations`,
      json: { name: `kontor ${arn.split(':').at(-1)}`, resourceSpecification: { sqs: { arn } } },
      effect: 'repeatable',
      schema: NewDestination,
      doing: 'make the queue a destination of notifications',
      token,
      signal,
    })
    return made.body.payload.destinationId
  }

  /** The subscription of the seller to changes of orders. */
  async subscription(signal: AbortSignal): Promise<Found | undefined> {
    try {
      const { body } = await this.#requests.send({
        operation: 'getSubscription',
        path: `${path}/subscriptions/ORDER_CHANGE`,
        query: { payloadVersion },
        schema: Subscription,
        doing: 'ask for the subscription to changes of orders',
        signal,
      })
      return body.payload
    } catch (thrown) {
      if (isKontorError(thrown) && thrown.code === 'NOT_FOUND') return undefined
      throw thrown
    }
  }

  async subscribe(destinationId: string, marketplaceIds: readonly string[], signal: AbortSignal): Promise<void> {
    await this.#requests.send({
      operation: 'createSubscription',
      method: 'POST',
      path: `${path}/subscriptions/ORDER_CHANGE`,
      json: {
        payloadVersion,
        destinationId,
        processingDirective: {
          eventFilter: {
            eventFilterType: 'ORDER_CHANGE',
            orderChangeTypes: ['OrderStatusChange', 'BuyerRequestedChange'],
            ...(marketplaceIds.length > 0 ? { marketplaceIds } : {}),
          },
        },
      },
      effect: 'repeatable',
      as: 'none',
      doing: 'subscribe to changes of orders',
      signal,
    })
  }
}
