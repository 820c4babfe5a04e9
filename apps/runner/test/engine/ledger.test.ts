import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  KontorError,
  type BookedPoints,
  type LoyaltyProvider,
  type Order,
  type Refund,
  type Return,
} from '@kontor/core'
import { explainPoints, ledgerFlow, type LoyaltyPlan } from '../../src/engine/ledger-facts.ts'
import { keepLedger } from '../../src/engine/ledger.ts'
import { adoptBookings, checkLedger } from '../../src/engine/rebuild.ts'
import { LoyaltyRules } from '../../src/loyalty/index.ts'
import { readStatus } from '../../src/store/status.ts'
import { onEveryDatabase } from '../databases.ts'
import { at, createWorld, order, page, start, type World } from './world.ts'

const plan: LoyaltyPlan = {
  id: 'points:shop>club',
  shop: 'shop',
  provider: 'club',
  rules: LoyaltyRules.parse({ earn: { rate: '1' } }),
}
const shop = { name: 'shop', yields: ['orders' as const, 'refunds' as const, 'returns' as const], takes: [] }
const club = { name: 'club', yields: [], takes: ['points' as const], again: 'ask' as const }

async function open(): Promise<World> {
  const world = await createWorld([shop, club], [ledgerFlow(plan)])
  ;(world.engine as { loyalty: readonly LoyaltyPlan[] }).loyalty = [plan]
  return world
}
const euros = (amount: string) => ({ amount, currency: 'EUR' })
const sale = (id: string, total: string): Order =>
  order(id, {
    currency: 'EUR',
    buyer: { email: 'erika@example.com' },
    totals: { grand: euros(total), taxIncluded: true },
  })
const refund = (id: string, of: string, total: string): Refund => ({
  entity: 'refunds',
  id,
  about: { entity: 'orders', id: of },
  status: { value: 'done' },
  total: euros(total),
})

const returned = (id: string, of: string, total: string): Return => ({
  entity: 'returns',
  id,
  about: { entity: 'orders', id: of },
  financial: { value: 'refunded' },
  lines: [{ id: `${id}-1`, quantity: { requested: 1, refunded: 1 }, unitPrice: euros(total) }],
})

/** Points left by what the programme has booked, each booking once. */
function left(world: World): number {
  const booked = new Map(world.system('club').effects.map(({ key, content }) => [key, content]))
  return [...booked.values()].reduce(
    (sum, each) => (each.entity === 'points' ? sum + (each.kind === 'reverse' ? -1 : 1) * Number(each.points) : sum),
    0,
  )
}
/** Everything delivered, until nothing is due any more. */
async function calm(world: World): Promise<void> {
  for (let round = 0; round < 12; round++) {
    world.clock.move(130_000)
    await world.deliver('club')
  }
}
async function hear(world: World, ...records: (Order | Refund | Return)[]): Promise<void> {
  world.clock.move(1000)
  world.system('shop').pages.push(page(records))
  await world.read('shop')
}

