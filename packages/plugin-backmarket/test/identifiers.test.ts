import { luhn, parseImei, type Outcome } from '@kontor/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { airpods, decide, imei, iphone, openShop, ship, type Shop } from './shop.ts'

const posts = (shop: Shop) => shop.market.exchanges.all.filter(({ method }) => method !== 'GET')
const bodyOf = (exchange: { requestBody: Buffer } | undefined): unknown =>
  JSON.parse(exchange?.requestBody.toString('utf8') ?? 'null')
const codes = (outcomes: readonly Outcome[]): (string | undefined)[] =>
  outcomes.map((outcome) => ('error' in outcome ? outcome.error.code : outcome.is))
const messages = (outcomes: readonly Outcome[]): string =>
  outcomes.map((outcome) => ('error' in outcome ? outcome.error.message : '')).join('\n')

async function accepted(shop: Shop, skus: string[], quantity?: number) {
  const order = await shop.place({ skus, ...(quantity === undefined ? {} : { quantity }) })
  await shop.write(decide(order, 'accept'))
  shop.market.exchanges.clear()
  return order
}
const other = '353879234252633'

describe('the IMEI of a device', () => {
  it('goes with the shipping call of an order of one line with one piece', async () => {
    await using shop = await openShop()
    const order = await accepted(shop, [iphone])
    expect(
      codes(await shop.write(ship(order, { lines: [{ sku: iphone, units: [{ imei: '00-499901-064000/0' }] }] }))),
    ).toEqual(['done'])
    expect(posts(shop).map(bodyOf)).toMatchObject([{ new_state: 3, imei }])
  })

  it('goes to each line by itself otherwise, and before the parcel', async () => {
    await using shop = await openShop()
    const order = await accepted(shop, [airpods, iphone])
    const lines = [
      { sku: iphone, units: [{ imei }] },
      { sku: airpods, units: [{ serialNumber: ' SN-1 ' }] },
    ]
    expect(codes(await shop.write(ship(order, { lines })))).toEqual(['done'])
    expect(posts(shop).map(({ method }) => method)).toEqual(['PATCH', 'PATCH', 'POST'])
    expect(shop.market.truth.effects.filter(({ what }) => /registered/.test(what)).map(({ what }) => what)).toEqual([
      'serial-registered',
      'imei-registered',
    ])
    expect(bodyOf(posts(shop).at(-1))).not.toHaveProperty('imei')
  })

  it('is demanded of smartphones, of everything or of nothing, as configured', async () => {
    for (const [requireImei, whenImeiMissing, sku, expected] of [
      ['smartphones', 'block', iphone, 'SERIAL_INVALID'],
      ['smartphones', 'block', airpods, 'done'],
      ['smartphones', 'ship', iphone, 'done'],
      ['always', 'block', airpods, 'SERIAL_INVALID'],
      ['never', 'block', iphone, 'done'],
    ] as const) {
      await using shop = await openShop({ config: { requireImei, whenImeiMissing } })
      const order = await accepted(shop, [sku])
      expect([requireImei, whenImeiMissing, sku, ...codes(await shop.write(ship(order)))]).toEqual([
        requireImei,
        whenImeiMissing,
        sku,
        expected,
      ])
      expect(posts(shop)).toHaveLength(expected === 'done' ? 1 : 0)
    }
  })

  it.each([
    ['a wrong check digit', [{ imei: '004999010640001' }], /wrong check digit/],
    ['a digit too few', [{ imei: imei.slice(0, 14) }], /14 digits instead of 15/],
    ['letters', [{ imei: 'F2LX0ABC' }], /serial number belongs/],
    ['two devices for one piece', [{ imei }, { imei: other }], /2 devices/],
    ['a serial number that is too long', [{ serialNumber: 'x'.repeat(51) }], /50 characters/],
  ])('is refused before any call for %s, without telling the number', async (_, units, words) => {
    await using shop = await openShop()
    const order = await accepted(shop, [iphone])
    const outcomes = await shop.write(ship(order, { lines: [{ sku: iphone, units }] }))
    expect(codes(outcomes)).toEqual(['SERIAL_INVALID'])
    expect(messages(outcomes)).toMatch(words)
    for (const { imei: number } of units.filter((unit): unit is { imei: string } => 'imei' in unit))
      expect(messages(outcomes)).not.toContain(number)
    expect(posts(shop)).toEqual([])
  })

  it('has no place for a line of two pieces: refused, or shipped without where the configuration says so', async () => {
    for (const [whenImeiMissing, expected] of [
      ['block', 'SERIAL_INVALID'],
      ['ship', 'done'],
    ] as const) {
      await using shop = await openShop({ config: { whenImeiMissing } })
      const order = await accepted(shop, [iphone], 2)
      expect(
        codes(
          await shop.write(ship(order, { lines: [{ sku: iphone, quantity: 2, units: [{ imei }, { imei: other }] }] })),
        ),
      ).toEqual([expected])
      expect(shop.market.truth.count('imei-registered')).toBe(0)
    }
  })

  it('is never overwritten, and the same one is no work', async () => {
    await using shop = await openShop()
    const order = await accepted(shop, [iphone])
    const line = shop.market.world.orders.get(Number(order.id))?.lines[0]
    if (line === undefined) throw new Error('no line')
    line.imei = imei
    const different = await shop.write(ship(order, { lines: [{ sku: iphone, units: [{ imei: other }] }] }))
    expect(codes(different)).toEqual(['ALREADY_DIFFERENT'])
    expect(messages(different)).not.toMatch(/\d{15}/)
    expect(posts(shop)).toEqual([])
    expect(codes(await shop.write(ship(order, { lines: [{ sku: iphone, units: [{ imei }] }] })))).toEqual(['done'])
    expect(bodyOf(posts(shop)[0])).not.toHaveProperty('imei')
  })

  it('is added to an order that has left already', async () => {
    await using shop = await openShop({ config: { whenImeiMissing: 'ship' } })
    const order = await accepted(shop, [iphone])
    await shop.write(ship(order))
    expect(codes(await shop.write(ship(order, { lines: [{ sku: iphone, units: [{ imei }] }] })))).toEqual(['done'])
    expect(shop.market.truth.count('imei-registered')).toBe(1)
    expect(shop.market.truth.count('order-shipped')).toBe(1)
  })

  it('stops the parcel where Back Market refuses to register it', async () => {
    await using shop = await openShop()
    const order = await accepted(shop, [airpods, iphone])
    shop.market.faults.add({
      match: { method: 'PATCH' },
      do: 'status',
      status: 422,
      headers: { 'content-type': 'application/json' },
      body: { error: { code: 'E009', message: `${imei} is blocked` } },
    })
    const outcomes = await shop.write(ship(order, { lines: [{ sku: airpods }, { sku: iphone, units: [{ imei }] }] }))
    expect(codes(outcomes)).toEqual(['REQUEST_REJECTED'])
    expect(messages(outcomes)).not.toContain(imei)
    expect(shop.market.truth.count('order-shipped')).toBe(0)
  })
})

