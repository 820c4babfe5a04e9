import { createHash, createHmac } from 'node:crypto'
import type { Scene } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { placeOrder, variant } from './make-world.ts'
import type { Options } from './options.ts'
import {
  CLIENT_SECRET,
  lineTotal,
  nextId,
  orderTotal,
  STORE,
  taxWithin,
  touch,
  wholeSeconds,
  type SimulatedOrder,
  type SimulatedRefund,
  type World,
} from './world.ts'

type Action = (scene: Scene<World, Options>, input: unknown) => unknown

const NewOrder = z.strictObject({
  id: z.number().int().optional(),
  statusId: z.number().int().optional(),
  paymentStatus: z.string().optional(),
  person: z.record(z.string(), z.string()).optional(),
  email: z.string().optional(),
  guest: z.boolean().optional(),
  currency: z.string().optional(),
  shipping: z.number().int().optional(),
  discount: z.number().int().optional(),
  externalSource: z.string().optional(),
  deleted: z.boolean().optional(),
  channelId: z.number().int().optional(),
  lines: z.array(z.strictObject({ sku: z.string(), quantity: z.number().int().positive() })).optional(),
  addresses: z.number().int().positive().optional(),
  digital: z.boolean().optional(),
})

const NewRefund = z.strictObject({
  order: z.number().int(),
  /** Hundredths. Absent: all that is left of the order. */
  amount: z.number().int().optional(),
  provider: z.string().default('braintree'),
  offline: z.boolean().default(false),
  /** Whole lines by id, with what is refunded of each. */
  lines: z.array(z.strictObject({ id: z.number().int(), quantity: z.number().int().positive() })).default([]),
  /** The shipping as well. */
  shipping: z.boolean().default(false),
})

const orderOf = (world: World, id: number): SimulatedOrder => {
  const order = world.orders.get(id)
  if (order === undefined) throw new RangeError(`there is no order ${id}`)
  return order
}

const refund: Action = ({ world, clock, truth }, input) => {
  const given = NewRefund.parse(input)
  const order = orderOf(world, given.order)
  const before = [...world.refunds.values()]
    .filter(({ orderId }) => orderId === order.id)
    .reduce((sum, { total }) => sum + total, 0)
  const lines = given.lines.map(({ id, quantity }) => ({ line: order.lines.find((each) => each.id === id), quantity }))
  const ofLines = lines.reduce(
    (sum, { line, quantity }) =>
      sum + (line === undefined ? 0 : Math.round((lineTotal(line) * quantity) / line.quantity)),
    0,
  )
  const byItems = given.lines.length > 0 || given.shipping
  const total = given.amount ?? (byItems ? ofLines + (given.shipping ? order.shipping : 0) : orderTotal(order) - before)
  for (const { line, quantity } of lines) if (line !== undefined) line.refunded += quantity
  const id = nextId(world)
  const made: SimulatedRefund = {
    id,
    orderId: order.id,
    created: wholeSeconds(clock.now()),
    reason: 'the buyer asked for it',
    total,
    damaged: false,
    tax: taxWithin(total),
    items: byItems
      ? [
          ...given.lines.map((line) => ({
            item_type: 'PRODUCT',
            item_id: line.id,
            quantity: line.quantity,
            requested_amount: null,
            reason: '',
          })),
          ...(given.shipping
            ? [
                {
                  item_type: 'SHIPPING',
                  item_id: order.addresses[0] ?? 0,
                  requested_amount: order.shipping / 100,
                  reason: '',
                },
              ]
            : []),
        ]
      : [{ item_type: 'ORDER', item_id: order.id, requested_amount: total / 100, reason: '' }],
    payments: [
      {
        id: id + 1000,
        provider_id: given.provider,
        amount: total,
        offline: given.offline,
        is_declined: false,
        declined_message: '',
      },
    ],
  }
  world.refunds.set(id, made)
  order.statusId = before + total >= orderTotal(order) ? 4 : 14
  truth.add('refund', String(id), { order: order.id, total })
  // Whether a refund changes its order's date is not documented; here it does not, which is the harder case.
  return { id }
}

const ById = z.strictObject({ id: z.number().int() })

const declineRefund: Action = ({ world, truth }, input) => {
  const { id } = ById.parse(input)
  const found = world.refunds.get(id)
  if (found === undefined) throw new RangeError(`there is no refund ${id}`)
  for (const payment of found.payments)
    Object.assign(payment, { is_declined: true, declined_message: 'declined by the bank' })
  truth.add('refund-declined', String(id))
  return { id }
}

const setStatus: Action = ({ world, clock }, input) => {
  const { id, status, payment } = z
    .strictObject({ id: z.number().int(), status: z.number().int(), payment: z.string().optional() })
    .parse(input)
  const order = orderOf(world, id)
  order.statusId = status
  if (payment !== undefined) order.paymentStatus = payment
  touch(order, clock.now())
  return { id }
}

const deleteOrder: Action = ({ world }, input) => world.orders.delete(ById.parse(input).id)

const deactivateHooks: Action = ({ world }) => {
  for (const hook of world.hooks) hook.is_active = false
  return world.hooks.length
}

const useCoupon: Action = ({ world }, input) => {
  const { code } = z.strictObject({ code: z.string() }).parse(input)
  for (const coupon of world.coupons) if (coupon.body.code === code) coupon.uses += 1
  for (const promotion of world.promotions)
    for (const each of promotion.codes) if (each.code === code) each.current_uses += 1
  return code
}

/** A webhook as BigCommerce would send it, with the headers the hook was created with and the signature of Standard Webhooks. */
const webhook: Action = ({ world, clock }, input) => {
  const {
    scope,
    id,
    refund: refundId,
  } = z.strictObject({ scope: z.string(), id: z.number().int(), refund: z.number().int().optional() }).parse(input)
  const data = { type: 'order', id, ...(refundId === undefined ? {} : { refund: { refund_id: refundId } }) }
  const created = Math.floor(clock.now() / 1000)
  const hash = createHash('sha1').update(JSON.stringify(data)).digest('hex')
  const body = JSON.stringify({ scope, store_id: '1001', data, hash, created_at: created, producer: `stores/${STORE}` })
  const messageId = `msg_${hash}`
  const signature = createHmac('sha256', CLIENT_SECRET).update(`${messageId}.${created}.${body}`).digest('base64')
  const own = world.hooks.find((hook) => hook.scope === scope)?.headers ?? {}
  return {
    headers: {
      ...own,
      'content-type': 'application/json',
      'webhook-id': messageId,
      'webhook-timestamp': String(created),
      'webhook-signature': `v1,${signature}`,
    },
    body,
  }
}

export const actions: Readonly<Record<string, Action>> = {
  'place-order': (scene, input) => ({ id: placeOrder(scene, NewOrder.parse(input ?? {})).id }),
  refund,
  'decline-refund': declineRefund,
  'set-status': setStatus,
  'delete-order': deleteOrder,
  'create-variant': ({ world, clock }, input) => {
    const { sku } = z.strictObject({ sku: z.string() }).parse(input)
    const made = { ...variant(world.variants.length + 100, sku, clock.now()), sku }
    world.variants.push(made)
    return { id: made.id, sku }
  },
  'deactivate-hooks': deactivateHooks,
  'use-coupon': useCoupon,
  webhook,
}
