import type { LimitDefinition, SimulatorRequest } from '@kontor/testkit/simulator'
import type { Options, Role } from './options.ts'

/** An operation with its usage plan (models of 2026-08-05: `rate` a second, `burst`) and the roles of which one is needed. */
export interface Operation {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly rate: number
  readonly burst: number
  /** Any one of them is enough. Empty: none is needed. */
  readonly roles: readonly Role[]
  /** Takes a token of `grant_type=client_credentials`. */
  readonly grantless?: boolean
}

const ORDERS: readonly Role[] = ['Inventory and Order Tracking', 'Direct-to-Consumer Shipping (Restricted)']
const FEEDS: readonly Role[] = ['Product Listing', 'Pricing', 'Inventory and Order Tracking', 'Finance and Accounting']

type Row = readonly [
  name: string,
  method: string,
  path: string,
  rate: number,
  burst: number,
  roles: readonly Role[] | 'grantless',
]

const rows: readonly Row[] = [
  ['getMarketplaceParticipations', 'GET', '/sellers/v1/marketplaceParticipations', 0.016, 15, []],
  ['searchOrders', 'GET', '/orders/2026-01-01/orders', 0.0056, 20, ORDERS],
  ['getOrder', 'GET', '/orders/2026-01-01/orders/:id', 0.5, 30, ORDERS],
  ['confirmShipment', 'POST', '/orders/v0/orders/:id/shipmentConfirmation', 2, 10, ORDERS],
  ['updateShipmentStatus', 'POST', '/orders/v0/orders/:id/shipment', 5, 15, ORDERS],
  [
    'createRestrictedDataToken',
    'POST',
    '/tokens/2021-03-01/restrictedDataToken',
    1,
    10,
    ['Direct-to-Consumer Shipping (Restricted)', 'Tax Invoicing (Restricted)'],
  ],
  ['getListingsItem', 'GET', '/listings/2021-08-01/items/:seller/:sku', 5, 10, ['Product Listing']],
  ['patchListingsItem', 'PATCH', '/listings/2021-08-01/items/:seller/:sku', 5, 5, ['Product Listing']],
  ['searchListingsItems', 'GET', '/listings/2021-08-01/items/:seller', 5, 5, ['Product Listing']],
  ['createFeedDocument', 'POST', '/feeds/2021-06-30/documents', 0.5, 15, FEEDS],
  ['getFeedDocument', 'GET', '/feeds/2021-06-30/documents/:id', 0.0222, 10, FEEDS],
  ['createFeed', 'POST', '/feeds/2021-06-30/feeds', 0.0083, 15, FEEDS],
  ['getFeeds', 'GET', '/feeds/2021-06-30/feeds', 0.0222, 10, FEEDS],
  ['getFeed', 'GET', '/feeds/2021-06-30/feeds/:id', 2, 15, FEEDS],
  ['cancelFeed', 'DELETE', '/feeds/2021-06-30/feeds/:id', 2, 15, FEEDS],
  ['createReport', 'POST', '/reports/2021-06-30/reports', 0.0167, 15, FEEDS],
  ['getReports', 'GET', '/reports/2021-06-30/reports', 0.0222, 10, FEEDS],
  ['getReport', 'GET', '/reports/2021-06-30/reports/:id', 2, 15, FEEDS],
  ['cancelReport', 'DELETE', '/reports/2021-06-30/reports/:id', 0.0222, 10, FEEDS],
  ['getReportDocument', 'GET', '/reports/2021-06-30/documents/:id', 0.0167, 15, FEEDS],
  ['listTransactions', 'GET', '/finances/2024-06-19/transactions', 0.5, 10, ['Finance and Accounting']],
  ['getDestinations', 'GET', '/notifications/v1/destinations', 1, 5, 'grantless'],
  ['createDestination', 'POST', '/notifications/v1/destinations', 1, 5, 'grantless'],
  ['getSubscription', 'GET', '/notifications/v1/subscriptions/:type', 1, 5, ORDERS],
  ['createSubscription', 'POST', '/notifications/v1/subscriptions/:type', 1, 5, ORDERS],
  ['getInventorySummaries', 'GET', '/fba/inventory/v1/summaries', 2, 2, ['Amazon Fulfillment', 'Product Listing']],
]

const operations: readonly Operation[] = rows.map(([name, method, path, rate, burst, roles]) => ({
  name,
  method,
  path,
  rate,
  burst,
  roles: roles === 'grantless' ? [] : roles,
  grantless: roles === 'grantless',
}))

/** Whether a request is one of this operation. */
function finderOf({ method, path }: Operation): (request: Pick<SimulatorRequest, 'method' | 'path'>) => boolean {
  const pattern = new RegExp(`^${path.replaceAll(/:[a-z]+/g, '[^/]+')}$`)
  return (request) => request.method === method && pattern.test(request.path)
}

const finders = operations.map((operation) => ({ operation, fits: finderOf(operation) }))

export const operationOf = (request: Pick<SimulatorRequest, 'method' | 'path'>): Operation | undefined =>
  finders.find((one) => one.fits(request))?.operation

/** An access token names its seller here, so that a bucket outlives the token: the plan is the seller's and the application's. */
const accountOf = ({ headers }: Pick<SimulatorRequest, 'headers'>): string =>
  /\|([^.]*)\./.exec(headers['x-amz-access-token'] ?? '')?.[1] ?? ''

/** A token bucket for each operation, and the feeds' own rule: five listings feeds in five minutes. */
export function usagePlans({ searchOrdersRate, searchOrdersBurst }: Options): LimitDefinition[] {
  const buckets = finders.map(({ operation, fits }): LimitDefinition => {
    const dynamic = operation.name === 'searchOrders'
    const rate = dynamic ? searchOrdersRate : operation.rate
    const burst = dynamic ? searchOrdersBurst : operation.burst
    return {
      name: operation.name,
      kind: 'token',
      limit: burst,
      per: (burst / rate) * 1000,
      match: fits,
      key: accountOf,
    }
  })
  return [
    ...buckets,
    {
      name: 'listings-feeds',
      kind: 'sliding',
      limit: 5,
      per: '5m',
      match: (request) => operationOf(request)?.name === 'createFeed' && request.text().includes('JSON_LISTINGS_FEED'),
      key: accountOf,
    },
  ]
}
