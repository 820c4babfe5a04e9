import { Instant, isKontorError, type Outcome } from '@kontor/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { airpods, decide, delivery, imei, iphone, openShop, ship, type Shop } from './shop.ts'

const posts = (shop: Shop) => shop.market.exchanges.all.filter(({ method }) => method !== 'GET')
const bodyOf = (exchange: { requestBody: Buffer } | undefined): unknown =>
  JSON.parse(exchange?.requestBody.toString('utf8') ?? 'null')
const is = (outcomes: readonly Outcome[]): string[] => outcomes.map((outcome) => outcome.is)
const codes = (outcomes: readonly Outcome[]): (string | undefined)[] =>
  outcomes.map((outcome) => ('error' in outcome ? outcome.error.code : undefined))
const messages = (outcomes: readonly Outcome[]): string =>
  outcomes.map((outcome) => ('error' in outcome ? outcome.error.message : '')).join('\n')
const accepted = async (shop: Shop, input: Parameters<Shop['place']>[0] = { skus: [airpods] }) => {
  const order = await shop.place(input)
  expect(is(await shop.write(decide(order, 'accept')))).toEqual(['done'])
  return order
}

describe('accepting', () => {
  it('makes one call for each SKU, and then the order is to be shipped', async () => {
    await using shop = await openShop()
    const order = await shop.place({ skus: [airpods, iphone] })
    const outcomes = await shop.write(decide(order, 'accept'))
    expect(outcomes).toMatchObject([
      {
        is: 'done',
        detail: { lines: order.lines?.map(({ id }) => id) },
        look: [{ ref: { entity: 'orders', id: order.id } }],
      },
    ])
    expect(posts(shop).map(bodyOf)).toEqual(
      [airpods, iphone].map((sku) => ({ order_id: Number(order.id), new_state: 2, sku })),
    )
    expect(shop.market.truth.count('order-accepted')).toBe(1)
  })

  it('is found done when it was done before, and sends nothing', async () => {
    await using shop = await openShop()
    const order = await accepted(shop)
    const before = posts(shop).length
    expect(is(await shop.write(decide(order, 'accept')))).toEqual(['already'])
    expect(posts(shop)).toHaveLength(before)
  })

  it.each(['sku', 'line'] as const)(
    'accepts both lines that share a SKU, where one call moves every %s',
    async (acceptBy) => {
      await using shop = await openShop({ options: { acceptBy } })
      const order = await shop.place({ skus: [airpods, airpods] })
      expect(is(await shop.write(decide(order, 'accept')))).toEqual(['done'])
      expect(shop.market.truth.count('line-accepted')).toBe(2)
      expect(posts(shop)).toHaveLength(acceptBy === 'sku' ? 1 : 2)
    },
  )

  it('does not rely on the form of the answer', async () => {
    await using shop = await openShop({ options: { updateAnswer: 'other' } })
    const order = await shop.place({ skus: [airpods, iphone] })
    expect(is(await shop.write(decide(order, 'accept')))).toEqual(['done'])
    expect(shop.market.truth.doubled('line-accepted')).toEqual([])
  })

  it('waits where the line is not paid yet', async () => {
    await using shop = await openShop()
    const order = await shop.place({ paid: false })
    const outcomes = await shop.write(decide(order, 'accept'))
    expect([is(outcomes), codes(outcomes), posts(shop)]).toEqual([['waiting'], ['NOT_YET'], []])
  })

  it('accepts named lines alone, by the id or the SKU, and names a line that is not there', async () => {
    await using shop = await openShop()
    const order = await shop.place({ skus: [airpods, iphone] })
    expect(is(await shop.write(decide(order, 'accept', { lines: [{ sku: airpods.toLowerCase() }] })))).toEqual(['done'])
    expect(shop.market.truth.effects.filter(({ what }) => what === 'line-accepted')).toHaveLength(1)
    const unknown = await shop.write(decide(order, 'accept', { lines: [{ sku: 'NOT-THERE' }] }))
    expect(codes(unknown)).toEqual(['SKU_UNKNOWN'])
    expect(messages(unknown)).toContain(airpods)
  })

  it('refuses what cannot be: part of a line, a cancelled line, a preorder, an order that is not there', async () => {
    await using shop = await openShop()
    const two = await shop.place({ skus: [airpods], quantity: 2 })
    expect(codes(await shop.write(decide(two, 'accept', { lines: [{ sku: airpods, quantity: 1 }] })))).toEqual([
      'UNSUPPORTED',
    ])
    await shop.write(decide(two, 'cancel'))
    expect(codes(await shop.write(decide(two, 'accept')))).toEqual(['ALREADY_DIFFERENT'])
    expect(codes(await shop.write(decide(two, 'confirm_preorder')))).toEqual(['UNSUPPORTED'])
    expect(codes(await shop.write(decide({ ...two, id: '1' }, 'accept')))).toEqual(['ORDER_UNKNOWN'])
    expect(
      codes(
        await shop.write(
          delivery({ entity: 'decisions', id: 'd', about: { entity: 'orders', number: 'A-1' }, decision: 'accept' }),
        ),
      ),
    ).toEqual(['ORDER_UNKNOWN'])
  })
})

