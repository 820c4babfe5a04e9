import { KontorError, type Delivery, type Outcome, type Writer } from '@kontor/core'
import { parisDay } from '../mapping/index.ts'
import { readBackDecision, writeDecision, type DecisionNeeds } from './decisions.ts'
import { LiveUnits } from './live-units.ts'
import { readBackShipment, writeShipments } from './shipments.ts'

type OrderDelivery = Delivery<'decisions' | 'shipments'>
const isDecision = (delivery: OrderDelivery): delivery is Delivery<'decisions'> =>
  delivery.record.entity === 'decisions'
const isShipment = (delivery: OrderDelivery): delivery is Delivery<'shipments'> =>
  delivery.record.entity === 'shipments'

/** Decisions one by one, then all parcels of the batch together. Before anything is written the lists are read, once for the batch. */
export function createOrdersWriter(needs: DecisionNeeds): Writer<'decisions' | 'shipments'> {
  const lists = (batch: readonly OrderDelivery[], signal: AbortSignal): LiveUnits =>
    new LiveUnits(
      needs,
      batch.map(({ order }) => order),
      parisDay,
      signal,
    )
  return {
    async *write(batch, signal) {
      const decisions = batch.filter(isDecision)
      const live = lists(decisions, signal)
      const before = new Set<string>()
      for (const delivery of decisions) {
        let states = live
        const { order } = delivery
        // A second decision about one sale must see what the first has done.
        if (order !== undefined && before.has(order.id)) states = lists([delivery], signal)
        if (order !== undefined) before.add(order.id)
        yield* writeDecision(delivery, states, needs, signal)
      }
      const shipments = batch.filter(isShipment)
      if (shipments.length > 0) yield* writeShipments(shipments, lists(shipments, signal), needs, signal)
    },
    async *readBack(batch, signal): AsyncGenerator<Outcome> {
      const live = lists(batch, signal)
      for (const delivery of batch) {
        if (isDecision(delivery)) yield await readBackDecision(delivery, live, needs)
        else if (isShipment(delivery)) yield await readBackShipment(delivery, live, needs)
        else throw new KontorError('INTERNAL', { message: 'A delivery is neither a decision nor a shipment.' })
      }
    },
  }
}
