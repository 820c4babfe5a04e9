import type { LimitSpec } from '@kontor/core'
import { rates, refillMs, type OperationName } from './tables/index.ts'

/**
 * One operation of one account: a token bucket of `burst` that refills with `rate` a second. Amazon tells the rate of the account with
 * answers that succeed (and 400, 404), never with a 429. Plans are dynamic ("Usage plans and rate limits", 2026-08): a lower one than
 * documented is obeyed, a higher one used.
 */
const operation = (name: OperationName): LimitSpec => ({
  kind: 'token',
  burst: rates[name].burst,
  refill: 1,
  per: `${refillMs(name)}ms`,
  learn: { limit: 'x-amzn-ratelimit-limit', raises: true },
  source: `${rates[name].model} (amzn/selling-partner-api-models, 2026-08-05)`,
})

export const limits = {
  searchOrders: operation('searchOrders'),
  getOrder: operation('getOrder'),
  confirmShipment: operation('confirmShipment'),
  updateShipmentStatus: operation('updateShipmentStatus'),
  getListingsItem: operation('getListingsItem'),
  searchListingsItems: operation('searchListingsItems'),
  patchListingsItem: operation('patchListingsItem'),
  createFeedDocument: operation('createFeedDocument'),
  createFeed: operation('createFeed'),
  getFeeds: operation('getFeeds'),
  getFeed: operation('getFeed'),
  getFeedDocument: operation('getFeedDocument'),
  createReport: operation('createReport'),
  getReports: operation('getReports'),
  getReport: operation('getReport'),
  getReportDocument: operation('getReportDocument'),
  createRestrictedDataToken: operation('createRestrictedDataToken'),
  listTransactions: operation('listTransactions'),
  getInventorySummaries: operation('getInventorySummaries'),
  getDestinations: operation('getDestinations'),
  createDestination: operation('createDestination'),
  getSubscription: operation('getSubscription'),
  createSubscription: operation('createSubscription'),
  getMarketplaceParticipations: operation('getMarketplaceParticipations'),
  /** Five JSON_LISTINGS_FEED in five minutes, whatever createFeed allows. */
  listingsFeeds: {
    burst: 5,
    per: '5m',
    source: 'developer-docs.amazon.com/sp-api, "Listings feed type values" (2026-08)',
  },
} as const satisfies Readonly<Record<string, LimitSpec>>
export type Bucket = keyof typeof limits
