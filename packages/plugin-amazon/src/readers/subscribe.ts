import { isKontorError, type Cache, type Http, type Problem } from '@kontor/core'
import { grantlessAccess, type NotificationsClient } from '../client/index.ts'
import { countriesToIds, type AmazonConfig, type AmazonCredentials, type Queue } from '../config.ts'

const cacheKey = 'order-changes'
/** So often it is looked whether Amazon still tells the queue. */
const rememberedMs = 86_400_000

interface Needs {
  notifications: NotificationsClient
  queue: Queue
  config: AmazonConfig
  credentials: AmazonCredentials
  http: Http
  cache: Cache
}

/**
 * Has Amazon tell changes of orders to the queue: a destination of the app, and a subscription of the seller to it. What is there stays as it is; a
 * subscription that leads elsewhere is another program's, and an account has but one.
 */
export async function subscribeToChanges(needs: Needs, signal: AbortSignal): Promise<readonly Problem[]> {
  const { notifications, queue, config, credentials, http, cache } = needs
  if ((await cache.get(cacheKey)) === queue.arn) return []
  try {
    const token = await grantlessAccess(credentials, 'sellingpartnerapi::notifications', config, http, signal)
    const destination = await notifications.destination(queue.arn, token, signal)
    const present = await notifications.subscription(signal)
    if (present !== undefined && present.destinationId !== destination) return [problem(taken)]
    if (present === undefined)
      await notifications.subscribe(destination, countriesToIds(config.marketplaces ?? []), signal)
    await cache.set(cacheKey, queue.arn, rememberedMs)
    return []
  } catch (thrown) {
    if (!isKontorError(thrown) || thrown.failureType !== 'config') throw thrown
    return [problem(`${thrown.message} ${byHand}`)]
  }
}

const taken =
  'Amazon tells changes of orders of this seller and app to another queue already. Name that one in config.orderChangeQueue, or take that subscription away; until then orders are read at their usual time.'
const byHand =
  'So Amazon was not asked to tell changes of orders to the queue; the guide says how to do it by hand. Orders are read at their usual time.'

const problem = (message: string): Problem => ({ level: 'warning', message, key: 'config.orderChangeQueue' })
