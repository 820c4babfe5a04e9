import {
  isKontorError,
  KontorError,
  toInstant,
  toMilliseconds,
  toMs,
  type Clock,
  type Delivery,
  type Order,
  type Outcome,
  type Writer,
} from '@kontor/core'
import type { OrdersClient, ShipmentsClient } from '../client/index.ts'
import type { AmazonConfig } from '../config.ts'
import { toOrder } from '../mapping/index.ts'
import { WireOrder } from '../wire/index.ts'
import { absent, already, done, refused, sent, waiting } from './outcomes.ts'
import { packageId, packageOf, planShipment } from './shipment-plan.ts'

interface Needs {
  client: ShipmentsClient
  orders: OrdersClient
  config: AmazonConfig
  clock: Clock
}

/** A confirmation that Amazon took shows within minutes. Longer than this, and it was dropped. */
const droppedAfterMs = 3 * 3_600_000

/**
 * Confirms shipments. 204 is no proof: a carrier that is not known, or a parcel Amazon has booked itself, is dropped without a word
 * (models#5232). So each is asked about afterwards, and counts as done when the package stands in the order.
 */
export function shipmentsWriter({ client, orders, config, clock }: Needs): Writer<'shipments'> {
  // By default the reader of orders has mostly been there by then, and the package stands in the order: no call is spent on it.
  const askAfterMs = toMilliseconds(config.confirmAfter)
  async function write(delivery: Delivery<'shipments'>, signal: AbortSignal): Promise<Outcome> {
    const { record, order } = delivery
    if (order === undefined) return waiting(delivery, unknownOrder())
    if (record.status?.value === 'announced') return waiting(delivery, notYet())
    if (record.status?.value === 'cancelled') return refused(delivery, cannotCancel())
    const found = packageOf(order, record)
    if (found?.whole) return already(delivery, found.id)
    const plan = planShipment(delivery, order, config, clock.now())
    if ('problem' in plan) return refused(delivery, plan.problem)
    try {
      if ('nothingOpen' in plan) return await settled(delivery, order, signal)
      if ('status' in plan) {
        await client.setStatus(order.id, plan.status, delivery, signal)
        return done(delivery, plan.status.shipmentStatus)
      }
      await client.confirm(order.id, plan.confirmation, delivery, signal)
      return sent(delivery, plan.confirmation.packageDetail.packageReferenceId, toInstant(clock.now() + askAfterMs))
    } catch (thrown) {
      if (!isKontorError(thrown) || thrown.code !== 'REQUEST_REJECTED') throw thrown
      // "Unable to find package to update": what it would ship is shipped already, by this or by another hand.
      if (/package/i.test(`${thrown.vendorCode} ${thrown.message}`)) return settled(delivery, order, signal, thrown)
      return refused(delivery, thrown)
    }
  }

  /** Nothing is left to ship: by this shipment, or by another. */
  async function settled(
    delivery: Delivery<'shipments'>,
    { id }: Order,
    signal: AbortSignal,
    error?: KontorError,
  ): Promise<Outcome> {
    const found = packageOf(await orderAt(id, signal), delivery.record)
    return found?.whole ? already(delivery, found.id) : refused(delivery, error ?? shippedOtherwise())
  }

  async function readBack(delivery: Delivery<'shipments'>, signal: AbortSignal): Promise<Outcome> {
    const { record, order, sent: attempt } = delivery
    if (order === undefined) return waiting(delivery, unknownOrder())
    const told = packageOf(order, record)
    if (told?.whole) return done(delivery, told.id)
    const now = await orderAt(order.id, signal)
    const found = packageOf(now, record)
    if (found?.whole) return done(delivery, found.id)
    // Without a ticket nobody knows whether Amazon ever got it, or made a package with a part of the pieces: confirmed once more, it is made whole.
    if (attempt?.ticket === undefined) return absent(delivery)
    const age = clock.now() - toMs(attempt.at)
    if (age < droppedAfterMs)
      return sent(delivery, packageId(delivery), toInstant(clock.now() + Math.max(askAfterMs, age / 2)))
    return refused(delivery, found ? halved(found.id) : dropped(record.carrier ?? ''))
  }

  async function orderAt(id: string, signal: AbortSignal): Promise<Order> {
    const raw = await orders.get(id, ['FULFILLMENT', 'PACKAGES'], signal)
    const parsed = WireOrder.safeParse(raw)
    if (parsed.success) return toOrder(parsed.data)
    const path = (parsed.error.issues[0]?.path ?? []).map(String).join('.')
    throw new KontorError('WIRE_MISMATCH', {
      message: `An order at Amazon does not have the form we know at ${path}.`,
      path,
      scope: 'record',
    })
  }

  return {
    async *write(batch, signal) {
      for (const delivery of batch) yield await write(delivery, signal)
    },
    async *readBack(batch, signal) {
      for (const delivery of batch) yield await readBack(delivery, signal)
    },
  }
}

const unknownOrder = (): KontorError =>
  new KontorError('ORDER_UNKNOWN', { message: 'The shipment was not confirmed: its order is not known yet.' })
const notYet = (): KontorError =>
  new KontorError('NOT_YET', { message: 'The shipment is announced only; it is confirmed when it leaves the house.' })
const cannotCancel = (): KontorError =>
  new KontorError('UNSUPPORTED', {
    message: 'A confirmed shipment cannot be taken back at Amazon. Edit it in Seller Central, Manage Orders.',
  })
const shippedOtherwise = (): KontorError =>
  new KontorError('ALREADY_DIFFERENT', {
    message:
      'The shipment was not confirmed: every piece of the order is shipped already, with another tracking number. Correct it in Seller Central, Manage Orders, if it differs.',
  })
const halved = (id: string): KontorError =>
  new KontorError('ALREADY_DIFFERENT', {
    message: `Amazon took the confirmation, and the package ${id} stands in the order with a part of its pieces only. Complete it in Seller Central, Manage Orders.`,
  })
const dropped = (carrier: string): KontorError =>
  new KontorError('REQUEST_REJECTED', {
    message: `Amazon took the confirmation and dropped it: the package stands in the order in no way. Mostly the carrier${carrier === '' ? '' : ` "${carrier}"`} is not in its list (give Amazon's exact name in config.carriers), or Amazon has bought the label itself.`,
    key: 'config.carriers',
  })
