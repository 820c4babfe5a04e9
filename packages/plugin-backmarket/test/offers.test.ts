import { toInstant, type Outcome } from '@kontor/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BackMarketConfig } from '../src/config.ts'
import { toCsv } from '../src/mapping/offer.ts'
import { airpods, collect, config as given, delivery, iphone, openShop, type Shop } from './shop.ts'

type Offer = Parameters<Shop['shop']['writers']['offers']['write']>[0][number]
const at = toInstant(Date.parse('2026-05-10T08:00:00Z'))
const stock = (sku: string, available: number, id = sku): Offer =>
  delivery<'stock'>({ entity: 'stock', id, sku, available })
const price = (
  sku: string,
  amount: string,
  more: { market?: string; currency?: string; taxIncluded?: boolean; minimum?: string } = {},
): Offer => {
  const currency = more.currency ?? 'EUR'
  return delivery<'prices'>({
    entity: 'prices',
    id: `${sku} ${more.market ?? ''}`,
    sku,
    ...(more.market === undefined ? {} : { market: more.market }),
    price: { value: { amount, currency }, taxIncluded: more.taxIncluded ?? true },
    ...(more.minimum === undefined ? {} : { minimum: { amount: more.minimum, currency } }),
  })
}
const write = async (shop: Shop, ...batch: Offer[]): Promise<Outcome[]> =>
  await shop.market.drive(collect(shop.shop.writers.offers.write(batch)))
const readBack = async (shop: Shop, ...batch: Offer[]): Promise<Outcome[]> =>
  await shop.market.drive(collect(shop.shop.writers.offers.readBack?.(batch) ?? (async function* () {})()))
const posts = (shop: Shop) => shop.market.exchanges.all.filter(({ method }) => method === 'POST')
const bodyOf = (exchange: { requestBody: Buffer } | undefined): unknown =>
  JSON.parse(exchange?.requestBody.toString('utf8') ?? 'null')
const is = (outcomes: readonly Outcome[]): string[] => outcomes.map((outcome) => outcome.is)
const codes = (outcomes: readonly Outcome[]): (string | undefined)[] =>
  outcomes.map((outcome) => ('error' in outcome ? outcome.error.code : outcome.is))
const listing = (shop: Shop, sku: string) => shop.market.world.listings.get(sku.toLowerCase())

