import { toInstant, toMs, type Delivery, type Outcome, type Writer } from '@kontor/core'
import { inDoubt, settle, submit, unknownOrder, type LegacyNeeds } from './legacy.ts'
import { absent, refused, waiting } from './outcomes.ts'
import { planRefund } from './refund-plan.ts'

const kind = { feedType: 'POST_PAYMENT_ADJUSTMENT_DATA', messageType: 'OrderAdjustment' }

/** Pays money back, by the old XML feed: there is no other way. A feed that is sent again pays again, so one in doubt is left to a person. */
export function refundsWriter(needs: LegacyNeeds): Writer<'refunds'> {
  return {
    async *write(batch, signal) {
      const prepared = []
      for (const delivery of batch) {
        const { order, record } = delivery
        if (order === undefined) yield waiting(delivery, unknownOrder())
        else {
          const plan = planRefund(record, order)
          if ('problem' in plan) yield refused(delivery, plan.problem)
          else prepared.push({ delivery, order, message: plan.message })
        }
      }
      if (prepared.length > 0) yield* submit(needs, kind, prepared, signal)
    },
    async *readBack(batch, signal) {
      for (const [ticket, some] of Map.groupBy(batch, ({ sent }) => sent?.ticket))
        if (ticket === undefined) yield* nothingLeft(needs, some, signal)
        else
          yield* settle(needs, ticket, some, signal, (delivery, feed) =>
            refused(delivery, inDoubt(ticket, feed.processingStatus)),
          )
    },
  }
}

/** Clocks may differ, and a feed has its time in whole seconds. */
const marginMs = 10 * 60_000

/** Without a ticket only one thing can be known: that since then no feed of refunds has come to Amazon at all. Else a person decides. */
async function* nothingLeft(
  { feeds, clock }: LegacyNeeds,
  batch: readonly Delivery<'refunds'>[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const since = Math.min(...batch.map(({ sent }) => (sent ? toMs(sent.at) : clock.now()))) - marginMs
  if (await feeds.anySince(kind.feedType, toInstant(since), signal)) return
  for (const delivery of batch) yield absent(delivery)
}