describe('cancelling', () => {
  it('goes from 1 to 4 before acceptance and from 2 to 5 after it, with the reason', async () => {
    await using shop = await openShop()
    const fresh = await shop.place({ skus: [airpods] })
    const taken = await accepted(shop)
    shop.market.exchanges.clear()
    const outcomes = await shop.write(
      decide(fresh, 'cancel', { reason: { value: 'out_of_stock' } }),
      decide(taken, 'cancel', { reason: { value: 'customer_request' } }),
    )
    expect(is(outcomes)).toEqual(['done', 'done'])
    expect(posts(shop).map(bodyOf)).toEqual([
      { order_id: Number(fresh.id), sku: airpods, new_state: 4, return_reason: 0 },
      { order_id: Number(taken.id), sku: airpods, new_state: 5, return_reason: 1 },
    ])
  })

  it('does not cancel what is shipped, nor refuse what is accepted', async () => {
    await using shop = await openShop()
    const order = await accepted(shop)
    expect(codes(await shop.write(decide(order, 'refuse')))).toEqual(['ALREADY_DIFFERENT'])
    await shop.write(ship(order))
    const outcomes = await shop.write(decide(order, 'cancel'))
    expect(codes(outcomes)).toEqual(['ALREADY_DIFFERENT'])
    expect(messages(outcomes)).toContain('Refund')
  })

  it("tells Back Market's own words when it refuses", async () => {
    await using shop = await openShop()
    const order = await shop.place({ skus: [airpods] })
    shop.market.faults.add({
      match: { method: 'POST' },
      do: 'status',
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: { error: { code: 'E021', message: 'Please call buyer@example.com' } },
    })
    const outcomes = await shop.write(decide(order, 'accept'))
    expect(outcomes).toMatchObject([{ is: 'refused', error: { code: 'REQUEST_REJECTED', vendorCode: 'E021' } }])
    expect(messages(outcomes)).toContain('Please call [e-mail]')
  })
})

