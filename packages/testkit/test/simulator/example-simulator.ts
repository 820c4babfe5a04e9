import { defineSimulator, inventAddress, inventPerson, refuse, routesFor, type Random } from '@kontor/testkit/simulator'
import { z } from 'zod'

const Options = z.strictObject({
  orders: z.int().default(20).describe('orders at the start'),
  newEvery: z.int().default(60_000).describe('milliseconds between new orders'),
})

interface World {
  readonly orders: Map<string, { id: string; state: 'new' | 'accepted'; buyer: object }>
}

const route = routesFor<World, z.output<typeof Options>>()
const Decision = z.object({ state: z.literal('accepted') })

function placeOrder(world: World, random: Random): void {
  const id = String(1_000 + world.orders.size)
  world.orders.set(id, { id, state: 'new', buyer: { ...inventPerson(random, 'FR'), ...inventAddress(random, 'FR') } })
}

export const bazaarSimulator = defineSimulator<World, z.output<typeof Options>>({
  id: 'bazaar',
  title: 'Bazaar',
  options: Options,
  world({ options, clock, random }) {
    const world: World = { orders: new Map() }
    for (let index = 0; index < options.orders; index += 1) placeOrder(world, random)
    clock.every(options.newEvery, () => placeOrder(world, random))
    return world
  },
  limits: [{ name: 'all', limit: 200, per: '10s', kind: 'sliding', match: () => true }],
  before: ({ headers }) =>
    headers['authorization'] === 'Bearer demo' ? undefined : { status: 401, json: { error: 'token' } },
  routes: [
    route.get('/orders', ({ world, query }) => {
      const found = [...world.orders.values()].filter(({ state }) => state === (query.get('state') ?? state))
      return { json: { count: found.length, results: found.slice(0, 10) } }
    }),
    route.post('/orders/:id', ({ world, params, json, truth }) => {
      const order = world.orders.get(params.id) ?? refuse({ status: 404, json: { error: 'no such order' } })
      order.state = json(Decision).state
      truth.add('order-accepted', order.id)
      return { json: order }
    }),
  ],
  actions: { 'place-order': ({ world, random }) => placeOrder(world, random) },
  describe: ({ url, world }) =>
    `${world.orders.size} orders. In kontor.yaml: config: { url: "${url}" }, credentials: { token: demo }`,
})