describe('stock and prices', () => {
  it('of one SKU go in one call, in the market of the connection', async () => {
    await using shop = await openShop()
    const outcomes = await write(shop, stock(iphone, 77), price(iphone, '300.5', { minimum: '290' }))
    expect(outcomes).toMatchObject([{ is: 'done', reference: listing(shop, iphone)?.id }, { is: 'done' }])
    expect(posts(shop).map(bodyOf)).toEqual([{ quantity: 77, price: '300.50', currency: 'EUR', min_price: '290.00' }])
    expect(posts(shop)[0]?.requestHeaders['accept-language']).toBe('de-de')
    expect([listing(shop, iphone)?.quantity, listing(shop, iphone)?.prices.get('de-de')]).toEqual([77, 30_050])
  })

  it('are not written where the offer has them already', async () => {
    await using shop = await openShop()
    const wishes = [stock(iphone, 77), price(iphone, '300.50')]
    await write(shop, ...wishes)
    const before = posts(shop).length
    expect(is(await write(shop, ...wishes))).toEqual(['already', 'already'])
    expect(posts(shop)).toHaveLength(before)
  })

  it('of other markets go to these, in their currency', async () => {
    await using shop = await openShop()
    expect(
      is(
        await write(
          shop,
          price(iphone, '259.00', { market: 'en-gb', currency: 'GBP' }),
          price(iphone, '301.00', { market: 'FR' }),
          price(iphone, '302.00', { market: 'de_DE' }),
        ),
      ),
    ).toHaveLength(3)
    expect(new Set(posts(shop).map(({ requestHeaders }) => requestHeaders['accept-language']))).toEqual(
      new Set(['de-de', 'en-gb', 'fr-fr']),
    )
    expect(listing(shop, iphone)?.prices.get('en-gb')).toBe(25_900)
  })

  it.each<[string, Offer, string]>([
    ['nothing to pay', price(iphone, '0'), 'PRICE_INVALID'],
    ['a negative price', price(iphone, '-1'), 'PRICE_INVALID'],
    ['a price without tax', price(iphone, '10', { taxIncluded: false }), 'PRICE_INVALID'],
    ['another currency', price(iphone, '10', { market: 'en-gb' }), 'PRICE_INVALID'],
    ['a market of another platform', price(iphone, '10', { market: 'en-us', currency: 'USD' }), 'PRICE_INVALID'],
    ['a country with two markets named by the country', price(iphone, '10', { market: 'XX' }), 'PRICE_INVALID'],
    ['a fraction of a cent', price(iphone, '10.001'), 'PRICE_INVALID'],
    ['a SKU that is not offered', stock('NOT-THERE', 1), 'SKU_UNKNOWN'],
  ])('refuse %s, and let the others through', async (_, wrong, code) => {
    await using shop = await openShop()
    const good = stock(airpods, 99)
    const outcomes = await write(shop, wrong, good)
    expect(codes(outcomes.filter(({ key }) => key === wrong.key))).toEqual([code])
    expect(is(outcomes.filter(({ key }) => key === good.key))).toEqual(['done'])
    expect(posts(shop)).toHaveLength(1)
  })

  it('are written by themselves where Back Market minds only one of them', async () => {
    await using shop = await openShop()
    const wishes = [stock(iphone, 44), price(iphone, '300', { minimum: '1' })]
    const outcomes = await write(shop, ...wishes)
    expect(outcomes.map(({ key, is: how }) => [key, how])).toEqual([
      [wishes[0]?.key, 'done'],
      [wishes[1]?.key, 'refused'],
    ])
    expect(listing(shop, iphone)?.quantity).toBe(44)
  })

  it("tell Back Market's own words when it refuses", async () => {
    await using shop = await openShop()
    const outcomes = await write(shop, price(iphone, '300', { minimum: '1' }))
    expect(outcomes).toMatchObject([
      { is: 'refused', error: { code: 'REQUEST_REJECTED', message: expect.stringContaining('min_price is too low') } },
    ])
  })

  it('refuse two numbers for one SKU, whatever its case', async () => {
    await using shop = await openShop()
    const outcomes = await write(shop, stock(iphone, 1, 'hall-a'), stock(iphone.toLowerCase(), 2, 'hall-b'))
    expect(new Set(codes(outcomes))).toEqual(new Set(['UNSUPPORTED', 'done']))
  })

  it('write what is sold out first', async () => {
    await using shop = await openShop()
    await write(shop, stock('IPAD9-64-EX', 5), stock(iphone, 0), stock(airpods, 2))
    expect(posts(shop).map((each) => bodyOf(each))).toMatchObject([{ quantity: 0 }, { quantity: 2 }, { quantity: 5 }])
  })

  it('follow sales that Back Market has counted itself', async () => {
    await using shop = await openShop()
    await write(shop, stock(airpods, 3))
    await shop.place({ skus: [airpods] })
    expect(listing(shop, airpods)?.quantity).toBe(2)
    expect(is(await write(shop, stock(airpods, 3)))).toEqual(['done'])
    expect(listing(shop, airpods)?.quantity).toBe(3)
  })

  it('use the table of SKUs, and bring an offer back online where told to', async () => {
    await using shop = await openShop({ config: { skuMap: { table: { [iphone]: 'MINE-1' } }, publishWithStock: true } })
    expect(is(await write(shop, stock('MINE-1', 8)))).toEqual(['done'])
    expect(bodyOf(posts(shop)[0])).toEqual({ quantity: 8, pub_state: 2 })
  })

  it('are read 50 at a time where that needs fewer calls', async () => {
    await using shop = await openShop({ options: { listings: 60 } })
    const skus = [...shop.market.world.listings.values()].map(({ sku }) => sku)
    expect(new Set(is(await write(shop, ...skus.map((sku) => stock(sku, 55)))))).toEqual(new Set(['done']))
    expect(shop.market.exchanges.count({ method: 'GET' })).toBe(2)
    expect(shop.market.limits.states().map(({ refused }) => refused)).toEqual(shop.market.limits.states().map(() => 0))
  })

  it('are asked about after a lost answer', async () => {
    await using shop = await openShop()
    const wish = stock(iphone, 66)
    shop.market.faults.add({ match: { method: 'POST', times: 4 }, do: 'dropAnswer' })
    expect(is(await write(shop, wish))).toEqual(['sent'])
    expect(is(await readBack(shop, wish))).toEqual(['done'])
    expect(is(await readBack(shop, stock(iphone, 65)))).toEqual(['absent'])
  })
})

