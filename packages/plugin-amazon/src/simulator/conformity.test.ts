import { checkAgainstJsonSchema, checkAgainstOpenApi, NO_SPECS, specsFolder } from '@kontor/testkit/simulator'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openAmazon } from '../../test/ask-amazon.ts'
import { SELLER_ID, type Options } from './index.ts'

const specs = specsFolder()
const DE = 'A1PA6795UKMFR9'
const models = [
  'sellers',
  'orders_2026-01-01',
  'ordersV0',
  'tokens_2021-03-01',
  'listingsItems_2021-08-01',
  'feeds_2021-06-30',
  'reports_2021-06-30',
  'finances_2024-06-19',
  'fbaInventory',
]
const ALL =
  'BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT,FULFILLMENT_ORDERS'

const Id = z.looseObject({ id: z.string() })
const stock = {
  op: 'merge',
  path: '/attributes/fulfillment_availability',
  value: [{ fulfillment_channel_code: 'DEFAULT', quantity: 3 }],
}

/** Every operation, with answers of all the kinds it has. */
async function traffic(options: Partial<Options>) {
  await using world = await openAmazon({ orders: 40, ...options })
  const { amazon, ask } = world
  const marketplaceId = [...amazon.world.orders.values()][0]?.marketplaceId ?? DE
  const get = async (path: string): Promise<unknown> => (await ask('GET', path)).json
  const made = (action: string, input?: object): string => Id.parse(amazon.act(action, input)).id

  await get('/sellers/v1/marketplaceParticipations')
  const search = '/orders/2026-01-01/orders?lastUpdatedAfter=2026-05-01T00:00:00Z'
  await get(`${search}&includedData=${ALL}`)
  const page = z
    .looseObject({ pagination: z.object({ nextToken: z.string() }) })
    .parse(await get(`${search}&maxResultsPerPage=2&marketplaceIds=${marketplaceId}`))
  const paginationToken = encodeURIComponent(page.pagination.nextToken)
  await get(`${search}&marketplaceIds=${marketplaceId}&paginationToken=${paginationToken}`)
  await get('/orders/2026-01-01/orders?createdAfter=yesterday')

  const given = { lines: [{ sku: 'MUG-RED', quantity: 2 }], at: amazon.clock.now() - 3_600_000 }
  const order = made('place-order', { ...given, programs: ['AMAZON_BUSINESS'] })
  const { lines = [] } = amazon.world.orders.get(order) ?? {}
  const orderItems = [{ orderItemId: lines[0]?.id, quantity: 2 }]
  const packageDetail = {
    packageReferenceId: '1',
    carrierCode: 'DHL',
    trackingNumber: 'T1',
    shipDate: '2026-06-01T11:30:00Z',
    orderItems,
  }
  const confirmation = `/orders/v0/orders/${order}/shipmentConfirmation`
  await ask('POST', confirmation, { marketplaceId, packageDetail })
  await ask('POST', confirmation, {
    marketplaceId,
    packageDetail: { ...packageDetail, shipDate: '2027-01-01T00:00:00Z' },
  })
  const pickup = made('place-order', { programs: ['IN_STORE_PICK_UP'] })
  await ask('POST', `/orders/v0/orders/${pickup}/shipment`, { marketplaceId, shipmentStatus: 'ReadyForPickup' })
  amazon.act('request-cancellation', { id: pickup })
  for (const id of [order, pickup, '028-1234567-0000001'])
    await get(`/orders/2026-01-01/orders/${id}?includedData=${ALL}`)

  const listing = `/listings/2021-08-01/items/${SELLER_ID}`
  const parts = 'summaries,attributes,issues,offers,fulfillmentAvailability,procurement,relationships,productTypes'
  await ask('PATCH', `${listing}/MUG-RED?marketplaceIds=${marketplaceId}`, { productType: 'PRODUCT', patches: [stock] })
  await ask('PATCH', `${listing}/NOWHERE?marketplaceIds=${marketplaceId}`, { productType: 'PRODUCT', patches: [stock] })
  await get(`${listing}/MUG-RED?marketplaceIds=${marketplaceId}&includedData=${parts}`)
  await get(`${listing}?marketplaceIds=${marketplaceId}&pageSize=5`)

  const contentType = 'application/json; charset=UTF-8'
  const Made = z.looseObject({ feedDocumentId: z.string(), url: z.string() })
  const document = Made.parse((await ask('POST', '/feeds/2021-06-30/documents', { contentType })).json)
  const message = { messageId: 1, sku: 'MUG-RED', operationType: 'PATCH', productType: 'PRODUCT', patches: [stock] }
  const messages = [message, { ...message, messageId: 2, sku: 'NOWHERE' }]
  const feed = { header: { sellerId: SELLER_ID, version: '2.0', issueLocale: 'en_US' }, messages }
  await fetch(document.url, { method: 'PUT', body: JSON.stringify(feed), headers: { 'content-type': contentType } })
  const feedBody = { marketplaceIds: [marketplaceId], inputFeedDocumentId: document.feedDocumentId }
  const send = async (feedType: string): Promise<unknown> =>
    (await ask('POST', '/feeds/2021-06-30/feeds', { feedType, ...feedBody })).json
  const { feedId } = z.object({ feedId: z.string() }).parse(await send('JSON_LISTINGS_FEED'))
  await get(`/feeds/2021-06-30/feeds/${feedId}`)
  await ask('POST', '/reports/2021-06-30/reports', { reportType: 'NONE', marketplaceIds: [marketplaceId] })
  amazon.act('return', { order })
  amazon.act('refund', { order, lines: [{ sku: 'MUG-RED', amount: 10 }] })
  await amazon.clock.advance(1)
  const reportType = 'GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE'
  const created = await ask('POST', '/reports/2021-06-30/reports', { reportType, marketplaceIds: [marketplaceId] })
  const { reportId } = z.object({ reportId: z.string() }).parse(created.json)
  await get(`/reports/2021-06-30/reports/${reportId}`)
  await amazon.clock.advance(180_000)
  const done = z.looseObject({ resultFeedDocumentId: z.string() }).parse(await get(`/feeds/2021-06-30/feeds/${feedId}`))
  const result = z
    .looseObject({ url: z.string() })
    .parse(await get(`/feeds/2021-06-30/documents/${done.resultFeedDocumentId}`))
  const report = gunzipSync(Buffer.from(await (await fetch(result.url)).arrayBuffer())).toString('utf8')
  await get('/feeds/2021-06-30/feeds?feedTypes=JSON_LISTINGS_FEED')
  await send('JSON_LISTINGS_FEED')
  await ask('DELETE', `/feeds/2021-06-30/feeds/${String(Number(feedId) + 1)}`)
  const ready = z
    .looseObject({ reportDocumentId: z.string() })
    .parse(await get(`/reports/2021-06-30/reports/${reportId}`))
  await get(`/reports/2021-06-30/documents/${ready.reportDocumentId}`)
  await get(`/reports/2021-06-30/reports?reportTypes=${reportType}`)
  const resource = { method: 'GET', path: `/reports/2021-06-30/documents/${ready.reportDocumentId}` }
  await ask('POST', '/tokens/2021-03-01/restrictedDataToken', { restrictedResources: [resource] })
  await get('/finances/2024-06-19/transactions?postedAfter=2026-05-01T00:00:00Z')
  await get('/finances/2024-06-19/transactions?postedBefore=2026-05-01T00:00:00Z')
  const inventory = '/fba/inventory/v1/summaries?granularityType=Marketplace&details=true'
  await get(`${inventory}&granularityId=${marketplaceId}&marketplaceIds=${marketplaceId}`)
  const { exchanges, unknownRoutes, failures } = amazon
  const ofModels = exchanges.all.filter(({ path }) => !/^\/(auth|documents)\//.test(path))
  return { exchanges: ofModels, feed, report: JSON.parse(report) as unknown, unknownRoutes, failures }
}

describe.skipIf(specs === undefined)(`official models (skipped where ${NO_SPECS})`, () => {
  it(
    'agree with what the simulator answers, and with the listings feed and its report',
    { timeout: 60_000 },
    async () => {
      const runs = [await traffic({}), await traffic({ region: 'na' }), await traffic({ region: 'fe', tax: 'inside' })]
      const { violations, covered } = checkAgainstOpenApi({
        file: models.map((name) => `${specs}/amazon/${name}.json`),
        exchanges: runs.flatMap(({ exchanges }) => exchanges),
      })
      expect(
        violations.map(
          ({ operation, where, message, value }) => `${operation} | ${where} | ${message} | ${JSON.stringify(value)}`,
        ),
      ).toEqual([])
      expect(covered.length).toBe(21)
      expect(runs.flatMap(({ unknownRoutes, failures }) => [...unknownRoutes, ...failures])).toEqual([])
      const schemaOf = (name: string): string => `${specs}/amazon/${name}.json`
      for (const { feed, report } of runs) {
        expect(
          checkAgainstJsonSchema({ schema: schemaOf('listings-feed-processing-report-schema-v2'), value: report }),
        ).toEqual([])
        expect(checkAgainstJsonSchema({ schema: schemaOf('listings-feed-schema-v2'), value: feed })).toEqual([])
      }
    },
  )
})
