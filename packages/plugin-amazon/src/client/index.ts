import type { Clock, Http } from '@kontor/core'
import type { Bucket } from '../limits.ts'
import { FeedsClient } from './feeds-client.ts'
import { ListingsClient } from './listings-client.ts'
import { OrdersClient } from './orders-client.ts'
import { Requests } from './requests.ts'
import { SellersClient } from './sellers-client.ts'
import { ShipmentsClient } from './shipments-client.ts'

export { PAGE, type Part, type SearchQuery } from './orders-client.ts'
export type { Participation } from './sellers-client.ts'
export { exchangeCode, renewAccess } from './tokens.ts'
export type { FeedsClient, ListingsClient, OrdersClient, SellersClient, ShipmentsClient }

export interface Clients {
  feeds: FeedsClient
  listings: ListingsClient
  orders: OrdersClient
  sellers: SellersClient
  shipments: ShipmentsClient
}

export function createClients(http: Http<Bucket>, clock: Clock, sellerId: string): Clients {
  const requests = new Requests(http, clock)
  return {
    feeds: new FeedsClient(requests),
    listings: new ListingsClient(requests, sellerId),
    orders: new OrdersClient(requests),
    sellers: new SellersClient(requests),
    shipments: new ShipmentsClient(requests),
  }
}
