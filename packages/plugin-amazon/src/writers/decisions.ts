import {
  KontorError,
  openQuantity,
  type Decision,
  type Delivery,
  type Order,
  type Outcome,
  type Writer,
} from '@kontor/core'
import type { OrdersClient } from '../client/index.ts'
import { toOrder, type Element } from '../mapping/index.ts'
import { WireOrder } from '../wire/index.ts'
import { settle, submit, unknownOrder, type LegacyNeeds } from './legacy.ts'
import { absent, already, done, refused, waiting } from './outcomes.ts'

const kind = { feedType: 'POST_ORDER_ACKNOWLEDGEMENT_DATA', messageType: 'OrderAcknowledgement' }

/** `CancelReason` of amzn-base.xsd for our words. */
const reasons: Readonly<Record<string, string>> = {
  out_of_stock: 'NoInventory',
  damaged: 'NoInventory',
  customer_request: 'BuyerCanceled',
  address: 'ShippingAddressUndeliverable',
  price_error: 'PricingError',
  fraud: 'GeneralAdjustment',
  other: 'GeneralAdjustment',
}

/** Cancels orders or items that are not shipped. Amazon asks for no acceptance, so one is done already. */
export function decisionsWriter(needs: LegacyNeeds & { orders: OrdersClient }): Writer<'decisions'> {
  const { orders } = needs

  async function cancelledAt(id: string, record: Decision, signal: AbortSignal): Promise<boolean> {
    const parsed = WireOrder.safeParse(await orders.get(id, ['FULFILLMENT', 'CANCELLATION'], signal))
    return parsed.success && isCancelled(toOrder(parsed.data), record)
  }

  return {
    async *write(batch, signal) {
      const prepared = []
      for (const delivery of batch) {
        const { order, record } = delivery
        if (order === undefined) yield waiting(delivery, unknownOrder())
        else {
          const outcome = settledBefore(delivery, order)
          if (outcome) yield outcome
          else prepared.push({ delivery, order, message: cancellation(record, order) })
        }
      }
      if (prepared.length > 0) yield* submit(needs, kind, prepared, signal)
    },
    async *readBack(batch, signal) {
      for (const [ticket, some] of Map.groupBy(batch, ({ sent }) => sent?.ticket)) {
        const look = async (delivery: Delivery<'decisions'>): Promise<Outcome> => {
          const { order, record } = delivery
          if (order === undefined) return waiting(delivery, unknownOrder())
          return (await cancelledAt(order.id, record, signal)) ? done(delivery, ticket) : absent(delivery)
        }
        if (ticket === undefined) for (const delivery of some) yield await look(delivery)
        else yield* settle(needs, ticket, some, signal, look)
      }
    },
  }
}

function settledBefore(delivery: Delivery<'decisions'>, order: Order): Outcome | undefined {
  const { record } = delivery
  if (record.decision === 'accept' || record.decision === 'confirm_preorder') return already(delivery)
  if (order.fulfilledBy === 'marketplace')
    return refused(
      delivery,
      refusal('UNSUPPORTED', 'Amazon fulfils it itself (FBA); only the buyer and Amazon can cancel it.'),
    )
  const unknown = record.lines?.find((wanted) => lineOf(order, wanted) === undefined)
  if (unknown)
    return refused(
      delivery,
      refusal('REQUEST_REJECTED', `it has no line ${unknown.lineId ?? unknown.sku ?? '(without id and SKU)'}.`),
    )
  if (isCancelled(order, record)) return already(delivery)
  if (order.payment?.value === 'pending')
    return waiting(
      delivery,
      new KontorError('NOT_YET', {
        message: 'The order is still pending at Amazon; it can be cancelled once its payment is authorised.',
      }),
    )
  // Amazon cancels whole items, and only what is not shipped.
  const parts = record.lines?.some(
    (wanted) =>
      wanted.quantity !== undefined &&
      wanted.quantity !== null &&
      wanted.quantity < (lineOf(order, wanted)?.quantity ?? 0),
  )
  if (parts)
    return refused(
      delivery,
      refusal(
        'UNSUPPORTED',
        'Amazon cancels an item with all of its pieces, and not some of them. Refund them once the rest is shipped.',
      ),
    )
  if (affected(order, record).every((line) => openQuantity(line) === 0))
    return refused(delivery, refusal('ALREADY_DIFFERENT', 'it is shipped already. Refund it instead.'))
  return undefined
}

const lineOf = (
  order: Order,
  { lineId, sku }: { lineId?: string | null | undefined; sku?: string | null | undefined },
) => order.lines?.find((line) => (lineId ? line.id === lineId : Boolean(sku) && line.sku === sku))

const affected = (order: Order, { lines }: Decision) =>
  lines && lines.length > 0 ? lines.flatMap((wanted) => lineOf(order, wanted) ?? []) : (order.lines ?? [])

const isCancelled = (order: Order, record: Decision): boolean =>
  order.lifecycle?.value === 'cancelled' ||
  (affected(order, record).length > 0 && affected(order, record).every((line) => line.status?.value === 'cancelled'))

function cancellation(record: Decision, order: Order): Element {
  const reason = reasons[record.reason?.value ?? 'other'] ?? 'GeneralAdjustment'
  return [
    'OrderAcknowledgement',
    [
      ['AmazonOrderID', order.id],
      ['StatusCode', 'Failure'],
      ...affected(order, record).map((line): Element => [
        'Item',
        [
          ['AmazonOrderItemCode', line.id],
          ['CancelReason', reason],
        ],
      ]),
    ],
  ]
}

const refusal = (code: KontorError['code'], why: string): KontorError =>
  new KontorError(code, { message: `The order was not cancelled: ${why}` })
