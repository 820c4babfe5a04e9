import { KontorError, type Delivery, type Outcome, type Writer } from '@kontor/core'
import { z } from 'zod'
import type { OrdersClient } from '../client/index.ts'
import type { BigCommerceConfig } from '../config/index.ts'
import { WireLine, type WireShipment } from '../wire/index.ts'
import { absent, already, done, refused, waiting } from './outcomes.ts'
import { carrierFields, type Part, planShipment } from './shipment-plan.ts'

/**
 * Reports parcels. BigCommerce mails the shopper for each, so one that may have been reported is looked for first: a shipment is known by
 * its tracking number and its pieces. An order that goes to several addresses gets one shipment for each.
 */
export function shipmentsWriter(client: OrdersClient, config: BigCommerceConfig): Writer<'shipments'> {
  return {
    async *write(batch, signal) {
      for (const delivery of batch) yield await writeOne(delivery, signal)
    },
    async *readBack(batch, signal) {
      for (const delivery of batch) yield await readOne(delivery, signal)
    },
  }

  async function writeOne(delivery: Delivery<'shipments'>, signal: AbortSignal): Promise<Outcome> {
    const orderId = delivery.order?.id
    if (orderId === undefined) return waiting(delivery, unknownOrder())
    const known = await client.shipments(orderId, signal)
    const plan = await planFor(delivery, orderId, known, signal)
    if ('problem' in plan) return refused(delivery, plan.problem)
    let reference = plan.found.map(({ id }) => id).join(',')
    if (plan.missing.length === 0) return already(delivery, reference)
    for (const part of plan.missing) {
      const made = await client.createShipment(
        orderId,
        { ...carrierFields(delivery.record, config), ...part },
        delivery,
        signal,
      )
      reference = reference === '' ? made.id : `${reference},${made.id}`
    }
    return done(delivery, reference)
  }

  async function readOne(delivery: Delivery<'shipments'>, signal: AbortSignal): Promise<Outcome> {
    const orderId = delivery.order?.id
    if (orderId === undefined) return waiting(delivery, unknownOrder())
    const plan = await planFor(delivery, orderId, await client.shipments(orderId, signal), signal)
    if ('problem' in plan) return refused(delivery, plan.problem)
    return plan.missing.length === 0 ? done(delivery, plan.found.map(({ id }) => id).join(',')) : absent(delivery)
  }

  async function planFor(
    delivery: Delivery<'shipments'>,
    orderId: string,
    known: readonly WireShipment[],
    signal: AbortSignal,
  ): Promise<{ problem: KontorError } | { found: WireShipment[]; missing: Part[] }> {
    const lines = z.array(WireLine).safeParse(await client.listBelow(orderId, 'products', signal))
    if (lines.success) return planShipment(delivery, lines.data, known)
    const path = (lines.error.issues[0]?.path ?? []).map(String).join('.')
    throw new KontorError('WIRE_MISMATCH', {
      message: `The lines of an order at BigCommerce do not have the form we know at ${path}.`,
      path,
      scope: 'record',
    })
  }
}

const unknownOrder = (): KontorError =>
  new KontorError('ORDER_UNKNOWN', { message: 'The shipment was not reported: its order is not known yet.' })
