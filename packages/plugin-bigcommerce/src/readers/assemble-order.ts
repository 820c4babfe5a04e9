import type { Order, Rejection } from '@kontor/core'
import type { OrdersClient } from '../client/index.ts'
import { toOrder, type OrderParts } from '../mapping/index.ts'
import { WireConsignments, WireLine, WireOrder, WireOrderCoupon, WireShippingAddress } from '../wire/index.ts'
import { attempt, understand } from './understand.ts'
import { z } from 'zod'

/**
 * One order with its lines, addresses and coupons. Lines and addresses come with the list where BigCommerce sends them
 * (`include=consignments.line_items`); where it does not, or sends fewer pieces than the order has, they are asked for.
 */
export async function assembleOrder(
  raw: unknown,
  client: OrdersClient,
  signal: AbortSignal,
): Promise<{ value: Order } | { rejection: Rejection }> {
  const row = understand(WireOrder, 'orders', raw)
  if ('rejection' in row) return row
  return attempt('orders', raw, async () => toOrder(row.value, await partsOf(row.value, client, signal)))
}

async function partsOf(order: WireOrder, client: OrdersClient, signal: AbortSignal): Promise<OrderParts> {
  const included = WireConsignments.safeParse(order.consignments)
  const parts = included.success ? fromConsignments(included.data) : undefined
  const pieces = parts?.lines.reduce((sum, line) => sum + line.quantity, 0)
  const complete = parts !== undefined && pieces === order.items_total
  const coupons = /[1-9]/.test(order.coupon_discount ?? '')
    ? await list(WireOrderCoupon, client, order.id, 'coupons', signal)
    : []
  if (complete) return { ...parts, coupons }
  const lines = await list(WireLine, client, order.id, 'products', signal)
  const addresses =
    parts?.addresses ?? (await list(WireShippingAddress, client, order.id, 'shipping_addresses', signal))
  return { lines, addresses, coupons, pickups: parts?.pickups }
}

function fromConsignments({ pickups, shipping, downloads, email }: WireConsignments): Omit<OrderParts, 'coupons'> {
  const places = [...(shipping ?? []), ...(pickups ?? []), ...(downloads ?? []), ...(email?.gift_certificates ?? [])]
  return { lines: places.flatMap((place) => place.line_items), addresses: shipping ?? [], pickups }
}

/** A line that cannot be read makes its order unreadable: half an order would be shipped as a whole one. */
async function list<S extends z.ZodType>(
  schema: S,
  client: OrdersClient,
  id: string,
  part: Parameters<OrdersClient['listBelow']>[1],
  signal: AbortSignal,
): Promise<z.output<S>[]> {
  const rows = z.array(schema).safeParse(await client.listBelow(id, part, signal))
  if (rows.success) return rows.data
  const issue = rows.error.issues[0]
  throw new RangeError(
    `its ${part} do not have the form we know at ${(issue?.path ?? []).map(String).join('.')}: ${issue?.message ?? ''}`,
  )
}
