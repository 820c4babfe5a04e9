import { toInstant, type Delivery, type OfferPrice, type Outcome, type StockLevel } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import {
  all,
  calls,
  deliver,
  must,
  openRakuten,
  signal,
  startRakuten,
  type Shop,
  type System,
  readBackOffers,
} from './open.ts'

const stock = (sku: string, available: number): Delivery<'stock'> =>
  deliver<'stock'>({ entity: 'stock', id: sku, sku, available } satisfies StockLevel)
const price = (sku: string, amount: string, more: Partial<OfferPrice> = {}): Delivery<'prices'> =>
  deliver<'prices'>({
    entity: 'prices',
    id: sku,
    sku,
    price: { value: { amount, currency: 'EUR' }, taxIncluded: true },
    ...more,
  })
type Offer = Delivery<'stock' | 'prices'>

const write = (shop: Shop, batch: readonly Offer[]): Promise<Outcome[]> => all(shop.writers.offers.write(batch, signal))
async function ask(
  system: System,
  shop: Shop,
  batch: readonly Offer[],
  outcomes: readonly Outcome[],
): Promise<Outcome[]> {
  const at = toInstant(system.clock.now() - 60_000)
  const asked = batch.map((delivery) => {
    const outcome = outcomes.find(({ key }) => key === delivery.key)
    return {
      ...delivery,
      sent: { at, ...(outcome?.is === 'sent' ? { ticket: must(outcome.ticket), item: must(outcome.item) } : {}) },
    }
  })
  return await readBackOffers(shop, asked)
}
const ready = (system: System, ...skus: string[]): void => skus.forEach((sku) => system.act('create-advert', { sku }))

describe('offers', () => {
  it('of one SKU are one entry of one file, and the report tells each line', async () => {
    await using system = await startRakuten({ sales: 0 })
    await using shop = await openRakuten(system)
    ready(system, 'A', 'B & C')
    const batch = [stock('A', 3), price('A', '229.00'), stock('B & C', 0), stock('NOWHERE', 1), price('B & C', '0.10')]
    const outcomes = await write(shop, batch)
    expect(outcomes.map(({ is }) => is)).toEqual(['sent', 'sent', 'sent', 'sent', 'sent'])
    expect(calls(system, 'genericimportfile')).toHaveLength(1)
    expect(new URLSearchParams(calls(system, 'genericimportfile')[0]?.query).has('purgeandreplace')).toBe(false)
    expect((await ask(system, shop, batch, outcomes)).map(({ is }) => is)).toEqual([
      'sent',
      'sent',
      'sent',
      'sent',
      'sent',
    ])
    await system.clock.advance(120_000)
    const told = await ask(system, shop, batch, outcomes)
    expect(told.slice(0, 2)).toMatchObject([{ is: 'done', reference: expect.any(String) }, { is: 'done' }])
    expect(told[2]).toMatchObject({ is: 'refused', error: { message: expect.stringMatching(/minimum/) } })
    expect(told[3]).toMatchObject({
      is: 'refused',
      error: { code: 'SKU_UNKNOWN', message: expect.stringContaining('NOWHERE') },
    })
    expect(system.world.adverts.get('A')).toMatchObject({ price: '229.00', quantity: 3 })
  })

  it('whose import is stuck are asked about later and later', async () => {
    await using system = await startRakuten({ sales: 0, importStuck: true })
    await using shop = await openRakuten(system)
    ready(system, 'A')
    const batch = [stock('A', 3)]
    const outcomes = await write(shop, batch)
    await system.clock.advance(30 * 60_000)
    const sentAt = toInstant(system.clock.now() - 30 * 60_000)
    const [outcome] = outcomes
    const asked = {
      ...must(batch[0]),
      sent: { at: sentAt, ...(outcome?.is === 'sent' ? { ticket: must(outcome.ticket) } : {}) },
    }
    expect(await readBackOffers(shop, [asked])).toMatchObject([
      { is: 'sent', askAt: toInstant(Date.parse(sentAt) + 40 * 60_000) },
    ])
  })

  it('lost on the way are compared with the adverts themselves', async () => {
    await using system = await startRakuten({ sales: 0 })
    await using shop = await openRakuten(system)
    ready(system, 'A')
    const batch = [stock('A', 10), stock('A', 4), stock('GONE', 0), stock('GONE', 1)]
    expect((await ask(system, shop, batch, [])).map(({ is }) => is)).toEqual(['done', 'absent', 'done', 'absent'])
  })

  it('in another currency, without VAT, for another market or for nothing are refused before anything is sent', async () => {
    await using system = await startRakuten({ sales: 0 })
    await using shop = await openRakuten(system)
    const outcomes = await write(shop, [
      price('A', '5.00', { price: { value: { amount: '5.00', currency: 'GBP' }, taxIncluded: true } }),
      price('A', '5.00', { price: { value: { amount: '5.00', currency: 'EUR' }, taxIncluded: false } }),
      price('A', '5.00', { market: 'de-de' }),
      price('A', '0.00'),
    ])
    expect(outcomes.map((outcome) => outcome.is === 'refused' && outcome.error.code)).toEqual([
      'PRICE_INVALID',
      'PRICE_INVALID',
      'UNSUPPORTED',
      'PRICE_INVALID',
    ])
    expect(system.exchanges.total).toBe(0)
  })

  it('go out under the SKU Rakuten knows', async () => {
    await using system = await startRakuten({ sales: 0 })
    await using shop = await openRakuten(system, { skus: { 'THEIRS-1': 'OURS-1' } })
    ready(system, 'THEIRS-1')
    const batch = [stock('OURS-1', 7)]
    const outcomes = await write(shop, batch)
    await system.clock.advance(120_000)
    expect(await ask(system, shop, batch, outcomes)).toMatchObject([{ is: 'done' }])
    expect(system.world.adverts.get('THEIRS-1')?.quantity).toBe(7)
  })

  it('go out with the prefix that Rakuten’s SKUs have, but for those of the table', async () => {
    await using system = await startRakuten({ sales: 0 })
    await using shop = await openRakuten(system, { skuPrefix: 'FR-', skus: { OTHER: 'B' } })
    ready(system, 'FR-A', 'OTHER')
    const batch = [stock('A', 3), stock('B', 4)]
    const outcomes = await write(shop, batch)
    await system.clock.advance(120_000)
    expect(await ask(system, shop, batch, outcomes)).toMatchObject([{ is: 'done' }, { is: 'done' }])
    expect([system.world.adverts.get('FR-A')?.quantity, system.world.adverts.get('OTHER')?.quantity]).toEqual([3, 4])
  })

  it('are at most ten files an hour', async () => {
    await using system = await startRakuten({ sales: 0 })
    await using shop = await openRakuten(system)
    ready(system, 'A')
    for (let file = 0; file < 10; file += 1) await write(shop, [stock('A', file)])
    await expect(write(shop, [stock('A', 99)])).rejects.toMatchObject({ code: 'RATE_LIMITED', retry: 'after' })
    expect(calls(system, 'genericimportfile')).toHaveLength(10)
  })
})
