import type { Http } from '@kontor/core'
import type { Bucket } from '../limits.ts'
import { CatalogClient } from './catalog-client.ts'
import { DiscountsClient } from './discounts-client.ts'
import { HooksClient } from './hooks-client.ts'
import { OrdersClient } from './orders-client.ts'
import { StoreRequests } from './request.ts'

export { PAGE, RANGE } from './orders-client.ts'
export { batchSizes, type PriceListRecord, type StockItem, type VariantPrice } from './catalog-client.ts'
export type { NewHook } from './hooks-client.ts'
export type { CatalogClient, DiscountsClient, HooksClient, OrdersClient }

export interface Clients {
  orders: OrdersClient
  catalog: CatalogClient
  discounts: DiscountsClient
  hooks: HooksClient
}

export function createClients(http: Http<Bucket>, storeHash: string): Clients {
  const requests = new StoreRequests(http, storeHash)
  return {
    orders: new OrdersClient(requests),
    catalog: new CatalogClient(requests),
    discounts: new DiscountsClient(requests),
    hooks: new HooksClient(requests),
  }
}
