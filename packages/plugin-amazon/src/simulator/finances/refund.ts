import { marketplaceAt } from '../marketplaces.ts'
import { proceedsOf } from '../orders/order-json.ts'
import { nextId, type Line, type SimulatedOrder, type Transaction, type WorldScene } from '../world.ts'

/** What is paid back of a line, in the smallest unit of the currency. */
export interface RefundedLine {
  readonly lineId: string
  readonly quantity: number
  readonly principal: number
  readonly tax: number
  readonly shipping: number
}

const amountOf = ({ principal, tax, shipping }: Omit<RefundedLine, 'lineId' | 'quantity'>): number =>
  principal + tax + shipping

/** Pays back, unless a line has less left than that; then it says so. The transaction shows after `financesLag`. */
export function refundOrder(
  scene: WorldScene,
  order: SimulatedOrder,
  lines: readonly RefundedLine[],
  status: Transaction['status'] = 'RELEASED',
): string | undefined {
  const { world, clock, truth, options } = scene
  const { currency } = marketplaceAt(order.marketplaceId)
  const items: Transaction['items'] = []
  for (const refunded of lines) {
    const line = order.lines.find(({ id }) => id === refunded.lineId)
    if (line === undefined) return 'The order item code is not one of the order.'
    const amount = amountOf(refunded)
    if (amount <= 0 || amount > leftOf(scene, order, line)) return 'The amount is more than is left of the item.'
    const { quantity, principal, tax, shipping } = refunded
    items.push({ lineId: line.id, sku: line.sku, asin: line.asin, quantity, principal, tax, shipping })
  }
  const number = nextId(world)
  world.transactions.push({
    id: `Txn${String(number).padStart(10, '0')}`,
    type: 'Refund',
    status,
    orderId: order.id,
    refundId: `amzn1:crow:${String(number).padStart(12, '0')}`,
    posted: clock.now(),
    showsAt: clock.now() + options.financesLag,
    marketplaceId: order.marketplaceId,
    items,
    description: 'Refund',
    releases: undefined,
    damaged: false,
  })
  truth.add('refund', order.id, { amount: items.reduce((sum, item) => sum + amountOf(item), 0), currency, items })
  return undefined
}

/** What is left of a line to be paid back. */
export function leftOf({ world }: WorldScene, order: SimulatedOrder, line: Line): number {
  const { currency } = marketplaceAt(order.marketplaceId)
  const before = world.transactions
    .filter(({ orderId, type }) => orderId === order.id && type === 'Refund')
    .flatMap(({ items }) => items)
    .filter(({ lineId }) => lineId === line.id)
  return proceedsOf(line, currency, 'none').total - before.reduce((sum, item) => sum + amountOf(item), 0)
}
