import { refuse, routesFor, type Answer, type Call, type TruthLog } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { currencyOf, listingJson, type Listing, type Task } from './catalogue.ts'
import { notFound, refusal } from './errors.ts'
import { minorOf, type Options } from './options.ts'
import { pageOf, pagingOf } from './pages.ts'
import { bodyOf } from './routes-orders.ts'
import type { World } from './world.ts'

const route = routesFor<World, Options>()
type Any = Call<World, Options>

const marketOf = ({ headers }: Pick<Any, 'headers'>): string => headers['accept-language'] ?? 'fr-fr'
const listingOf = ({ world, params }: Call<World, Options, { id: string }>): Listing =>
  [...world.listings.values()].find(({ id, number }) => id === params.id || String(number) === params.id) ??
  refuse(notFound('Listing not found.'))

/** A bad request about offers is answered by a bare string. */
const bare = (message: string): Answer => ({ status: 400, json: message })

const amount = z.union([z.string(), z.number().transform(String)])
const Change = z.object({
  quantity: z
    .union([
      z.int(),
      z
        .string()
        .regex(/^-?\d+$/)
        .transform(Number),
    ])
    .optional(),
  price: amount.optional(),
  min_price: amount.nullable().optional(),
  currency: z.string().optional(),
  pub_state: z.int().optional(),
})

/** What is wrong with a change; `undefined` after it was made. */
function change(
  listing: Listing,
  wanted: z.output<typeof Change>,
  market: string,
  truth: TruthLog,
): string | undefined {
  const currency = currencyOf(market)
  if (wanted.currency !== undefined && wanted.currency !== currency)
    return `currency ${wanted.currency} does not match the market ${market}`
  const needsCurrency =
    wanted.price !== undefined && wanted.currency === undefined && currency !== 'EUR' && currency !== 'USD'
  if (needsCurrency) return `parameter currency not found for the market ${market}`
  const price = wanted.price === undefined ? undefined : minorOf(wanted.price, currency)
  if (wanted.price !== undefined && (price === undefined || price <= 0)) return 'parameter price is invalid'
  const minimum = typeof wanted.min_price === 'string' ? minorOf(wanted.min_price, currency) : undefined
  // One practitioner was refused a minimum below 92 % of the price.
  if (minimum !== undefined && minimum < (price ?? listing.prices.get(market) ?? 0) * 0.92)
    return 'min_price is too low'
  if (wanted.quantity !== undefined && wanted.quantity < 0) return 'parameter quantity is invalid'

  if (wanted.quantity !== undefined) {
    // Setting it to what it is already is no effect.
    const before = listing.quantity
    listing.quantity = wanted.quantity
    if (before !== wanted.quantity) truth.add('stock-set', listing.sku, { quantity: wanted.quantity })
  }
  if (price !== undefined) {
    const before = listing.prices.get(market)
    listing.prices.set(market, price)
    if (before !== price) truth.add('price-set', `${listing.sku}/${market}`, { price })
  }
  if (minimum !== undefined) listing.minimum.set(market, minimum)
  if (wanted.pub_state === 2) listing.online = true
  return undefined
}

const Batch = z.object({
  catalog: z.string().min(1),
  quotechar: z.string().length(1),
  delimiter: z.string().length(1),
  encoding: z.string().min(2),
})

function startBatch(call: Any): Answer {
  const { world, clock, truth, options } = call
  const raw = Batch.safeParse(call.json())
  if (!raw.success) return bare(`parameter ${raw.error.issues[0]?.path.join('.') ?? 'catalog'} not found`)
  const [header = [], ...rows] = readCsv(raw.data.catalog, raw.data.delimiter, raw.data.quotechar)
  if (!header.includes('sku')) return bare('column sku not found')
  if (rows.length > 15_000) return bare('too many lines')
  const market = marketOf(call)
  const task: Task = { id: world.next.task++, status: 0, error: null, result: {} }
  world.tasks.set(task.id, task)
  truth.add('batch-taken', String(task.id), { rows: rows.length, market })
  const minutes = options.batchMinutes * 60_000
  clock.after(minutes / 5, () => void (task.status = 2))
  clock.after(minutes, () => {
    task.result = Object.fromEntries(
      rows.map((cells) =>
        resultOf(Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])), world, market, truth),
      ),
    )
    task.status = 9
  })
  return { json: { bodymessage: task.id, statuscode: 200 } }
}

