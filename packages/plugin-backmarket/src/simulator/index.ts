import { defineSimulator, type Scene } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { openCareFolder } from './care.ts'
import { notFound, throttled } from './errors.ts'
import { checkHeaders } from './headers.ts'
import { limits } from './limits.ts'
import { Options } from './options.ts'
import { moveTo } from './order-life.ts'
import { stateOf, type Order } from './order.ts'
import { careRoutes } from './routes-care.ts'
import { listingRoutes } from './routes-listings.ts'
import { orderRoutes } from './routes-orders.ts'
import { addOrder, createWorld, type World } from './world.ts'

const PlaceOrder = z
  .strictObject({
    market: z.string().optional(),
    skus: z.array(z.string()).min(1).optional(),
    quantity: z.int().positive().optional(),
    paid: z.boolean().default(true),
  })
  .prefault({})
const OneOrder = z.strictObject({ order: z.int(), resolution: z.string().optional() })

function orderNamed(
  { world }: Scene<World, Options>,
  input: unknown,
): { order: Order; resolution?: string | undefined } {
  const { order: id, resolution } = OneOrder.parse(input)
  const order = world.orders.get(id)
  if (order === undefined) throw new RangeError(`there is no order ${id}`)
  return { order, resolution }
}

/** The seller API of one platform, from its documentation; what is not documented is a switch. */
export const simulator = defineSimulator<World, Options>({
  id: 'backmarket',
  title: 'Back Market',
  options: Options,
  world: createWorld,
  limits,
  throttled: (_, request) => throttled(request),
  before: checkHeaders,
  notFound: () => notFound('Not found.'),
  routes: [...orderRoutes, ...listingRoutes, ...careRoutes],
  actions: {
    /** `{ market?, skus?, quantity?, paid? }`: an order, paid and waiting for the seller unless said otherwise. Answers its number. */
    'place-order': (scene, input) =>
      addOrder(scene.world, scene, scene.world.random, {
        created: scene.clock.now(),
        past: false,
        ...PlaceOrder.parse(input),
      }).id,
    /** `{ order }`: something about it changes that is of no interest, and its modification date with it. */
    'touch-order': (scene, input) => void (orderNamed(scene, input).order.modified = scene.clock.now()),
    /** `{ order }`: the buyer pays, or the partner has validated. */
    'pay-order': (scene, input) => moveTo(orderNamed(scene, input).order, 1, scene.clock.now()),
    /** `{ order, resolution? }`: the buyer opens an after-sales folder. Answers its number. */
    'open-care': (scene, input) => {
      const { order, resolution } = orderNamed(scene, input)
      return openCareFolder(scene.world, scene.clock, order, resolution)?.id
    },
    /** `{ care }`: the folder is closed. */
    'close-care': (scene, input) => {
      const folder = scene.world.care.get(z.strictObject({ care: z.int() }).parse(input).care)
      if (folder === undefined) throw new RangeError('there is no such folder')
      folder.closed = folder.modified = scene.clock.now()
    },
  },
  describe({ world, options, url }) {
    const waiting = [...world.orders.values()].filter((order) => stateOf(order) === 1).length
    return [
      `${world.orders.size} orders (${waiting} wait to be accepted), ${world.listings.size} offers, ${world.care.size} after-sales folders.`,
      'In kontor.yaml:',
      `  bm: { plugin: "@kontor/plugin-backmarket", config: { region: ${options.platform}, baseUrl: "${url}", company: Muster, contactEmail: mail@example.com }, credentials: { token: "\${env:BACKMARKET_TOKEN}" } }`,
      `The token is ${options.token}.`,
    ].join('\n')
  },
})
export type { CareFolder } from './care.ts'
export type { Line, Order } from './order.ts'
export { stateOf } from './order.ts'
export type { World } from './world.ts'
export { Options } from './options.ts'
