import { toInstant, type Delivery, type OfferPrice, type Outcome, type StockLevel } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { FBA_SKU } from '../src/simulator/index.ts'
import { openShop } from './shop.ts'
import { all, delivery, outcomeOf, readBack } from './support.ts'

const signal = AbortSignal.timeout(60_000)
const stock = (sku: string, available: number): Delivery<'stock' | 'prices'> =>
  delivery<'stock' | 'prices'>({ entity: 'stock', id: sku, sku, available } satisfies StockLevel)
const price = (sku: string, amount: string, more: Partial<OfferPrice> = {}): Delivery<'stock' | 'prices'> =>
  delivery<'stock' | 'prices'>({
    entity: 'prices',
    id: `${sku}-${more.market ?? ''}`,
    sku,
    price: { value: { amount, currency: 'EUR' }, taxIncluded: true },
    ...more,
  } satisfies OfferPrice)

type Shop = Awaited<ReturnType<typeof openShop>>
const write = ({ connection }: Shop, batch: readonly Delivery<'stock' | 'prices'>[]): Promise<Outcome[]> =>
  all(connection.writers.offers.write(batch, signal))
const patches = ({ shop }: Shop): number => shop.truth.count('patch')

describe('stock and prices', () => {
  it('of one SKU go with one call, whatever is in its name, and cost nothing where they are so already', async () => {
    await using open = await openShop({ options: { orders: 0 } })
    for (const sku of ['MUG-RED', 'SET/50% +ß', 'Größe 42 & mehr']) {
      expect(outcomeOf(await write(open, [stock(sku, 3), price(sku, '21.50')]))).toEqual(['done', 'done'])
      expect(open.shop.truth.last('stock', sku)?.detail).toBe(3)
      expect(open.shop.truth.last('price', `${sku}@A1PA6795UKMFR9`)?.detail).toBe(21.5)
    }
    expect(patches(open)).toBe(3)
    expect(outcomeOf(await write(open, [stock('MUG-RED', 3), price('MUG-RED', '21.50')]))).toEqual([
      'already',
      'already',
    ])
    expect(patches(open)).toBe(3)
    expect([open.shop.unknownRoutes, open.shop.failures]).toEqual([[], []])
  })

  it('in two marketplaces are two calls for the price and one for the stock', async () => {
    await using open = await openShop({ options: { orders: 0 }, config: { marketplaces: ['DE', 'FR', 'GB'] } })
    const gbp = { price: { value: { amount: '18.99', currency: 'GBP' }, taxIncluded: true }, market: 'uk' }
    const outcomes = await write(open, [
      stock('MUG-RED', 4),
      price('MUG-RED', '20.00'),
      price('MUG-RED', '20.50', { market: 'FR' }),
      price('MUG-RED', '0', gbp),
    ])
    expect(outcomeOf(outcomes)).toEqual(['done', 'done', 'done', 'done'])
    expect(open.shop.truth.last('price', 'MUG-RED@A1F83G8C2ARO7P')?.detail).toBe(18.99)
    expect(open.shop.truth.count('stock')).toBe(1)
    expect(patches(open)).toBe(3)
  })

  it('never touch stock of FBA, never make a listing, and refuse a price that cannot be right', async () => {
    await using open = await openShop({ options: { orders: 0, unknownSku: 'incomplete' } })
    const wrong = (value: object): Partial<OfferPrice> => ({
      price: { value: { amount: '1.00', currency: 'EUR' }, taxIncluded: true, ...value },
    })
    const outcomes = await write(open, [
      stock(FBA_SKU, 5),
      stock('NO-SUCH-SKU', 5),
      price('MUG-RED', '1', wrong({ value: { amount: '5.00', currency: 'USD' } })),
      price('MUG-RED', '1', wrong({ value: { amount: '0.00', currency: 'EUR' } })),
      price('MUG-RED', '1', wrong({ taxIncluded: false })),
      price('MUG-RED', '1', wrong({ value: { amount: '1.005', currency: 'EUR' } })),
      price('MUG-RED', '1', { market: 'Mars' }),
      price('MUG-RED', '1', { validFrom: toInstant(Date.parse('2026-07-01T00:00:00Z')) }),
      price('MUG-RED', '1', { validTo: toInstant(Date.parse('2026-05-01T00:00:00Z')) }),
    ])
    expect(outcomeOf(outcomes).toSorted()).toEqual([
      'refused PRICE_INVALID',
      'refused PRICE_INVALID',
      'refused PRICE_INVALID',
      'refused PRICE_INVALID',
      'refused PRICE_INVALID',
      'refused PRICE_INVALID',
      'refused SKU_UNKNOWN',
      'refused UNSUPPORTED',
      'waiting NOT_YET',
    ])
    expect(open.shop.truth.count('listing-incomplete')).toBe(0)
    expect(patches(open)).toBe(0)
  })

  it('keep the sale and business prices and the lead time a seller has set', async () => {
    await using open = await openShop({ options: { orders: 0 } })
    const attributes = (): unknown => open.shop.world.listings.get('MUG-RED')?.attributes
    await write(open, [stock('MUG-RED', 3)])
    expect(JSON.stringify(attributes())).toContain('lead_time_to_ship_max_days')
  })

  it('that are many go as one feed, whose report tells what became of each', async () => {
    await using open = await openShop({ options: { orders: 0 }, config: { feedFrom: 3 } })
    const skus = Array.from({ length: 40 }, (_, index) => `BULK-${index}`)
    for (const sku of skus) await open.shop.act('create-listing', { sku, quantity: 1 })
    const batch = skus.map((sku, index) => stock(sku, index + 2))
    // One that vanishes between the look and the feed.
    const outcomes = await write(open, batch)
    expect(new Set(outcomeOf(outcomes))).toEqual(new Set(['sent']))
    open.shop.world.listings.delete('BULK-7')
    const sent = outcomes.flatMap((outcome, index) => {
      const one = batch[index]
      return outcome.is === 'sent' && one
        ? [
            {
              ...one,
              sent: {
                at: toInstant(Date.parse('2026-06-01T12:00:00Z')),
                ticket: outcome.ticket ?? '',
                item: outcome.item ?? '',
              },
            },
          ]
        : []
    })
    expect(new Set(sent.map(({ sent: { ticket } }) => ticket)).size).toBe(1)
    expect(open.shop.truth.count('feed')).toBe(1)
    expect(new Set(outcomeOf(await readBack(open.connection.writers.offers, sent)))).toEqual(new Set(['sent']))
    await open.shop.clock.advance(120_000)
    const settled = await readBack(open.connection.writers.offers, sent)
    expect(settled.filter(({ is }) => is === 'done')).toHaveLength(39)
    expect(settled.find(({ is }) => is === 'refused')).toMatchObject({
      key: batch[7]?.key,
      error: { message: expect.stringContaining('13013') },
    })
    expect(open.shop.truth.last('stock', 'BULK-5')?.detail).toBe(7)
    expect(patches(open)).toBe(0)
  })

  it('of a feed are uploaded as plain UTF-8, every letter whole', async () => {
    await using open = await openShop({ options: { orders: 0 }, config: { feedFrom: 1 } })
    const skus = ['Größe 42 & mehr', 'SET/50% +ß', '靴-42', 'mug-🫖']
    for (const sku of skus) open.shop.act('create-listing', { sku, quantity: 1 })
    await write(
      open,
      skus.map((sku, index) => stock(sku, index + 2)),
    )
    const [document] = [...open.shop.world.documents.values()]
    const [put] = open.shop.exchanges.all.filter(
      ({ method, path }) => method === 'PUT' && path.startsWith('/documents/'),
    )
    expect(document?.contentType).toBe('application/json; charset=UTF-8')
    expect(put?.requestHeaders).not.toHaveProperty('content-encoding')
    const text = new TextDecoder('utf-8', { fatal: true }).decode(document?.bytes)
    expect(
      z
        .object({ messages: z.array(z.object({ sku: z.string() })) })
        .parse(JSON.parse(text))
        .messages.map(({ sku }) => sku),
    ).toEqual(skus)
    await open.shop.clock.advance(120_000)
    expect(skus.map((sku) => open.shop.truth.last('stock', sku)?.detail)).toEqual([2, 3, 4, 5])
  })

  it.each([
    ['FATAL', ['done', 'done', 'refused REQUEST_REJECTED', 'refused REQUEST_REJECTED']],
    ['CANCELLED', ['absent', 'absent', 'absent', 'absent']],
  ] as const)('of a feed that ends %s are told by the offers themselves', async (feedEnd, expected) => {
    await using open = await openShop({ options: { orders: 0, feedEnd }, config: { feedFrom: 1 } })
    const skus = ['A', 'B', 'C', 'D']
    for (const sku of skus) await open.shop.act('create-listing', { sku, quantity: 1 })
    const batch = skus.map((sku) => stock(sku, 9))
    const [first] = await write(open, batch)
    const ticket = first?.is === 'sent' ? (first.ticket ?? '') : ''
    await open.shop.clock.advance(120_000)
    const sent = batch.map((one, index) => ({
      ...one,
      sent: { at: toInstant(Date.parse('2026-06-01T12:00:00Z')), ticket, item: String(index + 1) },
    }))
    expect(outcomeOf(await readBack(open.connection.writers.offers, sent))).toEqual(expected)
  })

  it('in doubt are compared with the offers', async () => {
    await using open = await openShop({ options: { orders: 0 } })
    const [is, isNot] = [stock('MUG-RED', 10), stock('MUG-RED', 11)]
    expect(outcomeOf(await readBack(open.connection.writers.offers, [is]))).toEqual(['done'])
    expect(outcomeOf(await readBack(open.connection.writers.offers, [isNot]))).toEqual(['absent'])
  })

  it('that Amazon answers with INVALID are refused in its words', async () => {
    await using open = await openShop({
      options: { orders: 0 },
      faults: [
        {
          match: { method: 'PATCH' },
          do: 'status',
          status: 200,
          body: JSON.stringify({
            sku: 'MUG-RED',
            status: 'INVALID',
            submissionId: 's1',
            issues: [{ code: '90220', message: 'Muster is required.', severity: 'ERROR', categories: [] }],
          }),
        },
      ],
    })
    const [outcome] = await write(open, [stock('MUG-RED', 3)])
    expect(outcome).toMatchObject({
      is: 'refused',
      error: { code: 'REQUEST_REJECTED', message: expect.stringContaining('Muster is required. (90220)') },
    })
  })
})
