import { expect, it } from 'vitest'
import { z } from 'zod'
import { RESTRICTED_REFRESH_TOKEN } from './index.ts'
import { openAmazon } from '../../test/ask-amazon.ts'

const Order = z.looseObject({ orderId: z.string(), lastUpdatedTime: z.string() })
const Page = z.object({
  orders: z.array(Order),
  pagination: z.object({ nextToken: z.string() }).optional(),
  lastUpdatedBefore: z.string().optional(),
  createdBefore: z.string().optional(),
})
const One = z.object({ order: Order })
const Made = z.object({ id: z.string() })

const ALL =
  'BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT,FULFILLMENT_ORDERS'

async function search(world: Awaited<ReturnType<typeof openAmazon>>, query: Record<string, string>) {
  const answer = await world.ask('GET', `/orders/2026-01-01/orders?${new URLSearchParams(query).toString()}`)
  return answer.status === 200 ? Page.parse(answer.json) : answer.status
}

async function pages(world: Awaited<ReturnType<typeof openAmazon>>, query: Record<string, string>) {
  const found: z.output<typeof Page>[] = []
  for (let token: string | undefined = ''; token !== undefined;) {
    const page = await search(world, { ...query, ...(token === '' ? {} : { paginationToken: token }) })
    if (typeof page === 'number') throw new Error(`answered ${page}`)
    found.push(page)
    token = page.pagination?.nextToken
  }
  return found
}

it('tells each order once over pages of one window', async () => {
  await using world = await openAmazon({ orders: 250 })
  const found = await pages(world, { lastUpdatedAfter: '2026-05-01T00:00:00Z', includedData: ALL })
  const ids = found.flatMap(({ orders }) => orders.map(({ orderId }) => orderId))
  expect([found.length, ids.length, new Set(ids).size]).toEqual([3, 250, 250])
  // Two minutes before now, on every page.
  expect(found.map((page) => page.lastUpdatedBefore)).toEqual(Array(3).fill('2026-06-01T11:58:00Z'))
})

it('leaves out what changed in the last two minutes, and what changes while it is read comes in the next window', async () => {
  await using world = await openAmazon({ orders: 150, plainOrders: true })
  const { id } = Made.parse(world.amazon.act('place-order'))
  const first = await search(world, { lastUpdatedAfter: '2026-05-01T00:00:00Z' })
  if (typeof first === 'number') throw new Error('refused')
  const late = [...world.amazon.world.orders.keys()][149] ?? ''
  world.amazon.act('touch-order', { id: late })
  await world.amazon.clock.advance(600_000)
  const second = await search(world, {
    lastUpdatedAfter: '2026-05-01T00:00:00Z',
    paginationToken: first.pagination?.nextToken ?? '',
  })
  if (typeof second === 'number') throw new Error('refused')
  const read = [...first.orders, ...second.orders].map(({ orderId }) => orderId)
  expect(read).not.toContain(id)
  expect(read).not.toContain(late)
  const next = await search(world, { lastUpdatedAfter: second.lastUpdatedBefore ?? '' })
  expect(typeof next === 'number' ? next : next.orders.map(({ orderId }) => orderId).toSorted()).toEqual(
    [id, late].toSorted(),
  )
})

it('gives a page token a day, and to the same parameters only', async () => {
  await using world = await openAmazon({ orders: 3 })
  const query = { lastUpdatedAfter: '2026-05-01T00:00:00Z', maxResultsPerPage: '2' }
  const first = await search(world, query)
  if (typeof first === 'number') throw new Error('refused')
  const paginationToken = first.pagination?.nextToken ?? ''
  expect(await search(world, { ...query, fulfilledBy: 'MERCHANT', paginationToken })).toBe(400)
  expect(
    await search(world, { ...query, maxResultsPerPage: '50', includedData: 'BUYER', paginationToken }),
  ).toMatchObject({
    orders: [{}],
  })
  world.amazon.world.authorizations.forEach((one) => (one.authorizedAt += 1))
  await world.amazon.clock.advance(86_400_000)
  world.use(await world.login())
  expect(await search(world, { ...query, paginationToken })).toBe(400)
})

it.each([
  ['no window', {}],
  ['two windows', { createdAfter: '2026-05-01', lastUpdatedAfter: '2026-05-01' }],
  ['a mixed window', { createdAfter: '2026-05-01', lastUpdatedBefore: '2026-05-02' }],
  ['an end that is too late', { createdAfter: '2026-05-01', createdBefore: '2026-06-01T11:59:00Z' }],
  ['a window backwards', { createdAfter: '2026-05-02', createdBefore: '2026-05-01' }],
  ['a date that is none', { createdAfter: 'TEST_CASE_400' }],
  ['an unknown status', { createdAfter: '2026-05-01', fulfillmentStatuses: 'Unshipped' }],
  ['an unknown dataset', { createdAfter: '2026-05-01', includedData: 'EVERYTHING' }],
  ['a page of 101', { createdAfter: '2026-05-01', maxResultsPerPage: '101' }],
])('answers 400 to %s', async (_, query) => {
  await using world = await openAmazon({ orders: 0 })
  expect(await search(world, query)).toBe(400)
})

