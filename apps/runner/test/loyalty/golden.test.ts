import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { askForRedemption, listRedemptions } from '../../src/engine/redeem.ts'
import { openRunnerBetween } from './runner-between.ts'

// Each step is a whole run over HTTP, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000 })

describe('from the shop to the programme', () => {
  it('half of the value refunded takes half of the points: 50.00 EUR, 80 points, 40 left', async () => {
    await using between = await openRunnerBetween()
    const world = between.systems
    const order = world.place({})
    await between.settle()
    expect(world.balance()).toBe(80)
    world.refund(order, { amount: 2500 })
    await between.settle()
    await between.settle()
    expect(world.balance()).toBe(40)
    expect(world.programme.truth.count('credit_reception')).toBe(2)
  })

  it('three thirds take everything', async () => {
    await using between = await openRunnerBetween()
    const world = between.systems
    const order = world.place({})
    await between.settle()
    for (const amount of [1667, 1667, 1666]) {
      world.refund(order, { amount })
      await between.settle()
    }
    expect(world.balance()).toBe(0)
  })

  it('a refund before the points: in part they are earned and reversed, in full nothing is booked', async () => {
    await using between = await openRunnerBetween()
    const world = between.systems
    world.refund(world.place({}), { amount: 2000 })
    world.refund(world.place({}))
    await between.settle()
    expect(world.balance()).toBe(48)
    expect(world.programme.truth.count('credit_reception')).toBe(2)
  })

  it('a refund declined after the reversal gives the points back', async () => {
    await using between = await openRunnerBetween()
    const world = between.systems
    const order = world.place({})
    const refund = world.refund(order, { amount: 2000 })
    await between.settle()
    expect(world.balance()).toBe(48)
    world.shop.act('decline-refund', { id: refund })
    await between.settle()
    expect(world.balance()).toBe(80)
  })

  it('cancelled and opened again', async () => {
    await using between = await openRunnerBetween()
    const world = between.systems
    const order = world.place({})
    await between.settle()
    world.shop.act('set-status', { id: order, status: 5 })
    await between.settle()
    expect(world.balance()).toBe(0)
    world.shop.act('set-status', { id: order, status: 11 })
    await between.settle()
    expect(world.balance()).toBe(80)
  })

  it('a guest without an e-mail address earns nothing, and it is said why', async () => {
    await using between = await openRunnerBetween()
    const world = between.systems
    const order = world.place({ guest: true, email: '' })
    await between.settle()
    expect(world.balance()).toBe(0)
    expect((await between.explain(order)).because).toContain('no_identity')
  })

  it('yen have no minor unit, and two currencies do not mix', async () => {
    await using between = await openRunnerBetween({ rules: { currency: { policy: 'only', currencies: ['JPY'] } } })
    const world = between.systems
    const yen = world.place({ currency: 'JPY', lines: [{ sku: 'SKU-1', quantity: 100 }], shipping: 0 })
    world.place({ currency: 'EUR' })
    await between.settle()
    expect(world.balance()).toBe(1440)
    world.refund(yen, { amount: 30_000 })
    await between.settle()
    expect(world.balance()).toBe(1440 - 480)
  })

  it('shipping alone, and pieces with shipping', async () => {
    await using between = await openRunnerBetween()
    const world = between.systems
    const order = world.place({})
    await between.settle()
    world.refund(order, { shipping: true })
    await between.settle()
    expect(world.balance()).toBe(72)
  })

  it('a status set to refunded by hand has no effect', async () => {
    await using between = await openRunnerBetween()
    const world = between.systems
    const order = world.place({})
    await between.settle()
    world.shop.act('set-status', { id: order, status: 4 })
    await between.settle()
    expect(world.balance()).toBe(80)
    expect((await between.explain(order)).problems[0]).toContain('a status alone')
  })

  it('an order of 60 lines counts as a whole', async () => {
    await using between = await openRunnerBetween()
    const world = between.systems
    world.place({ lines: Array.from({ length: 60 }, () => ({ sku: 'SKU-1', quantity: 1 })), shipping: 0 })
    await between.settle()
    expect(world.balance()).toBe(864)
  })

  it('an order brought over from elsewhere never earns', async () => {
    await using between = await openRunnerBetween()
    const world = between.systems
    world.place({ externalSource: 'M-MIG' })
    await between.settle()
    expect(world.programme.truth.effects).toEqual([])
  })

  it('an e-mail address changed in between reverses at the member who earned', async () => {
    await using between = await openRunnerBetween()
    const world = between.systems
    const order = world.place({})
    await between.settle()
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
    await between.settle()
    expect(world.balance()).toBe(0)
    expect(world.programme.truth.count('contact')).toBe(1)
  })

  it('a programme that books and then is silent, on earning and on reversing, books once', async () => {
    await using between = await openRunnerBetween()
    const world = between.systems
    const order = world.place({})
    world.programme.faults.add({ match: { method: 'POST', times: 1 }, do: 'dropAnswer' })
    await between.settle()
    world.refund(order, { amount: 2000 })
    world.programme.faults.add({ match: { method: 'POST', times: 1 }, do: 'dropAnswer' })
    await between.settle()
    expect(world.balance()).toBe(48)
    expect(world.programme.truth.doubled('credit_reception')).toEqual([])
  })

  it('a token that ends in the middle loses nothing', async () => {
    await using between = await openRunnerBetween()
    const world = between.systems
    world.place({})
    world.programme.faults.add({ match: { times: 2 }, do: 'status', status: 401, body: { code: 3000 } })
    await between.settle()
    expect(world.balance()).toBe(80)
  })

  it('ends at the same balance whatever is read first, and however often', async () => {
    const ends: number[] = []
    for (const often of [[], [1, 1, 1], [2]]) {
      await using between = await openRunnerBetween()
      const world = between.systems
      const [one, two] = [world.place({}), world.place({ lines: [{ sku: 'SKU-2', quantity: 1 }] })]
      for (const step of often) for (let time = 0; time < step; time++) await between.settle()
      world.refund(one, { amount: 333 })
      if (often.length > 1) await between.settle()
      world.refund(two)
      world.refund(one, { amount: 1234 })
      await between.settle()
      await between.settle()
      ends.push(world.balance())
    }
    expect(new Set(ends).size).toBe(1)
    expect(ends[0]).toBeGreaterThan(0)
  })
})

