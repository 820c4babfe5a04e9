import type { Clock, Http } from '@kontor/core'
import type { Bucket } from '../limits.ts'
import { FeedsClient } from './feeds-client.ts'
import { FinancesClient } from './finances-client.ts'
import { InventoryClient } from './inventory-client.ts'
import { ListingsClient } from './listings-client.ts'
import { NotificationsClient } from './notifications-client.ts'
import { OrdersClient } from './orders-client.ts'
import { ReportsClient } from './reports-client.ts'
import { Requests } from './requests.ts'
import { SellersClient } from './sellers-client.ts'
import { ShipmentsClient } from './shipments-client.ts'

export type { Part, SearchQuery } from './orders-client.ts'
export type { Participation } from './sellers-client.ts'
export {
  completeAuthorization,
  consent,
  consentUrl,
  newState,
  type Authorized,
  type ConsentWish,
} from './authorization.ts'
export { grantlessAccess, renewAccess } from './tokens.ts'
export { QueueClient, type Message } from './queue-client.ts'
export type {
  FeedsClient,
  FinancesClient,
  InventoryClient,
  ListingsClient,
  NotificationsClient,
  OrdersClient,
  ReportsClient,
  SellersClient,
  ShipmentsClient,
}

export interface Clients {
  feeds: FeedsClient
  finances: FinancesClient
  inventory: InventoryClient
  listings: ListingsClient
  notifications: NotificationsClient
  orders: OrdersClient
  reports: ReportsClient
  sellers: SellersClient
  shipments: ShipmentsClient
}

export function createClients(http: Http<Bucket>, clock: Clock, sellerId: string): Clients {
  const requests = new Requests(http, clock)
  return {
    feeds: new FeedsClient(requests),
    finances: new FinancesClient(requests),
    inventory: new InventoryClient(requests),
    listings: new ListingsClient(requests, sellerId),
    notifications: new NotificationsClient(requests),
    orders: new OrdersClient(requests),
    reports: new ReportsClient(requests),
    sellers: new SellersClient(requests),
    shipments: new ShipmentsClient(requests),
  }
}
