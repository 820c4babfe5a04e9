import { createHash } from 'node:crypto'
import { refuse, routesFor, UnreadableBody, type Answer, type Call } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { fieldRefusal, notFound, refusal } from './errors.ts'
import { merchantOf } from './headers.ts'
import type { Options } from './options.ts'
import { orderJson } from './order-json.ts'
import { stateOf, type Order } from './order.ts'
import { pageOf, pagingOf } from './pages.ts'
import { applyUpdate, identify, Update } from './transitions.ts'
import type { World } from './world.ts'

const route = routesFor<World, Options>()
type Any = Call<World, Options>

const orders: Record<Options['sort'], (a: Order, b: Order) => number> = {
  modified: (a, b) => a.modified - b.modified || a.id - b.id,
  created: (a, b) => a.created - b.created || a.id - b.id,
  newest: (a, b) => b.modified - a.modified || b.id - a.id,
}

function listOrders(call: Any): Answer {
  const { world, query, options, url } = call
  const state = query.get('state')
  if (state !== null && !['0', '10', '1', '3', '8', '9'].includes(state))
    return fieldRefusal('state', `${state} is not a valid choice.`)
  const modifiedFrom = boundOf(query, 'date_modification')
  const createdFrom = boundOf(query, 'date_creation')
  const country = query.get('country_code')
  const found = [...world.orders.values()].filter((order) => {
    const now = stateOf(order)
    if (state === null ? now === 0 || now === 8 : now !== Number(state)) return false
    return (
      order.modified >= modifiedFrom && order.created >= createdFrom && (country === null || order.market === country)
    )
  })
  return pageOf(
    found.toSorted(orders[options.sort]).map((order) => orderJson(order, merchantOf(call), url)),
    pagingOf(query, options),
  )
}

/** RFC 3339 with Z as documented, or with a blank and no zone as clients write it. */
function boundOf(query: URLSearchParams, name: string): number {
  const text = query.get(name)
  if (text === null) return Number.NEGATIVE_INFINITY
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}:\d{2}Z?)?$/.test(text))
    return refuse(fieldRefusal(name, 'Enter a valid date.'))
  return Date.parse(text.includes('T') || text.length === 10 ? text : `${text.replace(' ', 'T')}Z`)
}

function orderOf({ world, params }: Call<World, Options, { id: string }>): Order {
  if (!/^\d+$/.test(params.id)) refuse(fieldRefusal('orderId', 'An integer is needed.'))
  return world.orders.get(Number(params.id)) ?? refuse(notFound('Order does not exist.'))
}

/** A body of JSON in the API's words for what does not fit. */
export function bodyOf<T>({ json }: Pick<Any, 'json'>, schema: z.ZodType<T>, status = 400): T {
  try {
    return json(schema)
  } catch (failure) {
    if (!(failure instanceof UnreadableBody)) throw failure
    const issue = failure.cause instanceof z.ZodError ? failure.cause.issues[0] : undefined
    return refuse(fieldRefusal(issue?.path.join('.') ?? 'body', issue?.message ?? 'The body is no JSON.', status))
  }
}

const Identifiers = z.object({ imei: z.string().max(15).optional(), serial_number: z.string().max(50).optional() })

export const orderRoutes = [
  route.get('/ws/orders', listOrders, 'orders, without states 0 and 8 unless asked'),
  route.get('/ws/orders/:id', (call) => ({ json: orderJson(orderOf(call), merchantOf(call), call.url) }), 'one order'),
  route.post(
    '/ws/orders/:id',
    (call) => {
      const order = orderOf(call)
      applyUpdate(order, bodyOf(call, Update), call)
      return {
        json: call.options.updateAnswer === 'order' ? orderJson(order, merchantOf(call), call.url) : { status: 'ok' },
      }
    },
    'accept, cancel, ship or refund its lines',
  ),
  route.patch(
    '/ws/orderlines/:id',
    (call) => {
      const { world, params, truth, clock } = call
      const order =
        [...world.orders.values()].find(({ lines }) => lines.some(({ id }) => String(id) === params.id)) ??
        refuse(notFound("The orderline doesn't exist"))
      const line =
        order.lines.find(({ id }) => String(id) === params.id) ?? refuse(notFound("The orderline doesn't exist"))
      const body = bodyOf(call, Identifiers, 422)
      identify(line, order, body, truth, 422)
      order.modified = clock.now()
      return { json: body }
    },
    'register a device, once and for all',
  ),
  route.post(
    '/ws/orders/:id/invoice',
    (call) => {
      const order = orderOf(call)
      const [file, ...more] = call.multipart().filter(({ name }) => name === 'invoice')
      if (file === undefined || more.length > 0) return fieldRefusal('invoice', 'One file is needed.')
      if (file.bytes.subarray(0, 4).toString('latin1') !== '%PDF')
        return refusal(400, 'E023', 'The invoice must be a PDF document.')
      order.invoice = { provided: call.clock.now(), bytes: file.bytes.length }
      order.modified = call.clock.now()
      call.truth.add('invoice-uploaded', String(order.id), {
        bytes: file.bytes.length,
        sha256: createHash('sha256').update(file.bytes).digest('hex'),
      })
      return {}
    },
    'the invoice, as PDF',
  ),
  route.get(
    '/delivery_note/:name',
    () => ({
      headers: { 'content-type': 'application/pdf' },
      bytes: Buffer.from('%PDF-1.4\n% delivery note\n%%EOF\n'),
    }),
    'the paper for the parcel',
  ),
]
