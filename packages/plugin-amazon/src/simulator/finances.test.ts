import { expect, it } from 'vitest'
import { z } from 'zod'
import { openAmazon } from '../../test/ask-amazon.ts'
import { FBA_SKU, type Options } from './index.ts'

const Made = z.object({ id: z.string() })
const Transactions = z.object({
  payload: z.object({
    transactions: z.array(
      z.looseObject({
        transactionId: z.string(),
        transactionStatus: z.string(),
        totalAmount: z.object({ currencyAmount: z.number(), currencyCode: z.string() }),
      }),
    ),
    nextToken: z.string().optional(),
  }),
})

async function openFinances(options: Partial<Options> = {}) {
  const world = await openAmazon({ orders: 0, ...options })
  const list = async (query: Record<string, string>) => {
    const answer = await world.ask('GET', `/finances/2024-06-19/transactions?${new URLSearchParams(query).toString()}`)
    return answer.status === 200 ? Transactions.parse(answer.json).payload : answer.status
  }
  const order = (): string =>
    Made.parse(
      world.amazon.act('place-order', { status: 'SHIPPED', lines: [{ sku: 'MUG-RED', quantity: 2, unit: 1000 }] }),
    ).id
  return { ...world, list, order }
}
const since = { postedAfter: '2026-05-31T00:00:00Z' }

it('tells refunds as negative numbers, two minutes late', async () => {
  await using world = await openFinances()
  const order = world.order()
  const { id } = Made.parse(world.amazon.act('refund', { order, lines: [{ sku: 'MUG-RED', amount: 750 }] }))
  expect(await world.list(since)).toEqual({ transactions: [] })
  await world.amazon.clock.advance(121_000)
  expect(await world.list(since)).toMatchObject({
    transactions: [
      { transactionId: id, transactionType: 'Refund', totalAmount: { currencyAmount: -7.5, currencyCode: 'EUR' } },
    ],
  })
  const byOrder = { relatedIdentifierName: 'ORDER_ID', relatedIdentifierValue: order }
  expect(await world.list(byOrder)).toMatchObject({ transactions: [{ transactionId: id }] })
  expect(await world.list({ ...byOrder, relatedIdentifierValue: 'other' })).toEqual({ transactions: [] })
})

it('is empty for more than 180 days, and refuses what has no start or comes too late', async () => {
  await using world = await openFinances()
  world.amazon.act('refund', { order: world.order() })
  await world.amazon.clock.advance(121_000)
  expect(await world.list({ postedAfter: '2025-11-01T00:00:00Z' })).toEqual({ transactions: [] })
  expect(await world.list({ postedAfter: '2026-01-01T00:00:00Z' })).toMatchObject({ transactions: [{}] })
  expect(await world.list({ postedBefore: '2026-03-07' })).toBe(400)
  expect(await world.list({ ...since, postedBefore: world.amazon.clock.instant(-60_000) })).toBe(400)
})

it('goes on by tokens of five minutes, over empty pages', async () => {
  await using world = await openFinances({ pageOfTransactions: 2, emptyPages: true })
  for (let refund = 0; refund < 5; refund += 1) world.amazon.act('refund', { order: world.order() })
  await world.amazon.clock.advance(121_000)
  const sizes: number[] = []
  let nextToken: string | undefined
  do {
    const page = await world.list({ ...since, ...(nextToken === undefined ? {} : { nextToken }) })
    if (typeof page === 'number') throw new Error(`answered ${page}`)
    sizes.push(page.transactions.length)
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  expect(sizes).toEqual([2, 0, 2, 0, 1])
  const first = await world.list(since)
  if (typeof first === 'number') throw new Error('refused')
  await world.amazon.clock.advance(300_000)
  expect(await world.list({ ...since, nextToken: first.nextToken ?? '' })).toBe(400)
})

it('tells a deferred refund twice when it is released', async () => {
  await using world = await openFinances({ financesLag: 3_600_000 })
  const { id } = Made.parse(world.amazon.act('refund', { order: world.order(), status: 'DEFERRED' }))
  await world.amazon.clock.advance(3_599_000)
  expect(await world.list(since)).toEqual({ transactions: [] })
  await world.amazon.clock.advance(1000)
  world.use(await world.login())
  expect(await world.list(since)).toMatchObject({
    transactions: [{ transactionId: id, transactionStatus: 'DEFERRED' }],
  })
  world.amazon.act('release-refund', { id })
  await world.amazon.clock.advance(121_000)
  const page = await world.list(since)
  expect(typeof page === 'number' ? page : page.transactions.map((one) => one.transactionStatus)).toEqual([
    'DEFERRED_RELEASED',
    'RELEASED',
  ])
})

it('counts what Amazon holds, by pages of half a minute', async () => {
  await using world = await openFinances({ pageOfInventory: 1 })
  world.amazon.act('create-listing', { sku: 'FBA-2', fba: true, quantity: 3 })
  world.amazon.act('set-fba', { sku: FBA_SKU, fulfillable: 40 })
  const path =
    '/fba/inventory/v1/summaries?granularityType=Marketplace&granularityId=A1PA6795UKMFR9&marketplaceIds=A1PA6795UKMFR9&details=true'
  const first = await world.ask('GET', path)
  expect(first.json).toMatchObject({
    payload: { inventorySummaries: [{ sellerSku: FBA_SKU, inventoryDetails: { fulfillableQuantity: 40 } }] },
  })
  const token = z.object({ pagination: z.object({ nextToken: z.string() }) }).parse(first.json).pagination.nextToken
  const second = await world.ask('GET', `${path}&nextToken=${token}`)
  expect(second.json).toMatchObject({ payload: { inventorySummaries: [{ sellerSku: 'FBA-2' }] } })
  expect(second.json).not.toHaveProperty('pagination')
  await world.amazon.clock.advance(30_000)
  expect((await world.ask('GET', `${path}&nextToken=${token}`)).status).toBe(400)
  expect((await world.ask('GET', path.replace('&marketplaceIds=A1PA6795UKMFR9', ''))).status).toBe(400)
  expect(world.amazon.failures).toEqual([])
})
