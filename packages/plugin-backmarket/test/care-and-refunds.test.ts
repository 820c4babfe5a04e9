import { Return, type Outcome, type Refund } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { airpods, collect, decide, delivery, iphone, openShop, ship, since, type Shop } from './shop.ts'

const readCare = async (shop: Shop, checkpoint?: { modified: string }) => {
  const pages = await shop.market.drive(collect(shop.shop.readers.care.read({ since, checkpoint })))
  return {
    records: pages.flatMap(({ records }) => records),
    rejected: pages.flatMap(({ rejected = [] }) => rejected),
    checkpoint: pages.at(-1)?.checkpoint,
  }
}
async function shipped(shop: Shop, skus = [airpods], quantity?: number) {
  const order = await shop.place({ skus, ...(quantity === undefined ? {} : { quantity }) })
  await shop.write(decide(order, 'accept'), ship(order))
  return order
}

describe('after-sales folders', () => {
  it('come as returns: what, why, which label, and what was written', async () => {
    await using shop = await openShop()
    const order = await shipped(shop)
    const care = shop.market.act('open-care', { order: Number(order.id), resolution: 'REFUND' })
    const { records } = await readCare(shop)
    expect(records.map((record) => Return.parse(record))).toMatchObject([
      {
        id: String(care),
        about: { entity: 'orders', id: order.id },
        rmaNumber: String(care),
        lifecycle: { value: 'requested', source: '0 open' },
        financial: { value: 'none' },
        lines: [
          {
            orderLineId: order.lines?.[0]?.id,
            sku: airpods,
            quantity: { requested: 1 },
            reason: { value: expect.any(String) },
            requestedResolution: { value: 'refund', source: 'REFUND' },
          },
        ],
        messages: [{ from: 'buyer' }],
        customer: { email: expect.stringContaining('@example.com') },
      },
    ])
  })

  it('read their reason, label and end in our words', async () => {
    await using shop = await openShop()
    for (let index = 0; index < 4; index += 1) shop.market.act('open-care', { order: Number((await shipped(shop)).id) })
    const [first] = shop.market.world.care.values()
    if (first === undefined) throw new Error('no folder')
    first.label = 'USED'
    shop.market.act('close-care', { care: first.id })
    const { records } = await readCare(shop)
    expect(new Set(records.map(({ kind }) => kind?.value))).toEqual(
      new Set(['warranty', 'return', 'claim', 'not_received']),
    )
    const closed = records.find(({ id }) => id === String(first.id))
    expect(closed).toMatchObject({ lifecycle: { value: 'closed' }, closedAt: '2026-05-10T08:00:00+00:00' })
  })

  it('are read ten a page to the last, and again only when they change', async () => {
    await using shop = await openShop()
    for (let index = 0; index < 23; index += 1) {
      shop.market.act('open-care', { order: Number((await shipped(shop)).id) })
      await shop.market.clock.advance(10 * 60_000)
    }
    const first = await readCare(shop)
    expect(new Set(first.records.map(({ id }) => id)).size).toBe(23)
    await shop.market.clock.advance(2 * 3_600_000)
    expect(new Set((await readCare(shop, first.checkpoint)).records.map(({ id }) => id)).size).toBeLessThan(10)
    expect(
      shop.market.exchanges
        .find({ path: '/ws/sav' })
        .every(({ query }) => /last_modification_date=\d{4}-\d\d-\d\d-\d\d-\d\d/.test(query)),
    ).toBe(true)
  })

  it('come by id, and one that cannot be read is a rejection of its own', async () => {
    await using shop = await openShop()
    const ids = [await shipped(shop), await shipped(shop)].map((order) =>
      String(shop.market.act('open-care', { order: Number(order.id) })),
    )
    const folder = shop.market.world.care.get(Number(ids[0]))
    if (folder === undefined) throw new Error('no folder')
    Object.assign(folder.line, { quantity: 'one' })
    const { records, rejected } = await readCare(shop)
    expect([records.map(({ id }) => id), rejected.map(({ path }) => path)]).toEqual([[ids[1]], ['orderline.quantity']])
    const intakes = await shop.market.drive(
      collect(
        shop.shop.readers.care.fetch?.([
          { entity: 'returns', id: '1' },
          { entity: 'returns', id: ids[1] ?? '' },
        ]) ?? (async function* () {})(),
      ),
    )
    expect(intakes.flatMap((intake) => intake.records.map(({ id }) => id))).toEqual([ids[1]])
  })
})