describe('shipping', () => {
  it('tells number, link, carrier and time of the parcel in one call', async () => {
    await using shop = await openShop()
    const order = await accepted(shop)
    shop.market.exchanges.clear()
    const outcomes = await shop.write(
      ship(order, {
        trackingNumber: ' 0034 0434 1610 ',
        carrier: 'dhl',
        shippedAt: Instant.parse('2026-05-10T11:30:15.250+02:00'),
      }),
    )
    expect(outcomes).toMatchObject([
      { is: 'done', reference: `${order.id}/003404341610`, detail: { trackingNumber: '003404341610' } },
    ])
    expect(posts(shop).map(bodyOf)).toMatchObject([
      {
        order_id: Number(order.id),
        new_state: 3,
        tracking_number: '003404341610',
        date_shipping: '2026-05-10T09:30:15Z',
      },
    ])
    expect(shop.market.truth.last('order-shipped', order.id)?.detail).toMatchObject({ number: '003404341610' })
  })

  it.each([
    ['DHL DE', 'DHL DE'],
    ['dhl de', 'DHL DE'],
    ['DHL Express', 'DHL Express'],
    ['colis prive', 'ColisPrivé'],
    ['GLS - DE', 'GLS - DE'],
    ['Mondial Relay', 'Other'],
  ])('sends the carrier %s as %s', async (carrier, shipper) => {
    await using shop = await openShop()
    const order = await accepted(shop)
    await shop.write(ship(order, { carrier }))
    expect(bodyOf(posts(shop).at(-1))).toMatchObject({ shipper })
  })

  it('takes your own names of carriers first, with their tracking pages', async () => {
    await using shop = await openShop({
      config: {
        carriers: {
          'Haus-Bote': { shipper: 'Other', trackingUrl: 'https://track.example.com/?n={number}' },
          Paket: 'dhl de',
        },
      },
    })
    await shop.write(ship(await accepted(shop), { carrier: 'hausbote', trackingNumber: 'A&1' }))
    expect(bodyOf(posts(shop).at(-1))).toMatchObject({
      shipper: 'Other',
      tracking_url: 'https://track.example.com/?n=A%261',
    })
    await shop.write(ship(await accepted(shop), { carrier: 'PAKET' }))
    expect(bodyOf(posts(shop).at(-1))).toMatchObject({ shipper: 'DHL DE' })
  })

  it('refuses a parcel before any call when nobody could find it', async () => {
    await using shop = await openShop()
    const order = await accepted(shop)
    const before = posts(shop).length
    const outcomes = [
      ...(await shop.write(ship(order, { carrier: 'Onkel Heinz' }))),
      ...(await shop.write(ship(order, { trackingNumber: '  ' }))),
      ...(await shop.write(ship(order, { trackingUrl: 'javascript:alert(1)' }))),
      ...(await shop.write(ship(order, { trackingUrl: `https://example.com/${'a'.repeat(300)}` }))),
    ]
    expect(codes(outcomes)).toEqual(['CARRIER_UNKNOWN', 'TRACKING_INVALID', 'TRACKING_INVALID', 'TRACKING_INVALID'])
    expect(posts(shop)).toHaveLength(before)
    expect(
      is(await shop.write(ship(order, { carrier: 'Onkel Heinz', trackingUrl: 'https://example.com/t/1' }))),
    ).toEqual(['done'])
  })

  it('keeps the carrier the buyer chose where the shipment names none', async () => {
    await using shop = await openShop()
    const order = await accepted(shop)
    const { carrier: _, ...record } = ship(order).record
    await shop.write(delivery<'shipments'>(record, order))
    expect(bodyOf(posts(shop).at(-1))).not.toHaveProperty('shipper')
  })

  it('waits for acceptance, for an announced parcel, and for the other lines, and says for what', async () => {
    await using shop = await openShop()
    const fresh = await shop.place({ skus: [airpods] })
    const order = await accepted(shop, { skus: [airpods, iphone] })
    const before = posts(shop).length
    const outcomes = [
      ...(await shop.write(ship(fresh))),
      ...(await shop.write(ship(order, { status: { value: 'announced' } }))),
      ...(await shop.write(ship(order, { lines: [{ sku: airpods }] }))),
    ]
    expect([is(outcomes), codes(outcomes)]).toEqual([Array(3).fill('waiting'), Array(3).fill('NOT_YET')])
    expect(messages(outcomes)).toMatch(/1 × line \d+ \(IP13-128-EX\)/)
    expect(posts(shop)).toHaveLength(before)
  })

  it('tells several parcels of an order as one when all lines are covered', async () => {
    await using shop = await openShop()
    const order = await accepted(shop, { skus: [airpods, iphone] })
    const parcels = [
      ship(order, { trackingNumber: 'A1', lines: [{ sku: airpods, quantity: 1 }] }),
      ship(order, { trackingNumber: 'B2', lines: [{ sku: iphone, quantity: 1, units: [{ imei }] }] }),
    ]
    const outcomes = await shop.write(...parcels)
    expect(is(outcomes)).toEqual(['done', 'done'])
    expect(outcomes[1]).toMatchObject({ reference: `${order.id}/A1+B2`, detail: { combinedFrom: 'B2' } })
    expect(shop.market.truth.byKey('order-shipped').get(order.id)).toHaveLength(1)
    // A later word about the second parcel alone is still understood.
    const [second] = parcels.slice(1)
    if (second === undefined) throw new Error('no parcel')
    expect(is(await shop.write({ ...second, known: { reference: `${order.id}/A1+B2` } }))).toEqual(['already'])
  })

  it('ships two pieces of one line from two parcels', async () => {
    await using shop = await openShop()
    const order = await accepted(shop, { skus: [airpods], quantity: 2 })
    expect(is(await shop.write(ship(order, { trackingNumber: 'A1', lines: [{ sku: airpods, quantity: 1 }] })))).toEqual(
      ['waiting'],
    )
    const both = ['A1', 'B2'].map((trackingNumber) =>
      ship(order, { trackingNumber, lines: [{ sku: airpods, quantity: 1 }] }),
    )
    expect(is(await shop.write(...both))).toEqual(['done', 'done'])
  })

  it('finds its own work again, and refuses another number with what to do', async () => {
    await using shop = await openShop()
    const order = await accepted(shop)
    await shop.write(ship(order, { trackingNumber: 'ab 12' }))
    const before = posts(shop).length
    expect(is(await shop.write(ship(order, { trackingNumber: 'AB12' })))).toEqual(['already'])
    const other = await shop.write(ship(order, { trackingNumber: 'CD34' }))
    expect(codes(other)).toEqual(['ALREADY_DIFFERENT'])
    expect(messages(other)).toMatch(/ab12.*CD34.*back office/)
    expect(posts(shop)).toHaveLength(before)
  })

  it('accepts and ships in one batch of a lane', async () => {
    await using shop = await openShop()
    const order = await shop.place({ skus: [airpods] })
    expect(is(await shop.write(decide(order, 'accept'), ship(order)))).toEqual(['done', 'done'])
  })

  it('ships the accepted lines when the others are cancelled', async () => {
    await using shop = await openShop()
    const order = await shop.place({ skus: [airpods, iphone] })
    await shop.write(
      decide(order, 'accept', { lines: [{ sku: airpods }] }),
      decide(order, 'cancel', { lines: [{ sku: iphone }] }),
    )
    expect(is(await shop.write(ship(order, { lines: [{ sku: airpods, quantity: 1 }] })))).toEqual(['done'])
    expect(codes(await shop.write(ship(await shop.place({ skus: [airpods] }), { lines: [{ lineId: '1' }] })))).toEqual([
      'SKU_UNKNOWN',
    ])
  })
})

