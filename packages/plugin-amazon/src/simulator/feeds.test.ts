import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { openAmazon } from '../../test/ask-amazon.ts'
import { SELLER_ID, type Options } from './index.ts'
import { parseXml, textAt } from './feeds/xml.ts'

const DE = 'A1PA6795UKMFR9'
const Document = z.object({
  feedDocumentId: z.string(),
  url: z.string(),
  compressionAlgorithm: z.literal('GZIP').optional(),
})
const Feed = z.looseObject({ processingStatus: z.string(), resultFeedDocumentId: z.string().optional() })
const JSON_TYPE = 'application/json; charset=UTF-8'
const XML_TYPE = 'text/xml; charset=UTF-8'

async function openFeeds(options: Partial<Options> = {}) {
  const world = await openAmazon({ orders: 0, ...options })
  const { ask, amazon } = world

  async function upload(content: string | Buffer, contentType: string): Promise<string> {
    const document = Document.parse((await ask('POST', '/feeds/2021-06-30/documents', { contentType })).json)
    const put = await fetch(document.url, { method: 'PUT', body: content, headers: { 'content-type': contentType } })
    expect(put.status).toBe(200)
    return document.feedDocumentId
  }
  async function submit(feedType: string, inputFeedDocumentId: string): Promise<string> {
    const answer = await ask('POST', '/feeds/2021-06-30/feeds', { feedType, marketplaceIds: [DE], inputFeedDocumentId })
    return z.object({ feedId: z.string() }).parse(answer.json).feedId
  }
  const state = async (id: string) => Feed.parse((await ask('GET', `/feeds/2021-06-30/feeds/${id}`)).json)
  async function report(id: string): Promise<string> {
    const { resultFeedDocumentId } = await state(id)
    const document = Document.parse((await ask('GET', `/feeds/2021-06-30/documents/${resultFeedDocumentId}`)).json)
    const bytes = Buffer.from(await (await fetch(document.url)).arrayBuffer())
    return (document.compressionAlgorithm === undefined ? bytes : gunzipSync(bytes)).toString('utf8')
  }
  return {
    ...world,
    upload,
    submit,
    state,
    report,
    /** Sent, and the time gone by that it takes. */
    run: async (feedType: string, content: string | Buffer, type: string) => {
      const id = await submit(feedType, await upload(content, type))
      await amazon.clock.advance(45_000)
      return id
    },
  }
}

const message = (messageId: number, sku: string, quantity: number) => ({
  messageId,
  sku,
  operationType: 'PATCH',
  productType: 'PRODUCT',
  patches: [
    {
      op: 'merge',
      path: '/attributes/fulfillment_availability',
      value: [{ fulfillment_channel_code: 'DEFAULT', quantity }],
    },
  ],
})
const listings = (...messages: object[]): string =>
  JSON.stringify({ header: { sellerId: SELLER_ID, version: '2.0', issueLocale: 'en_US' }, messages })

it('works a listings feed off over time, each message for itself', async () => {
  await using world = await openFeeds()
  const content = listings(message(1, 'MUG-RED', 3), message(2, 'NOWHERE', 4), message(3, 'SET/50% +ß', 5))
  const id = await world.submit('JSON_LISTINGS_FEED', await world.upload(Buffer.from(content), JSON_TYPE))
  expect((await world.state(id)).processingStatus).toBe('IN_QUEUE')
  await world.amazon.clock.advance(15_000)
  expect((await world.state(id)).processingStatus).toBe('IN_PROGRESS')
  expect(world.amazon.truth.count('stock')).toBe(0)
  await world.amazon.clock.advance(30_000)
  expect((await world.state(id)).processingStatus).toBe('DONE')
  expect(JSON.parse(await world.report(id))).toMatchObject({
    header: { sellerId: SELLER_ID, version: '2.0', feedId: id },
    issues: [{ messageId: 2, sku: 'NOWHERE', severity: 'ERROR' }],
    summary: { messagesProcessed: 3, messagesAccepted: 2, messagesInvalid: 1 },
  })
  expect([...world.amazon.truth.byKey('stock').keys()]).toEqual(['MUG-RED', 'SET/50% +ß'])
})

