import { OfferPrice, StockLevel } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { all, delivery, openShop, outcomeOf } from '../../test/shop.ts'

const stock = (sku: string, available: number, over: Partial<StockLevel> = {}) =>
  delivery<'stock'>(StockLevel.parse({ entity: 'stock', id: sku, sku, available, ...over }))
const price = (sku: string, amount: string, over: object = {}) =>
  delivery<'prices'>(
    OfferPrice.parse({
      entity: 'prices',
      id: sku,
      sku,
      price: { value: { amount, currency: 'EUR' }, taxIncluded: true },
      ...over,
    }),
  )

describe('the stock writer', () => {
  it('sets absolute numbers, one request for each place', async () => {
    await using world = await openShop({ config: { locations: { hamburg: 1, bremen: 2 } } })
    const batch = [
      stock('SKU-1', 7),
      stock('SKU-2', 0, { location: 'hamburg' }),
      stock('SKU-1', 3, { location: 'bremen' }),
    ]
    expect(outcomeOf(await all(world.connection.writers.stock.write(batch)))).toEqual(['done', 'done', 'done'])
    expect([...(world.shop.world.variants[0]?.stock ?? [])]).toEqual([
      [1, 7],
      [2, 3],
    ])
    expect(world.shop.exchanges.all.filter(({ method }) => method === 'PUT').length).toBe(2)
  })

  it('finds the bad row in a refused batch, and writes the others', async () => {
    await using world = await openShop()
    const outcomes = await all(
      world.connection.writers.stock.write([
        stock('SKU-1', 1),
        stock('SKU-8', 2),
        stock('SKU-2', 3),
        stock('NONE', 4),
        stock('SKU-3', 5),
      ]),
    )
    expect(outcomeOf(outcomes).toSorted()).toEqual([
      'done',
      'done',
      'done',
      'refused REQUEST_REJECTED',
      'refused REQUEST_REJECTED',
    ])
    const messages = outcomes.flatMap((outcome) => (outcome.is === 'refused' ? [outcome.error.message] : []))
    expect(messages[0]).toContain('is tracked by product')
    expect(world.shop.truth.last('stock', 'SKU-3@1')?.detail).toBe(5)
  })

  it('refuses a place nobody knows', async () => {
    await using world = await openShop()
    expect(
      outcomeOf(await all(world.connection.writers.stock.write([stock('SKU-1', 1, { location: 'mars' })]))),
    ).toEqual(['refused REQUEST_REJECTED'])
  })
})

describe('the prices writer', () => {
  it('sets prices of the catalogue, the former as the price and the reduced as the sale price', async () => {
    await using world = await openShop()
    const batch = [price('SKU-1', '8.50'), price('SKU-3', '12.00', { compareAt: { amount: '20.00', currency: 'EUR' } })]
    expect(outcomeOf(await all(world.connection.writers.prices.write(batch)))).toEqual(['done', 'done'])
    expect(world.shop.truth.last('price', 'SKU-1')?.detail).toEqual({ price: 850, salePrice: null })
    expect(world.shop.truth.last('price', 'SKU-3')?.detail).toEqual({ price: 2000, salePrice: 1200 })
  })

  it('refuses an unknown SKU, a price of nothing and another currency, and writes the others', async () => {
    await using world = await openShop()
    const other = price('SKU-2', '5.00', { price: { value: { amount: '5.00', currency: 'USD' }, taxIncluded: true } })
    const outcomes = await all(
      world.connection.writers.prices.write([
        price('NONE', '1.00'),
        price('SKU-1', '0.00'),
        other,
        price('SKU-4', '3.00'),
      ]),
    )
    expect(outcomeOf(outcomes).toSorted()).toEqual([
      'done',
      'refused PRICE_INVALID',
      'refused PRICE_INVALID',
      'refused SKU_UNKNOWN',
    ])
  })

  it('writes a price list in any currency, and finds the bad row there too', async () => {
    await using world = await openShop({ config: { priceListId: 3 } })
    const dollars = price('SKU-2', '5.00', { price: { value: { amount: '5.00', currency: 'USD' }, taxIncluded: true } })
    expect(
      outcomeOf(await all(world.connection.writers.prices.write([dollars, price('NONE', '2.00')]))).toSorted(),
    ).toEqual(['done', 'refused REQUEST_REJECTED'])
    expect(world.shop.world.priceLists.get('3/SKU-2/USD')).toMatchObject({ price: 5 })
  })
})