const refund = (order: Awaited<ReturnType<typeof shipped>>, more: Partial<Refund>) =>
  delivery<'refunds'>(
    { entity: 'refunds', id: `refund-${order.id}`, about: { entity: 'orders', number: order.id }, ...more },
    order,
  )
const eur = (amount: string) => ({ amount, currency: 'EUR' })
const pay = async (shop: Shop, ...batch: ReturnType<typeof refund>[]): Promise<Outcome[]> =>
  await shop.market.drive(collect(shop.shop.writers.refunds.write(batch)))
const codes = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map((outcome) => ('error' in outcome ? outcome.error.code : outcome.is))
const paid = (shop: Shop) =>
  shop.market.truth.effects.filter(({ what }) => what === 'refund-paid').map(({ detail }) => detail)

describe('refunds', () => {
  it('pay back a part of a shipped line as a number with its cents', async () => {
    await using shop = await openShop()
    const order = await shipped(shop)
    expect(codes(await pay(shop, refund(order, { lines: [{ sku: airpods, amount: eur('19.99') }] })))).toEqual(['done'])
    expect(JSON.parse(shop.market.exchanges.find({ path: '/ws/sav/refund' })[0]?.requestBody.toString() ?? '')).toEqual(
      { orderline_pk: Number(order.lines?.[0]?.id), refund_type: 6, amount: 19.99 },
    )
    expect(paid(shop)).toMatchObject([{ amount: '19.99', type: 6 }])
  })

  it('pay back the whole of a line by where it stands', async () => {
    await using shop = await openShop()
    const fresh = await shop.place({ skus: [airpods] })
    const taken = await shop.place({ skus: [airpods] })
    await shop.write(decide(taken, 'accept'))
    const sent = await shipped(shop)
    expect(codes(await pay(shop, ...[fresh, taken, sent].map((order) => refund(order, {}))))).toEqual([
      'done',
      'done',
      'done',
    ])
    expect(paid(shop)).toMatchObject([{ type: 4 }, { type: 5 }, { type: 6 }])
    expect(codes(await pay(shop, refund(sent, {})))).toEqual(['already'])
  })

  it('pay the total of one line, with shipping and without fees', async () => {
    await using shop = await openShop()
    const order = await shipped(shop)
    await pay(
      shop,
      refund(order, {
        total: eur('15.00'),
        lines: [{ sku: airpods, amount: eur('20.00') }],
        fees: [{ kind: 'restocking', amount: eur('5.00') }],
      }),
    )
    await pay(shop, refund(order, { lines: [{ sku: airpods, amount: eur('2.00') }], shipping: eur('3.90') }))
    expect(paid(shop)).toMatchObject([{ amount: '15.00' }, { amount: '5.90' }])
  })

  it.each<[string, Partial<Refund>, string]>([
    ['another currency', { total: { amount: '1.00', currency: 'USD' } }, 'REQUEST_REJECTED'],
    [
      'lines that do not come to the total',
      { total: eur('9.00'), lines: [{ sku: airpods, amount: eur('5.00') }] },
      'REQUEST_REJECTED',
    ],
    ['a total for two lines', { total: eur('9.00') }, 'REQUEST_REJECTED'],
    ['pieces without an amount', { lines: [{ sku: airpods, quantity: 0 }] }, 'REQUEST_REJECTED'],
    ['nothing', { lines: [{ sku: airpods, amount: eur('0.00') }] }, 'REQUEST_REJECTED'],
    ['a line that is not there', { lines: [{ sku: 'NOT-THERE', amount: eur('1.00') }] }, 'SKU_UNKNOWN'],
    ['a voucher', { destination: { value: 'store_credit' } }, 'UNSUPPORTED'],
    ['a refund that was declined', { status: { value: 'declined' } }, 'UNSUPPORTED'],
  ])('refuse %s before any call', async (_, more, code) => {
    await using shop = await openShop({ config: { whenImeiMissing: 'ship' } })
    const order = await shipped(shop, [airpods, iphone])
    expect(codes(await pay(shop, refund(order, more)))).toEqual([code])
    expect(shop.market.exchanges.count({ path: '/ws/sav/refund' })).toBe(0)
  })

  it('refuse a part before shipping, wait for payment, and do not pay what is paid back in full', async () => {
    await using shop = await openShop()
    const fresh = await shop.place({ skus: [airpods] })
    expect(codes(await pay(shop, refund(fresh, { lines: [{ sku: airpods, amount: eur('1.00') }] })))).toEqual([
      'UNSUPPORTED',
    ])
    expect(codes(await pay(shop, refund(await shop.place({ skus: [airpods], paid: false }), {})))).toEqual(['NOT_YET'])
    const sent = await shipped(shop)
    await pay(shop, refund(sent, {}))
    expect(codes(await pay(shop, refund(sent, { lines: [{ sku: airpods, amount: eur('1.00') }] })))).toEqual([
      'ALREADY_DIFFERENT',
    ])
    expect(codes(await pay(shop, refund({ ...sent, id: '1' }, {})))).toEqual(['ORDER_UNKNOWN'])
  })

  it('are not paid again when a word about them changes, nor when their amount does', async () => {
    await using shop = await openShop()
    const order = await shipped(shop)
    const wish = refund(order, { lines: [{ sku: airpods, amount: eur('5.00') }] })
    const [first] = await pay(shop, wish)
    const reference = first !== undefined && 'reference' in first ? (first.reference ?? '') : ''
    const again = { ...wish, known: { reference }, record: { ...wish.record, status: { value: 'done' as const } } }
    const more = {
      ...wish,
      known: { reference },
      record: { ...wish.record, lines: [{ sku: airpods, amount: eur('6.00') }] },
    }
    expect(codes(await pay(shop, again, more))).toEqual(['already', 'ALREADY_DIFFERENT'])
    expect(paid(shop)).toHaveLength(1)
  })

  it('wait when Back Market asks for fewer calls, and are paid once', async () => {
    await using shop = await openShop()
    const wish = refund(await shipped(shop), {})
    shop.market.faults.add({ match: { path: '/ws/sav/refund', times: 1 }, do: 'throttle', body: 'error code: 1015' })
    expect(await pay(shop, wish)).toMatchObject([
      { is: 'waiting', error: { code: 'RATE_LIMITED' }, until: '2026-05-10T08:00:10.000Z' },
    ])
    await shop.market.clock.advance(10_000)
    expect(codes(await pay(shop, wish))).toEqual(['done'])
    expect(paid(shop)).toHaveLength(1)
  })

  it('have no outcome when nobody knows, are not sent again, and others go on', async () => {
    await using shop = await openShop()
    const [first, second] = [await shipped(shop), await shipped(shop)]
    shop.market.faults.add({ match: { path: '/ws/sav/refund', times: 1 }, do: 'dropAnswer' })
    const wishes = [refund(first, {}), refund(second, {})]
    const outcomes = await pay(shop, ...wishes)
    expect(outcomes.map(({ key }) => key)).toEqual([wishes[1]?.key])
    expect(shop.market.exchanges.count({ path: '/ws/sav/refund' })).toBe(2)
  })

  it("name the lines that were paid when Back Market refuses another, in Back Market's words", async () => {
    await using shop = await openShop({ config: { whenImeiMissing: 'ship' } })
    const order = await shipped(shop, [airpods, iphone])
    const lines = [
      { sku: airpods, amount: eur('1.00') },
      { sku: iphone, amount: eur('9999.00') },
    ]
    const [outcome] = await pay(shop, refund(order, { lines }))
    expect(outcome).toMatchObject({
      is: 'refused',
      applied: [order.lines?.[0]?.id],
      error: { code: 'REQUEST_REJECTED', message: expect.stringContaining('exceeds') },
    })
  })
})

