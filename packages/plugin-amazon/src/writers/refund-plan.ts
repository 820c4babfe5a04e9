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

/** What is paid back of an order, as the message of POST_PAYMENT_ADJUSTMENT_DATA; or why it cannot be. */
export function planRefund(record: Refund, order: Order): { problem: KontorError } | { message: Element } {
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
    const parts = componentsOf(amount, tax, shipping ?? undefined, order)
    if (parts.length === 0) return refusal('REQUEST_REJECTED', `Nothing is to be paid back for ${line.sku ?? line.id}.`)
    items.push([
      'AdjustedItem',
      [
        ['AmazonOrderItemCode', line.id],
        ['AdjustmentReason', reasons[record.reason?.value ?? 'other'] ?? 'GeneralAdjustment'],
        ['ItemPriceAdjustments', parts],
        quantity === undefined ? undefined : ['Quantity', String(quantity)],
      ],
    ])
  }
  return { message: ['OrderAdjustment', [['AmazonOrderID', order.id], ['ActionType', 'Refund'], ...items]] }
}

/** What the buyer gets by it in all; undefined where it says no amounts. */
export function paidBack(record: Refund, order: Order): Money | undefined {
  const plan = planRefund(record, order)
  if ('problem' in plan) return undefined
  const [, children] = plan.message
  return sumOf(typeof children === 'string' ? [] : children)
}

function sumOf(elements: readonly (Element | undefined)[]): Money | undefined {
  const amounts = elements.flatMap((element): Money[] => {
    if (element === undefined) return []
    const [name, content, attributes] = element
    if (name === 'Amount' && typeof content === 'string')
      return [{ amount: content, currency: attributes?.['currency'] ?? '' }]
    const inner = typeof content === 'string' ? undefined : sumOf(content)
    return inner ? [inner] : []
  })
  const [first] = amounts
  return first && money.sum(amounts, first.currency)
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

const component = (type: string, { amount: value, currency }: Money): Element => [
  'Component',
  [
    ['Type', type],
    ['Amount', value, { currency }],
  ],
]

/** Where prices hold their tax it is part of the principal; on top of it is a component of its own, but in Japan, which refuses that (models#1372). */
function componentsOf(amount: Money, tax: Money | undefined, shipping: Money | undefined, order: Order): Element[] {
  const apart = order.totals?.taxIncluded === false && tax !== undefined && order.channel?.countryCode !== 'JP'
  return [
    ...(money.isZero(amount) ? [] : [component('Principal', amount)]),
    ...(apart && !money.isZero(tax) ? [component('Tax', tax)] : []),
    ...(shipping && !money.isZero(shipping) ? [component('Shipping', shipping)] : []),
  ]
}