it('unpacks nothing: a feed that was uploaded packed changes nothing', async () => {
  await using world = await openFeeds()
  const content = gzipSync(listings(message(1, 'MUG-RED', 3)))
  const id = await world.submit('JSON_LISTINGS_FEED', await world.upload(content, JSON_TYPE))
  await world.amazon.clock.advance(45_000)
  expect((await world.state(id)).processingStatus).toBe('DONE')
  expect(JSON.parse(await world.report(id))).toMatchObject({ summary: { messagesAccepted: 0 } })
  expect(world.amazon.truth.count('stock')).toBe(0)
})

it.each(['FATAL', 'CANCELLED', 'stuck'] as const)('may end %s, without a report', async (feedEnd) => {
  await using world = await openFeeds({ feedEnd })
  const content = listings(message(1, 'MUG-RED', 3), message(2, 'POT-TEA', 4))
  const id = await world.run('JSON_LISTINGS_FEED', content, JSON_TYPE)
  const { processingStatus, resultFeedDocumentId } = await world.state(id)
  expect([processingStatus, resultFeedDocumentId]).toEqual([feedEnd === 'stuck' ? 'IN_PROGRESS' : feedEnd, undefined])
  expect(world.amazon.truth.count('stock')).toBe(feedEnd === 'FATAL' ? 1 : 0)
})

it('guards its documents: five minutes, the same type, no token, nothing else', async () => {
  await using world = await openFeeds()
  const make = async () =>
    Document.parse((await world.ask('POST', '/feeds/2021-06-30/documents', { contentType: JSON_TYPE })).json)
  const put = (url: string, headers: Record<string, string>) => fetch(url, { method: 'PUT', body: '{}', headers })
  const document = await make()
  const type = { 'content-type': JSON_TYPE }
  expect((await put(document.url, { 'content-type': 'application/json' })).status).toBe(403)
  expect((await put(document.url, { ...type, 'x-amz-access-token': 'Atza|x' })).status).toBe(400)
  expect((await put(document.url.replace(/.$/, 'x'), type)).status).toBe(403)
  expect((await fetch(document.url)).status).toBe(403)
  await world.amazon.clock.advance(300_000)
  const late = await put(document.url, type)
  expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired')])
  const send = { feedType: 'JSON_LISTINGS_FEED', marketplaceIds: [DE], inputFeedDocumentId: document.feedDocumentId }
  expect((await world.ask('POST', '/feeds/2021-06-30/feeds', send)).status).toBe(400)
})

it('takes five listings feeds in five minutes', async () => {
  await using world = await openFeeds()
  const inputFeedDocumentId = await world.upload(listings(message(1, 'MUG-RED', 3)), JSON_TYPE)
  const send = () =>
    world.ask('POST', '/feeds/2021-06-30/feeds', {
      feedType: 'JSON_LISTINGS_FEED',
      marketplaceIds: [DE],
      inputFeedDocumentId,
    })
  for (let feed = 0; feed < 5; feed += 1) expect((await send()).status).toBe(202)
  expect((await send()).status).toBe(429)
  await world.amazon.clock.advance(300_000)
  expect((await send()).status).toBe(202)
})

