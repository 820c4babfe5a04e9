import type { Delivery } from '@kontor/core'
import { z } from 'zod'
import { V2List, V3List, WireShipment, WireShipments, type NewShipment } from '../wire/index.ts'
import type { StoreRequests } from './request.ts'

export const PAGE = 50
/** Most orders one call lists. */
export const RANGE = 250

export interface OrdersQuery {
  modifiedFrom: string
  modifiedTo?: string | undefined
  channel?: number | undefined
  page: number
}

export interface RefundsQuery {
  createdFrom?: string
  createdTo?: string
  ids?: readonly string[]
  orderIds?: readonly string[]
  page: number
}

const include = { include: 'consignments.line_items', consignment_structure: 'object' } as const

/** Orders of v2 and refunds of v3. Rows come as they are; the reader parses each alone. */
export class OrdersClient {
  readonly #requests: StoreRequests

  constructor(requests: StoreRequests) {
    this.#requests = requests
  }

  list({ modifiedFrom, modifiedTo, channel, page }: OrdersQuery, signal: AbortSignal): Promise<unknown[]> {
    const query = {
      min_date_modified: modifiedFrom,
      max_date_modified: modifiedTo,
      channel_id: channel,
      sort: 'date_modified:asc',
      limit: PAGE,
      page,
      ...include,
    }
    return this.#requests.get('/v2/orders', { query, schema: V2List, doing: 'list orders', signal })
  }

  get(id: string, signal: AbortSignal): Promise<unknown> {
    const path = `/v2/orders/${encodeURIComponent(id)}`
    return this.#requests.get(path, { query: include, schema: z.unknown(), doing: 'read an order', signal })
  }

  /** Orders by a range of ids, as far as it fits one page: to learn a fact of many with one call. */
  range(minId: string, maxId: string, signal: AbortSignal): Promise<unknown[]> {
    const query = { min_id: minId, max_id: maxId, limit: RANGE }
    return this.#requests.get('/v2/orders', { query, schema: V2List, doing: 'list orders', signal })
  }

  /** Every page of a list below an order: an order with more than fifty lines has several. */
  async listBelow(
    id: string,
    part: 'products' | 'shipping_addresses' | 'coupons',
    signal: AbortSignal,
  ): Promise<unknown[]> {
    const rows: unknown[] = []
    for (let page = 1; page <= 200; page++) {
      const path = `/v2/orders/${encodeURIComponent(id)}/${part}`
      const more = await this.#requests.get(path, {
        query: { page, limit: 250 },
        schema: V2List,
        doing: `list the ${part.replace('_', ' ')} of an order`,
        signal,
      })
      rows.push(...more)
      if (more.length < 250) break
    }
    return rows
  }

  refunds({ createdFrom, createdTo, ids, orderIds, page }: RefundsQuery, signal: AbortSignal): Promise<V3List> {
    const query = {
      'created:min': createdFrom,
      'created:max': createdTo,
      'id:in': ids?.join(','),
      'order_id:in': orderIds?.join(','),
      page,
      limit: PAGE,
    }
    return this.#requests.get('/v3/orders/payment_actions/refunds', {
      query,
      schema: V3List,
      doing: 'list refunds',
      signal,
    })
  }

  shipments(orderId: string, signal: AbortSignal): Promise<WireShipment[]> {
    const path = `/v2/orders/${encodeURIComponent(orderId)}/shipments`
    return this.#requests.get(path, {
      query: { limit: 250 },
      schema: WireShipments,
      doing: 'list the shipments of an order',
      signal,
    })
  }

  async createShipment(
    orderId: string,
    shipment: NewShipment,
    delivery: Pick<Delivery, 'key'>,
    signal: AbortSignal,
  ): Promise<WireShipment> {
    const { body } = await this.#requests.write(`/v2/orders/${encodeURIComponent(orderId)}/shipments`, {
      method: 'POST',
      json: shipment,
      schema: WireShipment,
      effect: 'once',
      for: [delivery],
      doing: 'report a shipment',
      signal,
    })
    return body
  }
}
