import { expect, it } from 'vitest'
import { KontorError, type Delivery, type Order, type Outcome, type Refund } from '@kontor/core'
import { ledgerFlows, type LoyaltyPlan } from '../../src/engine/ledger-facts.ts'
import { askForRedemption, listRedemptions, withdrawRedemption } from '../../src/engine/redeem.ts'
import { keepDueRedemptions, redemptionAt, type RedemptionAt } from '../../src/engine/redemptions.ts'
import { LoyaltyRules } from '../../src/loyalty/index.ts'
import { onEveryDatabase } from '../databases.ts'
import { createWorld, order, page, type World } from './world.ts'

const plan: LoyaltyPlan = {
  id: 'points:shop>club',
  shop: 'shop',
  provider: 'club',
  rules: LoyaltyRules.parse({
    redeem: {
      rewards: {
        'five-euros': {
          reward: 'w-5',
          points: '50',
          discount: { kind: 'amount', amount: '5.00', currency: 'EUR', expiresDays: 30 },
        },
      },
    },
  }),
}
const offices = [
  { name: 'shop', yields: ['orders' as const, 'refunds' as const], takes: ['coupons' as const] },
  { name: 'club', yields: [], takes: ['points' as const], again: 'ask' as const },
]
const key = 'club/r-1'
const reward = plan.rules.redeem.rewards['five-euros']
const member = { email: 'erika@example.com' }
const euros = (amount: string) => ({ amount, currency: 'EUR' })

async function open(): Promise<World> {
  const world = await createWorld(offices, ledgerFlows(plan))
  ;(world.engine as { loyalty: readonly LoyaltyPlan[] }).loyalty = [plan]
  answer(world, 'shop', (each) => ({
    key: each.key,
    is: 'done',
    reference: 'c-1',
    detail: { code: 'CODE-1', uses: 0 },
  }))
  answer(world, 'club', (each) => ({ key: each.key, is: 'done', reference: `b-${each.name}` }))
  return world
}

/** How a system answers what took effect. */
function answer(world: World, name: string, says: (each: Delivery) => Outcome): void {
  const system = world.system(name)
  system.write = async function* (batch, begin) {
    for (const each of batch) {
      await begin([each])
      const outcome = says(each)
      if (outcome.is === 'done')
        system.effects.push({ record: each.name, entity: each.record.entity, key: each.key, content: each.record })
      yield outcome
    }
  }
}
const refusal = (each: Delivery): Outcome => ({
  key: each.key,
  is: 'refused',
  error: new KontorError('REQUEST_REJECTED', { message: 'No.' }),
})

async function ask(world: World): Promise<void> {
  if (reward === undefined) throw new Error('no reward')
  await askForRedemption(world.store, plan, { key, reward, member })
}
async function calm(world: World): Promise<void> {
  for (let round = 0; round < 6; round++) {
    world.clock.move(1000)
    await keepDueRedemptions(world.engine)
    await world.deliver('club')
    await world.deliver('shop')
  }
}
async function now(world: World): Promise<RedemptionAt> {
  const found = await redemptionAt(world.store.db, world.store.sealer, plan, key, world.clock.now())
  if (found === undefined) throw new Error('no redemption')
  return found
}
const effects = (world: World): string[] =>
  ['club', 'shop'].flatMap((name) =>
    world
      .system(name)
      .effects.map(({ content }) =>
        content.entity === 'points'
          ? `${content.kind} ${content.points}`
          : content.entity === 'coupons'
            ? `${content.active === false ? 'withdraw' : 'make'} ${content.name}`
            : content.entity,
      ),
  )
async function sell(world: World, more: Partial<Order> = {}, ...others: Refund[]): Promise<void> {
  world.clock.move(1000)
  const sale = order('9', {
    buyer: { email: 'erika@example.com' },
    totals: { grand: euros('20.00'), taxIncluded: true },
    discounts: [{ kind: 'coupon', code: 'CODE-1', price: { value: euros('5.00'), taxIncluded: true } }],
    ...more,
  })
  world.system('shop').pages.push(page([sale, ...others]))
  await world.read('shop')
}
const refund = (total: string): Refund => ({
  entity: 'refunds',
  id: `rf-${total}`,
  about: { entity: 'orders', id: '9' },
  status: { value: 'done' },
  total: euros(total),
})

