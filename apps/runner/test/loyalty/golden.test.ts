import { isKontorError, money, toInstant, type Delivery, Order, type Outcome, type Points, Refund } from '@kontor/core'
import { connect, type Connection } from '@kontor/core/host'
import type { Plugin } from '@kontor/core'
import { asSimulator, createClock } from '@kontor/testkit/simulator'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Booking } from '../../src/loyalty/bookings.ts'
import { LoyaltyRules, recompute } from '../../src/loyalty/index.ts'

/** Plugins are met as the runner meets them: by a name that a config says. */
async function load(folder: string): Promise<{ plugin: Plugin; simulator: ReturnType<typeof asSimulator> }> {
  const module: unknown = await import(new URL(`../../../../packages/${folder}/src/index.ts`, import.meta.url).href)
  const plugin = z
    .object({ default: z.custom<Plugin>((value) => typeof value === 'object' && value !== null) })
    .parse(module).default
  return {
    plugin,
    simulator: asSimulator(z.object({ simulator: z.unknown() }).parse(await plugin.simulator?.()).simulator),
  }
}
const shopKit = await load('plugin-bigcommerce')
const pointsKit = await load('plugin-loyalty')

const STARTS = '2026-06-01T12:00:00Z'
const Detail = z.object({ points: z.string(), member: z.string(), shortfall: z.string().optional() })
const Said = z.object({ config: z.string(), credentials: z.string() })
const Made = z.object({ id: z.number() })

/** The connection a simulator says it wants: `config: {...}, credentials: {...}`. */
function connectionOf(describes: string): { config: Record<string, string>; credentials: Record<string, string> } {
  const found = /config: \{ (?<config>[^}]*) \}, credentials: \{ (?<credentials>[^}]*) \}/.exec(describes)
  const { config, credentials } = Said.parse(found?.groups)
  const read = (text: string): Record<string, string> =>
    Object.fromEntries(
      text
        .split(', ')
        .map((pair) => [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 2).replaceAll('"', '')]),
    )
  return { config: read(config), credentials: read(credentials) }
}

