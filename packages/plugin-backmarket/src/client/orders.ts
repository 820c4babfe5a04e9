import type { Http } from '@kontor/core'
import type { Bucket } from '../limits.ts'
import { WireDelivery, WireOrder, WirePage, type LineIdentifiers, type UpdateOrder } from '../wire.ts'
import { jsonHeader, orNothing, pageSize, type For } from './shared.ts'

export interface OrdersQuery {
  modifiedFrom?: string
  state?: number
  countryCode?: string
  page: number
  pageSize?: number
}

/** Orders with what belongs to their parcels. */
export function orderCalls(http: Http<Bucket>) {
  return {
    /** One page of orders as they come; `undefined` beyond the last page, which is answered by 404. */
    async listOrders(
      { modifiedFrom, state, countryCode, page, pageSize: size = pageSize }: OrdersQuery,
      signal: AbortSignal,
    ): Promise<WirePage | undefined> {
      return await orNothing(page > 1, async () => {
        const { body } = await http.send({
          method: 'GET',
          path: '/ws/orders',
          query: { date_modification: modifiedFrom, state, country_code: countryCode, page, 'page-size': size },
          headers: jsonHeader,
          schema: WirePage,
          effect: 'none',
          take: { requests: 1 },
          doing: 'list orders',
          signal,
        })
        return body
      })
    },

    /** One order as it comes; `undefined` where Back Market does not know it. */
    async getOrder(id: string, signal: AbortSignal): Promise<unknown> {
      return await orNothing(true, async () => {
        const { body } = await http.send({
          method: 'GET',
          path: `/ws/orders/${encodeURIComponent(id)}`,
          headers: jsonHeader,
          effect: 'none',
          take: { requests: 1 },
          doing: 'read an order',
          signal,
        })
        return body
      })
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

    /** The label of Back Market's own for an order; `undefined` while there is none. */
    async getDelivery(orderId: string, signal: AbortSignal): Promise<WireDelivery | undefined> {
      const { body } = await http.send({
        method: 'GET',
        path: '/ws/shipping/v1/deliveries',
        query: { order_id: orderId },
        headers: jsonHeader,
        schema: WirePage,
        effect: 'none',
        take: { requests: 1 },
        doing: 'read the label of an order',
        signal,
      })
      const [first] = body.results
      return WireDelivery.safeParse(first).data
    },

    /** A document from one of the hosts documents may come from, without credentials. */
    async fetchDocument(url: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
      const { bytes } = await http.file(url, { maxBytes: 20_000_000, signal })
      return new Uint8Array(bytes)
    },

    /** A PDF that replaces what was there. */
    async uploadInvoice(
      orderId: string,
      pdf: Uint8Array<ArrayBuffer>,
      made: { for: For },
      signal: AbortSignal,
    ): Promise<void> {
      const multipart = new FormData()
      multipart.append('invoice', new Blob([pdf], { type: 'application/pdf' }), `invoice-${orderId}.pdf`)
      await http.send({
        method: 'POST',
        path: `/ws/orders/${encodeURIComponent(orderId)}/invoice`,
        multipart,
        as: 'none',
        effect: 'once',
        for: made.for,
        take: { requests: 1 },
        doing: 'upload the invoice of an order',
        signal,
      })
    },
  }
}
