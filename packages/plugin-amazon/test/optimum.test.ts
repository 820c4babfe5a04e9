import { toMs, type Delivery, type Instant, type Order } from '@kontor/core'
import type { z } from 'zod'
import { describe, expect, it } from 'vitest'
import type { OrdersCheckpoint } from '../src/readers/index.ts'
import { openShop } from './shop.ts'
import { all, delivery, fetched } from './support.ts'

/**
 * What Amazon's usage plans allow at best, in seconds: a full bucket first, then one call for each token that comes back
 * (orders_2026-01-01.json: searchOrders 0.0056 a second and 20 at once, getOrder 0.5 and 30).
 */
const optimum = (calls: number, rate: number, burst: number): number => Math.max(0, (calls - burst) / rate)

type Shop = Awaited<ReturnType<typeof openShop>>

const since = '2026-01-01T00:00:00Z' as Instant
const signal = AbortSignal.timeout(600_000)

/** Reads all there is, as a runner would: where the reader says that it goes on later, later. Answers the seconds it took. */
async function readAll(
  { shop, connection }: Shop,
  ids: Set<string>,
  look: (order: Order) => unknown = () => undefined,
): Promise<number> {
  const began = shop.clock.now()
  let checkpoint: z.output<typeof OrdersCheckpoint> | undefined
  for (let resume: number | undefined = began; resume !== undefined;) {
    await shop.clock.sleep(Math.max(0, resume - shop.clock.now()))
    resume = undefined
    for await (const page of connection.readers.orders.read({ since, signal, ...(checkpoint ? { checkpoint } : {}) })) {
      for (const order of page.records) {
        ids.add(order.id)
        look(order)
      }
      checkpoint = page.checkpoint
      if (page.resumeAt !== undefined) resume = toMs(page.resumeAt)
    }
  }
  return (shop.clock.now() - began) / 1000
}

function expectWithin(seconds: number, best: number): void {
  expect(seconds).toBeGreaterThanOrEqual(Math.floor(best))
  // Two in a hundred, and the second or so that calls themselves may take.
  expect(seconds).toBeLessThanOrEqual(best * 1.02 + 1)
}

/** The search alone: without a report nothing is read by id meanwhile. */
const noReports: NonNullable<Parameters<typeof openShop>[0]>['faults'] = [
  { match: { path: '/reports/2021-06-30/reports' }, do: 'status', status: 403 },
]

const throttledIn = ({ shop }: Shop): number => shop.exchanges.all.filter(({ status }) => status === 429).length

describe('reading orders with items and addresses, in virtual time', () => {
  it.each([1_000, 10_000])(
    'reads %i orders as fast as the plan of searchOrders allows, with no 429',
    { timeout: 120_000 },
    async (count) => {
      await using world = await openShop({ options: { orders: count, plainOrders: true } })
      const ids = new Set<string>()
      const seconds = await world.shop.drive(readAll(world, ids))
      expect(ids.size).toBe(count)
      expect(throttledIn(world)).toBe(0)
      expectWithin(seconds, optimum(count / 100, 0.0056, 20))
    },
  )

  it.each([
    ['higher', 0.0167, 30],
    // So long after the window was opened, what has changed since is read with one call more.
    ['lower', 0.0028, 31],
  ])('goes by a %s plan than the documented one as soon as Amazon tells it, with no 429', async (_, rate, calls) => {
    await using world = await openShop({ options: { orders: 3_000, plainOrders: true, searchOrdersRate: rate } })
    const ids = new Set<string>()
    const seconds = await world.shop.drive(readAll(world, ids))
    expect([ids.size, throttledIn(world)]).toEqual([3_000, 0])
    expectWithin(seconds, optimum(calls, rate, 20))
  })

  it('obeys a plan that is lowered while it reads, and uses it when it is raised again', async () => {
    await using world = await openShop({ options: { orders: 4_000, plainOrders: true }, faults: noReports })
    const { shop } = world
    const ids = new Set<string>()
    const perOf = (rate: number) => `${Math.round((20 / rate) * 1000)}ms` as const
    const seconds = await shop.drive(
      readAll(world, ids, () => {
        if (ids.size === 2_500) shop.limits.change('searchOrders', { per: perOf(0.0028) })
        if (ids.size === 3_500) shop.limits.change('searchOrders', { per: perOf(0.0112) })
      }),
    )
    expect(ids.size).toBe(4_000)
    // No answer had told of it yet when the next call was due, once.
    expect(throttledIn(world)).toBeLessThanOrEqual(1)
    expectWithin(seconds, 5 / 0.0056 + 11 / 0.0028 + 4 / 0.0112)
  })

  it('keeps to the limit that a connection states, whatever Amazon would allow', async () => {
    await using world = await openShop({
      options: { orders: 2_300, plainOrders: true, searchOrdersRate: 1 },
      limits: { searchOrders: { per: '300s' } },
    })
    const ids = new Set<string>()
    const seconds = await world.shop.drive(readAll(world, ids))
    expect(ids.size).toBe(2_300)
    // One call more, as above.
    expectWithin(seconds, 4 * 300)
  })

  it('reads from both ends where ids are known: neither way holds the other up', { timeout: 120_000 }, async () => {
    const count = 4_000
    await using world = await openShop({ options: { orders: count, plainOrders: true }, faults: noReports })
    const { shop, connection } = world
    const newestFirst = [...shop.world.orders.keys()].toReversed().map((id) => ({ entity: 'orders' as const, id }))
    const ids = new Set<string>()
    const began = shop.clock.now()
    let ended: number | undefined
    const note = ({ id }: Order): boolean => {
      ids.add(id)
      if (ids.size === count) ended ??= shop.clock.now()
      return ended !== undefined
    }
    const fetching = async (): Promise<void> => {
      for await (const { records } of fetched(connection.readers.orders, newestFirst)) if (records.some(note)) return
    }
    await shop.drive(Promise.race([readAll(world, new Set(), note), fetching()]))
    // The first second by which both plans together have given enough calls.
    const best = Array.from({ length: count }, (_, second) => second).find(
      (second) => 100 * (20 + Math.floor(0.0056 * second)) + 30 + Math.floor(0.5 * second) >= count,
    )
    expect(ids.size).toBe(count)
    expect(throttledIn(world)).toBe(0)
    expectWithin(((ended ?? 0) - began) / 1000, (best ?? 0) - 1)
  })

  it(
    'reads a thousand orders by id as fast as the plan of getOrder allows, with no 429',
    { timeout: 120_000 },
    async () => {
      await using world = await openShop({ options: { orders: 1_000, plainOrders: true } })
      const refs = [...world.shop.world.orders.keys()].map((id) => ({ entity: 'orders' as const, id }))
      const began = world.shop.clock.now()
      const ids = new Set<string>()
      const work = async (): Promise<void> => {
        for await (const { records } of fetched(world.connection.readers.orders, refs))
          for (const { id } of records) ids.add(id)
      }
      await world.shop.drive(work())
      expect(ids.size).toBe(1_000)
      expect(throttledIn(world)).toBe(0)
      expectWithin((world.shop.clock.now() - began) / 1000, optimum(1_000, 0.5, 30))
    },
  )
})

