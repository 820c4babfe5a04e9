import { defineSimulator, refuse, routesFor, type Answer, type Call } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { refuseScope, refuseStranger } from './access.ts'
import { acts } from './acts.ts'
import { book } from './book.ts'
import { Options } from './options.ts'
import { showReturn } from './show.ts'
import {
  emptyWorld,
  registerReturn,
  type Scope,
  type SimulatedItem,
  type SimulatedReturn,
  type World,
} from './world.ts'

const route = routesFor<World, Options>()
type Request = Pick<Call<World, Options>, 'world' | 'options' | 'clock' | 'query'>

const ItemsBody = z.object({
  customer_return: z.object({
    items: z
      .array(
        z.object({
          sku: z.string().min(1),
          quantity: z.int().min(1),
          status: z.enum(['arrived', 'inspected', 'missing']),
          condition: z.string().optional(),
          notes: z.string().optional(),
        }),
      )
      .min(1),
  }),
})
const CreateBody = z.object({
  customer_return: z.object({
    order_number: z.string().min(1),
    items: z.array(z.object({ sku: z.string().min(1), quantity: z.int().min(1) })).min(1),
  }),
})

const demand = (scope: Scope, options: Options): void => {
  const refused = refuseScope(scope, options)
  if (refused) refuse(refused)
}
const notFound: Answer = { status: 404, json: { error: 'Not found' } }
const returnOf = (world: World, id: string): SimulatedReturn => world.returns.get(Number(id)) ?? refuse(notFound)
const onlyAssumed = ({ assume }: Options): void => {
  if (!assume) refuse(notFound)
}

/** The list: searched, ordered, cut into pages; reading flips the export flag. */
function list({ world, options, clock, query }: Request): Answer {
  demand('returns', options)
  const search = query.get('s')?.toLowerCase()
  const found = [...world.returns.values()].filter((one) => search === undefined || matches(one, search))
  const newest = options.sort === 'honoured' && query.get('sort') === 'updated_at'
  const direction = query.get('direction') === 'asc' ? 1 : -1
  const ordered = found.toSorted((a, b) => (newest ? direction * (a.updated - b.updated) || b.id - a.id : a.id - b.id))
  const size = Math.min(Number(query.get('per_page') ?? 25), options.largestPage)
  const page = options.paging === 'honoured' ? Number(query.get('page') ?? 1) : 1
  const rows = ordered.slice((page - 1) * size, page * size)
  const shown = rows.map((one) => showReturn(one, options))
  for (const one of rows) one.fetched = true
  // What changes between two pages: the oldest returns jump to the top.
  for (const one of ordered.toSorted((a, b) => a.updated - b.updated).slice(0, options.moves)) one.updated = clock.now()
  const counters = { total_count: found.length, current_page: page, total_pages: Math.ceil(found.length / size) }
  return { json: { customer_returns: shown, ...(options.counters ? counters : {}) } }
}

const matches = (one: SimulatedReturn, search: string): boolean =>
  [one.orderNumber, `#${one.orderNumber}`, String(one.rma), one.customer.fullName, one.customer.email].some((text) =>
    text.toLowerCase().includes(search),
  )

export type { Options, SimulatedItem, SimulatedReturn, World }

/** 8returns over HTTP as far as public callers show it. Written from that reconstruction, never from our own client. */
export const simulator = defineSimulator<World, Options>({
  id: '8returns',
  title: '8returns',
  options: Options,
  world({ options, clock, random }) {
    const world = emptyWorld()
    for (let index = 0; index < options.returns; index++)
      registerReturn(world, random, clock, { at: clock.now() - (options.returns - index) * 3_600_000 })
    if (options.newEvery > 0) clock.every(options.newEvery, () => void registerReturn(world, random, clock))
    return world
  },
  before: ({ headers, options }) => refuseStranger(headers['authorization'], options),
  notFound: () => notFound,
  throttled: ({ retryAfterMs }) => ({
    status: 429,
    ...(retryAfterMs === undefined ? {} : { headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } }),
    json: { error: 'Too many requests' },
  }),
  routes: [
    route.get('/v1/customer_returns', list, 'list and search returns (observed)'),
    route.get(
      '/v1/customer_returns/:id',
      ({ world, options, params }) => {
        demand('returns', options)
        if (options.single === 'no') return notFound
        const one = returnOf(world, params.id)
        const shown = showReturn(one, options)
        one.fetched = true
        return { json: { customer_return: shown } }
      },
      'one return (inferred)',
    ),
    route.patch(
      '/v1/customer_returns/:id/items',
      ({ world, options, params, clock, truth, json }) => {
        demand('returns', options)
        const one = returnOf(world, params.id)
        if (one.busy) return { status: 429, json: { error: 'Return is being processed' } }
        const { items } = json(ItemsBody).customer_return
        const results = items.map((entry) => {
          const refused = options.refuses.split(',').includes(entry.sku)
          const booked = refused ? { failure: 'Item cannot be updated' } : book(world, one, entry, clock.now())
          if ('failure' in booked) return { sku: entry.sku, status: 'failure', message: booked.failure }
          truth.add(`item-${entry.status}`, `${one.id}/${entry.sku}`, {
            quantity: booked.pieces,
            condition: entry.condition ?? null,
          })
          return { sku: entry.sku, status: 'success', message: 'Item updated' }
        })
        // In another order than asked: who reads them by position reads them wrongly.
        return { json: results.toReversed() }
      },
      'book items by SKU and quantity (observed)',
    ),
    route.post(
      '/v1/customer_returns',
      ({ world, options, clock, random, truth, json }) => {
        onlyAssumed(options)
        demand('returns', options)
        const { order_number: orderNumber, items } = json(CreateBody).customer_return
        const one = registerReturn(world, random, clock, { orderNumber, items })
        truth.add('return-created', orderNumber)
        return { status: 201, json: { customer_return: showReturn(one, options) } }
      },
      'create a return (assumed; 404 without `assume`)',
    ),
    route.post(
      '/v1/customer_returns/:id/labels',
      ({ world, options, params, truth }) => {
        onlyAssumed(options)
        demand('labels', options)
        const one = returnOf(world, params.id)
        const known = one.labels[0]
        const label = known ?? { id: 1 }
        if (known === undefined) {
          one.labels.push(label)
          truth.add('label-created', params.id)
        }
        return {
          status: known === undefined ? 201 : 200,
          json: {
            label: {
              id: label.id,
              status: 'ready',
              carrier: 'dhl',
              tracking_number: '00340000000000000001',
              tracking_url: null,
              label_url: 'https://example.com/label.pdf',
              qr_code_url: null,
              cost: '3.90',
              currency: 'EUR',
            },
          },
        }
      },
      'create a label (assumed; 404 without `assume`)',
    ),
    route.get(
      '/v1/orders',
      ({ world, options, query }) => {
        onlyAssumed(options)
        demand('orders', options)
        const search = query.get('s')?.toLowerCase() ?? ''
        const found = [...world.returns.values()].filter((one) => one.orderNumber.toLowerCase().includes(search))
        return { json: { orders: found.map((one) => ({ id: one.orderId, order_number: one.orderNumber })) } }
      },
      'find orders (assumed; 404 without `assume`)',
    ),
  ],
  actions: acts,
  describe: ({ url, world, options }) =>
    `${world.returns.size} returns. In kontor.yaml: config: { baseUrl: "${url}" }, credentials: { apiKey: ${options.apiKey}, password: ${options.password} }. Endpoints that are assumed ${options.assume ? 'exist' : 'answer 404'}.`,
})
