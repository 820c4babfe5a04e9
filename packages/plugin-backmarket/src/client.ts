import { isKontorError, KontorError, type Delivery, type Http } from '@kontor/core'
import type { Bucket } from './limits.ts'
import { WireOrder, WirePage, type LineIdentifiers, type UpdateOrder } from './wire.ts'

/** Largest page the API gives; other names of the parameter are ignored without a word. Source: parameter PageSize (OpenAPI 0.1.1). */
export const pageSize = 50

export interface OrdersQuery {
  modifiedFrom?: string
  state?: number
  countryCode?: string
  page: number
  pageSize?: number
}

/** For whom a call with an effect is made. */
type For = readonly Pick<Delivery, 'key'>[]

/** The documented header of every call; the host adds the others. */
const jsonHeader = { 'content-type': 'application/json' }

/** One method an endpoint. Paths carry no slash at the end: a redirect would lose the body. */
export function createClient(http: Http<Bucket>) {
  return {
    /** One page of orders as they come; `undefined` beyond the last page, which is answered by 404. */
    async listOrders(
      { modifiedFrom, state, countryCode, page, pageSize: size = pageSize }: OrdersQuery,
      signal: AbortSignal,
    ): Promise<WirePage | undefined> {
      try {
        const { body } = await http.send({
          method: 'GET',
          path: '/ws/orders',
          query: { date_modification: modifiedFrom, state, country_code: countryCode, page, 'page-size': size },
          headers: jsonHeader,
          numbers: 'text',
          schema: WirePage,
          effect: 'none',
          take: { requests: 1 },
          doing: 'list orders',
          signal,
        })
        return body
      } catch (error) {
        if (page > 1 && isKontorError(error) && error.code === 'NOT_FOUND') return undefined
        throw error
      }
    },

    /** One order as it comes; `undefined` where Back Market does not know it. */
    async getOrder(id: string, signal: AbortSignal): Promise<unknown> {
      try {
        const { body } = await http.send({
          method: 'GET',
          path: `/ws/orders/${encodeURIComponent(id)}`,
          headers: jsonHeader,
          numbers: 'text',
          effect: 'none',
          take: { requests: 1 },
          doing: 'read an order',
          signal,
        })
        return body
      } catch (error) {
        if (isKontorError(error) && error.code === 'NOT_FOUND') return undefined
        throw error
      }
    },

    /**
     * Moves lines of an order on. The order after it, where the answer is one: clients have seen other shapes.
     * Never resent by us: a second accept is answered by 400.
     */
    async updateOrder(
      body: UpdateOrder,
      made: { for: For; doing: string },
      signal: AbortSignal,
    ): Promise<WireOrder | undefined> {
      const answer = await http.send({
        method: 'POST',
        path: `/ws/orders/${body.order_id}`,
        headers: jsonHeader,
        json: body,
        numbers: 'text',
        effect: 'once',
        for: made.for,
        take: { requests: 1 },
        doing: made.doing,
        signal,
      })
      const order = WireOrder.safeParse(answer.body)
      return order.success && order.data.orderlines.length > 0 && order.data.order_id === String(body.order_id)
        ? order.data
        : undefined
    },

    /** Registers a device on a line, for good: Back Market takes no correction. */
    async identifyLine(lineId: string, body: LineIdentifiers, made: { for: For }, signal: AbortSignal): Promise<void> {
      await http.send({
        method: 'PATCH',
        path: `/ws/orderlines/${encodeURIComponent(lineId)}`,
        headers: jsonHeader,
        json: body,
        as: 'none',
        effect: 'once',
        for: made.for,
        take: { requests: 1 },
        doing: 'register the IMEI or serial number of a line',
        signal,
      })
    },
  }
}
export type Client = ReturnType<typeof createClient>

/** The order as the API has it now; its form is checked as a whole, because something is about to be written to it. */
export async function readOrder(client: Client, id: string, signal: AbortSignal): Promise<WireOrder | undefined> {
  const raw = await client.getOrder(id, signal)
  if (raw === undefined) return undefined
  const order = WireOrder.safeParse(raw)
  if (order.success) return order.data
  const [issue] = order.error.issues
  throw new KontorError('WIRE_MISMATCH', {
    message: `Order ${id} came in a form we do not know; nothing was written to it.`,
    path: (issue?.path ?? []).join('.'),
    scope: 'record',
  })
}
