import type { OperationName } from './rates.ts'

/** What Amazon grants to an app, by its name in the developer profile. Adding one needs a new authorization. */
export const roles = {
  orders: 'Inventory and Order Tracking',
  recipient: 'Direct-to-Consumer Delivery (Restricted)',
  tax: 'Tax Invoicing (Restricted)',
  listing: 'Product Listing',
  pricing: 'Pricing',
  finance: 'Finance and Accounting',
  fulfillment: 'Amazon Fulfillment',
} as const

/** Which operation a path is, and the role it needs: for messages, and for how long a refused one waits. The first that fits. */
const operations: readonly { path: RegExp; bucket: OperationName; role: string; method?: string }[] = [
  { path: /^\/orders\/2026-01-01\/orders$/, bucket: 'searchOrders', role: roles.orders },
  { path: /^\/orders\/2026-01-01\/orders\/[^/]+$/, bucket: 'getOrder', role: roles.orders },
  { path: /\/shipmentConfirmation$/, bucket: 'confirmShipment', role: roles.orders },
  { path: /\/shipment$/, bucket: 'updateShipmentStatus', role: roles.orders },
  { path: /^\/listings\/[^/]+\/items\/[^/]+$/, bucket: 'searchListingsItems', role: roles.listing },
  { path: /^\/listings\//, method: 'GET', bucket: 'getListingsItem', role: roles.listing },
  { path: /^\/listings\//, bucket: 'patchListingsItem', role: `${roles.listing} (prices: ${roles.pricing})` },
  { path: /^\/feeds\/[^/]+\/documents$/, bucket: 'createFeedDocument', role: roles.listing },
  { path: /^\/feeds\/[^/]+\/documents\//, bucket: 'getFeedDocument', role: roles.listing },
  { path: /^\/feeds\/[^/]+\/feeds$/, method: 'POST', bucket: 'createFeed', role: roles.listing },
  { path: /^\/feeds\/[^/]+\/feeds$/, bucket: 'getFeeds', role: roles.listing },
  { path: /^\/feeds\//, bucket: 'getFeed', role: roles.listing },
  { path: /^\/reports\/[^/]+\/documents\//, bucket: 'getReportDocument', role: roles.orders },
  { path: /^\/reports\/[^/]+\/reports$/, method: 'POST', bucket: 'createReport', role: roles.orders },
  { path: /^\/reports\/[^/]+\/reports$/, bucket: 'getReports', role: roles.orders },
  { path: /^\/reports\//, bucket: 'getReport', role: roles.orders },
  { path: /^\/finances\//, bucket: 'listTransactions', role: roles.finance },
  { path: /^\/fba\/inventory\//, bucket: 'getInventorySummaries', role: roles.fulfillment },
  { path: /^\/notifications\/v1\/destinations/, method: 'GET', bucket: 'getDestinations', role: roles.orders },
  { path: /^\/notifications\/v1\/destinations/, bucket: 'createDestination', role: roles.orders },
  { path: /^\/notifications\//, method: 'GET', bucket: 'getSubscription', role: roles.orders },
  { path: /^\/notifications\//, bucket: 'createSubscription', role: roles.orders },
  { path: /^\/sellers\//, bucket: 'getMarketplaceParticipations', role: roles.orders },
]

export const operationOf = (method: string, path: string): { bucket: OperationName; role: string } | undefined => {
  const [plain = ''] = path.split('?', 1)
  return operations.find((each) => each.path.test(plain) && (each.method === undefined || each.method === method))
}