onEveryDatabase(() => {
  it('takes the points, then makes the code; asked for twice it is done once', async () => {
    await using world = await open()
    await ask(world)
    await ask(world)
    await calm(world)
    expect(effects(world)).toEqual(['redeem 50', `make LOY ${key}`])
    expect(await now(world)).toMatchObject({ code: 'CODE-1', step: { state: 'issued' }, problems: [] })
    expect(await listRedemptions(world.store, plan, 10)).toHaveLength(1)
    await expect(
      askForRedemption(world.store, plan, {
        key,
        reward: { ...plan.rules.redeem.rewards['five-euros']!, reward: 'w-9' },
        member,
      }),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('ends where the programme refuses, and says why', async () => {
    await using world = await open()
    answer(world, 'club', refusal)
    await ask(world)
    await calm(world)
    expect(effects(world)).toEqual([])
    expect(await now(world)).toMatchObject({
      step: { state: 'refused' },
      problems: ['refused: REQUEST_REJECTED: No.'],
    })
  })

  it('gives the points back where the shop refuses the code', async () => {
    await using world = await open()
    answer(world, 'shop', refusal)
    await ask(world)
    await calm(world)
    expect(effects(world)).toEqual(['redeem 50', 'restore 50'])
    expect(world.system('club').effects[1]?.content).toMatchObject({
      extensions: { 'kontor.redemption': `b-kontor/${key}:redeem` },
    })
    expect((await now(world)).step.state).toBe('given_back')
  })

  it('withdraws an unused code first, then gives the points back', async () => {
    await using world = await open()
    await ask(world)
    await calm(world)
    await withdrawRedemption(world.store, await now(world))
    await calm(world)
    expect(effects(world)).toEqual(['redeem 50', 'restore 50', `make LOY ${key}`, `withdraw LOY ${key}`])
    expect((await now(world)).step.state).toBe('given_back')
  })

  it('withdrawn before the code was made, it is never made', async () => {
    await using world = await open()
    await ask(world)
    await keepDueRedemptions(world.engine)
    await withdrawRedemption(world.store, await now(world))
    await calm(world)
    expect(effects(world)).toEqual(['redeem 50', 'restore 50'])
  })

  it('gives the points of an expired code back, unless the shop knows that it was used', async () => {
    for (const used of [false, true]) {
      await using world = await open()
      await ask(world)
      await calm(world)
      if (used) answer(world, 'shop', refusal)
      world.clock.move(31 * 86_400_000)
      await calm(world)
      expect(effects(world).includes('restore 50')).toBe(!used)
      expect((await now(world)).step.state).toBe(used ? 'issued' : 'given_back')
    }
  })

  it('knows the order that used the code, and gives the points back when all of it is refunded', async () => {
    await using world = await open()
    await ask(world)
    await calm(world)
    await sell(world, {}, refund('5.00'))
    await calm(world)
    expect(await now(world)).toMatchObject({
      facts: { spent: { order: 'shop/9' } },
      step: { state: 'issued' },
      foreign: false,
    })
    await sell(world, {}, refund('15.00'))
    await calm(world)
    expect((await now(world)).step.state).toBe('given_back')
    expect(effects(world).filter((each) => each === 'restore 50')).toHaveLength(1)
  })

  it('tells that somebody else used the code', async () => {
    await using world = await open()
    await ask(world)
    await calm(world)
    await sell(world, { buyer: { email: 'max@example.com' } })
    expect(await now(world)).toMatchObject({ foreign: true, step: { state: 'issued' } })
  })

  it('a lost answer that can only be told by its looks is parked where they are another booking’s', async () => {
    await using world = await open()
    await ask(world)
    await calm(world)
    answer(world, 'club', () => {
      throw new KontorError('TIMEOUT', { message: 'no answer', scope: 'record' })
    })
    world.system('club').readBack = async function* (batch) {
      for (const each of batch) yield { key: each.key, is: 'done' as const, reference: `b-kontor/${key}:redeem` }
    }
    if (reward === undefined) throw new Error('no reward')
    await askForRedemption(world.store, plan, { key: 'club/r-2', reward, member })
    await calm(world)
    const second = await redemptionAt(world.store.db, world.store.sealer, plan, 'club/r-2', world.clock.now())
    expect(second).toMatchObject({ step: { state: 'redeeming' }, code: undefined })
    expect(second?.problems[0]).toContain('parked: IN_DOUBT')
  })
})
