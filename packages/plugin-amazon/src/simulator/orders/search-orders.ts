import type { Answer } from '@kontor/testkit/simulator'
import { callerOf, hasRole } from '../access.ts'
import { denied, failure, invalidInput, notFound } from '../answers.ts'
import { DAY, iso, MINUTE, type AmazonCall, type OrderPage, type SimulatedOrder, type Window } from '../world.ts'
import { datasets, orderJson, viewOf, type Dataset } from './order-json.ts'
import { instantIn, listIn, marketplacesIn, oneOf } from './query.ts'

const statuses = [
  'PENDING_AVAILABILITY',
  'PENDING',
  'UNSHIPPED',
  'PARTIALLY_SHIPPED',
  'SHIPPED',
  'CANCELLED',
  'UNFULFILLABLE',
] as const

/** These may change from page to page; every other parameter must stay. */
const FREE: readonly string[] = ['paginationToken', 'maxResultsPerPage', 'includedData']

/**
 * `GET /orders/2026-01-01/orders`. The window ends two minutes ago unless the caller says earlier, and its end is in every answer; a page's
 * token holds for 24 hours and for the same parameters.
 */
export function searchOrders(call: AmazonCall): Answer {
  const { query, world } = call
  const view = viewOf(call, includedIn(call))
  const position = positionIn(call)
  const window = position?.window ?? windowIn(call)
  const found = rowsIn(call, window)
  const size = sizeIn(query)
  const start = position === undefined ? 0 : found.findIndex((order) => isBehind(order, window.axis, position.after))
  const page = start === -1 ? [] : found.slice(start, start + size)
  const last = page.at(-1)
  const more = last !== undefined && start + size < found.length
  const token = more
    ? pageToken(call, { window, after: [last[window.axis], last.id] })
    : world.repeatToken && position !== undefined
      ? query.get('paginationToken')
      : undefined
  const orders = page.map((order) => orderJson(order, view))
  const end = { [window.axis === 'updated' ? 'lastUpdatedBefore' : 'createdBefore']: iso(window.until) }
  return {
    json: {
      orders: world.disordered ? disorder(orders) : orders,
      ...(typeof token === 'string' ? { pagination: { nextToken: token } } : {}),
      ...end,
    },
  }
}

/** `GET /orders/2026-01-01/orders/{orderId}`, without the two minutes of the search. */
export function getOrder(call: AmazonCall, id: string): Answer {
  const order = call.world.orders.get(id)
  if (!/^[\dA-Z]{3}-\d{7}-\d{7}$/.test(id)) return failure(400, 'InvalidInput', 'Invalid Input', 'OrderId is invalid')
  const included = includedIn(call)
  if (order === undefined || order.sellerId !== callerOf(call).sellerId) return notFound(`OrderId ${id} not found`)
  return { json: { order: orderJson(order, viewOf(call, included)) } }
}

const PRIVATE: readonly Dataset[] = ['BUYER', 'RECIPIENT', 'TAX', 'PAYMENT']

function includedIn(call: AmazonCall): ReadonlySet<Dataset> {
  const asked = new Set((listIn(call.query, 'includedData') ?? []).map((one) => oneOf('includedData', datasets, one)))
  const allowed =
    hasRole(call, 'Direct-to-Consumer Shipping (Restricted)') || hasRole(call, 'Tax Invoicing (Restricted)')
  if (call.options.withoutPiiRole === 'denied' && !allowed && PRIVATE.some((one) => asked.has(one))) return denied()
  return asked
}

function windowIn({ query, clock }: AmazonCall): Window {
  const created = instantIn(query, 'createdAfter')
  const updated = instantIn(query, 'lastUpdatedAfter')
  const from = created ?? updated
  if (from === undefined || (created !== undefined && updated !== undefined))
    return invalidInput('Exactly one of createdAfter and lastUpdatedAfter must be provided')
  const axis: Window['axis'] = created === undefined ? 'updated' : 'created'
  const [own, other] =
    axis === 'created' ? ['createdBefore', 'lastUpdatedBefore'] : ['lastUpdatedBefore', 'createdBefore']
  if (query.has(other ?? '')) return invalidInput(`${other} may not be provided with this window`)
  const latest = clock.now() - 2 * MINUTE
  const until = instantIn(query, own ?? '')
  if (until !== undefined && until < from) return invalidInput(`${own} is before the start of the window`)
  if (until !== undefined && until > latest) return invalidInput(`${own} must be at least two minutes in the past`)
  // An instant is answered without its milliseconds, so nothing behind the whole second may be in the page.
  return { axis, from, until: until ?? Math.floor(latest / 1000) * 1000 }
}

function sizeIn(query: URLSearchParams): number {
  const given = query.get('maxResultsPerPage')
  const size = given === null ? 100 : Number(given)
  return Number.isInteger(size) && size >= 1 && size <= 100
    ? size
    : invalidInput('maxResultsPerPage must be between 1 and 100')
}

function rowsIn(call: AmazonCall, { axis, from, until }: Window): SimulatedOrder[] {
  const { query, world } = call
  const { sellerId } = callerOf(call)
  const wanted = marketplacesIn(call, 50)
  const states = listIn(query, 'fulfillmentStatuses')?.map((one) => oneOf('fulfillmentStatuses', statuses, one))
  const by = listIn(query, 'fulfilledBy')?.map((one) => oneOf('fulfilledBy', ['MERCHANT', 'AMAZON'], one))
  return [...world.orders.values()]
    .filter(
      (order) =>
        order.sellerId === sellerId &&
        order[axis] >= from &&
        order[axis] <= until &&
        (wanted === undefined || wanted.has(order.marketplaceId)) &&
        (states === undefined || states.includes(order.status)) &&
        (by === undefined || by.includes(order.fulfilledBy)),
    )
    .toSorted((left, right) => left[axis] - right[axis] || (left.id < right.id ? -1 : 1))
}

const isBehind = (order: SimulatedOrder, axis: Window['axis'], [at, id]: OrderPage['after']): boolean =>
  order[axis] > at || (order[axis] === at && order.id > id)

function parametersOf(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => !FREE.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join('&')
}

function pageToken({ world, random, clock, query }: AmazonCall, position: Pick<OrderPage, 'window' | 'after'>): string {
  // Amazon's tokens have characters that a query must encode.
  const token = `${Buffer.from(random.hex(40), 'hex').toString('base64')}+/=`
  world.orderPages.set(token, { ...position, expiresAt: clock.now() + DAY, parameters: parametersOf(query) })
  return token
}

function positionIn({ world, query, clock }: AmazonCall): OrderPage | undefined {
  const token = query.get('paginationToken')
  if (token === null) return undefined
  const page = world.orderPages.get(token)
  if (page === undefined || page.expiresAt <= clock.now())
    return invalidInput('The paginationToken is invalid or expired')
  return page.parameters === parametersOf(query)
    ? page
    : invalidInput('The parameters do not match those of the request that gave the paginationToken')
}

/** The same orders backwards, with every third one twice. */
const disorder = <T>(rows: readonly T[]): T[] =>
  rows.toReversed().flatMap((row, index) => (index % 3 === 0 ? [row, row] : [row]))
