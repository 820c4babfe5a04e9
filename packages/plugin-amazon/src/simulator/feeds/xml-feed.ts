import { refundOrder } from '../finances/refund.ts'
import { marketplaceAt } from '../marketplaces.ts'
import { touch } from '../orders/life.ts'
import type { AmazonScene, Feed, SimulatedOrder } from '../world.ts'
import { childrenOf, escapeXml, parseXml, textAt, type Element } from './xml.ts'

/** What is wrong with a message; undefined when it took effect. */
interface Problem {
  readonly code: string
  readonly description: string
}

type Work = (scene: AmazonScene, feed: Feed, message: Element) => Problem | undefined

const problem = (code: string, description: string): Problem => ({ code, description })

/** Feed types of the old XML with the element of their messages. */
const workers: Readonly<Record<string, { element: string; messageType: string; work: Work }>> = {
  POST_ORDER_ACKNOWLEDGEMENT_DATA: {
    element: 'OrderAcknowledgement',
    messageType: 'OrderAcknowledgement',
    work: acknowledge,
  },
  POST_PAYMENT_ADJUSTMENT_DATA: { element: 'OrderAdjustment', messageType: 'OrderAdjustment', work: adjust },
}

export const isXmlFeed = (type: string): boolean => type in workers

/** An XML feed worked off, into its processing report. `most` stops it early, as a feed that ends FATAL does. */
export function workXmlFeed(scene: AmazonScene, feed: Feed, text: string, most: number): string {
  const worker = workers[feed.type]
  const envelope = parseXml(text)
  if (
    worker === undefined ||
    envelope?.name !== 'AmazonEnvelope' ||
    textAt(envelope, 'Header', 'MerchantIdentifier') !== feed.sellerId ||
    textAt(envelope, 'MessageType') !== worker.messageType
  )
    return report(feed, 0, [{ id: '0', problem: problem('5000', 'XML Parsing Fatal Error at the envelope.') }])
  const messages = childrenOf(envelope, 'Message').slice(0, most)
  const results = messages.flatMap((message) => {
    const id = textAt(message, 'MessageID') ?? '0'
    const [content] = childrenOf(message, worker.element)
    const found =
      content === undefined
        ? problem('5001', `The message has no ${worker.element}.`)
        : worker.work(scene, feed, content)
    return found === undefined ? [] : [{ id, problem: found, order: textAt(content, 'AmazonOrderID') }]
  })
  return report(feed, messages.length, results)
}

function orderOf({ world }: AmazonScene, feed: Feed, content: Element): SimulatedOrder | undefined {
  const order = world.orders.get(textAt(content, 'AmazonOrderID') ?? '')
  return order?.sellerId === feed.sellerId ? order : undefined
}

/** `StatusCode` Failure cancels the items named, or all; Success says that the order was taken over. */
function acknowledge(scene: AmazonScene, feed: Feed, content: Element): Problem | undefined {
  const order = orderOf(scene, feed, content)
  if (order === undefined) return problem('13014', 'The order id is not one of the merchant.')
  const status = textAt(content, 'StatusCode')
  if (status === 'Success') {
    scene.truth.add('order-acknowledged', order.id)
    return undefined
  }
  if (status !== 'Failure') return problem('5002', 'The StatusCode is neither Success nor Failure.')
  if (order.fulfilledBy === 'AMAZON' || order.status !== 'UNSHIPPED')
    return problem('13018', 'The order is not in a state in which it can be cancelled.')
  const items = childrenOf(content, 'Item')
  const codes = items.map((item) => textAt(item, 'AmazonOrderItemCode') ?? '')
  if (items.some((item) => textAt(item, 'CancelReason') === undefined))
    return problem('5003', 'Each item that is cancelled needs a CancelReason.')
  if (codes.some((code) => !order.lines.some(({ id }) => id === code)))
    return problem('13019', 'The order item code is not one of the order.')
  for (const line of order.lines) if (codes.length === 0 || codes.includes(line.id)) line.cancelledBy = 'MERCHANT'
  if (order.lines.every(({ cancelledBy }) => cancelledBy !== undefined)) order.status = 'CANCELLED'
  touch(scene, order)
  scene.truth.add('order-cancelled', order.id, {
    by: 'MERCHANT',
    items: codes,
    reason: textAt(items[0], 'CancelReason'),
  })
  return undefined
}