/** A shop and a programme in one time, and the ledger between them; nothing is kept but the bookings. */
async function openWorld(rules: z.input<typeof LoyaltyRules> = {}) {
  const clock = createClock({ startsAt: STARTS, rate: 'manual' })
  const shop = await shopKit.simulator.start({ clock, options: { orders: 0, quota: 1_000_000 } })
  const programme = await pointsKit.simulator.start({ clock, options: { perSecond: 1000 } })
  const options = (kit: typeof shopKit, describes: string) =>
    connect(kit.plugin, { ...connectionOf(describes), clock, random: () => 0.5 })
  const source: Connection<Plugin> = await options(shopKit, shop.describe())
  const target: Connection<Plugin> = await options(pointsKit, programme.describe())
  const parsed = LoyaltyRules.parse(rules)
  const bookings = new Map<string, Booking[]>()

  async function readAll<S extends z.ZodType<{ id: string }>>(reader: string, schema: S): Promise<z.output<S>[]> {
    const found = new Map<string, z.output<S>>()
    const pages = source.readers[reader]?.read({ since: '2026-01-01T00:00:00Z' }) ?? none()
    for await (const { records } of pages)
      for (const record of records) {
        const parsedRecord = schema.parse(record)
        found.set(parsedRecord.id, parsedRecord)
      }
    return [...found.values()]
  }

  /** One wish, by the rules of an `ask` writer: a lost answer is asked about, and only what is absent is sent again. */
  async function deliver(record: Points, order: Order): Promise<Outcome> {
    const wish: Delivery = { key: record.id, name: record.id, record, order }
    for (let attempt = 0; attempt < 5; attempt++) {
      const sentAt = toInstant(clock.now())
      try {
        return await first(target.writers['points']?.write([wish]))
      } catch (thrown) {
        if (!isKontorError(thrown)) throw thrown
        if (thrown.failureType === 'config') continue
        const outcome = await first(target.writers['points']?.readBack?.([{ ...wish, sent: { at: sentAt } }]))
        if (outcome.is !== 'absent') return outcome
      }
    }
    throw new Error(`${record.id} was not delivered`)
  }

  async function settleAll(): Promise<void> {
    const refunds = await readAll('refunds', Refund)
    for (const order of await readAll('orders', Order)) {
      const issued = bookings.get(order.id) ?? []
      bookings.set(order.id, issued)
      const about = refunds.filter((refund) => refund.about.id === order.id)
      for (;;) {
        const [record] = recompute({
          key: `shop/${order.id}`,
          order,
          refunds: about,
          issued,
          rules: parsed,
          now: clock.now(),
        }).statements
        if (record === undefined) break
        const outcome = await deliver(record, order)
        const told = outcome.is === 'done' || outcome.is === 'already' ? Detail.parse(outcome.detail) : undefined
        issued.push({
          record,
          state: told ? 'done' : 'refused',
          ...(told
            ? { points: told.points, member: told.member, ...(told.shortfall ? { shortfall: told.shortfall } : {}) }
            : {}),
        })
      }
    }
  }

  return {
    clock,
    shop,
    programme,
    /** Reads everything anew and books what is to be booked; virtual time, since limits wait. */
    settle: () => clock.drive(settleAll(), { activity: () => shop.exchanges.total + programme.exchanges.total }),
    place: (given: object): number =>
      Made.parse(
        shop.act('place-order', {
          lines: [{ sku: 'SKU-1', quantity: 5 }],
          shipping: 500,
          email: 'erika.muster@example.com',
          ...given,
        }),
      ).id,
    refund: (order: number, given: object = {}): number => Made.parse(shop.act('refund', { order, ...given })).id,
    /** What the member has, by what the programme has really booked. */
    get balance(): number {
      return programme.truth.effects
        .filter(({ what }) => what === 'credit_reception')
        .reduce((sum, { detail }) => sum + z.object({ credits: z.number() }).parse(detail).credits, 0)
    },
    explain: async (id: number) => {
      const [order] = (await clock.drive(readAll('orders', Order))).filter((each) => each.id === String(id))
      if (order === undefined) throw new Error('the order is not there')
      return recompute({
        key: `shop/${id}`,
        order,
        refunds: [],
        issued: bookings.get(order.id) ?? [],
        rules: parsed,
        now: clock.now(),
      }).explanation
    },
    async [Symbol.asyncDispose]() {
      await source[Symbol.asyncDispose]()
      await target[Symbol.asyncDispose]()
      await shop.close()
      await programme.close()
    },
  }
}

async function* none(): AsyncIterable<never> {}
async function first(outcomes: AsyncIterable<Outcome> | undefined): Promise<Outcome> {
  for await (const outcome of outcomes ?? none()) return outcome
  throw new Error('no outcome')
}

