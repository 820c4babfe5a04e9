import { z } from 'zod'
import { defineSimulator, refuse, routesFor, type Answer, type SimulatorRequest } from '../../src/simulator/index.ts'
import { ShopWorld, type ShopOrder, type ShopShipment } from './world.ts'

const SCOPES = ['orders', 'shipments', 'offers', 'refunds']
/** Whom a token belongs to. */
const TOKENS: Readonly<Record<string, { shop: string; scopes: string[] }>> = {
  'muster-secret-0001': { shop: 'M-1', scopes: SCOPES },
  'muster-secret-0002': { shop: 'M-2', scopes: SCOPES },
  'muster-secret-0003': { shop: 'M-1', scopes: ['offers'] },
}

const ShopOptions = z.strictObject({
  pageSize: z.int().positive().default(100).describe('things on a page of a list'),
  readsPer: z.enum(['10s', '1h']).default('10s').describe('how often the quota of reads is new'),
  orders: z.int().nonnegative().default(3).describe('orders at the start'),
})
type ShopOptions = z.output<typeof ShopOptions>

const ShipmentInput = z.object({
  reference: z.string(),
  tracking: z.string(),
  carrier: z.string(),
  lines: z.array(z.object({ line: z.number(), quantity: z.number() })),
})
const AmendInput = z.object({ tracking: z.string(), carrier: z.string() })
const RefundInput = z.object({ cents: z.int().positive(), note: z.string() })
const PricesInput = z.object({ reference: z.string(), prices: z.array(z.object({ sku: z.string(), cents: z.int() })) })

const tokenOf = ({ headers }: SimulatorRequest): string => (headers['authorization'] ?? '').replace(/^Bearer /, '')
const isRead = ({ method }: SimulatorRequest): boolean => method === 'GET'
const fail = (status: number, code: string): Answer => ({ status, json: { code } })

const position = (thing: { changed: string; id: number }): string =>
  `${thing.changed}~${String(thing.id).padStart(9, '0')}`

/** By time of change, then id; `after` is a place in that order and works at any age. */
function list<T extends { changed: string; id: number }>(
  world: ShopWorld,
  all: Iterable<T>,
  query: URLSearchParams,
  pageSize: number,
): { items: T[]; position: string; more: boolean } {
  const after = query.get('after') ?? ''
  const since = query.get('since') ?? ''
  const sorted = [...all]
    .filter(({ changed }) => changed >= since)
    .toSorted((a, b) => (position(a) < position(b) ? -1 : 1))
  const rest = sorted.filter((thing) => position(thing) > after)
  const items = rest.slice(0, pageSize)
  const last = items.at(-1)
  const repeated = world.disordered ? sorted.filter((thing) => position(thing) <= after).slice(-2) : []
  return {
    items: [...items, ...repeated],
    position: last === undefined ? after : position(last),
    more: rest.length > items.length,
  }
}

/** Lists do not tell the phone. */
const listed = ({ id, number, changed, state, buyer, lines, refundedCents, damaged }: ShopOrder): object => {
  const { first, last, mail, street, city, country } = buyer
  return {
    id,
    number,
    changed,
    state,
    refunded: refundedCents,
    buyer: { first, last, mail, street, city, country },
    lines: damaged ? 'lost' : lines,
  }
}
const detailed = (order: ShopOrder): object => ({ ...listed(order), buyer: order.buyer })
const shown = (shipment: ShopShipment): object => ({ ...shipment })

const route = routesFor<ShopWorld, ShopOptions>()
const orderOf = (world: ShopWorld, id: string): ShopOrder =>
  world.orders.get(Number(id)) ?? refuse(fail(404, 'NO_ORDER'))
const shipmentOf = (world: ShopWorld, id: string): ShopShipment =>
  world.shipments.get(Number(id)) ?? refuse(fail(404, 'NO_SHIPMENT'))

