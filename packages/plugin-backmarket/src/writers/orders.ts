import { isKontorError, type Delivery, type Outcome } from '@kontor/core'
import type { WireOrder } from '../wire.ts'
import { orderIdOf, orderUnknown } from './about-order.ts'
import { lookAgain, orderNow, type Needs } from './one-order.ts'
import { planDecision } from './plan-decision.ts'
import { planShipments, type ShipmentDelivery } from './plan-shipments.ts'
import { writeDecision, type DecisionDelivery } from './write-decision.ts'
import { told, withOwnLabel, writeShipments } from './write-shipments.ts'

type Either = Delivery<'decisions' | 'shipments'>

/**
 * Decisions and shipments. Every write is preceded by reading the order, and every step is planned from how the order stands then:
 * so a wish that was fulfilled before a crash is found done, and nothing is sent twice.
 */
export function createOrdersWriter(needs: Needs) {
  return {
    write: (batch: readonly Either[], signal: AbortSignal) => byOrder(needs, batch, signal, writeOrder),
    readBack: (batch: readonly Either[], signal: AbortSignal) => byOrder(needs, batch, signal, readBackOrder),
  }
}

type Handle = (
  needs: Needs,
  order: WireOrder,
  deliveries: readonly Either[],
  signal: AbortSignal,
) => AsyncGenerator<Outcome>

async function* byOrder(
  needs: Needs,
  batch: readonly Either[],
  signal: AbortSignal,
  handle: Handle,
): AsyncGenerator<Outcome> {
  for (const [id, deliveries] of Map.groupBy(batch, orderIdOf)) {
    const read = id === undefined ? orderUnknown(id) : await orderNow(needs, id, signal)
    if (isKontorError(read)) for (const { key } of deliveries) yield { key, is: 'refused', error: read }
    else yield* handle(needs, read, deliveries, signal)
  }
}

async function* writeOrder(
  needs: Needs,
  order: WireOrder,
  deliveries: readonly Either[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  let now = order
  for (const delivery of deliveries.filter(isDecision)) {
    const { outcome, order: after } = await writeDecision(needs, now, delivery, signal)
    yield outcome
    now = after
  }
  const shipments = deliveries.filter(isShipment)
  if (shipments.length > 0) yield* writeShipments(needs, now, shipments, signal)
}

const isDecision = (delivery: Either): delivery is DecisionDelivery => delivery.record.entity === 'decisions'
const isShipment = (delivery: Either): delivery is ShipmentDelivery => delivery.record.entity === 'shipments'

/** What became of them: planned like a write, and nothing is sent. */
async function* readBackOrder(
  { client, config }: Needs,
  order: WireOrder,
  deliveries: readonly Either[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const shipments = planShipments(
    order,
    await withOwnLabel(client, order, deliveries.filter(isShipment), signal),
    config,
  )
  for (const delivery of deliveries) {
    const { key } = delivery
    const plan = isDecision(delivery) ? planDecision(order, delivery.record, config) : shipments.settled.get(key)
    if (plan?.is === 'already')
      yield {
        key,
        is: 'done',
        ...(isShipment(delivery) ? told(order, delivery, { detail: plan.detail }) : {}),
        ...lookAgain(order),
      }
    else if (plan?.is === 'refused') yield { key, is: 'refused', error: plan.error }
    else yield { key, is: 'absent' }
  }
}
