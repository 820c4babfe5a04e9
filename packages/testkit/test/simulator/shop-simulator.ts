import { z } from 'zod'
import { defineSimulator, refuse, routesFor } from '../../src/simulator/index.ts'

export interface ShopOrder {
  readonly id: string
  readonly city: string
  status: 'open' | 'accepted' | 'shipped'
}

export interface ShopWorld {
  readonly orders: Map<string, ShopOrder>
}

const ShopOptions = z.strictObject({
  orders: z.int().nonnegative().default(3).describe('orders at the start'),
  everyMs: z.int().nonnegative().default(0).describe('a new order each so many ms; 0 is never'),
})
export type ShopOptions = z.output<typeof ShopOptions>

const StatusSchema = z.object({ status: z.enum(['accepted', 'shipped']) })

const ParcelsSchema = z.array(z.object({ order: z.string(), pieces: z.array(z.number()) }))

const route = routesFor<ShopWorld, ShopOptions>()

function place(world: ShopWorld): ShopOrder {
  const order: ShopOrder = { id: String(world.orders.size + 1), city: 'Köln – Zürich 🏠', status: 'open' }
  world.orders.set(order.id, order)
  return order
}

/** A small vendor for the kit's own tests. */
export const shopSimulator = defineSimulator<ShopWorld, ShopOptions>({
  id: 'shop',
  title: 'Shop',
  options: ShopOptions,
  world({ clock, options }) {
    const world: ShopWorld = { orders: new Map() }
    for (let index = 0; index < options.orders; index += 1) place(world)
    if (options.everyMs > 0) clock.every(options.everyMs, () => void place(world))
    return world
  },
  limits: [{ name: 'uploads', limit: 2, per: '10s', kind: 'sliding', match: ({ path }) => path === '/uploads' }],
  before: ({ headers }) =>
    headers['authorization'] === 'Bearer wrong' ? { status: 401, json: { error: 'token' } } : undefined,
  after: (call, answer) => ({ ...answer, headers: { ...answer.headers, 'x-route': call.route } }),
  routes: [
    route.get(
      '/orders',
      ({ world, query, url }) => ({
        json: {
          results: [...world.orders.values()].filter(({ status }) => status === (query.get('status') ?? status)),
          next: `${url}/orders?page=2`,
        },
      }),
      'lists orders',
    ),
    route.get('/orders/count', ({ world }) => ({ json: { count: world.orders.size } })),
    route.get('/orders/:id', ({ world, params }) => ({
      json: world.orders.get(params.id) ?? refuse({ status: 404, json: { error: 'no such order' } }),
    })),
    route.post('/orders/:id', ({ world, params, truth, json }) => {
      const order = world.orders.get(params.id) ?? refuse({ status: 404 })
      order.status = json(StatusSchema).status
      truth.add(`order-${order.status}`, order.id)
      return { status: 200, json: order }
    }),
    route.post('/parcels', ({ truth, json }) => {
      for (const { order, pieces } of json(ParcelsSchema)) truth.add('parcel', order, pieces)
      return { status: 201 }
    }),
    route.post('/uploads', ({ multipart }) => ({
      json: multipart().map(({ name, filename, bytes }) => ({ name, filename, size: bytes.length })),
    })),
    route.get('/service?action=ping', () => ({ text: '<pong/>', headers: { 'content-type': 'application/xml' } })),
    route.get('/service?action=latin', () => ({
      bytes: Buffer.from('Müller', 'latin1'),
      headers: { 'content-type': 'text/plain; charset=iso-8859-1' },
    })),
    route.get('/broken', () => {
      throw new TypeError('a mistake of the simulator')
    }),
    route.get('/files/*path', ({ params }) => ({ text: params.path })),
  ],
  actions: { 'place-order': ({ world }) => place(world) },
  describe: ({ world }) => `It has ${world.orders.size} orders.`,
})

/** Accepts an order over HTTP. */
export function accept(url: string, id: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}/orders/${id}`, { method: 'POST', body: JSON.stringify({ status: 'accepted' }), ...init })
}
