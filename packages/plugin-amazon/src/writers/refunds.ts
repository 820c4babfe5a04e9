import { KontorError, toInstant, toMs, type Delivery, type Echo, type Outcome, type Writer } from '@kontor/core'
import type { Feed } from '../wire/index.ts'
import { inDoubt, settle, submit, unknownOrder, type LegacyNeeds } from './legacy.ts'
import { absent, already, refused, waiting } from './outcomes.ts'
import { planRefund, type PaidLine } from './refund-plan.ts'

const kind = { feedType: 'POST_PAYMENT_ADJUSTMENT_DATA', messageType: 'OrderAdjustment' }

/**
 * Pays money back, by the old XML feed: there is no other way. A feed that is sent again pays again, so one in doubt is left to a person. Its
 * transaction has no id of ours and shows up to two days later: what it will say goes along, so that it is known as ours when it is read.
 */
export function refundsWriter(needs: LegacyNeeds): Writer<'refunds'> {
  const { clock } = needs
  return {
    async *write(batch, signal) {
      const prepared = []
      for (const delivery of batch) {
        const { order, record, known } = delivery
        if (order === undefined) yield waiting(delivery, unknownOrder())
        else {
          const plan = planRefund(record, order)
          // What was paid can be neither taken back nor paid in its place.
          if (known !== undefined) yield paidBefore(delivery, 'problem' in plan ? undefined : plan.paid)
          else if ('problem' in plan) yield refused(delivery, plan.problem)
          else
            prepared.push({ delivery, order, message: plan.message, echo: echoOf(plan.paid, clock.now() - marginMs) })
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
            (delivery, feed) => paid(ticket, delivery, feed),
          )
    },
  }
}

/** Clocks may differ, and a feed has its time in whole seconds. */
const marginMs = 10 * 60_000
/** "Data may lag 48 hours" (finances docs, 2026-08), and as long again. */
const toldWithinMs = 4 * 86_400_000

const echoOf = (lines: readonly PaidLine[], since: number): Echo => ({
  since: toInstant(Math.floor(since / 1000) * 1000),
  until: toInstant(since + toldWithinMs),
  // A line without a SKU cannot be found again.
  lines: lines.every(({ sku }) => sku !== undefined)
    ? lines.map(({ sku = '', amount, taxOnTop }) => ({ sku, amount, ...(taxOnTop ? { taxOnTop } : {}) }))
    : [],
})

/** Done: by which feed, and how much of which line, so that it is known should the refund change afterwards. No transaction of it is older than the feed. */
function paid(
  ticket: string,
  { record, order, sent }: Delivery<'refunds'>,
  { createdTime }: Feed,
): { reference: string; echo?: Echo } {
  const plan = order && planRefund(record, order)
  if (plan === undefined || 'problem' in plan) return { reference: ticket }
  const created = Date.parse(createdTime ?? '')
  const since = Number.isNaN(created) ? (sent ? toMs(sent.at) : 0) - marginMs : created
  return { reference: `feed ${ticket}/${sent?.item ?? ''}: ${textOf(plan.paid)}`, echo: echoOf(plan.paid, since) }
}

const textOf = (lines: readonly PaidLine[]): string =>
  lines.map(({ lineId, amount }) => `${lineId}=${amount.amount} ${amount.currency}`).join(', ')

function paidBefore(delivery: Delivery<'refunds'>, lines: readonly PaidLine[] | undefined): Outcome {
  const reference = delivery.known?.reference
  if (lines !== undefined && reference?.endsWith(`: ${textOf(lines)}`)) return already(delivery, reference)
  return refused(
    delivery,
    new KontorError('ALREADY_DIFFERENT', {
      message: `Nothing was sent: this refund was paid before (${reference ?? 'how much is not known'}), and now says something else. Money cannot be taken back or paid in its place: send what is missing as a refund of its own.`,
    }),
  )
}

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
