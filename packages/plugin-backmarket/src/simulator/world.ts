import type { Random, SimulatorClock, TruthLog } from '@kontor/testkit/simulator'
import { createListings, type Listing, type Task } from './catalogue.ts'
import type { CareFolder } from './care.ts'
import { openCareFolder } from './care.ts'
import { marketsOf, type Options } from './options.ts'
import { inventOrder, type Order } from './order.ts'
import { liveOn } from './order-life.ts'

export interface World {
  readonly orders: Map<number, Order>
  readonly listings: Map<string, Listing>
  readonly tasks: Map<number, Task>
  readonly care: Map<number, CareFolder>
  readonly random: Random
  next: { order: number; line: number; task: number; care: number; claim: number }
}

export interface Making {
  options: Options
  clock: SimulatorClock
  random: Random
  truth: TruthLog
}

export function createWorld(making: Making): World {
  const { options, clock, random } = making
  const world: World = {
    orders: new Map(),
    listings: createListings(options, random.fork('listings')),
    tasks: new Map(),
    care: new Map(),
    random: random.fork('life'),
    next: { order: 5978, line: 37_195, task: 1_011_013, care: 100_000_123, claim: 731 },
  }
  const past = random.fork('past')
  const span = options.days * 86_400_000
  for (let index = 0; index < options.orders; index += 1) {
    // The oldest first, the newest within the last hour: so there is always something to accept.
    const created = clock.now() - Math.round(span * (1 - index / options.orders) ** 2) - past.int(0, 3_600_000)
    addOrder(world, making, past, { created, past: true })
  }
  const shipped = [...world.orders.values()].filter(({ lines }) => lines.every(({ state }) => state === 3))
  for (const order of past.sample(shipped, Math.round(shipped.length * options.careShare)))
    openCareFolder(world, clock, order)
  if (options.ordersPerHour > 0) {
    const coming = random.fork('coming')
    clock.every(
      3_600_000 / options.ordersPerHour,
      () => void addOrder(world, making, coming, { created: clock.now(), past: false }),
    )
  }
  return world
}

export interface Wanted {
  created: number
  /** Placed before the simulation began: it has reached some state already. */
  past: boolean
  market?: string | undefined
  skus?: readonly string[] | undefined
  quantity?: number | undefined
  /** Paid and validated at once, so that it waits for the seller. */
  paid?: boolean | undefined
}

/** A new order: it takes its pieces out of the offers, and lives on by the clock. */
export function addOrder(world: World, { options, clock, truth }: Making, random: Random, wanted: Wanted): Order {
  const markets = marketsOf[options.platform]
  const market = markets.find(([name]) => name === wanted.market) ?? random.pick<(typeof markets)[number]>(markets)
  const order = inventOrder(world, options, random, { ...wanted, market })
  world.orders.set(order.id, order)
  for (const line of order.lines) {
    const listing = world.listings.get(line.sku.toLowerCase())
    // Back Market takes sold pieces off the offer by itself.
    if (listing !== undefined && !wanted.past) listing.quantity = Math.max(0, listing.quantity - line.quantity)
  }
  if (!wanted.past) truth.add('order-placed', String(order.id), { market: order.market })
  liveOn(order, { clock, random, paid: wanted.paid === true, past: wanted.past })
  return order
}