/** Musterladen: an invented shop system, with one example of each kind of behaviour that connectors meet. */
export const musterladenSimulator = defineSimulator<ShopWorld, ShopOptions>({
  id: 'musterladen',
  title: 'Musterladen',
  options: ShopOptions,
  world({ clock, truth, options }) {
    const world = new ShopWorld(clock, truth)
    for (let index = 0; index < options.orders; index += 1) world.placeOrder()
    return world
  },
  limits: ({ readsPer }) => [
    { name: 'reads', limit: 60, per: readsPer, kind: 'sliding', match: isRead, key: tokenOf },
    { name: 'writes', limit: 30, per: '10s', kind: 'sliding', match: (request) => !isRead(request), key: tokenOf },
  ],
  before(call) {
    const owner = TOKENS[tokenOf(call)]
    if (owner === undefined) return fail(401, 'BAD_TOKEN')
    const scope = call.path.split('/').at(-1) === 'refunds' ? 'refunds' : (call.path.split('/')[1] ?? '')
    return SCOPES.includes(scope) && !owner.scopes.includes(scope) ? fail(403, 'NO_SCOPE') : undefined
  },
  routes: [
    route.get('/account', (call) => ({ json: TOKENS[tokenOf(call)] })),
    route.get('/orders', ({ world, query, options, url }) => {
      const { items, ...rest } = list(world, world.orders.values(), query, options.pageSize)
      return {
        json: {
          orders: items.map(listed),
          ...rest,
          next: rest.more ? `${url}/orders?after=${encodeURIComponent(rest.position)}` : null,
        },
      }
    }),
    route.get('/orders/:id', ({ world, params }) => ({ json: detailed(orderOf(world, params.id)) })),
    route.get('/shipments', ({ world, query, options, url }) => {
      const reference = query.get('reference')
      const wanted = [...world.shipments.values()].filter((one) => reference === null || one.reference === reference)
      const { items, ...rest } = list(world, wanted, query, options.pageSize)
      return {
        json: {
          shipments: items.map(shown),
          ...rest,
          next: rest.more ? `${url}/shipments?after=${encodeURIComponent(rest.position)}` : null,
        },
      }
    }),
    route.get('/shipments/:id', ({ world, params }) => ({ json: shown(shipmentOf(world, params.id)) })),
    route.post('/orders/:id/shipments', ({ world, params, json }) => {
      const order = orderOf(world, params.id)
      const input = json(ShipmentInput)
      if (order.held) return fail(409, 'NOT_RELEASED')
      if (input.carrier === 'unknown') return fail(422, 'CARRIER')
      const possible = input.lines.filter(({ line, quantity }) =>
        order.lines.some((one) => one.line === line && one.shipped + quantity <= one.quantity),
      )
      if (possible.length === 0) return fail(422, 'NOTHING_TO_SHIP')
      const shipment = world.ship(order, { ...input, lines: possible })
      return {
        status: 201,
        json: {
          ...shown(shipment),
          refused: input.lines.filter((one) => !possible.includes(one)).map(({ line }) => line),
        },
      }
    }),
    route.put('/shipments/:id', ({ world, params, json }) => {
      const input = json(AmendInput)
      const shipment = shipmentOf(world, params.id)
      world.amend(shipment, input.tracking, input.carrier)
      return { json: shown(shipment) }
    }),
    route.delete('/shipments/:id', ({ world, params }) => {
      world.cancelShipment(shipmentOf(world, params.id))
      return { status: 204 }
    }),
    route.put('/offers/:sku/stock', ({ world, params, json }) => {
      if (!world.stock.has(params.sku)) return fail(404, 'NO_SKU')
      world.setStock(params.sku, json(z.object({ quantity: z.int().min(0) })).quantity)
      return { status: 204 }
    }),
    route.post('/price-jobs', ({ world, json }) => {
      const { reference, prices } = json(PricesInput)
      if (prices.some(({ cents }) => cents <= 0)) return fail(422, 'PRICE')
      return { status: 202, json: { job: world.submitPrices(reference, prices).id } }
    }),
    route.get('/price-jobs/:id', ({ world, params }) => {
      const job = world.jobs.get(Number(params.id)) ?? refuse(fail(404, 'NO_JOB'))
      return { json: { job: job.id, done: job.done } }
    }),
    route.post('/orders/:id/refunds', ({ world, params, json }) => {
      const order = orderOf(world, params.id)
      const { cents, note } = json(RefundInput)
      const paid = order.lines.reduce((total, line) => total + line.cents * line.quantity, 0)
      if (order.refundedCents + cents > paid) return fail(422, 'TOO_MUCH')
      world.refund(order, cents, note)
      return { text: 'ok' }
    }),
  ],
})
