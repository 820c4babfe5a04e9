import { z } from 'zod'

/** The roles of an application that decide what it may do and see here (developer documentation "Roles in the SP-API"). */
export const allRoles = [
  'Inventory and Order Tracking',
  'Direct-to-Consumer Shipping (Restricted)',
  'Tax Invoicing (Restricted)',
  'Product Listing',
  'Pricing',
  'Finance and Accounting',
  'Amazon Fulfillment',
] as const
export type Role = (typeof allRoles)[number]

export const Options = z.strictObject({
  region: z.enum(['eu', 'na', 'fe']).default('eu').describe('whose marketplaces the seller sells in'),
  orders: z
    .int()
    .min(0)
    .max(100_000)
    .default(24)
    .describe('orders at the start, one a minute until three minutes ago; a mixture of all kinds'),
  plainOrders: z
    .boolean()
    .default(false)
    .describe('the orders at the start are all unshipped and merchant-fulfilled: for measurements'),
  newEvery: z.int().min(0).default(0).describe('milliseconds between new orders; 0: none'),
  lively: z
    .boolean()
    .default(false)
    .describe(
      'orders go on by themselves: payments are authorised, Amazon ships, parcels arrive, buyers ask to cancel',
    ),
  roles: z
    .array(z.enum(allRoles))
    .default([...allRoles])
    .describe('roles of the application'),
  withoutPiiRole: z
    .enum(['absent', 'denied'])
    .default('absent')
    .describe(
      "a search for buyers' data without the role: the fields are absent, or the whole call is 403 (models#5319)",
    ),
  pendingPrices: z.boolean().default(false).describe('pending orders have unit prices (seen in Japan, models#5139)'),
  tax: z
    .enum(['none', 'added', 'inside'])
    .default('none')
    .describe(
      'tax in breakdowns outside North America (which always adds it): none; added, ITEM net; inside, ITEM gross, so that the breakdowns do not add up',
    ),
  authorizationDays: z.int().min(0).default(365).describe('days an authorization lasts from its date; 0: for good'),
  authorizedDaysAgo: z.int().min(0).default(0).describe('days since the authorization, at the start'),
  secretDays: z.int().min(0).default(180).describe('days a client secret lasts; 0: for good'),
  secretDaysAgo: z.int().min(0).default(0).describe('days since the client secret was made, at the start'),
  disorderedQueue: z
    .boolean()
    .default(false)
    .describe('the queue of changed orders gives every message twice, the newest first'),
  grantless: z.boolean().default(true).describe('the application may ask for tokens without a seller'),
  rateHeader: z.boolean().default(true).describe('answers of 2xx, 400 and 404 tell their rate'),
  searchOrdersRate: z.number().positive().default(0.0056).describe('searchOrders a second (the plan is dynamic)'),
  searchOrdersBurst: z.int().positive().default(20).describe('burst of searchOrders'),
  shipmentsShowAfter: z.int().min(0).default(0).describe('milliseconds until a confirmed package is in the order'),
  dropConfirmations: z
    .enum(['unknown-carriers', 'all', 'none'])
    .default('unknown-carriers')
    .describe('which confirmations are answered 204 and forgotten (models#5232)'),
  unknownSku: z
    .enum(['invalid', 'incomplete'])
    .default('invalid')
    .describe('a patch of an unknown SKU: status INVALID, or ACCEPTED and an incomplete listing'),
  listingDelay: z.int().min(0).default(0).describe('milliseconds until an ACCEPTED change is live'),
  feedQueue: z.int().min(0).default(15_000).describe('milliseconds a feed is IN_QUEUE'),
  feedWork: z.int().min(0).default(30_000).describe('milliseconds a feed is IN_PROGRESS'),
  feedEnd: z
    .enum(['DONE', 'FATAL', 'CANCELLED', 'stuck'])
    .default('DONE')
    .describe('how feeds end; FATAL has applied the first half, stuck stays IN_PROGRESS (models#4914)'),
  reportQueue: z.int().min(0).default(10_000).describe('milliseconds a report is IN_QUEUE'),
  reportWork: z.int().min(0).default(20_000).describe('milliseconds a report is IN_PROGRESS'),
  reportEnd: z.enum(['DONE', 'FATAL', 'stuck']).default('DONE').describe('how reports with data end'),
  emptyReport: z
    .enum(['CANCELLED', 'DONE'])
    .default('CANCELLED')
    .describe('how a report without data ends (models#4005: CANCELLED)'),
  reportCharset: z
    .enum(['UTF-8', 'ISO-8859-1'])
    .default('ISO-8859-1')
    .describe('encoding of text reports, told by the Content-Type of the download'),
  gzip: z.boolean().default(true).describe('documents to download are GZIP'),
  presignedMs: z.int().positive().default(300_000).describe('milliseconds a presigned URL lives'),
  financesLag: z.int().min(0).default(0).describe('milliseconds until a refund is in the transactions'),
  pageOfTransactions: z.int().positive().default(100).describe('transactions a page'),
  emptyPages: z.boolean().default(false).describe('every second page of transactions is empty and has a token'),
  pageOfInventory: z.int().positive().default(50).describe('FBA summaries a page'),
})
export type Options = z.output<typeof Options>