describe('an offer that has confirmed a value before', () => {
  const confirmed = (wish: Offer, reference: string | undefined): Offer =>
    ({ ...wish, known: { reference, record: wish.record } }) as Offer

  it('is written without being read', async () => {
    await using shop = await openShop()
    const outcomes = await write(shop, confirmed(stock(iphone, 78), listing(shop, iphone)?.id))
    expect(outcomes).toMatchObject([{ is: 'done', reference: listing(shop, iphone)?.id }])
    expect(shop.market.exchanges.count({ method: 'GET' })).toBe(0)
    expect(listing(shop, iphone)?.quantity).toBe(78)
  })

  it('is looked for where it has another id by now, and its SKU is unknown where it is gone', async () => {
    await using shop = await openShop()
    const old = '00000000-0000-4000-8000-000000000000'
    expect(await write(shop, confirmed(stock(iphone, 78), old))).toMatchObject([
      { is: 'done', reference: listing(shop, iphone)?.id },
    ])
    expect(codes(await write(shop, confirmed(stock('NOT-THERE', 1), old)))).toEqual(['SKU_UNKNOWN'])
  })

  it('is read all the same while an attempt is in doubt', async () => {
    await using shop = await openShop()
    await write(shop, { ...confirmed(stock(iphone, 78), listing(shop, iphone)?.id), sent: { at } })
    expect(shop.market.exchanges.count({ method: 'GET' })).toBe(1)
  })
})

describe('a SKU map that is an expression', () => {
  it('finds the offers it makes the own SKU of, for single updates and for files', async () => {
    await using shop = await openShop({ config: { skuMap: { pattern: '(.+)-EX' }, batchFrom: 2 } })
    expect(is(await write(shop, stock('IP13-128', 8)))).toEqual(['done'])
    expect(listing(shop, iphone)?.quantity).toBe(8)
    const wishes = [price('IP13-128', '321.00'), price('AP2', '71.00')]
    const handed = await write(shop, ...wishes)
    expect(handed).toMatchObject([
      { is: 'sent', item: iphone },
      { is: 'sent', item: airpods },
    ])
    await shop.market.clock.advance(5 * 60_000)
    const asked = wishes.map((wish, index) => ({
      ...wish,
      sent: { at, ticket: '1011013', item: [iphone, airpods][index] ?? '' },
    }))
    expect(is(await readBack(shop, ...asked))).toEqual(['done', 'done'])
    expect(codes(await write(shop, stock('NOT-THERE', 1)))).toEqual(['SKU_UNKNOWN'])
  })
})

describe('what the account holds', () => {
  it('is told SKU by SKU in own words: one quantity, and a price for each market asked for', async () => {
    await using shop = await openShop({
      options: { listings: 60 },
      config: { skuMap: { table: { [iphone]: 'MINE-1' } } },
    })
    await write(
      shop,
      price('MINE-1', '300', { minimum: '290' }),
      price('MINE-1', '259', { market: 'en-gb', currency: 'GBP' }),
    )
    const before = shop.market.exchanges.count({ method: 'GET' })
    const { offers } = shop.shop.writers
    if (offers.holds === undefined) throw new Error('it cannot tell')
    const held = (
      await shop.market.drive(collect(offers.holds({ entities: ['stock', 'prices'], markets: ['GB', 'nowhere'] })))
    ).flat()
    expect(held.filter(({ entity }) => entity === 'stock')).toHaveLength(60)
    expect(held.filter(({ entity }) => entity === 'prices')).toHaveLength(120)
    const mine = held.filter(({ sku }) => sku === 'MINE-1')
    expect(mine).toMatchObject([
      { entity: 'stock', available: listing(shop, iphone)?.quantity },
      {
        entity: 'prices',
        price: { value: { amount: '300.00', currency: 'EUR' }, taxIncluded: true },
        minimum: { amount: '290.00', currency: 'EUR' },
      },
      { entity: 'prices', market: 'GB', price: { value: { amount: '259.00', currency: 'GBP' } } },
    ])
    // Two markets, each of two pages.
    expect(shop.market.exchanges.count({ method: 'GET' }) - before).toBe(4)
  })
})

