import { money, toInstant, toMs, type Delivery, type Outcome, type Writer } from '@kontor/core'
import type { FinancesClient } from '../client/index.ts'
import { toRefund } from '../mapping/index.ts'
import { WireTransaction } from '../wire/index.ts'
import { inDoubt, settle, submit, unknownOrder, type LegacyNeeds } from './legacy.ts'
import { absent, refused, waiting } from './outcomes.ts'
import { paidBack, planRefund } from './refund-plan.ts'

const kind = { feedType: 'POST_PAYMENT_ADJUSTMENT_DATA', messageType: 'OrderAdjustment' }

interface RefundNeeds extends LegacyNeeds {
  finances: FinancesClient
}

/** Pays money back, by the old XML feed: there is no other way. A feed that is sent again pays again, so one in doubt is left to a person. */
export function refundsWriter(needs: RefundNeeds): Writer<'refunds'> {
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
          yield* settle(
            needs,
            ticket,
            some,
            signal,
            (delivery, feed) => refused(delivery, inDoubt(ticket, feed.processingStatus)),
            (delivery) => transactionOf(needs, delivery, signal),
          )
    },
  }
}

/**
 * The transaction that tells of it, so that it is known as ours when it is read. It may come up to two days later: then the reader tells of a
 * refund that nobody knows as this one.
 */
async function transactionOf(
  { finances }: RefundNeeds,
  { record, order, sent }: Delivery<'refunds'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (order === undefined || sent === undefined) return undefined
  const wanted = paidBack(record, order)
  const { transactions } = await finances.ofOrder(order.id, signal)
  const same = (transactions ?? []).flatMap((raw) => {
    const parsed = WireTransaction.safeParse(raw)
    if (!parsed.success || !/refund/i.test(parsed.data.transactionType)) return []
    const made = toRefund(parsed.data)
    const isNew = toMs(made.refundedAt ?? sent.at) >= toMs(sent.at) - marginMs
    return isNew && wanted && made.total && money.equal(made.total, wanted) ? [made.id] : []
  })
  // Two of the same amount cannot be told apart.
  return same.length === 1 ? same[0] : undefined
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
