import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { openAmazon } from '../../test/ask-amazon.ts'
import { RESTRICTED_REFRESH_TOKEN, type Options } from './index.ts'

const DE = 'A1PA6795UKMFR9'
const Made = z.object({ id: z.string() })
const Report = z.looseObject({ processingStatus: z.string(), reportDocumentId: z.string().optional() })
const RETURNS = 'GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE'

async function openReports(options: Partial<Options> = {}) {
  const world = await openAmazon({ orders: 0, ...options })
  const { ask, amazon } = world
  async function create(reportType: string, more: object = {}): Promise<string> {
    const answer = await ask('POST', '/reports/2021-06-30/reports', { reportType, marketplaceIds: [DE], ...more })
    return z.object({ reportId: z.string() }).parse(answer.json).reportId
  }
  const state = async (id: string) => Report.parse((await ask('GET', `/reports/2021-06-30/reports/${id}`)).json)
  /** Asked for, and the time gone by that it takes. */
  async function run(reportType: string, more: object = {}): Promise<z.output<typeof Report>> {
    const id = await create(reportType, more)
    await amazon.clock.advance(30_000)
    return await state(id)
  }
  async function rows(documentId = '', encoding: BufferEncoding = 'latin1') {
    const answer = await ask('GET', `/reports/2021-06-30/documents/${documentId}`)
    const document = z
      .object({ url: z.string(), compressionAlgorithm: z.literal('GZIP').optional() })
      .parse(answer.json)
    const got = await fetch(document.url)
    const bytes = Buffer.from(await got.arrayBuffer())
    const text = (document.compressionAlgorithm === undefined ? bytes : gunzipSync(bytes)).toString(encoding)
    const [names = [], ...lines] = text
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split('\t'))
    return {
      type: got.headers.get('content-type'),
      rows: lines.map((line) => Object.fromEntries(line.map((cell, index) => [names[index] ?? '', cell]))),
    }
  }
  return { ...world, create, state, run, rows }
}

it('reports returns as text between tabs, in the charset the download names', async () => {
  await using world = await openReports()
  const { id: order } = Made.parse(
    world.amazon.act('place-order', { lines: [{ sku: 'Größe 42 & mehr' }], status: 'SHIPPED' }),
  )
  const { id } = Made.parse(world.amazon.act('return', { order }))
  await world.amazon.clock.advance(1)
  const report = await world.run(RETURNS)
  const { type, rows } = await world.rows(report.reportDocumentId)
  expect(type).toBe('text/plain;charset=ISO-8859-1')
  expect(rows).toMatchObject([
    {
      'Order ID': order,
      'Amazon RMA ID': id,
      'Merchant SKU': 'Größe 42 & mehr',
      'Return quantity': '1',
      'Return request date': '01-Jun-2026',
      'Currency code': 'EUR',
    },
  ])
  await using plain = await openReports({ gzip: false, reportCharset: 'UTF-8', orders: 120 })
  const all = await plain.run('GET_MERCHANT_LISTINGS_ALL_DATA')
  const listings = await plain.rows(all.reportDocumentId, 'utf8')
  expect(listings.rows.map((row) => row['seller-sku'])).toEqual([...plain.amazon.world.listings.keys()])
})

it('takes its time, and ends CANCELLED when there is nothing', async () => {
  await using world = await openReports()
  const id = await world.create(RETURNS)
  expect((await world.state(id)).processingStatus).toBe('IN_QUEUE')
  await world.amazon.clock.advance(10_000)
  expect((await world.state(id)).processingStatus).toBe('IN_PROGRESS')
  await world.amazon.clock.advance(20_000)
  expect(await world.state(id)).toMatchObject({ processingStatus: 'CANCELLED' })
  await using done = await openReports({ emptyReport: 'DONE' })
  const empty = await done.run(RETURNS)
  expect((await done.rows(empty.reportDocumentId)).rows).toEqual([])
  await using fatal = await openReports({ reportEnd: 'FATAL' })
  expect((await fatal.run('GET_MERCHANT_LISTINGS_ALL_DATA')).processingStatus).toBe('FATAL')
})

it.each([
  ['an unknown type', { reportType: 'BAD_FEE_DISCOUNTS_REPORT' }],
  ['a window of 61 days', { dataStartTime: '2026-03-01T00:00:00Z', dataEndTime: '2026-05-02T00:00:00Z' }],
  ['no marketplace', { marketplaceIds: [] }],
])('answers 400 to %s', async (_, more) => {
  await using world = await openReports()
  const body = { reportType: RETURNS, marketplaceIds: [DE], ...more }
  const answer = await world.ask('POST', '/reports/2021-06-30/reports', body)
  expect([answer.status, answer.json]).toMatchObject([400, { errors: [{ code: '400' }] }])
})

it("gives buyers' data to a restricted data token for that document", async () => {
  await using world = await openReports({ orders: 30 })
  world.amazon.act('place-order', { buyer: { name: 'Erika Muster' } })
  await world.amazon.clock.advance(1)
  const { reportDocumentId = '' } = await world.run('GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING')
  const path = `/reports/2021-06-30/documents/${reportDocumentId}`
  expect((await world.ask('GET', path)).status).toBe(403)
  const restricted = async (of: string): Promise<string> => {
    const body = { restrictedResources: [{ method: 'GET', path: of }] }
    const answer = await world.ask('POST', '/tokens/2021-03-01/restrictedDataToken', body)
    return z.object({ restrictedDataToken: z.string() }).parse(answer.json).restrictedDataToken
  }
  const [wrong, right] = [await restricted('/reports/2021-06-30/documents/{id}'), await restricted(path)]
  world.use(wrong)
  expect((await world.ask('GET', path)).status).toBe(403)
  world.use(right)
  const { rows } = await world.rows(reportDocumentId)
  expect(rows.map((row) => row['recipient-name'])).toContain('Erika Muster')
  await world.amazon.clock.advance(3_600_000)
  expect((await world.ask('GET', path)).status).toBe(403)
  world.use(await world.login(RESTRICTED_REFRESH_TOKEN))
  const body = { reportType: 'GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING', marketplaceIds: [DE] }
  expect((await world.ask('POST', '/reports/2021-06-30/reports', body)).status).toBe(403)
})

it('exports orders for a backfill, a row an item, without the buyer', async () => {
  await using world = await openReports({ orders: 64 })
  const { reportDocumentId } = await world.run('GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL')
  const { rows } = await world.rows(reportDocumentId)
  const german = [...world.amazon.world.orders.values()].filter(({ marketplaceId }) => marketplaceId === DE)
  expect(rows).toHaveLength(german.flatMap(({ lines }) => lines).length)
  expect(new Set(rows.map((row) => row['amazon-order-id']))).toEqual(new Set(german.map(({ id }) => id)))
  expect(JSON.stringify(rows)).not.toMatch(/example\.com|\+49/)
})

it('lists reports, and calls off what waits', async () => {
  await using world = await openReports()
  const ids = [await world.create(RETURNS), await world.create('GET_MERCHANT_LISTINGS_ALL_DATA')]
  expect((await world.ask('DELETE', `/reports/2021-06-30/reports/${ids[0]}`)).status).toBe(200)
  const list = await world.ask('GET', `/reports/2021-06-30/reports?reportTypes=${RETURNS}`)
  expect(list.json).toMatchObject({ reports: [{ reportId: ids[0], processingStatus: 'CANCELLED' }] })
  expect((await world.ask('GET', '/reports/2021-06-30/reports/1')).status).toBe(404)
  expect(world.amazon.failures).toEqual([])
})
