import { isKontorError, type Json, type KontorError, type Outcome } from '@kontor/core'
import type { Client } from '../client.ts'
import type { WireOrder } from '../wire.ts'
import { attempt, sent } from './attempt.ts'
import { namesOfLines } from './lines.ts'
import { existing, lookAgain, nothingChanged, orderNow, refusedAfter, updateAndRead, type Needs } from './one-order.ts'
import { planShipments, referenceOf, sameNumber, type ShipmentDelivery, type ShipmentStep } from './plan-shipments.ts'
import { toTrackingNumber } from './shipper.ts'

type ShipStep = Extract<ShipmentStep, { kind: 'ship' }>

/** Devices first, one by one, then the parcel; each step is planned from the order as the one before has left it. */
export async function* writeShipments(
  needs: Needs,
  order: WireOrder,
  deliveries: readonly ShipmentDelivery[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const { client, config, clock, log } = needs
  const registered: string[] = []
  let now = order
  let open = await withOwnLabel(client, order, deliveries, signal)
  let shipped: ShipStep | undefined
  while (open.length > 0) {
    const { settled, together, step } = planShipments(now, open, config)
    for (const delivery of open) {
      const { key } = delivery
      const plan = settled.get(key)
      const acted = shipped !== undefined || registered.length > 0
      if (plan?.is === 'already')
        yield {
          key,
          is: acted ? 'done' : 'already',
          ...told(now, delivery, { detail: plan.detail, registered, shipped }),
          ...(acted ? lookAgain(now) : {}),
        }
      else if (plan?.is === 'waiting') yield { key, is: 'waiting', error: plan.error }
      else if (plan?.is === 'refused') yield refusedAfter(key, plan.error, registered)
    }
    open = together
    if (step === undefined) return
    if (step.kind === 'ship' ? shipped !== undefined : registered.includes(step.line.id)) {
      for (const { key } of open) yield refusedAfter(key, nothingChanged(now, doingOf(step)), registered)
      return
    }
    const tried = await attempt(() => take(client, now, step, open, signal))
    if (tried.is === 'doubtful') {
      for (const { key } of open) yield sent(key, clock)
      return
    }
    if (tried.is === 'refused') {
      yield* refusedOrMeanwhile(needs, now, open, tried.error, registered, signal)
      return
    }
    now = tried.value
    if (step.kind === 'identify') registered.push(step.line.id)
    else {
      shipped = step
      if (step.without.length > 0)
        log.warn('Shipped without an IMEI or serial number, as configured.', {
          order: now.order_id,
          lines: namesOfLines(step.without),
        })
    }
  }
}

/** A parcel with Back Market's own label is known there: what the warehouse did not write down is taken from the label. */
export async function withOwnLabel(
  client: Client,
  order: WireOrder,
  deliveries: readonly ShipmentDelivery[],
  signal: AbortSignal,
): Promise<readonly ShipmentDelivery[]> {
  const label =
    order.is_backship === true && deliveries.some(lacking)
      ? await client.getDelivery(order.order_id, signal)
      : undefined
  if (label === undefined) return deliveries
  const { trackingNumber, trackingUrl, carrierName } = label
  return deliveries.map((delivery) =>
    lacking(delivery)
      ? {
          ...delivery,
          record: {
            ...delivery.record,
            trackingNumber,
            trackingUrl: delivery.record.trackingUrl ?? trackingUrl,
            carrier: delivery.record.carrier ?? carrierName,
          },
        }
      : delivery,
  )
}

const lacking = ({ record }: ShipmentDelivery): boolean => toTrackingNumber(record.trackingNumber) === undefined

const doingOf = ({ kind }: ShipmentStep): string =>
  kind === 'ship' ? 'ship an order' : 'register the IMEI or serial number of a line'

async function take(
  client: Client,
  order: WireOrder,
  step: ShipmentStep,
  made: readonly ShipmentDelivery[],
  signal: AbortSignal,
): Promise<WireOrder> {
  if (step.kind === 'ship') {
    const after = await updateAndRead(client, step.body, { for: made, doing: doingOf(step) }, signal)
    return isTold(after, step) ? after : await existing(client, order.order_id, signal)
  }
  await client.identifyLine(step.line.id, step.body, { for: made }, signal)
  return await existing(client, order.order_id, signal)
}

const isTold = (order: WireOrder, { body }: ShipStep): boolean =>
  sameNumber(toTrackingNumber(order.tracking_number) ?? '', body.tracking_number ?? '')

/** Refused, or somebody in the back office was quicker with the same parcel. */
async function* refusedOrMeanwhile(
  needs: Needs,
  order: WireOrder,
  open: readonly ShipmentDelivery[],
  error: KontorError,
  registered: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const again = error.code === 'PLAN_MODE' ? order : await orderNow(needs, order.order_id, signal)
  const plan = isKontorError(again) ? undefined : planShipments(again, open, needs.config)
  for (const { key } of open)
    yield plan?.settled.get(key)?.is === 'already' ? { key, is: 'already' } : refusedAfter(key, error, registered)
}

interface Did {
  detail: Readonly<Record<string, Json>> | undefined
  registered?: readonly string[]
  shipped?: ShipStep | undefined
}

/** What is kept of a shipment that is told: how it is known again, and what Back Market has now. */
export function told(
  order: WireOrder,
  { record }: ShipmentDelivery,
  { detail, registered = [], shipped }: Did,
): { reference: string; detail: Json } {
  const there = toTrackingNumber(order.tracking_number) ?? ''
  const own = toTrackingNumber(record.trackingNumber) ?? there
  const { shipper, tracking_url: trackingUrl } = shipped?.body ?? {}
  return {
    reference: referenceOf(order, there, own),
    detail: {
      ...detail,
      ...(shipper === undefined ? {} : { shipper }),
      ...(trackingUrl === undefined ? {} : { trackingUrl }),
      ...(registered.length === 0 ? {} : { identifiedLines: [...registered] }),
      ...(shipped === undefined || shipped.without.length === 0
        ? {}
        : { withoutIdentifier: shipped.without.map(({ id }) => id) }),
    },
  }
}