describe('writing to Amazon, in virtual time', () => {
  const count = 1_000

  it(
    'confirms a thousand parcels as fast as the plan of confirmShipment allows, with no 429',
    { timeout: 120_000 },
    async () => {
      await using world = await openShop({ options: { orders: count, plainOrders: true } })
      const { shop, connection } = world
      const orders = new Map<string, Order>()
      await shop.drive(readAll(world, new Set(), (order) => void orders.set(order.id, order)))
      const batch = [...orders.values()].map((order) => {
        const about = { entity: 'orders', id: order.id } as const
        const trackingNumber = `T${order.id}`
        return delivery<'shipments'>(
          { entity: 'shipments', id: trackingNumber, about, carrier: 'DHL', trackingNumber },
          { order },
        )
      })
      const began = shop.clock.now()
      const outcomes = await shop.drive(all(connection.writers.shipments.write(batch, signal)))
      expect(outcomes.filter(({ is }) => is === 'sent')).toHaveLength(count)
      expect([shop.truth.count('shipment'), shop.truth.doubled('shipment'), throttledIn(world)]).toEqual([count, [], 0])
      expectWithin((shop.clock.now() - began) / 1000, optimum(count, 2, 10))
    },
  )

  it(
    'changes stock and price of a thousand SKUs as fast as the plan of patchListingsItem allows, with no 429',
    { timeout: 120_000 },
    async () => {
      await using world = await openShop({ options: { orders: 0 }, config: { feedFrom: 5_000 } })
      const { shop, connection } = world
      const skus = Array.from({ length: count }, (_, index) => `SKU-${index}`)
      for (const sku of skus) shop.act('create-listing', { sku })
      const price = { value: { amount: '17.50', currency: 'EUR' }, taxIncluded: true }
      const batch = skus.flatMap((sku): Delivery<'stock' | 'prices'>[] => [
        delivery<'stock' | 'prices'>({ entity: 'stock', id: sku, sku, available: 6 }),
        delivery<'stock' | 'prices'>({ entity: 'prices', id: sku, sku, price }),
      ])
      const began = shop.clock.now()
      const outcomes = await shop.drive(all(connection.writers.offers.write(batch, signal)))
      expect(outcomes.filter(({ is }) => is === 'done')).toHaveLength(2 * count)
      expect([shop.truth.count('patch'), shop.truth.count('stock'), throttledIn(world)]).toEqual([count, count, 0])
      // Twenty are looked up with a call before, from a bucket of its own.
      expectWithin((shop.clock.now() - began) / 1000, optimum(count, 5, 5) + optimum(count / 20, 5, 5))
    },
  )
})