describe("Back Market's own labels", () => {
  it('stand on the order with number and link, asked for once', async () => {
    await using shop = await openShop({ options: { backshipShare: 1 } })
    const order = await shop.place({ skus: [airpods] })
    expect(order.label).toBeUndefined()
    await shop.write(decide(order, 'accept'))
    const { records } = await shop.readAll()
    expect(records[0]?.label).toEqual({
      carrier: expect.any(String),
      trackingNumber: `BS${order.id}`,
      trackingUrl: `https://tracking.example.com/BS${order.id}`,
      url: `${shop.market.url}/static/label-${order.id}.pdf`,
      prepaid: true,
    })
    await shop.readAll()
    expect(shop.market.exchanges.count({ path: '/ws/shipping/v1/deliveries' })).toBe(1)
  })

  it('give the number of a parcel that the warehouse has not written down', async () => {
    await using shop = await openShop({ options: { backshipShare: 1 } })
    const order = await shop.place({ skus: [airpods] })
    await shop.write(decide(order, 'accept'))
    const { trackingNumber: _, carrier: __, ...record } = ship(order).record
    expect(codes(await shop.write(delivery<'shipments'>(record, order)))).toEqual(['done'])
    expect(shop.market.truth.last('order-shipped', order.id)?.detail).toMatchObject({ number: `BS${order.id}` })
  })
})