describe('many prices at once', () => {
  const many = async (count = 30, more: { batchFrom?: number; csvDelimiter?: ';' | ',' } = {}) => {
    const shop = await openShop({ options: { listings: count }, config: { batchFrom: 20, ...more } })
    const skus = [...shop.market.world.listings.values()].map(({ sku }) => sku)
    return { shop, skus }
  }

  it.each([';', ','] as const)(
    'go as one file delimited by %s, and their task tells of each SKU',
    async (csvDelimiter) => {
      const { shop, skus } = await many(30, { csvDelimiter })
      await using _ = shop
      const wishes = skus.map((sku) => price(sku, '321.00'))
      const handed = await write(shop, ...wishes)
      expect(new Set(is(handed))).toEqual(new Set(['sent']))
      expect(handed[0]).toMatchObject({ ticket: '1011013', item: skus[0], askAt: '2026-05-10T08:05:00.000Z' })
      expect(posts(shop)).toHaveLength(1)
      // Nothing that the next step needs lives in memory: the ticket is all there is.
      const sent = wishes.map((wish, index) => ({
        ...wish,
        sent: { at, ticket: '1011013', item: skus[index] ?? '' },
      }))
      expect(new Set(is(await readBack(shop, ...sent)))).toEqual(new Set(['sent']))
      await shop.market.clock.advance(5 * 60_000)
      expect(new Set(is(await readBack(shop, ...sent)))).toEqual(new Set(['done']))
      expect(listing(shop, skus[0] ?? '')?.prices.get('de-de')).toBe(32_100)
    },
  )

  it('name each row that Back Market did not take', async () => {
    const { shop, skus } = await many()
    await using _ = shop
    const [first = '', second = ''] = skus
    const wishes = skus.map((sku) => price(sku, '321.00', { minimum: sku === first ? '1.00' : '300.00' }))
    await write(shop, ...wishes)
    shop.market.world.listings.delete(second.toLowerCase())
    await shop.market.clock.advance(5 * 60_000)
    const outcomes = await readBack(shop, ...wishes.map((wish) => ({ ...wish, sent: { at, ticket: '1011013' } })))
    const refused = outcomes.filter((outcome) => outcome.is === 'refused')
    expect(refused.map(({ key }) => key)).toEqual([wishes[0]?.key, wishes[1]?.key])
    expect(refused.map((outcome) => ('error' in outcome ? outcome.error.message : ''))).toEqual([
      expect.stringContaining('min_price is too low'),
      expect.stringContaining('sku not found'),
    ])
    expect(is(outcomes).filter((each) => each === 'done')).toHaveLength(skus.length - 2)
  })

  it('are compared with the offers where Back Market has forgotten the task', async () => {
    const { shop, skus } = await many()
    await using _ = shop
    const wishes = skus.map((sku) => price(sku, '321.00'))
    await write(shop, ...wishes)
    shop.market.world.tasks.clear()
    const asked = wishes.map((wish) => ({ ...wish, sent: { at, ticket: '1011013' } }))
    expect(new Set(is(await readBack(shop, ...asked)))).toEqual(new Set(['absent']))
    listing(shop, skus[0] ?? '')?.prices.set('de-de', 32_100)
    expect((await readBack(shop, ...asked)).find(({ key }) => key === wishes[0]?.key)).toMatchObject({ is: 'done' })
  })

  it('fail with the words of a task that failed, and count what took effect all the same', async () => {
    const { shop, skus } = await many()
    await using _ = shop
    const wishes = skus.map((sku) => price(sku, '321.00'))
    await write(shop, ...wishes)
    const task = shop.market.world.tasks.get(1_011_013)
    if (task === undefined) throw new Error('no task')
    Object.assign(task, { status: 8, error: 'Task has been interrupted.' })
    listing(shop, skus[0] ?? '')?.prices.set('de-de', 32_100)
    const outcomes = await readBack(shop, ...wishes.map((wish) => ({ ...wish, sent: { at, ticket: '1011013' } })))
    expect(outcomes[0]).toMatchObject({ key: wishes[0]?.key, is: 'done' })
    expect(outcomes[1]).toMatchObject({ is: 'refused', error: { message: expect.stringContaining('interrupted') } })
  })

  it('stay out of the file when they are few, and stock always', async () => {
    const { shop, skus } = await many(30, { batchFrom: 31 })
    await using _ = shop
    await write(shop, ...skus.map((sku) => price(sku, '321.00')))
    expect(posts(shop)).toHaveLength(30)
  })

  it('take stock along where the config says so, each set of columns in a file of its own', async () => {
    await using shop = await openShop({ options: { listings: 30 }, config: { batchFrom: 20, stockInFiles: true } })
    const skus = [...shop.market.world.listings.values()].map(({ sku }) => sku)
    const wishes = [
      ...skus.slice(0, 25).map((sku) => stock(sku, 33)),
      ...skus.slice(20).map((sku) => price(sku, '321.00')),
    ]
    const handed = await write(shop, ...wishes)
    expect(new Set(is(handed))).toEqual(new Set(['sent']))
    // Stock alone, both, price alone.
    expect(posts(shop)).toHaveLength(3)
    await shop.market.clock.advance(5 * 60_000)
    // Sold before anybody asks: the file has done its work all the same.
    shop.market.act('place-order', { skus: [skus[1] ?? ''], market: 'de-de' })
    expect(listing(shop, skus[1] ?? '')?.quantity).toBe(32)
    const sentAs = new Map(handed.map((outcome) => [outcome.key, outcome]))
    const asked = wishes.map((wish) => {
      const outcome = sentAs.get(wish.key)
      return { ...wish, sent: { at, ...(outcome?.is === 'sent' ? { ticket: outcome.ticket ?? '' } : {}) } }
    })
    expect(new Set(is(await readBack(shop, ...asked)))).toEqual(new Set(['done']))
    expect([listing(shop, skus[0] ?? '')?.quantity, listing(shop, skus[22] ?? '')?.prices.get('de-de')]).toEqual([
      33, 32_100,
    ])
  })

  it('never take more than 2,000 lines an hour, in whatever way', async () => {
    const { shop, skus } = await many(40)
    await using _ = shop
    for (const amount of ['301.00', '302.00']) await write(shop, ...skus.map((sku) => price(sku, amount)))
    await write(shop, ...skus.map((sku) => stock(sku, 50)))
    expect(shop.market.limits.state('offerRows')).toMatchObject({ refused: 0, allowed: 42 })
    expect(shop.market.limits.state('offerRows')?.peak).toBe(120)
  })
})

describe('the file', () => {
  it('quotes every field, so that no SKU can break out of its cell', () => {
    const rows = fc.array(
      fc.record({ sku: fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text)), amount: fc.nat(99_999) }),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(rows, fc.constantFrom(';', ','), (some, delimiter) => {
        const csv = toCsv(
          some.map(({ sku, amount }) => ({ sku, update: { price: String(amount), currency: 'EUR' } })),
          delimiter,
        )
        const [header, ...lines] = csv.trimEnd().split('\n')
        expect(header).toBe(['"sku"', '"price"', '"currency"'].join(delimiter))
        expect(lines).toEqual(
          some.map(({ sku, amount }) => [`"${sku.replaceAll('"', '""')}"`, `"${amount}"`, '"EUR"'].join(delimiter)),
        )
      }),
    )
    expect(BackMarketConfig.parse(given).csvDelimiter).toBe(';')
  })
})