/** Refunds amounts of items; sent twice it refunds twice, until nothing is left of the item (models#4405). */
function adjust(scene: AmazonScene, feed: Feed, content: Element): Problem | undefined {
  const order = orderOf(scene, feed, content)
  if (order === undefined) return problem('13014', 'The order id is not one of the merchant.')
  if (order.status !== 'SHIPPED' && order.status !== 'PARTIALLY_SHIPPED')
    return problem('18028', 'An order can be refunded once it is shipped.')
  const items = childrenOf(content, 'AdjustedItem')
  if (items.length === 0) return problem('5004', 'There is no AdjustedItem.')
  const { currency } = marketplaceAt(order.marketplaceId)
  const wanted = items.map((item) => adjustedItem(item, currency))
  for (const item of wanted) if (typeof item === 'string') return problem('5005', item)
  const refunds = wanted.filter((item) => typeof item !== 'string')
  const left = refundOrder(scene, order, refunds)
  return left === undefined ? undefined : problem('18030', left)
}

function adjustedItem(item: Element, currency: string) {
  const [adjustments] = childrenOf(item, 'ItemPriceAdjustments')
  const components = adjustments === undefined ? [] : childrenOf(adjustments, 'Component')
  if (textAt(item, 'AdjustmentReason') === undefined) return 'Each AdjustedItem needs an AdjustmentReason.'
  if (components.length === 0) return 'Each AdjustedItem needs components.'
  const amounts = { principal: 0, tax: 0, shipping: 0 }
  for (const component of components) {
    const kind = { Principal: 'principal', Tax: 'tax', Shipping: 'shipping' } as const
    const type = textAt(component, 'Type') ?? ''
    const of = Object.entries(kind).find(([name]) => name === type)?.[1]
    const [amount] = childrenOf(component, 'Amount')
    if (of === undefined || amount === undefined || !/^\d+(\.\d{1,2})?$/.test(amount.text))
      return 'A component is not of a known type or has no amount.'
    if (amount.attributes['currency'] !== currency) return `The currency is not ${currency}.`
    if (currency === 'JPY' && of === 'tax') return 'Tax cannot be refunded by itself in this marketplace.'
    amounts[of] += Math.round(Number(amount.text) * (currency === 'JPY' ? 1 : 100))
  }
  const quantity = Number(textAt(item, 'Quantity') ?? textAt(item, 'QuantityCancelled') ?? 0)
  return { lineId: textAt(item, 'AmazonOrderItemCode') ?? '', quantity, ...amounts }
}

function report(
  feed: Feed,
  processed: number,
  results: readonly { id: string; problem: Problem; order?: string | undefined }[],
): string {
  const rows = results.map(
    ({ id, problem: { code, description }, order }) =>
      `<Result><MessageID>${id}</MessageID><ResultCode>Error</ResultCode><ResultMessageCode>${code}</ResultMessageCode><ResultDescription>${escapeXml(description)}</ResultDescription>${
        order === undefined ? '' : `<AdditionalInfo><AmazonOrderID>${escapeXml(order)}</AmazonOrderID></AdditionalInfo>`
      }</Result>`,
  )
  const failed = new Set(results.map(({ id }) => id)).size
  return `<?xml version="1.0" encoding="UTF-8"?>
<AmazonEnvelope xsi:noNamespaceSchemaLocation="amzn-envelope.xsd" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Header><DocumentVersion>1.02</DocumentVersion><MerchantIdentifier>${feed.sellerId}</MerchantIdentifier></Header><MessageType>ProcessingReport</MessageType><Message><MessageID>1</MessageID><ProcessingReport><DocumentTransactionID>${feed.id}</DocumentTransactionID><StatusCode>Complete</StatusCode><ProcessingSummary><MessagesProcessed>${processed}</MessagesProcessed><MessagesSuccessful>${Math.max(0, processed - failed)}</MessagesSuccessful><MessagesWithError>${failed}</MessagesWithError><MessagesWithWarning>0</MessagesWithWarning></ProcessingSummary>${rows.join('')}</ProcessingReport></Message></AmazonEnvelope>
`
}
