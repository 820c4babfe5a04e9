import { defineSimulator, routesFor, type Answer, type Call } from '@kontor/testkit/simulator'
import { checkAccess } from './access.ts'
import { actions } from './actions.ts'
import { failure } from './answers.ts'
import { consent } from './consent.ts'
import { download, upload } from './documents.ts'
import { cancelFeed, createFeed, createFeedDocument, getFeed, getFeedDocument, getFeeds } from './feeds/feeds.ts'
import { listTransactions } from './finances/list-transactions.ts'
import { inventorySummaries } from './inventory.ts'
import { getListing, patchListing, searchListings } from './listings/listings-items.ts'
import {
  createDestination,
  createSubscription,
  getDestinations,
  getSubscription,
} from './notifications/subscriptions.ts'
import { queue } from './notifications/queue.ts'
import { makeWorld } from './make-world.ts'
import { Options } from './options.ts'
import { confirmShipment, updateShipmentStatus } from './orders/confirm-shipment.ts'
import { getOrder, searchOrders } from './orders/search-orders.ts'
import { operationOf, usagePlans } from './plans.ts'
import { cancelReport, createReport, getReport, getReportDocument, getReports } from './reports/reports.ts'
import { participations } from './sellers.ts'
import { issueToken } from './token.ts'
import { createRestrictedDataToken } from './tokens.ts'
import { CLIENT_ID, CLIENT_SECRET, QUEUE_PATH, REFRESH_TOKEN, SELLER_ID, type World } from './world.ts'

const route = routesFor<World, Options>()

/** Answers of these statuses tell the rate of the operation's plan; a 429 never does. */
const TELLS_RATE: readonly number[] = [200, 201, 202, 204, 400, 404]

/** The same rounding as in the models: 0.0056, 0.0167, 5. */
const rateOf = (limit: number, perMs: number): string => String(Number(((limit / perMs) * 1000).toFixed(4)))

function after(call: Call<World, Options>, answer: Answer): Answer {
  const requestId = call.random.uuid()
  const operation = operationOf(call)
  const plan = call.limits.find(({ name }) => name === operation?.name)
  const tells = plan !== undefined && call.options.rateHeader && TELLS_RATE.includes(answer.status ?? 200)
  return {
    ...answer,
    headers: {
      'x-amzn-requestid': requestId,
      ...(tells ? { 'x-amzn-ratelimit-limit': rateOf(plan.limit, plan.perMs) } : {}),
      ...answer.headers,
    },
  }
}

/** Amazon's Selling Partner API for one seller of one region, with Login with Amazon and the presigned documents, at one address. */
export const simulator = defineSimulator<World, Options>({
  id: 'amazon',
  title: 'Amazon Selling Partner API',
  options: Options,
  world: makeWorld,
  limits: usagePlans,
  before: checkAccess,
  after,
  throttled: () => failure(429, 'QuotaExceeded', 'You exceeded your quota for the requested resource.'),
  notFound: () => failure(404, 'NotFound', 'The requested resource does not exist.'),
  routes: [
    route.post('/auth/o2/token', issueToken, 'Login with Amazon: access tokens of an hour'),
    route.get('/apps/authorize/consent', consent, 'the consent page of Seller Central; leads back at once'),
    route.get('/sellers/v1/marketplaceParticipations', participations),
    route.get('/orders/2026-01-01/orders', searchOrders),
    route.get('/orders/2026-01-01/orders/:id', (call) => getOrder(call, call.params.id)),
    route.post('/orders/v0/orders/:id/shipmentConfirmation', (call) => confirmShipment(call, call.params.id)),
    route.get('/listings/2021-08-01/items/:seller', (call) => searchListings(call, call.params.seller)),
    route.get('/listings/2021-08-01/items/:seller/:sku', (call) =>
      getListing(call, call.params.seller, call.params.sku),
    ),
    route.patch('/listings/2021-08-01/items/:seller/:sku', (call) =>
      patchListing(call, call.params.seller, call.params.sku),
    ),
    route.post('/feeds/2021-06-30/documents', createFeedDocument),
    route.get('/feeds/2021-06-30/documents/:id', (call) => getFeedDocument(call, call.params.id)),
    route.post('/feeds/2021-06-30/feeds', createFeed),
    route.get('/feeds/2021-06-30/feeds', getFeeds),
    route.get('/feeds/2021-06-30/feeds/:id', (call) => getFeed(call, call.params.id)),
    route.delete('/feeds/2021-06-30/feeds/:id', (call) => cancelFeed(call, call.params.id)),
    route.post('/reports/2021-06-30/reports', createReport),
    route.get('/reports/2021-06-30/reports', getReports),
    route.get('/reports/2021-06-30/reports/:id', (call) => getReport(call, call.params.id)),
    route.delete('/reports/2021-06-30/reports/:id', (call) => cancelReport(call, call.params.id)),
    route.get('/reports/2021-06-30/documents/:id', (call) => getReportDocument(call, call.params.id)),
    route.post('/tokens/2021-03-01/restrictedDataToken', createRestrictedDataToken),
    route.get('/finances/2024-06-19/transactions', listTransactions),
    route.get('/fba/inventory/v1/summaries', inventorySummaries),
    route.get('/notifications/v1/destinations', getDestinations),
    route.post('/notifications/v1/destinations', createDestination),
    route.get('/notifications/v1/subscriptions/ORDER_CHANGE', getSubscription),
    route.post('/notifications/v1/subscriptions/ORDER_CHANGE', createSubscription),
    route.post('/', queue, 'Amazon SQS: the queue of changed orders'),
    route.put('/documents/:id', upload, 'a presigned address; good for five minutes'),
    route.get('/documents/:id', download, 'a presigned address; good for five minutes'),
    route.post('/orders/v0/orders/:id/shipment', (call) => updateShipmentStatus(call, call.params.id), 'pick-up'),
  ],
  actions,
  describe: ({ url, world, options }) =>
    `${world.orders.size} orders. The API, Login with Amazon, the consent page and the documents are all at this address. In kontor.yaml: config: { region: ${options.region}, sellerId: ${SELLER_ID}, baseUrl: "${url}" }, credentials: { clientId: ${CLIENT_ID}, clientSecret: ${CLIENT_SECRET}, refreshToken: "${REFRESH_TOKEN}" }; the queue of changed orders is ${url}${QUEUE_PATH}`,
})