describe('from the shop to the programme', () => {
  it('half of the value refunded takes half of the points: 50.00 EUR, 80 points, 40 left', async () => {
    await using world = await openWorld()
    const order = world.place({})
    await world.settle()
    expect(world.balance).toBe(80)
    world.refund(order, { amount: 2500 })
    await world.settle()
    await world.settle()
    expect(world.balance).toBe(40)
    expect(world.programme.truth.count('credit_reception')).toBe(2)
  })

  it('three thirds take everything', async () => {
    await using world = await openWorld()
    const order = world.place({})
    await world.settle()
    for (const amount of [1667, 1667, 1666]) {
      world.refund(order, { amount })
      await world.settle()
    }
    expect(world.balance).toBe(0)
  })

  it('a refund before the points: in part they are earned and reversed, in full nothing is booked', async () => {
    await using world = await openWorld()
    world.refund(world.place({}), { amount: 2000 })
    world.refund(world.place({}))
    await world.settle()
    expect(world.balance).toBe(48)
    expect(world.programme.truth.count('credit_reception')).toBe(2)
  })

  it('a refund declined after the reversal gives the points back', async () => {
    await using world = await openWorld()
    const order = world.place({})
    const refund = world.refund(order, { amount: 2000 })
    await world.settle()
    expect(world.balance).toBe(48)
    world.shop.act('decline-refund', { id: refund })
    await world.settle()
    expect(world.balance).toBe(80)
  })

  it('cancelled and opened again', async () => {
    await using world = await openWorld()
    const order = world.place({})
    await world.settle()
    world.shop.act('set-status', { id: order, status: 5 })
    await world.settle()
    expect(world.balance).toBe(0)
    world.shop.act('set-status', { id: order, status: 11 })
    await world.settle()
    expect(world.balance).toBe(80)
  })

  it('a guest without an e-mail address earns nothing, and it is said why', async () => {
    await using world = await openWorld()
    const order = world.place({ guest: true, email: '' })
    await world.settle()
    expect(world.balance).toBe(0)
    expect((await world.explain(order)).because).toContain('no_identity')
  })

  it('yen have no minor unit, and two currencies do not mix', async () => {
    await using world = await openWorld({ currency: { policy: 'only', currencies: ['JPY'] } })
    const yen = world.place({ currency: 'JPY', lines: [{ sku: 'SKU-1', quantity: 100 }], shipping: 0 })
    world.place({ currency: 'EUR' })
    await world.settle()
    expect(world.balance).toBe(1440)
    world.refund(yen, { amount: 30_000 })
    await world.settle()
    expect(world.balance).toBe(1440 - 480)
  })

  it('shipping alone, and pieces with shipping', async () => {
    await using world = await openWorld()
    const order = world.place({})
    await world.settle()
    world.refund(order, { shipping: true })
    await world.settle()
    expect(world.balance).toBe(72)
  })

  it('a status set to refunded by hand has no effect', async () => {
    await using world = await openWorld()
    const order = world.place({})
    await world.settle()
    world.shop.act('set-status', { id: order, status: 4 })
    await world.settle()
    expect(world.balance).toBe(80)
    expect((await world.explain(order)).problems[0]).toContain('a status alone')
  })

  it('an order of 60 lines counts as a whole', async () => {
    await using world = await openWorld()
    world.place({ lines: Array.from({ length: 60 }, () => ({ sku: 'SKU-1', quantity: 1 })), shipping: 0 })
    await world.settle()
    expect(world.balance).toBe(864)
  })

  it('an order brought over from elsewhere never earns', async () => {
    await using world = await openWorld()
    world.place({ externalSource: 'M-MIG' })
    await world.settle()
    expect(world.programme.exchanges.total).toBe(0)
  })

  it('an e-mail address changed in between reverses at the member who earned', async () => {
    await using world = await openWorld()
    const order = world.place({})
    await world.settle()
    const orders = z
      .object({ orders: z.map(z.number(), z.looseObject({ person: z.looseObject({ email: z.string() }) })) })
      .parse(world.shop.world).orders
    expect(orders.get(order)?.person.email).toBe('erika.muster@example.com')
    const stored = z
      .object({ orders: z.instanceof(Map) })
      .parse(world.shop.world)
      .orders.get(order)
    Object.assign(z.custom<{ person: object }>().parse(stored).person, { email: 'max.muster@example.com' })
    world.refund(order)
    await world.settle()
    expect(world.balance).toBe(0)
    expect(world.programme.truth.count('contact')).toBe(1)
  })

  it('a programme that books and then is silent, on earning and on reversing, books once', async () => {
    await using world = await openWorld()
    const order = world.place({})
    world.programme.faults.add({ match: { method: 'POST', times: 1 }, do: 'dropAnswer' })
    await world.settle()
    world.refund(order, { amount: 2000 })
    world.programme.faults.add({ match: { method: 'POST', times: 1 }, do: 'dropAnswer' })
    await world.settle()
    expect(world.balance).toBe(48)
    expect(world.programme.truth.doubled('credit_reception')).toEqual([])
  })

  it('a token that ends in the middle loses nothing', async () => {
    await using world = await openWorld()
    world.place({})
    world.programme.faults.add({ match: { times: 2 }, do: 'status', status: 401, body: { code: 3000 } })
    await world.settle()
    expect(world.balance).toBe(80)
  })

  it('ends at the same balance whatever is read first, and however often', async () => {
    const ends: number[] = []
    for (const often of [[], [1, 1, 1], [2]]) {
      await using world = await openWorld()
      const [one, two] = [world.place({}), world.place({ lines: [{ sku: 'SKU-2', quantity: 1 }] })]
      for (const step of often) for (let time = 0; time < step; time++) await world.settle()
      world.refund(one, { amount: 333 })
      if (often.length > 1) await world.settle()
      world.refund(two)
      world.refund(one, { amount: 1234 })
      await world.settle()
      await world.settle()
      ends.push(world.balance)
    }
    expect(new Set(ends).size).toBe(1)
    expect(money.of(String(ends[0]), 'EUR').amount).not.toBe('0')
  })
})