const envelope = (messageType: string, ...messages: string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?><AmazonEnvelope><Header><DocumentVersion>1.01</DocumentVersion><MerchantIdentifier>${SELLER_ID}</MerchantIdentifier></Header><MessageType>${messageType}</MessageType>${messages
    .map((content, index) => `<Message><MessageID>${index + 1}</MessageID>${content}</Message>`)
    .join('')}</AmazonEnvelope>`

const place = (world: Awaited<ReturnType<typeof openFeeds>>, order: object = {}) => {
  const given = { lines: [{ sku: 'MUG-RED', quantity: 2, unit: 1000 }], ...order }
  const { id } = z.object({ id: z.string() }).parse(world.amazon.act('place-order', given))
  const placed = world.amazon.world.orders.get(id)
  if (placed === undefined) throw new Error('no order')
  return placed
}

const refund = (orderId: string, itemId: string, amount: string, currency = 'EUR'): string =>
  `<OrderAdjustment><AmazonOrderID>${orderId}</AmazonOrderID><ActionType>Refund</ActionType><AdjustedItem><AmazonOrderItemCode>${itemId}</AmazonOrderItemCode><AdjustmentReason>CustomerReturn</AdjustmentReason><ItemPriceAdjustments><Component><Type>Principal</Type><Amount currency="${currency}">${amount}</Amount></Component></ItemPriceAdjustments></AdjustedItem></OrderAdjustment>`

it('refunds by an XML feed, and twice what is sent twice', async () => {
  await using world = await openFeeds()
  const order = place(world, { status: 'SHIPPED' })
  const item = order.lines[0]?.id ?? ''
  const content = envelope('OrderAdjustment', refund(order.id, item, '8.00'), refund(order.id, item, '7.50', 'GBP'))
  const id = await world.run('POST_PAYMENT_ADJUSTMENT_DATA', content, XML_TYPE)
  const report = parseXml(await world.report(id))
  const result = report?.children.find(({ name }) => name === 'Message')
  expect(textAt(result, 'ProcessingReport', 'DocumentTransactionID')).toBe(id)
  expect(textAt(result, 'ProcessingReport', 'ProcessingSummary', 'MessagesSuccessful')).toBe('1')
  expect(textAt(result, 'ProcessingReport', 'Result', 'MessageID')).toBe('2')
  expect(world.amazon.truth.last('refund', order.id)?.detail).toMatchObject({ amount: 800, currency: 'EUR' })
  await world.run('POST_PAYMENT_ADJUSTMENT_DATA', content, XML_TYPE)
  expect(world.amazon.truth.doubled('refund')).toEqual([order.id])
  await world.run('POST_PAYMENT_ADJUSTMENT_DATA', content, XML_TYPE)
  expect(world.amazon.truth.count('refund')).toBe(2)
})

it('cancels by an XML feed, and only what is not shipped', async () => {
  await using world = await openFeeds()
  const [order, shipped] = [place(world), place(world, { status: 'SHIPPED' })]
  const cancel = (orderId: string): string =>
    `<OrderAcknowledgement><AmazonOrderID>${orderId}</AmazonOrderID><StatusCode>Failure</StatusCode></OrderAcknowledgement>`
  const content = envelope('OrderAcknowledgement', cancel(order.id), cancel(shipped.id), cancel('1'))
  const id = await world.run('POST_ORDER_ACKNOWLEDGEMENT_DATA', content, XML_TYPE)
  expect(order.status).toBe('CANCELLED')
  expect(shipped.status).toBe('SHIPPED')
  expect((await world.report(id)).match(/<MessageID>/g)).toHaveLength(3)
  expect(world.amazon.truth.byKey('order-cancelled').size).toBe(1)
})

it('lists feeds, and calls off what waits', async () => {
  await using world = await openFeeds()
  const document = await world.upload(listings(message(1, 'MUG-RED', 3)), JSON_TYPE)
  const ids = [await world.submit('JSON_LISTINGS_FEED', document), await world.submit('JSON_LISTINGS_FEED', document)]
  expect((await world.ask('DELETE', `/feeds/2021-06-30/feeds/${ids[0]}`)).status).toBe(200)
  await world.amazon.clock.advance(60_000)
  expect((await world.ask('DELETE', `/feeds/2021-06-30/feeds/${ids[1]}`)).status).toBe(400)
  const list = await world.ask('GET', '/feeds/2021-06-30/feeds?feedTypes=JSON_LISTINGS_FEED&pageSize=1')
  const first = z.looseObject({ nextToken: z.string() }).parse(list.json)
  expect(list.json).toMatchObject({ feeds: [{ feedId: ids[1], processingStatus: 'DONE' }] })
  const second = await world.ask('GET', `/feeds/2021-06-30/feeds?nextToken=${first.nextToken}`)
  expect(second.json).toMatchObject({ feeds: [{ feedId: ids[0], processingStatus: 'CANCELLED' }] })
  expect((await world.ask('GET', `/feeds/2021-06-30/feeds?pageSize=1&nextToken=${first.nextToken}`)).status).toBe(400)
})

it('ends a listings feed of the old kind FATAL', async () => {
  await using world = await openFeeds()
  const id = await world.run('POST_PRODUCT_DATA', envelope('Product'), XML_TYPE)
  expect((await world.state(id)).processingStatus).toBe('FATAL')
  expect(world.amazon.failures).toEqual([])
})
