import type { Answer } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { callerOf } from '../access.ts'
import { failure, notFound } from '../answers.ts'
import { nextId, type AmazonCall } from '../world.ts'

const NewDestination = z.object({
  name: z.string().min(1).max(256),
  resourceSpecification: z.object({ sqs: z.object({ arn: z.string().regex(/^arn:aws:sqs:\S+:\S+:\S+/) }) }),
})
const NewSubscription = z.object({
  payloadVersion: z.literal('1.0'),
  destinationId: z.string(),
  processingDirective: z
    .object({
      eventFilter: z.object({
        eventFilterType: z.literal('ORDER_CHANGE'),
        orderChangeTypes: z.array(z.enum(['OrderStatusChange', 'BuyerRequestedChange'])).optional(),
        marketplaceIds: z.array(z.string()).optional(),
      }),
    })
    .optional(),
})

const destinationJson = ({ id, name, arn }: { id: string; name: string; arn: string }) => ({
  destinationId: id,
  name,
  resource: { sqs: { arn } },
})

/** `GET /notifications/v1/destinations`, of the application: with a grantless token. */
export const getDestinations = ({ world }: AmazonCall): Answer => ({
  json: { payload: [...world.destinations.values()].map(destinationJson) },
})

export function createDestination(call: AmazonCall): Answer {
  const { world } = call
  const { name, resourceSpecification } = call.json(NewDestination)
  const { arn } = resourceSpecification.sqs
  if ([...world.destinations.values()].some((each) => each.arn === arn))
    return failure(409, 'Conflict', 'Destination already exists')
  const made = { id: `destination-${nextId(world)}`, name, arn }
  world.destinations.set(made.id, made)
  return { json: { payload: destinationJson(made) } }
}

/** `GET /notifications/v1/subscriptions/ORDER_CHANGE`, of the seller. */
export function getSubscription(call: AmazonCall): Answer {
  const found = call.world.subscriptions.get(callerOf(call).sellerId)
  if (found === undefined) return notFound('Subscription does not exist')
  return {
    json: { payload: { subscriptionId: found.id, payloadVersion: '1.0', destinationId: found.destinationId } },
  }
}

export function createSubscription(call: AmazonCall): Answer {
  const { world } = call
  const { destinationId, processingDirective } = call.json(NewSubscription)
  const { sellerId } = callerOf(call)
  if (!world.destinations.has(destinationId)) return notFound('Destination does not exist')
  if (world.subscriptions.has(sellerId)) return failure(409, 'Conflict', 'Subscription already exists')
  const { orderChangeTypes = ['OrderStatusChange', 'BuyerRequestedChange'], marketplaceIds = [] } =
    processingDirective?.eventFilter ?? {}
  const id = `subscription-${nextId(world)}`
  world.subscriptions.set(sellerId, { id, destinationId, changes: orderChangeTypes, marketplaceIds })
  return { json: { payload: { subscriptionId: id, payloadVersion: '1.0', destinationId } } }
}
