export interface Rate {
  /** Calls a second that come back. */
  rate: number
  /** Calls at once from a full bucket. */
  burst: number
  /** File of the model that states both. */
  model: string
}

/** The usage plan of each operation we call, as the models of 2026-08-05 state it. Each has a bucket of its own, by account and app. */
export const rates = {
  searchOrders: { rate: 0.0056, burst: 20, model: 'orders_2026-01-01.json' },
  getOrder: { rate: 0.5, burst: 30, model: 'orders_2026-01-01.json' },
  confirmShipment: { rate: 2, burst: 10, model: 'ordersV0.json' },
  updateShipmentStatus: { rate: 5, burst: 15, model: 'ordersV0.json' },
  getListingsItem: { rate: 5, burst: 10, model: 'listingsItems_2021-08-01.json' },
  searchListingsItems: { rate: 5, burst: 5, model: 'listingsItems_2021-08-01.json' },
  patchListingsItem: { rate: 5, burst: 5, model: 'listingsItems_2021-08-01.json' },
  createFeedDocument: { rate: 0.5, burst: 15, model: 'feeds_2021-06-30.json' },
  createFeed: { rate: 0.0083, burst: 15, model: 'feeds_2021-06-30.json' },
  getFeeds: { rate: 0.0222, burst: 10, model: 'feeds_2021-06-30.json' },
  getFeed: { rate: 2, burst: 15, model: 'feeds_2021-06-30.json' },
  getFeedDocument: { rate: 0.0222, burst: 10, model: 'feeds_2021-06-30.json' },
  createReport: { rate: 0.0167, burst: 15, model: 'reports_2021-06-30.json' },
  getReports: { rate: 0.0222, burst: 10, model: 'reports_2021-06-30.json' },
  getReport: { rate: 2, burst: 15, model: 'reports_2021-06-30.json' },
  getReportDocument: { rate: 0.0167, burst: 15, model: 'reports_2021-06-30.json' },
  createRestrictedDataToken: { rate: 1, burst: 10, model: 'tokens_2021-03-01.json' },
  listTransactions: { rate: 0.5, burst: 10, model: 'finances_2024-06-19.json' },
  getInventorySummaries: { rate: 2, burst: 2, model: 'fbaInventory.json' },
  getDestinations: { rate: 1, burst: 5, model: 'notifications.json' },
  createDestination: { rate: 1, burst: 5, model: 'notifications.json' },
  getSubscription: { rate: 1, burst: 5, model: 'notifications.json' },
  createSubscription: { rate: 1, burst: 5, model: 'notifications.json' },
  getMarketplaceParticipations: { rate: 0.016, burst: 15, model: 'sellers.json' },
} as const satisfies Readonly<Record<string, Rate>>
export type OperationName = keyof typeof rates

/** How long one call takes to come back, in milliseconds. */
export const refillMs = (name: OperationName): number => Math.ceil(1000 / rates[name].rate)
