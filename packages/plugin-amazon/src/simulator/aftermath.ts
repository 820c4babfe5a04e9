import { z } from 'zod'
import { refundOrder, leftOf } from './finances/refund.ts'
import { nextId, type AmazonScene, type SimulatedOrder, type WorldScene } from './world.ts'

/** Money back that the seller gave in Seller Central. Without lines: all that is left of the order. */
export const NewRefund = z.strictObject({
  order: z.string(),
  /** Amounts in the smallest unit of the currency, with tax. */
  lines: z
    .array(z.strictObject({ sku: z.string(), quantity: z.int().min(0).default(1), amount: z.int().positive() }))
    .optional(),
  status: z.enum(['DEFERRED', 'RELEASED']).default('RELEASED'),
})

export function refundByHand(scene: WorldScene, order: SimulatedOrder, given: z.output<typeof NewRefund>): string {
  const chosen =
    given.lines ??
    order.lines.map((line) => ({ sku: line.sku, quantity: line.quantity, amount: leftOf(scene, order, line) }))
  const lines = chosen.flatMap(({ sku, quantity, amount }) => {
    const line = order.lines.find((one) => one.sku === sku)
    if (line === undefined) throw new RangeError(`the order has no ${sku}`)
    return amount === 0 ? [] : [{ lineId: line.id, quantity, principal: amount, tax: 0, shipping: 0 }]
  })
  const problem = refundOrder(scene, order, lines, given.status)
  if (problem !== undefined) throw new RangeError(problem)
  return scene.world.transactions.at(-1)?.id ?? ''
}

/** A deferred transaction is released: its own status changes, and a second one tells the same money again. */
export function release({ world, clock }: AmazonScene, id: string): string {
  const deferred = world.transactions.find((one) => one.id === id && one.status === 'DEFERRED')
  if (deferred === undefined) throw new RangeError(`there is no deferred transaction ${id}`)
  deferred.status = 'DEFERRED_RELEASED'
  const released = `Txn${String(nextId(world)).padStart(10, '0')}`
  world.transactions.push({ ...deferred, id: released, status: 'RELEASED', posted: clock.now(), releases: id })
  return released
}

/** A buyer asks to send something back. Without a SKU: the first item of the order, one piece. */
export const NewReturn = z.strictObject({
  order: z.string(),
  sku: z.string().optional(),
  quantity: z.int().positive().default(1),
  reason: z.string().default('AMZ-PG-WJ-TOO-SMALL'),
  status: z.string().default('Approved'),
  resolution: z.string().default('StandardRefund'),
  /** It has reached the seller. */
  delivered: z.boolean().default(false),
})

export function requestReturn(scene: WorldScene, order: SimulatedOrder, given: z.output<typeof NewReturn>): string {
  const { world, clock, random, truth } = scene
  const line = order.lines.find(({ sku }) => given.sku === undefined || sku === given.sku)
  if (line === undefined) throw new RangeError(`the order has no ${given.sku ?? 'items'}`)
  const rma = `D${random.string(4, 'ABCDEFGHJKMNPQRSTUVWXYZ')}${nextId(world)}RRMA`
  world.returns.push({
    rma,
    orderId: order.id,
    lineId: line.id,
    sku: line.sku,
    quantity: given.quantity,
    reason: given.reason,
    status: given.status,
    resolution: given.resolution,
    requested: clock.now(),
    delivered: given.delivered ? clock.now() : undefined,
    carrier: 'DHL',
    tracking: random.digits(20),
    refunded: 0,
    damaged: false,
  })
  truth.add('return', rma, { order: order.id, sku: line.sku })
  return rma
}

/** What a fresh world has of both: every fifth shipped order is sent back, another fifth paid back. */
export function seedAftermath(scene: WorldScene): void {
  const shipped = [...scene.world.orders.values()].filter(
    ({ status, fulfilledBy }) => status === 'SHIPPED' && fulfilledBy === 'MERCHANT',
  )
  for (const [index, order] of shipped.entries()) {
    if (index % 5 === 0) requestReturn(scene, order, NewReturn.parse({ order: order.id }))
    if (index % 5 === 1) refundByHand(scene, order, NewRefund.parse({ order: order.id }))
  }
  for (const transaction of scene.world.transactions) {
    const at = scene.world.orders.get(transaction.orderId)?.updated ?? transaction.posted
    Object.assign(transaction, { posted: at, showsAt: at })
  }
}
