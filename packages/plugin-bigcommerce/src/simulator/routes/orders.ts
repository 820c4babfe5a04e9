import { refuse, routesFor } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { doubled, v2Error, v2Page } from '../answers.ts'
import { lineJson, orderJson, shipmentJson, shippingAddressJson } from '../json.ts'
import type { Options } from '../options.ts'
import { nextId, touch, type SimulatedOrder, type World } from '../world.ts'

const route = routesFor<World, Options>()
const root = '/stores/:store/v2/orders'

const NewShipment = z.object({
  order_address_id: z.number().int(),
  tracking_number: z.string().default(''),
  tracking_carrier: z.string().default(''),
  shipping_provider: z.string().default(''),
  tracking_link: z.string().default(''),
  shipping_method: z.string().default(''),
  items: z.array(z.object({ order_product_id: z.number().int(), quantity: z.number().int().positive() })).min(1),
})

const orderOf = (world: World, id: string): SimulatedOrder =>
  world.orders.get(Number(id)) ?? refuse(v2Error(404, 'The requested resource was not found.'))

/** An ISO 8601 or RFC 2822 date; what is neither is ignored, as v2 does. */
function dateOf(query: URLSearchParams, name: string): number | undefined {
  const at = Date.parse(query.get(name) ?? '')
  return Number.isNaN(at) ? undefined : at
}

const wantsConsignments = (query: URLSearchParams, options: Options): boolean =>
  options.consignments &&
  (query.get('include') ?? '').split(',').includes('consignments.line_items') &&
  query.get('consignment_structure') === 'object'

export const orderRoutes = [
  route.get(root, ({ world, query, options }) => {
    const [from, to] = [dateOf(query, 'min_date_modified') ?? 0, dateOf(query, 'max_date_modified') ?? Infinity]
    const [channel, status] = [query.get('channel_id'), query.get('status_id')]
    const [least, most] = [Number(query.get('min_id') ?? 0), Number(query.get('max_id') ?? Infinity)]
    const found = [...world.orders.values()]
      .filter(({ id }) => id >= least && id <= most)
      .filter((order) => order.modified >= Math.floor(from / 1000) * 1000 && order.modified <= to && !order.deleted)
      .filter(
        (order) =>
          (channel === null || order.channelId === Number(channel)) &&
          (status === null || order.statusId === Number(status)),
      )
      .toSorted((a, b) =>
        query.get('sort') === 'date_modified:asc' ? a.modified - b.modified || a.id - b.id : b.id - a.id,
      )
    return v2Page(
      doubled(found, world).map((order) => orderJson(order, wantsConsignments(query, options))),
      query,
    )
  }),

  route.get(`${root}/count`, ({ world }) => {
    const counts = Map.groupBy(world.orders.values(), ({ statusId }) => statusId)
    const statuses = [...counts].map(([id, orders]) => ({
      id,
      name: String(id),
      system_label: String(id),
      custom_label: String(id),
      system_description: '',
      count: orders.length,
      sort_order: 0,
    }))
    return { json: { statuses, count: world.orders.size } }
  }),

  route.get(`${root}/:id`, ({ world, params, query, options }) => ({
    json: orderJson(orderOf(world, params.id), wantsConsignments(query, options)),
  })),

  route.get(`${root}/:id/products`, ({ world, params, query }) => {
    const order = orderOf(world, params.id)
    return v2Page(
      order.lines.map((line) => lineJson(order, line)),
      query,
    )
  }),

  route.get(`${root}/:id/shipping_addresses`, ({ world, params, query }) => {
    const order = orderOf(world, params.id)
    return v2Page(
      order.addresses.map((id, index) => shippingAddressJson(order, id, index)),
      query,
    )
  }),

  route.get(`${root}/:id/coupons`, ({ world, params, query }) => {
    const order = orderOf(world, params.id)
    const coupon = {
      id: order.id + 1,
      coupon_id: 5,
      order_id: order.id,
      code: order.couponCode,
      amount: order.discount / 100,
      type: 2,
      discount: order.discount / 100,
    }
    return v2Page(order.couponCode === '' ? [] : [coupon], query)
  }),

  route.get(`${root}/:id/shipments`, ({ world, params, query, clock }) => {
    const order = orderOf(world, params.id)
    const found = world.shipments.filter((shipment) => shipment.orderId === order.id && shipment.showsAt <= clock.now())
    return v2Page(
      found.map((shipment) => shipmentJson(shipment, order)),
      query,
    )
  }),

  route.post(`${root}/:id/shipments`, ({ world, params, json, clock, truth, options }) => {
    const order = orderOf(world, params.id)
    const body = json(NewShipment)
    if (!order.addresses.includes(body.order_address_id))
      return v2Error(400, "The field 'order_address_id' is invalid.")
    if (body.tracking_carrier !== '' && !/^[a-z0-9-]+$/.test(body.tracking_carrier))
      return v2Error(400, "The field 'tracking_carrier' is invalid.")
    const items = body.items.map((item) => {
      const line = order.lines.find(
        ({ id, addressId }) => id === item.order_product_id && addressId === body.order_address_id,
      )
      if (line === undefined)
        return refuse(v2Error(400, "The field 'items' is invalid: no such product at this address."))
      if (line.shipped + item.quantity > line.quantity)
        return refuse(v2Error(400, "The field 'items' is invalid: the quantity exceeds what is left to ship."))
      return { line, quantity: item.quantity }
    })
    for (const { line, quantity } of items) line.shipped += quantity
    const shipment = {
      id: nextId(world),
      orderId: order.id,
      addressId: body.order_address_id,
      created: Math.floor(clock.now() / 1000) * 1000,
      showsAt: clock.now() + options.shipmentsShowAfter,
      tracking: body.tracking_number,
      carrier: body.tracking_carrier,
      link: body.tracking_link,
      method: body.shipping_method,
      items: items.map(({ line, quantity }) => ({ order_product_id: line.id, product_id: line.productId, quantity })),
    }
    world.shipments.push(shipment)
    const open = order.lines.some((line) => line.type === 'physical' && line.shipped < line.quantity)
    order.statusId = open ? 3 : 2
    touch(order, clock.now())
    // Each shipment mails the shopper, so a second one is seen.
    truth.add(
      'shipment',
      `${order.id}/${body.tracking_number}/${shipment.items.map((item) => `${item.order_product_id}x${item.quantity}`).join('+')}`,
      { carrier: body.tracking_carrier },
    )
    return { status: 201, json: shipmentJson(shipment, order) }
  }),
]
