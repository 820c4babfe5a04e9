import { Order, toMs } from '@kontor/core'
import type { z } from 'zod'
import type { OrdersCheckpoint as Checkpoint } from './orders.ts'
import { describe, expect, it } from 'vitest'
import { all, fetched, openShop } from '../../test/shop.ts'

type OrdersCheckpoint = z.infer<typeof Checkpoint>

const since = '2026-05-01T00:00:00Z'

describe('the orders reader', () => {
  it('reads every order once, over several pages of one second and of many, in the form of the canonical order', async () => {
    await using world = await openShop({ options: { orders: 120 } })
    for (let index = 0; index < 130; index++) world.shop.act('place-order', {})
    const pages = await all(world.connection.readers.orders.read({ since }))
    const records = pages.flatMap((page) => page.records)
    expect(records.length).toBe(250)
    expect(new Set(records.map(({ id }) => id)).size).toBe(250)
    for (const record of records) expect(Order.parse(record)).toEqual(record)
    expect(pages.flatMap((page) => page.rejected ?? [])).toEqual([])
    expect([world.shop.unknownRoutes, world.shop.failures]).toEqual([[], []])
  })

  it('loses nothing when orders change while pages are read', async () => {
    await using world = await openShop({ options: { orders: 200 } })
    const seen = new Set<string>()
    const ids = [...world.shop.world.orders.keys()]
    let page = 0
    for await (const { records } of world.connection.readers.orders.read({ since })) {
      for (const { id } of records) seen.add(id)
      // The first orders, just read, move to the end of the list.
      await world.shop.clock.advance(1000)
      for (const id of ids.slice(page * 20, page * 20 + 20))
        if (page < 5) world.shop.act('set-status', { id, status: 2 })
      page += 1
    }
    expect(seen.size).toBe(200)
  })

  it('goes on at its checkpoint, with an overlap, and reads nothing old', async () => {
    await using world = await openShop({ options: { orders: 60 } })
    const first = await all(world.connection.readers.orders.read({ since }))
    const checkpoint = first.at(-1)?.checkpoint
    await world.shop.clock.advance(60_000)
    world.shop.act('place-order', { id: 9000 })
    const again = await all(world.connection.readers.orders.read({ since, checkpoint }))
    const records = again.flatMap((page) => page.records)
    expect(records.some(({ id }) => id === '9000')).toBe(true)
    expect(records.length).toBeLessThan(15)
  })

  it('reads nothing from an empty shop, whose list is 204 without a body', async () => {
    await using world = await openShop({ options: { orders: 0 } })
    expect(await all(world.connection.readers.orders.read({ since }))).toEqual([])
  })

  it('asks for lines and addresses where they do not come with the list, with every page of a long order', async () => {
    await using world = await openShop({ options: { orders: 0, consignments: false } })
    const lines = Array.from({ length: 300 }, () => ({ sku: 'SKU-1', quantity: 1 }))
    world.shop.act('place-order', { lines, discount: 100 })
    const [page] = await all(world.connection.readers.orders.read({ since }))
    expect(page?.records[0]?.lines?.length).toBe(300)
    expect(page?.records[0]?.shipTo?.address?.city).toBeTruthy()
    expect(page?.records[0]?.discounts).toMatchObject([{ kind: 'coupon', code: 'WELCOME' }])
  })

  it.each([
    [0, { lifecycle: 'draft', payment: 'authorized' }],
    [1, { lifecycle: 'open', payment: 'authorized' }],
    [2, { lifecycle: 'open', fulfilment: 'shipped', payment: 'paid' }],
    [3, { fulfilment: 'partially_shipped', payment: 'paid' }],
    [4, { payment: 'refunded' }],
    [5, { lifecycle: 'cancelled' }],
    [6, { lifecycle: 'cancelled', payment: 'failed' }],
    [7, { lifecycle: 'open', payment: 'authorized' }],
    [8, { payment: 'paid' }],
    [9, { payment: 'paid' }],
    [10, { lifecycle: 'completed', fulfilment: 'shipped' }],
    [11, { lifecycle: 'open', fulfilment: 'unfulfilled', payment: 'paid' }],
    [12, { lifecycle: 'open', payment: 'authorized' }],
    [13, { lifecycle: 'open' }],
    [14, { payment: 'partially_refunded' }],
    [77, { lifecycle: 'unknown', fulfilment: 'unknown' }],
  ])('status %i is %j', async (statusId, axes) => {
    await using world = await openShop({ options: { orders: 0 } })
    world.shop.act('place-order', { statusId, paymentStatus: 'authorized' })
    const [page] = await all(world.connection.readers.orders.read({ since }))
    const order = page?.records[0]
    const found = {
      lifecycle: order?.lifecycle?.value,
      payment: order?.payment?.value,
      fulfilment: order?.fulfilment?.value,
    }
    expect(found).toMatchObject(axes)
    expect(order?.hold?.reason).toBe({ 12: 'manual verification required', 13: 'disputed' }[statusId])
  })

  it('knows a guest, a migrated order, and the currency that was paid in', async () => {
    await using world = await openShop({ options: { orders: 0 } })
    world.shop.act('place-order', {
      id: 1,
      guest: true,
      currency: 'SEK',
      externalSource: 'M-MIG',
      email: 'gast@example.com',
    })
    const order = world.shop.world.orders.get(1)
    if (order) order.displayCurrency = 'USD'
    const [page] = await all(world.connection.readers.orders.read({ since }))
    expect(page?.records[0]).toMatchObject({
      currency: 'SEK',
      flags: ['migrated'],
      buyer: { id: null, email: 'gast@example.com' },
      totals: { grand: { currency: 'SEK' } },
      extensions: { 'bigcommerce.displayCurrency': 'USD' },
    })
  })

  it('adds its totals up: lines, shipping and discount make the whole', async () => {
    await using world = await openShop({ options: { orders: 0 } })
    world.shop.act('place-order', {
      lines: [
        { sku: 'SKU-1', quantity: 2 },
        { sku: 'SKU-2', quantity: 1 },
      ],
      discount: 325,
    })
    const [page] = await all(world.connection.readers.orders.read({ since }))
    const order = page?.records[0]
    expect(order?.totals?.grand).toEqual({ amount: '34.15', currency: 'EUR' })
    expect(order?.lines?.map((line) => line.total?.value.amount)).toEqual(['16.20', '13.05'])
    expect(order?.totals?.shipping?.amount).toBe('4.90')
  })

  it('reads the channels it is told to, one or several', async () => {
    await using one = await openShop({ options: { orders: 2 }, config: { channels: [3] } })
    one.shop.act('place-order', { id: 500, channelId: 3 })
    expect(
      (await all(one.connection.readers.orders.read({ since }))).flatMap(({ records }) => records.map(({ id }) => id)),
    ).toEqual(['500'])
    await using several = await openShop({ options: { orders: 2 }, config: { channels: [3, 4] } })
    several.shop.act('place-order', { id: 500, channelId: 4 })
    expect(
      (await all(several.connection.readers.orders.read({ since }))).flatMap(({ records }) =>
        records.map(({ id }) => id),
      ),
    ).toEqual(['500'])
  })

  it('rejects an order it cannot understand, and reads its neighbours', async () => {
    await using world = await openShop({ options: { orders: 3 } })
    const second = [...world.shop.world.orders.values()][1]
    if (second) Object.assign(second, { currency: 'EURO', displayCurrency: 'EURO' })
    const pages = await all(world.connection.readers.orders.read({ since }))
    expect(pages.flatMap(({ records }) => records).length).toBe(2)
    expect(pages.flatMap(({ rejected }) => rejected ?? [])).toMatchObject([
      { ref: { entity: 'orders', id: String(second?.id) }, error: { code: 'RECORD_INVALID' } },
    ])
  })

  it('fetches by id, and leaves out what was deleted', async () => {
    await using world = await openShop({ options: { orders: 3 } })
    const ids = [...world.shop.world.orders.keys()]
    world.shop.act('delete-order', { id: ids[1] })
    const found = await all(
      fetched(
        world.connection.readers.orders,
        ids.map((id) => ({ entity: 'orders', id: String(id) })),
      ),
    )
    expect(found.flatMap(({ records }) => records.map(({ id }) => id))).toEqual([String(ids[0]), String(ids[2])])
  })

  it('waits as long as a 429 says, and at least three seconds where it says nothing', async () => {
    await using told = await openShop({ faults: [{ do: 'throttle', retryAfterSeconds: 20, match: { nth: 1 } }] })
    const began = told.shop.clock.now()
    await told.shop.drive(all(told.connection.readers.orders.read({ since })))
    expect(told.shop.clock.now() - began).toBeGreaterThanOrEqual(20_000)
    await using silent = await openShop({ faults: [{ do: 'throttle', match: { nth: 1 } }] })
    const before = silent.shop.clock.now()
    await silent.shop.drive(all(silent.connection.readers.orders.read({ since })))
    expect(silent.shop.clock.now() - before).toBeGreaterThanOrEqual(3000)
    expect(silent.shop.clock.now() - before).toBeLessThan(20_000)
  })

  it('goes on where it was broken off, within one second of changes, and reads nothing twice', async () => {
    await using world = await openShop({ options: { orders: 0, consignments: false } })
    for (let index = 0; index < 70; index++) world.shop.act('place-order', { discount: 1 })
    const seen: string[] = []
    let checkpoint: OrdersCheckpoint | undefined
    const breakOffAfter = async (pages: number): Promise<boolean> => {
      for await (const page of world.connection.readers.orders.read({ since, checkpoint })) {
        seen.push(...page.records.map(({ id }) => id))
        checkpoint = page.checkpoint
        pages -= 1
        if (pages === 0) return true
      }
      return false
    }
    let runs = 0
    while (await world.shop.drive(breakOffAfter(2))) runs += 1
    expect(new Set(seen).size).toBe(70)
    expect(seen.length).toBe(70)
    expect(runs).toBeGreaterThan(2)
    expect(checkpoint).toEqual({ modified: '2026-06-01T12:00:00.000Z' })
    expect(world.shop.limits.state('quota')?.refused).toBe(0)
  })

  it('has the newest change as its checkpoint', async () => {
    await using world = await openShop({ options: { orders: 5 } })
    const pages = await all(world.connection.readers.orders.read({ since }))
    const newest = Math.max(...[...world.shop.world.orders.values()].map(({ modified }) => modified))
    const { modified } = pages.at(-1)?.checkpoint ?? {}
    expect(modified === undefined ? 0 : toMs(modified)).toBe(newest)
  })
})
