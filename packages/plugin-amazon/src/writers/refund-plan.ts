import { KontorError, money, type Money, type Order, type OrderLine, type Refund } from '@kontor/core'
import { type Element } from '../mapping/index.ts'

/** `AdjustmentReason` of amzn-base.xsd for our words. */
const reasons: Readonly<Record<string, string>> = {
  return: 'CustomerReturn',
  cancellation: 'CustomerCancel',
  goodwill: 'GeneralAdjustment',
  faulty: 'CustomerReturn',
  not_received: 'CouldNotShip',
  price_adjustment: 'PriceError',
  stock: 'NoInventory',
  other: 'GeneralAdjustment',
}

/** How much is paid back of a line, with tax and shipping. `taxOnTop`: Amazon adds the tax that belongs to it. */
export interface PaidLine {
  lineId: string
  sku: string | undefined
  amount: Money
  taxOnTop: boolean
}

/** What is paid back of an order, as the message of POST_PAYMENT_ADJUSTMENT_DATA and by line; or why it cannot be. */
export function planRefund(
  record: Refund,
  order: Order,
): { problem: KontorError } | { message: Element; paid: readonly PaidLine[] } {
  if (order.fulfilledBy === 'marketplace')
    return refusal('UNSUPPORTED', 'Amazon refunds orders it fulfils by itself (FBA).')
  if (record.status?.value === 'declined' || record.status?.value === 'failed')
    return refusal('UNSUPPORTED', 'It is no refund any more.')
  const extra = record.shipping && !money.isZero(record.shipping) ? record.shipping : undefined
  const told = record.lines ?? []
  const [only] = order.lines ?? []
  const wanted =
    told.length > 0
      ? told
      : order.lines?.length === 1 && only && record.total
        ? [{ lineId: only.id, amount: record.total }]
        : []
  if (wanted.length === 0)
    return refusal('REQUEST_REJECTED', 'Amazon refunds single items: say which, and how much of each.')
  const items: Element[] = []
  const paid: PaidLine[] = []
  for (const [index, each] of wanted.entries()) {
    const line = lineOf(order, each)
    if (line === undefined)
      return refusal('REQUEST_REJECTED', `The order has no line ${each.lineId ?? each.sku ?? '(without id and SKU)'}.`)
    const quantity = 'quantity' in each ? (each.quantity ?? undefined) : undefined
    const amount = each.amount ?? ofPieces(line, quantity)
    if (amount === undefined)
      return refusal(
        'REQUEST_REJECTED',
        `It says no amount for ${line.sku ?? line.id}, and no quantity to reckon it from.`,
      )
    const shipping = ('shipping' in each ? each.shipping : undefined) ?? (index === 0 ? extra : undefined)
    const tax = 'tax' in each ? (each.tax ?? undefined) : undefined
    const parts = partsOf(amount, tax, shipping ?? undefined, order)
    const [first] = parts
    if (first === undefined)
      return refusal('REQUEST_REJECTED', `Nothing is to be paid back for ${line.sku ?? line.id}.`)
    paid.push({
      lineId: line.id,
      sku: line.sku ?? undefined,
      amount: money.sum(
        parts.map((part) => part.amount),
        first.amount.currency,
      ),
      taxOnTop: order.totals?.taxIncluded === false && !parts.some(({ type }) => type === 'Tax'),
    })
    items.push([
      'AdjustedItem',
      [
        ['AmazonOrderItemCode', line.id],
        ['AdjustmentReason', reasons[record.reason?.value ?? 'other'] ?? 'GeneralAdjustment'],
        ['ItemPriceAdjustments', parts.map(component)],
        quantity === undefined ? undefined : ['Quantity', String(quantity)],
      ],
    ])
  }
  return { message: ['OrderAdjustment', [['AmazonOrderID', order.id], ['ActionType', 'Refund'], ...items]], paid }
}

const refusal = (code: KontorError['code'], why: string): { problem: KontorError } => ({
  problem: new KontorError(code, { message: `The refund was not sent to Amazon: ${why}` }),
})

const lineOf = (
  order: Order,
  { lineId, sku }: { lineId?: string | null | undefined; sku?: string | null | undefined },
): OrderLine | undefined =>
  order.lines?.find((line) => (lineId ? line.id === lineId : Boolean(sku) && line.sku === sku))

const ofPieces = ({ unitPrice }: OrderLine, quantity: number | undefined): Money | undefined =>
  unitPrice && quantity ? money.times(unitPrice.value, quantity) : undefined

interface Part {
  type: 'Principal' | 'Tax' | 'Shipping'
  amount: Money
}

const component = ({ type, amount: { amount, currency } }: Part): Element => [
  'Component',
  [
    ['Type', type],
    ['Amount', amount, { currency }],
  ],
]

/** Where prices hold their tax it is part of the principal; on top of it is a component of its own, but in Japan, which refuses that (models#1372). */
function partsOf(amount: Money, tax: Money | undefined, shipping: Money | undefined, order: Order): Part[] {
  const apart = order.totals?.taxIncluded === false && tax !== undefined && order.channel?.countryCode !== 'JP'
  const parts: Part[] = [
    { type: 'Principal', amount },
    ...(apart ? [{ type: 'Tax' as const, amount: tax }] : []),
    ...(shipping ? [{ type: 'Shipping' as const, amount: shipping }] : []),
  ]
  return parts.filter((part) => !money.isZero(part.amount))
}
