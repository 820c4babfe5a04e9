import { OfferPrice, Product, StockLevel } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { all, openShop } from '../../test/shop.ts'

const since = '2026-05-01T00:00:00Z'

describe('stock, prices and products', () => {
  it('stock is what can be sold at each place, by our names', async () => {
    await using world = await openShop({ config: { locations: { hamburg: 1 } } })
    const records = (await all(world.connection.readers.stock.read({ since }))).flatMap((page) => page.records)
    expect(records.length).toBe(8)
    expect(records.find(({ sku }) => sku === 'SKU-4')).toMatchObject({
      available: 11,
      onHand: 13,
      location: 'hamburg',
      asOf: '2026-06-01T12:00:00.000Z',
    })
    for (const record of records) expect(StockLevel.parse(record)).toEqual(record)
  })

  it('a price is what it costs now, with what it cost before', async () => {
    await using world = await openShop()
    const records = (await all(world.connection.readers.prices.read({ since }))).flatMap((page) => page.records)
    expect(records.find(({ sku }) => sku === 'SKU-3')).toMatchObject({
      price: { value: { amount: '15.00', currency: 'EUR' } },
      compareAt: { amount: '20.00' },
    })
    expect(records.find(({ sku }) => sku === 'SKU-1')).toMatchObject({
      price: { value: { amount: '9.00' } },
      compareAt: null,
    })
    for (const record of records) expect(OfferPrice.parse(record)).toEqual(record)
  })

  it('the currency is asked of the store, or told where the account may not ask', async () => {
    await using without = await openShop({ options: { scopes: ['products'] } })
    await expect(all(without.connection.readers.prices.read({ since }))).rejects.toMatchObject({
      code: 'AUTH_PERMISSION_MISSING',
      key: 'config.currency',
    })
    await using told = await openShop({ options: { scopes: ['products'] }, config: { currency: 'CHF' } })
    expect((await all(told.connection.readers.prices.read({ since })))[0]?.records[0]?.price.value.currency).toBe('CHF')
  })

  it('products are read when they change', async () => {
    await using world = await openShop({ config: { currency: 'EUR' } })
    const pages = await all(world.connection.readers.products.read({ since }))
    const records = pages.flatMap((page) => page.records)
    expect(records.length).toBe(8)
    for (const record of records) expect(Product.parse(record)).toEqual(record)
    await world.shop.clock.advance(3_600_000)
    const [changed] = world.shop.world.variants
    if (changed) changed.modified = world.shop.clock.now()
    const again = await all(world.connection.readers.products.read({ since, checkpoint: pages.at(-1)?.checkpoint }))
    expect(again.flatMap((page) => page.records.map(({ sku }) => sku))).toContain('SKU-1')
    const last = await all(world.connection.readers.products.read({ since, checkpoint: again.at(-1)?.checkpoint }))
    expect(last.flatMap((page) => page.records.map(({ sku }) => sku))).toEqual(['SKU-1'])
  })

  it('a broken scan goes on at its page, and begins anew when it is over', async () => {
    await using world = await openShop()
    for (let index = 0; index < 600; index++) {
      const copy = world.shop.world.variants[0]
      if (copy) world.shop.world.variants.push({ ...copy, id: 1000 + index, sku: `MORE-${index}` })
    }
    const pages = await all(world.connection.readers.stock.read({ since }))
    expect(pages.map(({ checkpoint }) => checkpoint.page)).toEqual([2, 3, 1])
    const rest = await all(world.connection.readers.stock.read({ since, checkpoint: { page: 3 } }))
    expect(rest.flatMap(({ records }) => records).length).toBe(608 - 500)
  })
})