onEveryDatabase(() => {
  it('an order earns once, a partial refund takes its share back, a full one all of it; hearing it again changes nothing', async () => {
    await using world = await open()
    await hear(world, sale('1', '50.00'))
    await calm(world)
    expect(left(world)).toBe(50)
    await hear(world, refund('r1', '1', '20.00'))
    await calm(world)
    expect(left(world)).toBe(30)
    await hear(world, sale('1', '50.00'), refund('r1', '1', '20.00'), refund('r2', '1', '30.00'))
    await calm(world)
    expect(left(world)).toBe(0)
    const booked = world.system('club').effects.length
    await hear(world, sale('1', '50.00'), refund('r1', '1', '20.00'), refund('r2', '1', '30.00'))
    await calm(world)
    expect(world.system('club').effects).toHaveLength(booked)
    expect(await explainPoints(world.store.db, plan, 'shop/1', world.clock.now())).toMatchObject({
      state: 'settled',
      points: { left: '0' },
    })
  })

  it('a refund of ours that the shop tells back later takes points back once, and so does one that only resembles it until it is told apart', async () => {
    const desk = { name: 'desk', yields: ['refunds' as const], takes: [] }
    await using world = await createWorld(
      [{ ...shop, takes: ['refunds' as const], again: 'never' as const }, club, desk],
      [ledgerFlow(plan), { entity: 'refunds', from: ['desk'], to: 'origin' }],
    )
    ;(world.engine as { loyalty: readonly LoyaltyPlan[] }).loyalty = [plan]
    world.system('shop').write = async function* (batch, begin) {
      for (const each of batch) {
        await begin([each])
        const echo = {
          since: at(start),
          until: at(start + 345_600_000),
          lines: [{ sku: 'SKU-1', amount: euros('20') }],
        }
        yield { key: each.key, is: 'done', echo }
      }
    }
    await hear(world, sale('1', '50.00'))
    await calm(world)
    world
      .system('desk')
      .pages.push(page([{ ...refund('d1', '1', '20.00'), about: { entity: 'orders', key: 'shop/1' } }]))
    await world.read('desk')
    await world.deliver('shop')
    await calm(world)
    expect(left(world)).toBe(30)
    const line = (amount: string) => [{ sku: 'SKU-1', amount: euros(amount) }]
    await hear(world, { ...refund('t0', '1', '5.00'), lines: line('5.00') })
    await calm(world)
    expect(left(world)).toBe(30)
    await hear(world, { ...refund('t1', '1', '20.00'), lines: line('20.00') })
    await calm(world)
    expect(left(world)).toBe(25)
  })

  it('a return that tells of the same money as a refund takes points back once, whichever comes first', async () => {
    for (const first of ['return', 'refund'] as const) {
      await using world = await open()
      await hear(world, sale('1', '50.00'))
      await calm(world)
      const told = returned('x1', '1', '20.00')
      const booked = refund('r1', '1', '20.00')
      for (const record of first === 'return' ? [told, booked] : [booked, told]) {
        await hear(world, record)
        await calm(world)
        expect(left(world)).toBe(30)
      }
      await hear(world, refund('r2', '1', '10.00'))
      await calm(world)
      expect(left(world)).toBe(20)
    }
  })

  it('a refund about a return takes the points of its order, and one that comes before its order waits', async () => {
    await using world = await open()
    await hear(world, returned('x1', '1', '20.00'))
    expect((await readStatus(world.store)).unmatched).toMatchObject([{ entity: 'returns', count: 1 }])
    await hear(world, sale('1', '50.00'))
    await calm(world)
    expect(left(world)).toBe(30)
    await hear(world, { ...refund('r1', '1', '35.00'), about: { entity: 'returns', id: 'x1' } })
    await calm(world)
    expect(left(world)).toBe(15)
  })

  it('two shops may share a programme: each has its own points there', async () => {
    const other: LoyaltyPlan = { ...plan, id: 'points:branch>club', shop: 'branch' }
    await using world = await createWorld(
      [shop, { ...shop, name: 'branch' }, club],
      [ledgerFlow(plan), ledgerFlow(other)],
    )
    ;(world.engine as { loyalty: readonly LoyaltyPlan[] }).loyalty = [plan, other]
    await hear(world, sale('1', '50.00'))
    world.system('branch').pages.push(page([sale('1', '7.00')]))
    await world.read('branch')
    await calm(world)
    expect(world.brought('club')).toEqual(['kontor/branch/1:earn', 'kontor/shop/1:earn'])
    expect(left(world)).toBe(57)
  })

  it('a refund before its order waits in sight, and counts once the order is there', async () => {
    await using world = await open()
    await hear(world, refund('r1', '7', '10.00'))
    expect((await readStatus(world.store)).unmatched).toMatchObject([{ entity: 'refunds', count: 1 }])
    await hear(world, sale('7', '40.00'))
    await calm(world)
    expect(left(world)).toBe(30)
    expect((await readStatus(world.store)).unmatched).toEqual([])
  })

  it('whatever the order and grouping of what is heard, and however often answers are lost, the balance is the same', async () => {
    const steps = [sale('1', '100.00'), refund('a', '1', '33.33'), refund('b', '1', '33.33'), refund('c', '1', '33.34')]
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([0, 1, 2, 3, 0, 1, 2, 3], { minLength: 8 }),
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        async (order, lost) => {
          await using world = await open()
          const write = world.system('club').write
          let call = 0
          world.system('club').write = async function* (batch, begin) {
            for await (const outcome of write(batch, begin)) {
              if (lost[call++]) throw new KontorError('TIMEOUT', { message: 'no answer', scope: 'record' })
              yield outcome
            }
          }
          for (const step of order) {
            const record = steps[step]
            if (record) await hear(world, record)
            await world.deliver('club')
          }
          await calm(world)
          expect(left(world)).toBe(0)
        },
      ),
      { numRuns: 6 },
    )
  }, 60_000)
})

