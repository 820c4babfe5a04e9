import { isKontorError, KontorError, type Delivery, type Outcome, type Writer } from '@kontor/core'
import { parisDay } from '../mapping/index.ts'
import type { DecisionWord } from './decision-steps.ts'
import { readBackDecision, writeDecision, type DecisionNeeds } from './decisions.ts'
import { LiveUnits } from './live-units.ts'
import { refused } from './outcomes.ts'
import { toCancellation } from './refunds.ts'
import { readBackShipment, writeShipments } from './shipments.ts'

type OrderDelivery = Delivery<'decisions' | 'shipments' | 'refunds'>
const isDecision = (delivery: OrderDelivery): delivery is Delivery<'decisions'> =>
  delivery.record.entity === 'decisions'
const isShipment = (delivery: OrderDelivery): delivery is Delivery<'shipments'> =>
  delivery.record.entity === 'shipments'
const isRefund = (delivery: OrderDelivery): delivery is Delivery<'refunds'> => delivery.record.entity === 'refunds'

/** What is decided by a delivery: a decision, or a refund as the cancellation it is here. */
function decidedBy(
  delivery: OrderDelivery,
): { decision: Delivery<'decisions'> | KontorError; word: DecisionWord } | undefined {
  if (isDecision(delivery)) return { decision: delivery, word: delivery.record.decision }
  return isRefund(delivery) ? { decision: toCancellation(delivery), word: 'refund' } : undefined
}

/** Decisions and refunds one by one, then all parcels of the batch together. Before anything is written the lists are read, once for the batch. */
export function createOrdersWriter(needs: DecisionNeeds): Writer<'decisions' | 'shipments' | 'refunds'> {
  const lists = (batch: readonly OrderDelivery[], signal: AbortSignal): LiveUnits =>
    new LiveUnits(
      needs,
      batch.map(({ order }) => order),
      parisDay,
      signal,
    )
  return {
    async *write(batch, signal) {
      const deciding = batch.filter((delivery) => !isShipment(delivery))
      const live = lists(deciding, signal)
      const before = new Set<string>()
      for (const delivery of deciding) {
        const decided = decidedBy(delivery)
        if (decided === undefined) continue
        const { decision, word } = decided
        if (isKontorError(decision)) {
          yield refused(delivery, decision)
          continue
        }
        let states = live
        const { order } = delivery
        // A second decision about one sale must see what the first has done.
        if (order !== undefined && before.has(order.id)) states = lists([delivery], signal)
        if (order !== undefined) before.add(order.id)
        yield* writeDecision(decision, states, needs, signal, word)
      }
      const shipments = batch.filter(isShipment)
      if (shipments.length > 0) yield* writeShipments(shipments, lists(shipments, signal), needs, signal)
    },
    async *readBack(batch, signal): AsyncGenerator<Outcome> {
      const live = lists(batch, signal)
      for (const delivery of batch) {
        const decided = decidedBy(delivery)
        if (decided !== undefined && !isKontorError(decided.decision))
          yield await readBackDecision(decided.decision, live, needs, decided.word)
        else if (decided !== undefined) yield { key: delivery.key, is: 'absent' }
        else if (isShipment(delivery)) yield await readBackShipment(delivery, live, needs)
        else throw new KontorError('INTERNAL', { message: 'A delivery is of no kind this writer takes.' })
      }
    },
  }
}
