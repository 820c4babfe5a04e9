import type { LimitSpec } from '@kontor/core'

const models = 'amzn/selling-partner-api-models, 2026-08-05'

/**
 * One operation of one account: a token bucket of `burst` that refills with `rate` a second. Amazon tells the rate of the account with
 * answers that succeed (and 400, 404), never with a 429; a lower one than documented is obeyed.
 */
const operation = (rate: number, burst: number, document: string): LimitSpec => ({
  kind: 'token',
  burst,
  refill: 1,
  per: `${Math.ceil(1000 / rate)}ms`,
  learn: { limit: 'x-amzn-ratelimit-limit' },
  source: `${document} (${models})`,
})

/** Each operation has its own bucket, by account and app. Rates a second and bursts as the models state them. */
export const limits = {
  searchOrders: operation(0.0056, 20, 'orders_2026-01-01.json'),
  getOrder: operation(0.5, 30, 'orders_2026-01-01.json'),
  confirmShipment: operation(2, 10, 'ordersV0.json'),
  updateShipmentStatus: operation(5, 15, 'ordersV0.json'),
  getListingsItem: operation(5, 10, 'listingsItems_2021-08-01.json'),
  searchListingsItems: operation(5, 5, 'listingsItems_2021-08-01.json'),
  patchListingsItem: operation(5, 5, 'listingsItems_2021-08-01.json'),
  createFeedDocument: operation(0.5, 15, 'feeds_2021-06-30.json'),
  createFeed: operation(0.0083, 15, 'feeds_2021-06-30.json'),
  /** Five JSON_LISTINGS_FEED in five minutes, whatever createFeed allows. */
  listingsFeeds: {
    burst: 5,
    per: '5m',
    source: 'developer-docs.amazon.com/sp-api, "Listings feed type values" (2026-08)',
  },
  getFeeds: operation(0.0222, 10, 'feeds_2021-06-30.json'),
  getFeed: operation(2, 15, 'feeds_2021-06-30.json'),
  getFeedDocument: operation(0.0222, 10, 'feeds_2021-06-30.json'),
  createReport: operation(0.0167, 15, 'reports_2021-06-30.json'),
  getReports: operation(0.0222, 10, 'reports_2021-06-30.json'),
  getReport: operation(2, 15, 'reports_2021-06-30.json'),
  getReportDocument: operation(0.0167, 15, 'reports_2021-06-30.json'),
  createRestrictedDataToken: operation(1, 10, 'tokens_2021-03-01.json'),
  listTransactions: operation(0.5, 10, 'finances_2024-06-19.json'),
  getInventorySummaries: operation(2, 2, 'fbaInventory.json'),
  getMarketplaceParticipations: operation(0.016, 15, 'sellers.json'),
} as const satisfies Readonly<Record<string, LimitSpec>>
export type Bucket = keyof typeof limits
