import { Coupon } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { all, delivery, openShop, outcomeOf } from '../../test/shop.ts'

const coupon = (over: object = {}) =>
  Coupon.parse({
    entity: 'coupons',
    id: 'red-1:coupon',
    name: 'LOY points/red-1',
    kind: 'amount',
    amount: { amount: '5.00', currency: 'EUR' },
    minimumOrder: { amount: '20.00', currency: 'EUR' },
    uses: 1,
    usesPerCustomer: 1,
    ...over,
  })
const Detail = z.object({ code: z.string() })
const codeOf = (outcome: { detail?: unknown } | undefined): string => Detail.parse(outcome?.detail).code

describe.each(['coupon', 'promotion'] as const)('discount codes as a %s', (as) => {
  it('are made once, unguessable and the same however often they are asked for', async () => {
    await using world = await openShop({ config: { coupons: { as } } })
    const wish = delivery<'coupons'>(coupon())
    const [first] = await all(world.connection.writers.coupons.write([wish]))
    const [again] = await all(world.connection.writers.coupons.write([wish]))
    expect([first?.is, again?.is]).toEqual(['done', 'already'])
    const code = codeOf(first?.is === 'done' ? first : undefined)
    expect(code).toMatch(/^[A-Z2-9]{16}$/)
    expect(codeOf(again?.is === 'already' ? again : undefined)).toBe(code)
    expect(world.shop.truth.count('coupon') + world.shop.truth.count('code')).toBe(1)
    const [other] = await all(
      world.connection.writers.coupons.write([delivery<'coupons'>(coupon({ name: 'LOY points/red-2' }))]),
    )
    expect(codeOf(other?.is === 'done' ? other : undefined)).not.toBe(code)
  })

  it('whose answer was lost are found, not made again', async () => {
    await using world = await openShop({ config: { coupons: { as } } })
    const path = as === 'coupon' ? '/stores/:store/v2/coupons' : '/stores/:store/v3/promotions/:id/codes'
    world.shop.faults.add({ match: { method: 'POST', path, nth: 1 }, do: 'dropAnswer' })
    const [outcome] = await world.shop.drive(
      all(world.connection.writers.coupons.write([delivery<'coupons'>(coupon())])),
    )
    expect(outcome?.is).toBe('already')
    expect(world.shop.truth.count('coupon') + world.shop.truth.count('code')).toBe(1)
  })

  it('are withdrawn unused, and stay where they were used', async () => {
    await using world = await openShop({ config: { coupons: { as } } })
    const [made] = await all(world.connection.writers.coupons.write([delivery<'coupons'>(coupon())]))
    const withdrawn = delivery<'coupons'>(coupon({ active: false }))
    expect(outcomeOf(await all(world.connection.writers.coupons.write([withdrawn])))).toEqual(['done'])
    expect(outcomeOf(await all(world.connection.writers.coupons.write([withdrawn])))).toEqual(['already'])
    const next = coupon({ name: 'LOY points/red-2' })
    const [second] = await all(world.connection.writers.coupons.write([delivery<'coupons'>(next)]))
    world.shop.act('use-coupon', { code: codeOf(second?.is === 'done' ? second : undefined) })
    expect(
      outcomeOf(await all(world.connection.writers.coupons.write([delivery<'coupons'>({ ...next, active: false })]))),
    ).toEqual(['refused ALREADY_DIFFERENT'])
    expect(made?.is).toBe('done')
  })

  it('of a percentage and of free shipping are made, of a free product are not', async () => {
    await using world = await openShop({ config: { coupons: { as } } })
    const wishes = [
      coupon({ name: 'a', kind: 'percent', percent: '10', amount: null }),
      coupon({ name: 'b', kind: 'free_shipping', amount: null }),
      coupon({ name: 'c', kind: 'free_product', sku: 'SKU-1', amount: null }),
    ]
    expect(
      outcomeOf(await all(world.connection.writers.coupons.write(wishes.map((each) => delivery<'coupons'>(each))))),
    ).toEqual(['done', 'done', 'refused UNSUPPORTED'])
  })
})

describe('coupons', () => {
  it('in another currency than the store are refused, and say what to set; promotions take them', async () => {
    const dollars = coupon({ amount: { amount: '5.00', currency: 'USD' }, minimumOrder: null })
    await using world = await openShop()
    const [refused] = await all(world.connection.writers.coupons.write([delivery<'coupons'>(dollars)]))
    expect(refused).toMatchObject({ is: 'refused', error: { code: 'UNSUPPORTED', key: 'config.coupons.as' } })
    await using promotions = await openShop({ config: { coupons: { as: 'promotion' } } })
    expect(outcomeOf(await all(promotions.connection.writers.coupons.write([delivery<'coupons'>(dollars)])))).toEqual([
      'done',
    ])
    expect(promotions.shop.world.promotions[0]?.body).toMatchObject({ name: 'Kontor 5.00 USD', currency_code: 'USD' })
  })

  it('with an expiry are written as BigCommerce reads dates, and one promotion serves many codes', async () => {
    await using world = await openShop()
    await all(
      world.connection.writers.coupons.write([delivery<'coupons'>(coupon({ expiresAt: '2026-09-01T00:00:00Z' }))]),
    )
    expect(world.shop.world.coupons[0]?.body).toMatchObject({
      expires: 'Tue, 01 Sep 2026 00:00:00 +0000',
      amount: '5.00',
      applies_to: { entity: 'categories', ids: [0] },
    })
    await using promotions = await openShop({ config: { coupons: { as: 'promotion' } } })
    await all(
      promotions.connection.writers.coupons.write([
        delivery<'coupons'>(coupon()),
        delivery<'coupons'>(coupon({ name: 'LOY points/red-2' })),
      ]),
    )
    expect(promotions.shop.world.promotions.map(({ codes }) => codes.length)).toEqual([2])
  })

  it('of the same name with another discount are a conflict for a person', async () => {
    await using world = await openShop()
    await all(world.connection.writers.coupons.write([delivery<'coupons'>(coupon())]))
    expect(
      outcomeOf(
        await all(
          world.connection.writers.coupons.write([
            delivery<'coupons'>(coupon({ amount: { amount: '6.00', currency: 'EUR' } })),
          ]),
        ),
      ),
    ).toEqual(['refused ALREADY_DIFFERENT'])
  })

  it('with a code of their own keep it, and a code BigCommerce would not take is refused', async () => {
    await using world = await openShop()
    await all(world.connection.writers.coupons.write([delivery<'coupons'>(coupon({ code: 'SUMMER-26' }))]))
    expect(world.shop.world.coupons[0]?.body.code).toBe('SUMMER-26')
    expect(
      outcomeOf(
        await all(
          world.connection.writers.coupons.write([delivery<'coupons'>(coupon({ name: 'x', code: 'Ä'.repeat(60) }))]),
        ),
      ),
    ).toEqual(['refused REQUEST_REJECTED'])
  })
})