/** A row of the file: a finished task may still hold errors, row by row. */
function resultOf(
  row: Record<string, string>,
  world: World,
  market: string,
  truth: TruthLog,
): [sku: string, result: unknown] {
  const sku = row['sku'] ?? ''
  const listing = world.listings.get(sku.toLowerCase())
  if (listing === undefined) return [sku, { status: 'error', errors: ['sku not found'] }]
  const wanted = Change.safeParse(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')))
  const wrong = wanted.success ? change(listing, wanted.data, market, truth) : 'row cannot be read'
  return [
    sku,
    wrong === undefined ? { status: 'success', listing_id: listing.number } : { status: 'error', errors: [wrong] },
  ]
}

function readCsv(text: string, delimiter: string, quote: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const cells: string[] = []
      let cell = ''
      let inside = false
      for (let index = 0; index < line.length; index += 1) {
        const character = line.charAt(index)
        if (character === quote && inside && line.charAt(index + 1) === quote) {
          cell += quote
          index += 1
        } else if (character === quote) inside = !inside
        else if (character === delimiter && !inside) {
          cells.push(cell)
          cell = ''
        } else if (character !== '\r') cell += character
      }
      return [...cells, cell]
    })
}

export const listingRoutes = [
  route.get(
    '/ws/listings',
    (call) => {
      const { query, world, options } = call
      const [least, most] = [
        Number(query.get('min_quantity') ?? 0),
        Number(query.get('max_quantity') ?? Number.POSITIVE_INFINITY),
      ]
      const all = [...world.listings.values()]
        .filter(({ quantity }) => quantity >= least && quantity <= most)
        .map((listing) => listingJson(listing, marketOf(call)))
      const state = query.get('publication_state')
      return pageOf(
        state === null ? all : all.filter((listing) => String(listing.publication_state) === state),
        pagingOf(query, options),
      )
    },
    'offers, as the market of Accept-Language sees them',
  ),
  route.get(
    '/ws/listings/detail',
    (call) => {
      const { query, world } = call
      const sku = query.get('sku')?.toLowerCase() ?? ''
      const listing =
        world.listings.get(sku) ??
        [...world.listings.values()].find(
          ({ id, number }) => id === query.get('id') || String(number) === query.get('listing_id'),
        )
      return listing === undefined
        ? notFound('Listing not found.')
        : { json: { ...listingJson(listing, marketOf(call)), statuscode: 200 } }
    },
    'one offer, by SKU or id',
  ),
  route.get(
    '/ws/listings/:id',
    (call) => ({ json: { ...listingJson(listingOf(call), marketOf(call)), statuscode: 200 } }),
    'one offer',
  ),
  route.post(
    '/ws/listings/:id',
    (call) => {
      const listing = listingOf(call)
      const wrong = change(listing, bodyOf(call, Change), marketOf(call), call.truth)
      return wrong === undefined ? { json: { ...listingJson(listing, marketOf(call)), statuscode: 200 } } : bare(wrong)
    },
    'change quantity or price of one offer',
  ),
  route.patch('/ws/listings/:id', () => refusal(405, 'E405', 'Method "PATCH" not allowed.'), 'refused'),
  route.post('/ws/listings', startBatch, 'a CSV file of changes; a task works through it'),
  route.get(
    '/ws/tasks/:id',
    ({ world, params }) => {
      const task = world.tasks.get(Number(params.id)) ?? refuse(notFound('Task does not exist.'))
      return {
        json: {
          task_id: task.id,
          action_status: task.status,
          last_action_error: task.error,
          result: task.result,
          statuscode: 200,
        },
      }
    },
    'how far a CSV file is',
  ),
]