onEveryDatabase(() => {
  it('is rebuilt from the programme after it was lost: nothing is booked again, and what came since goes on', async () => {
    await using world = await open()
    await hear(world, sale('1', '50.00'), refund('r1', '1', '20.00'), sale('2', '30.00'))
    await calm(world)
    const remembered: BookedPoints[] = world.system('club').effects.flatMap(({ content }) =>
      content.entity === 'points'
        ? [
            {
              id: content.id,
              orderKey: content.about.key ?? '',
              kind: content.kind,
              points: content.points,
              reference: `b-${content.id}`,
              member: 'm-1',
              ...(content.value ? { value: content.value } : {}),
            },
          ]
        : [],
    )
    expect(remembered).toHaveLength(3)
    const provider: LoyaltyProvider = {
      member: async () => undefined,
      balance: async () => ({ points: '0', asOf: '' }),
      async *booked() {
        yield* remembered
        yield { id: 'shop/9:earn', orderKey: 'shop/9', kind: 'earn', points: '5' }
      },
    }
    const signal = new AbortController().signal
    expect(await checkLedger(world.store, plan, provider, signal)).toMatchObject({
      same: 3,
      differences: [{ difference: 'order_unknown', order: 'shop/9' }],
      next: [],
    })

    await using fresh = await open()
    // A backfill knows the orders and books nothing; since then another refund has come.
    fresh
      .system('shop')
      .pages.push(
        page([sale('1', '50.00'), refund('r1', '1', '20.00'), refund('r2', '1', '10.00'), sale('2', '30.00')]),
      )
    await fresh.read('shop', { backfill: true })
    await calm(fresh)
    expect(fresh.system('club').effects).toEqual([])
    const checkup = await checkLedger(fresh.store, plan, provider, signal)
    expect(checkup).toMatchObject({
      same: 0,
      next: [{ order: 'shop/1', bookings: [{ kind: 'reverse', points: '10' }] }],
    })
    expect(checkup?.differences.map(({ difference }) => difference).toSorted()).toEqual([
      'missing_here',
      'missing_here',
      'missing_here',
      'order_unknown',
    ])
    if (!checkup) throw new Error('nothing was told')
    expect(await adoptBookings(fresh.engine, plan, checkup)).toBe(3)
    await calm(fresh)
    expect(fresh.system('club').effects.map(({ content }) => content.id)).toEqual(['shop/1:mv:1:20-30'])
    expect(await explainPoints(fresh.store.db, plan, 'shop/1', fresh.clock.now())).toMatchObject({
      state: 'settled',
      points: { issued: '50', taken: '30', left: '20' },
    })
    remembered.push({ id: 'shop/1:mv:1:20-30', orderKey: 'shop/1', kind: 'reverse', points: '10' })
    expect(await checkLedger(fresh.store, plan, provider, signal)).toMatchObject({ same: 4, next: [] })
  })

  it('points that are not sent yet are taken out again where all of the order was refunded meanwhile', async () => {
    await using world = await open()
    await hear(world, refund('r2', '2', '50.00'), sale('1', '50.00'), sale('2', '50.00'), sale('3', '50.00'))
    await hear(world, refund('r1', '1', '50.00'), refund('r3', '3', '20.00'))
    await calm(world)
    expect(world.system('club').effects.map(({ content }) => content.id)).toEqual(['shop/3:earn', 'shop/3:mv:0:0-20'])
    for (const [order, because] of [
      ['1', 'in full before it earned'],
      ['2', 'in full before it earned'],
      ['3', 'what is booked is what should be'],
    ] as const)
      expect((await explainPoints(world.store.db, plan, `shop/${order}`, world.clock.now()))?.because).toContain(
        because,
      )
  })

  it('gives way to what live orders earn, where a backfill states it', async () => {
    await using world = await open()
    world.system('shop').pages.push(page([sale('old', '50.00')]))
    await world.read('shop', { backfill: true, deliver: true })
    world.clock.move(60_000)
    await hear(world, sale('new', '30.00'))
    await world.deliver('club')
    expect(world.system('club').effects.map(({ record }) => record)).toEqual([
      'kontor/shop/new:earn',
      'kontor/shop/old:earn',
    ])
  })

  it('what was in doubt is settled by what the programme tells', async () => {
    await using world = await open()
    world.system('club').write = async function* (batch, begin) {
      for (const each of batch) {
        await begin([each])
        world
          .system('club')
          .effects.push({ record: each.name, entity: each.record.entity, key: each.key, content: each.record })
        yield* []
        throw new KontorError('TIMEOUT', { message: 'no answer', scope: 'record' })
      }
    }
    world.system('club').readBack = async function* () {
      yield* []
      throw new KontorError('TIMEOUT', { message: 'no answer', scope: 'record' })
    }
    await hear(world, sale('1', '50.00'))
    await world.deliver('club')
    const provider: LoyaltyProvider = {
      member: async () => undefined,
      balance: async () => ({ points: '0', asOf: '' }),
      async *booked() {
        yield { id: 'shop/1:earn', orderKey: 'shop/1', kind: 'earn', points: '50', reference: 'b-1' }
      },
    }
    const checkup = await checkLedger(world.store, plan, provider, new AbortController().signal)
    expect(checkup?.differences).toMatchObject([{ difference: 'open_here' }])
    if (!checkup) throw new Error('nothing was told')
    await adoptBookings(world.engine, plan, checkup)
    await calm(world)
    expect(world.system('club').effects).toHaveLength(1)
  })

  it('a backfill of the past earns nothing by itself, not even where it brings a refund', async () => {
    await using world = await open()
    world.system('shop').pages.push(page([sale('1', '50.00'), refund('r1', '1', '20.00')]))
    await world.read('shop', { backfill: true })
    await calm(world)
    expect(world.system('club').effects).toEqual([])
    await world.store.write((tx) =>
      keepLedger(world.engine, tx, { connection: 'shop', id: '1' }, { run: 0, begins: true }),
    )
    await calm(world)
    expect(left(world)).toBe(30)
  })
})