describe('other ways to keep points', () => {
  it('whole orders for a programme with rules by product: reversed exactly all the same', async () => {
    await using between = await openRunnerBetween({ programmeConfig: { variant: 'orders' } })
    const world = between.systems
    const order = world.place({
      lines: [
        { sku: 'SKU-1', quantity: 4 },
        { sku: 'SKU-2', quantity: 1 },
      ],
      discount: 333,
    })
    await between.settle()
    const { points } = await between.explain(order)
    expect(world.programme.truth.count('order')).toBe(1)
    for (const amount of [1111, 999]) {
      world.refund(order, { amount })
      await between.settle()
    }
    world.refund(order)
    await between.settle()
    expect(Number(points.issued)).toBeGreaterThan(0)
    expect(world.balance()).toBe(0)
  })

  it('a ledger of the merchant’s own, which honours our keys', async () => {
    await using between = await openRunnerBetween({ ownLedger: true })
    const world = between.systems
    const order = world.place()
    world.programme.faults.add({ match: { method: 'POST', times: 1 }, do: 'dropAnswer' })
    await between.settle()
    for (const amount of [1667, 1667]) {
      world.refund(order, { amount })
      await between.settle()
    }
    const { members } = z
      .object({ members: z.map(z.string(), z.object({ points: z.number() })) })
      .parse(world.programme.world)
    expect([...members.values()]).toMatchObject([{ points: 80 - 53 }])
    expect(world.programme.truth.doubled('booking')).toEqual([])
    expect(world.programme.truth.count('booking')).toBe(3)
  })

  it('a reward becomes a code once, though both systems lose their answers, and a refused code gives the points back', async () => {
    const reward = '9f2b0000-0000-4000-8000-000000000005'
    const discount = { kind: 'amount', amount: '5.00' }
    await using between = await openRunnerBetween({
      rules: {
        redeem: {
          rewards: {
            euros: { reward, points: '50', discount: { ...discount, currency: 'EUR' } },
            dollars: { reward, points: '50', discount: { ...discount, currency: 'USD' } },
          },
        },
      },
    })
    const world = between.systems
    for (const name of ['erika', 'max']) world.programme.act('contact', { email: `${name}@example.com`, balance: 60 })
    await between.run()
    world.programme.faults.add({ match: { method: 'POST', times: 1 }, do: 'dropAnswer' })
    world.shop.faults.add({ match: { method: 'POST', times: 1 }, do: 'dropAnswer' })
    const ask = (name: string, wanted: 'euros' | 'dollars'): Promise<unknown> =>
      between.look(async (store, plan) => {
        const found = plan.rules.redeem.rewards[wanted]
        if (found)
          await askForRedemption(store, plan, {
            key: `points/r-${name}`,
            reward: found,
            member: { email: `${name}@example.com` },
          })
      })
    await ask('erika', 'euros')
    await between.settle()
    expect(world.balance('erika@example.com')).toBe(-50)
    expect(world.shop.truth.count('coupon')).toBe(1)
    // The coupons of a store apply to its own currency alone.
    await ask('max', 'dollars')
    await between.settle()
    expect(world.balance('max@example.com')).toBe(0)
    const states = await between.look((store, plan) => listRedemptions(store, plan, 10))
    expect(states.map(({ redemption, step }) => [redemption.key, step.state])).toEqual(
      expect.arrayContaining([
        ['points/r-erika', 'issued'],
        ['points/r-max', 'given_back'],
      ]),
    )
  })
})