describe('a call that ends in doubt', () => {
  it.each([
    ['dropAnswer', 'done'],
    ['reset', 'absent'],
  ] as const)('is asked about after %s: %s', async (fault, found) => {
    await using shop = await openShop()
    const order = await accepted(shop)
    shop.market.faults.add({ match: { method: 'POST', times: 1 }, do: fault })
    const parcel = ship(order)
    expect(is(await shop.write(parcel))).toEqual(['sent'])
    expect(is(await shop.readBack(parcel))).toEqual([found])
    expect(is(await shop.write(parcel))).toEqual([found === 'done' ? 'already' : 'done'])
    expect(shop.market.truth.doubled('order-shipped')).toEqual([])
  })

  it('never resends a write by itself, and stops at throttling', async () => {
    await using shop = await openShop()
    const order = await accepted(shop)
    shop.market.faults.add({ match: { method: 'POST', times: 1 }, do: 'throttle', body: 'error code: 1015' })
    await expect(shop.write(ship(order))).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    expect(posts(shop).filter(({ faults }) => faults.length > 0)).toHaveLength(1)
    expect(is(await shop.write(ship(order)))).toEqual(['done'])
  })

  it('does everything once, whatever answers are lost', async () => {
    const faults = fc.array(
      fc.record({ nth: fc.integer({ min: 1, max: 8 }), do: fc.constantFrom('dropAnswer' as const, 'reset' as const) }),
      { maxLength: 4 },
    )
    await fc.assert(
      fc.asyncProperty(faults, fc.constantFrom('order', 'other'), async (chosen, updateAnswer) => {
        await using shop = await openShop({ options: { updateAnswer } })
        const order = await shop.place({ skus: [airpods, iphone] })
        for (const fault of chosen) shop.market.faults.add({ match: { path: '/ws/*', nth: fault.nth }, do: fault.do })
        const wishes = [
          decide(order, 'accept'),
          ship(order, { lines: [{ sku: airpods }, { sku: iphone, units: [{ imei }] }] }),
        ]
        let open = wishes
        for (let round = 0; open.length > 0 && round < 12; round += 1) {
          // A read that fails as often as it is tried ends the run; the next one goes on.
          const outcomes = await shop.write(...open).catch((error: unknown) => {
            if (isKontorError(error) && error.code === 'UPSTREAM_UNAVAILABLE') return []
            throw error
          })
          open = open.filter(
            ({ key }) =>
              !outcomes.some((outcome) => outcome.key === key && (outcome.is === 'done' || outcome.is === 'already')),
          )
        }
        const { truth } = shop.market
        expect(['line-accepted', 'order-shipped', 'imei-registered'].map((what) => truth.count(what))).toEqual([
          2, 1, 1,
        ])
        expect(open).toEqual([])
      }),
      { numRuns: 25 },
    )
  }, 60_000)
})

describe('a second identical run', () => {
  it('makes no write calls', async () => {
    await using shop = await openShop()
    const order = await shop.place({ skus: [airpods, iphone] })
    const wishes = [
      decide(order, 'accept'),
      ship(order, { lines: [{ sku: airpods }, { sku: iphone, units: [{ imei }] }] }),
    ]
    expect(is(await shop.write(...wishes))).toEqual(['done', 'done'])
    const before = posts(shop).length
    expect(is(await shop.write(...wishes))).toEqual(['already', 'already'])
    expect(posts(shop)).toHaveLength(before)
  })

  it('reads before each write', async () => {
    await using shop = await openShop()
    const order = await shop.place({ skus: [airpods] })
    shop.market.exchanges.clear()
    await shop.write(decide(order, 'accept'))
    await shop.write(ship(order))
    expect(shop.market.exchanges.all.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET', 'POST'])
  })
})

describe('plan mode', () => {
  it('shows the calls and sends none', async () => {
    await using shop = await openShop({ connect: { mode: 'plan' } })
    const order = await shop.place({ skus: [airpods] })
    const outcomes = await shop.write(decide(order, 'accept'))
    expect(codes(outcomes)).toEqual(['PLAN_MODE'])
    expect(posts(shop)).toEqual([])
  })
})
