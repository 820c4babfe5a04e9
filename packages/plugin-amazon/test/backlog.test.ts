import { toInstant, toMs, type Instant, type Order, type Page } from '@kontor/core'
import type { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { inOrder } from '../src/readers/in-order.ts'
import type { OrdersCheckpoint } from '../src/readers/index.ts'
import { openShop } from './shop.ts'
import { all, fetched } from './support.ts'

type Shop = Awaited<ReturnType<typeof openShop>>
type Checkpoint = z.output<typeof OrdersCheckpoint>

const since = '2026-01-01T00:00:00Z' as Instant
const signal = AbortSignal.timeout(600_000)
const day = 86_400_000
const noReports = [{ match: { path: '/reports/2021-06-30/reports' }, do: 'status', status: 403 }] as const

/** Reads all there is, as a runner would: where the reader says that it goes on later, later. `dies`: nothing is left of it after each page but the page. */
async function readAll(
  { shop, connection }: Shop,
  look: (page: Page<'orders', Checkpoint>) => void,
  dies = false,
  until?: Instant,
) {
  let checkpoint: Checkpoint | undefined
  for (let resume: number | undefined = shop.clock.now(); resume !== undefined;) {
    await shop.clock.sleep(Math.max(0, resume - shop.clock.now()))
    resume = undefined
    for await (const page of connection.readers.orders.read({
      since,
      signal,
      ...(until ? { until } : {}),
      ...(checkpoint ? { checkpoint } : {}),
    })) {
      look(page)
      checkpoint = page.checkpoint
      if (page.resumeAt !== undefined) resume = toMs(page.resumeAt)
      else if (dies && checkpoint.page) {
        resume = shop.clock.now()
        break
      }
    }
  }
}

/** What was told of each order, each time; and what was asked for. */
async function toldBy(world: Shop, dies = false): Promise<Map<string, Order[]>> {
  const told = new Map<string, Order[]>()
  await world.shop.drive(
    readAll(
      world,
      ({ records, rejected = [] }) => {
        expect(rejected).toEqual([])
        for (const order of records) told.set(order.id, [...(told.get(order.id) ?? []), order])
      },
      dies,
    ),
  )
  return told
}
const callsOf = ({ shop }: Shop, path: RegExp): number =>
  shop.exchanges.all.filter((each) => path.test(each.path)).length
const reportsAsked = (world: Shop): number =>
  world.shop.exchanges.all.filter(({ method, path }) => method === 'POST' && path === '/reports/2021-06-30/reports')
    .length
const single = /^\/orders\/2026-01-01\/orders\/[^/]+$/

describe('a long window of orders', { timeout: 240_000 }, () => {
  it('is read from both ends, and both tell the same of every order', async () => {
    await using both = await openShop({ options: { orders: 2_700 } })
    await using searched = await openShop({ options: { orders: 2_700 }, faults: [...noReports] })
    const [one, other] = [await toldBy(both), await toldBy(searched)]
    expect(callsOf(both, single)).toBeGreaterThan(300)
    expect(callsOf(searched, single)).toBe(0)
    expect([...one.keys()].toSorted()).toEqual([...other.keys()].toSorted())
    for (const [id, times] of one) for (const each of times) expect(each).toEqual(other.get(id)?.[0])
    expect(both.shop.exchanges.all.filter(({ status }) => status === 429)).toEqual([])
  })

  it('of 10,000 orders is known after two hours instead of four, with no 429', async () => {
    await using world = await openShop({ options: { orders: 10_000, plainOrders: true } })
    const { shop } = world
    const ids = new Set<string>()
    const began = shop.clock.now()
    let [first2000, known]: (number | undefined)[] = []
    await shop.drive(
      readAll(world, ({ records }) => {
        for (const { id } of records) ids.add(id)
        if (ids.size >= 2_000) first2000 ??= shop.clock.now() - began
        if (ids.size === 10_000) known ??= shop.clock.now() - began
      }),
    )
    expect([ids.size, first2000, reportsAsked(world)]).toEqual([10_000, 0, 1])
    expect(shop.exchanges.all.filter(({ status }) => status === 429)).toEqual([])
    // Both plans together, from two full buckets: 2,030 + 1.06 t = 10,000; and 45 seconds for the report, in which getOrder stands still.
    const best = (10_000 - 2_030) / 1.06 + 45 / 2
    expect((known ?? 0) / 1000).toBeGreaterThanOrEqual(Math.floor((10_000 - 2_030) / 1.06))
    expect((known ?? 0) / 1000).toBeLessThanOrEqual(best * 1.02)
    // The search goes to its end all the same: it is what counts. The newest are there first.
    expect((shop.clock.now() - began) / 1000).toBeLessThanOrEqual(((100 - 20) / 0.0056) * 1.02)
  })

  it('goes on where it was, whenever it dies, with one report', async () => {
    await using world = await openShop({ options: { orders: 2_500, plainOrders: true } })
    const told = await toldBy(world, true)
    expect([told.size, reportsAsked(world)]).toEqual([2_500, 1])
    // Nothing is asked for by id that was told by then.
    expect([...told.values()].filter((times) => times.length > 2)).toEqual([])
  })

  it.each([
    ['fails', { reportEnd: 'FATAL' as const }, []],
    ['never ends', { reportEnd: 'stuck' as const }, []],
    ['is refused', {}, noReports],
    ['cannot be had now', {}, [{ match: { path: '/reports/2021-06-30/reports' }, do: 'status', status: 503 }] as const],
  ])('is searched through where the report %s', async (_, options, faults) => {
    await using world = await openShop({
      options: { orders: 2_300, plainOrders: true, ...options },
      faults: [...faults],
    })
    const told = await toldBy(world)
    expect([told.size, callsOf(world, single)]).toEqual([2_300, 0])
  })

  it('of the past, which gives way to live work, is read from both ends to its own end', async () => {
    await using world = await openShop({ options: { orders: 2_300, plainOrders: true }, priority: 'last' })
    const { shop } = world
    const orders = [...shop.world.orders.values()].toSorted((one, other) => one.updated - other.updated)
    const until = toInstant((orders[1_999]?.updated ?? 0) + 1)
    const told: string[] = []
    await shop.drive(readAll(world, ({ records }) => told.push(...records.map(({ id }) => id)), false, until))
    expect(new Set(told)).toEqual(new Set(orders.slice(0, 2_000).map(({ id }) => id)))
    expect(callsOf(world, single)).toBeGreaterThan(200)
    expect(shop.exchanges.all.filter(({ status }) => status === 429)).toEqual([])
  })

  it('of which pages do not follow each other in time is read whole all the same', async () => {
    await using world = await openShop({ options: { orders: 2_300, plainOrders: true } })
    world.shop.world.disordered = true
    expect((await toldBy(world)).size).toBe(2_300)
  })

  it('of more than 29 days is asked for in several reports, the newest first', async () => {
    await using world = await openShop({ options: { orders: 3_000, plainOrders: true } })
    const { shop } = world
    await shop.clock.advance(20 * day)
    // Changed again, so that they come last; and one that is new.
    const ids = [...shop.world.orders.keys()]
    for (const id of ids.slice(0, 150)) shop.act('touch-order', { id })
    await shop.clock.advance(20 * day)
    for (const id of ids.slice(150, 200)) shop.act('touch-order', { id })
    await shop.clock.advance(5 * 60_000)
    const order: string[] = []
    const told = await shop.drive(
      (async () => {
        await readAll(world, ({ records, resumeAt }) => {
          if (resumeAt) order.push(...records.map(({ id }) => id))
        })
        return new Set(order)
      })(),
    )
    expect(new Set(order.slice(0, 50))).toEqual(new Set(ids.slice(150, 200)))
    expect([...told].filter((id) => ids.slice(0, 150).includes(id)).length).toBeGreaterThan(0)
    expect(reportsAsked(world)).toBe(2)
  })

  it('of 2,000 orders or fewer needs no report', async () => {
    await using world = await openShop({ options: { orders: 2_000, plainOrders: true } })
    expect([(await toldBy(world)).size, reportsAsked(world), callsOf(world, single)]).toEqual([2_000, 0, 0])
  })
})

describe('orders by id', () => {
  it('are asked for several at a time, and told in the order of what was asked', async () => {
    let [open, most] = [0, 0]
    const answers: number[] = []
    const ask = async (one: number): Promise<number> => {
      most = Math.max(most, (open += 1))
      // The later ones answer first.
      for (let turn = 0; turn < 20 - one; turn++) await Promise.resolve()
      open -= 1
      return one
    }
    for await (const each of inOrder([...Array.from({ length: 20 }).keys()], ask)) answers.push(each)
    expect(answers).toEqual([...Array.from({ length: 20 }).keys()])
    expect(most).toBe(8)
  })

  it('end at the first that fails, after those before it, and leave nothing under way', async () => {
    const answered: number[] = []
    let open = 0
    const ask = async (one: number): Promise<number> => {
      open += 1
      for (let turn = 0; turn < 5; turn++) await Promise.resolve()
      open -= 1
      if (one === 3) throw new RangeError('three')
      return one
    }
    const read = async () => {
      for await (const each of inOrder([1, 2, 3, 4, 5], ask)) answered.push(each)
    }
    await expect(read()).rejects.toThrow('three')
    expect([answered, open]).toEqual([[1, 2], 0])
  })

  it('are read from a full bucket in the time of a few answers', async () => {
    await using world = await openShop({ options: { orders: 30, plainOrders: true } })
    const { shop, connection } = world
    const ids = [...shop.world.orders.keys()]
    const refs = ids.map((id) => ({ entity: 'orders' as const, id }))
    const found = await shop.drive(all(fetched(connection.readers.orders, refs)))
    expect(found.flatMap(({ records }) => records.map(({ id }) => id))).toEqual(ids)
  })
})
