import type { Clock, Hints, Log, Look } from '@kontor/core'
import type { Message, QueueClient } from '../client/index.ts'
import type { AmazonConfig } from '../config.ts'
import { countryOf } from '../tables/index.ts'
import { OrderChange } from '../wire/index.ts'

/** SQS delivers at least once, and mostly soon after. */
const rememberedIds = 1_000
/** An answer without anything for us is given after a wait, or the queue does not wait. */
const restMs = 1_000

interface Needs {
  queue: QueueClient
  config: Pick<AmazonConfig, 'sellerId' | 'marketplaces' | 'fba'>
  clock: Clock
  log: Log
}

/**
 * Changes of orders as Amazon tells them (ORDER_CHANGE): each names an order to read. A message is acknowledged once that is durably noted; what is not ours
 * (another seller's, another notification) is left in the queue, which ought to be Kontor's alone.
 */
export function orderChanges({ queue, config, clock, log }: Needs): Hints {
  const seen = new Set<string>()
  let warned = false

  const note = ({ id }: Told): void => {
    seen.add(id)
    const [oldest] = seen
    if (seen.size > rememberedIds && oldest !== undefined) seen.delete(oldest)
  }

  return {
    async *listen(signal) {
      for (;;) {
        const began = clock.now()
        const messages = await queue.receive(signal)
        const told = messages.flatMap((message) => understood(message, config) ?? [])
        if (told.length < messages.length && !warned) {
          warned = true
          log.warn(
            'The queue of config.orderChangeQueue holds messages that are no changes of orders of this seller. They are left there; give Kontor a queue of its own.',
          )
        }
        yield looksOf(told.filter(({ id }) => !seen.has(id)))
        if (told.length > 0)
          await queue.remove(
            told.map(({ message }) => message),
            signal,
          )
        for (const each of told) note(each)
        if (told.length === 0 && clock.now() - began < restMs) await clock.sleep(restMs, signal)
      }
    },
  }
}

interface Told {
  message: Message
  /** Of the notification: one that comes twice has it twice. */
  id: string
  /** `undefined`: a change that this connection does not read. */
  order: string | undefined
}

function understood(message: Message, config: Needs['config']): Told | undefined {
  const parsed = OrderChange.safeParse(jsonOf(message.Body))
  if (!parsed.success) return undefined
  const { NotificationMetadata, Payload } = parsed.data
  const { SellerId, AmazonOrderId, Summary } = Payload.OrderChangeNotification
  if (SellerId !== config.sellerId) return undefined
  const country = countryOf(Summary.MarketplaceId ?? '')
  const isElsewhere =
    config.marketplaces !== undefined && country !== undefined && !config.marketplaces.includes(country)
  const isLeftOut = config.fba === 'skip' && Summary.FulfillmentType === 'AFN'
  return {
    message,
    id: NotificationMetadata.NotificationId,
    order: isElsewhere || isLeftOut ? undefined : AmazonOrderId,
  }
}

const looksOf = (told: readonly Told[]): Look[] =>
  [...new Set(told.flatMap(({ order }) => order ?? []))].map((id) => ({
    ref: { entity: 'orders', id },
    reason: 'Amazon told of a change',
  }))

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