it('has no totals for a pending order, and no address before there is something to deliver', async () => {
  await using world = await openAmazon({ orders: 0 })
  const { id } = Made.parse(world.amazon.act('place-order', { status: 'PENDING' }))
  const read = async () =>
    One.parse((await world.ask('GET', `/orders/2026-01-01/orders/${id}?includedData=${ALL}`)).json).order
  const pending = await read()
  expect(pending).not.toHaveProperty('proceeds')
  expect(pending).not.toHaveProperty('recipient')
  expect(pending).toMatchObject({ fulfillment: { fulfillmentStatus: 'PENDING' } })
  world.amazon.act('set-status', { id, status: 'UNSHIPPED' })
  expect(await read()).toMatchObject({
    proceeds: { grandTotal: {} },
    recipient: { deliveryAddress: { countryCode: 'DE' } },
  })
})

it("shows buyers' data by role: absent, or the whole call denied", async () => {
  for (const [withoutPiiRole, status] of [
    ['absent', 200],
    ['denied', 403],
  ] as const) {
    await using world = await openAmazon({ orders: 2, plainOrders: true, withoutPiiRole })
    world.use(await world.login(RESTRICTED_REFRESH_TOKEN))
    const path = '/orders/2026-01-01/orders?createdAfter=2026-05-01'
    const answer = await world.ask('GET', `${path}&includedData=BUYER,RECIPIENT,PROCEEDS`)
    expect(answer.status).toBe(status)
    expect(answer.text).not.toMatch(/recipient|buyer/)
    expect((await world.ask('GET', `${path}&includedData=PROCEEDS`)).status).toBe(200)
  }
})

it('adds up: breakdowns to the line, lines to the order, in the currency of the marketplace', async () => {
  const Money = z.object({ amount: z.string(), currencyCode: z.string() })
  const Priced = z.looseObject({
    proceeds: z.object({ grandTotal: Money }),
    orderItems: z.array(
      z.looseObject({
        proceeds: z.object({ proceedsTotal: Money, breakdowns: z.array(z.looseObject({ subtotal: Money })) }),
      }),
    ),
  })
  const sum = (parts: { amount: string }[]): string =>
    parts.reduce((all, { amount }) => all + Number(amount), 0).toFixed(2)
  for (const options of [{ region: 'na' }, { region: 'eu', tax: 'added' }, { region: 'fe' }] as const) {
    await using world = await openAmazon({ orders: 0, ...options })
    const lines = [{ sku: 'MUG-RED', quantity: 3, unit: 1299, shipping: 400, discount: 350 }, { sku: 'TOWEL-LINEN' }]
    const { id } = Made.parse(world.amazon.act('place-order', { lines }))
    const answer = await world.ask('GET', `/orders/2026-01-01/orders/${id}?includedData=PROCEEDS`)
    const { order } = z.object({ order: Priced }).parse(answer.json)
    for (const { proceeds } of order.orderItems)
      expect(sum(proceeds.breakdowns.map(({ subtotal }) => subtotal))).toBe(
        Number(proceeds.proceedsTotal.amount).toFixed(2),
      )
    expect(sum(order.orderItems.map(({ proceeds }) => proceeds.proceedsTotal))).toBe(
      Number(order.proceeds.grandTotal.amount).toFixed(2),
    )
    expect(options.region === 'fe' && order.proceeds.grandTotal.amount.includes('.')).toBe(false)
  }
})

it('goes on by itself when it is lively', async () => {
  await using world = await openAmazon({ orders: 64, lively: true, newEvery: 3_600_000 })
  const states = () => Object.groupBy(world.amazon.world.orders.values(), ({ status }) => status)
  const pending = states().PENDING?.length ?? 0
  expect(pending).toBeGreaterThan(0)
  await world.amazon.clock.advance(3 * 86_400_000)
  expect(world.amazon.world.orders.size).toBe(64 + 72)
  expect(states().PENDING?.length ?? 0).toBeLessThanOrEqual(1 + pending)
  expect(
    [...world.amazon.world.orders.values()].some(({ packages }) =>
      packages.some(({ status }) => status === 'DELIVERED'),
    ),
  ).toBe(true)
  expect(world.amazon.failures).toEqual([])
})