describe('an IMEI in the notes of the warehouse', () => {
  it.each([
    [`IMEI: ${imei}`, imei],
    [`packed by hand, ${imei}, two stickers`, imei],
    ['IMEI 004999010640001', undefined],
    [`order 1234567890123456789`, undefined],
  ])('%s gives %s', async (note, expected) => {
    await using shop = await openShop({ config: { whenImeiMissing: 'ship' } })
    const order = await accepted(shop, [iphone])
    await shop.write(ship(order, { note }))
    expect(bodyOf(posts(shop)[0])).toEqual(
      expect.objectContaining(expected === undefined ? { new_state: 3 } : { imei: expected }),
    )
    expect(shop.market.truth.count('imei-registered')).toBe(expected === undefined ? 0 : 1)
  })

  it('is left alone where an order has several lines, and where the shipment names a device itself', async () => {
    await using shop = await openShop({ config: { whenImeiMissing: 'ship' } })
    const two = await accepted(shop, [airpods, iphone])
    await shop.write(ship(two, { note: `IMEI: ${imei}` }))
    expect(shop.market.truth.count('imei-registered')).toBe(0)
    const one = await accepted(shop, [iphone])
    await shop.write(ship(one, { note: `IMEI: ${other}`, lines: [{ sku: iphone, units: [{ imei }] }] }))
    expect(shop.market.truth.effects.find(({ what }) => what === 'imei-registered')?.detail).toMatchObject({ imei })
  })
})

describe('the check digit', () => {
  it('holds for one last digit of ten, and notices any single wrong digit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{14}$/), fc.nat(14), fc.integer({ min: 1, max: 9 }), (digits, place, by) => {
        const right = Array.from('0123456789')
          .map((last) => digits + last)
          .filter((text) => luhn(text))
        const [only = ''] = right
        expect([right.length, parseImei(only)]).toEqual([1, only])
        const wrong = Array.from(only)
          .map((digit, index) => (index === place ? String((Number(digit) + by) % 10) : digit))
          .join('')
        expect(parseImei(wrong)).toBeUndefined()
      }),
    )
  })
})
