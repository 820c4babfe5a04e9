import type { Decision, Order, OrderLine, StockLevel } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import type { DecideCase, DecideRule } from '../../src/config/config.ts'
import { judge, matches } from '../../src/engine/policy.ts'
import { operatorFlow, ruleFlow, stateDecision } from '../../src/engine/rules.ts'
import { onEveryDatabase } from '../databases.ts'
import { at, createWorld, order, page, start, type World } from './world.ts'

const waiting = (id: string, more: Partial<Order> = {}): Order =>
  order(id, {
    acceptance: { value: 'awaiting' },
    payment: { value: 'authorized' },
    orderedAt: at(start),
    lines: [line('1', 'SKU-1', 1)],
    ...more,
  })
const line = (id: string, sku: string, quantity: number, more: Partial<OrderLine> = {}): OrderLine => ({
  id,
  sku,
  quantity,
  status: { value: 'awaiting_acceptance' },
  total: { value: { amount: `${quantity * 10}.00`, currency: 'EUR' }, taxIncluded: true },
  ...more,
})
const preorder = (id: string, sku: string, quantity: number): OrderLine =>
  line(id, sku, quantity, { preorder: true, status: { value: 'on_hold' } })
const stock = (sku: string, available: number): StockLevel => ({ entity: 'stock', id: sku, sku, available })

const shop = { name: 'shop', yields: ['orders' as const], takes: ['decisions' as const, 'stock' as const] }
const erp = { name: 'erp', yields: ['stock' as const], takes: [] }
const stockFlow = { entity: 'stock' as const, from: ['erp'], to: ['shop'] }

function policy(world: World, rule: Partial<DecideRule>): void {
  ;(world.engine.decide as Map<string, DecideRule>).set('shop', {
    accept: 'auto',
    rules: [],
    notBeforeMs: 0,
    preorders: 'in-stock',
    ...rule,
  })
}
const withRules = (world: World, ...rules: (Partial<DecideCase> & Pick<DecideCase, 'decide'>)[]): void =>
  policy(world, { accept: 'rule', rules })

async function tell(world: World, ...orders: Order[]): Promise<void> {
  world.system('shop').pages.push(page(orders))
  await world.read('shop')
  await world.deliver('shop')
}
async function count(world: World, ...levels: StockLevel[]): Promise<void> {
  world.system('erp').pages.push(page(levels))
  await world.read('erp')
  await world.deliver('shop')
}
/** What was decided at the shop, in order. */
const decided = (world: World): string[] =>
  world
    .system('shop')
    .effects.flatMap(({ content }) =>
      content.entity === 'decisions'
        ? [
            `${content.decision} ${content.about.key ?? ''}${content.lines ? ` ${content.lines.map(({ lineId }) => lineId).join('+')}` : ''}`,
          ]
        : [],
    )

onEveryDatabase(() => {
  describe('the policy auto', () => {
    it('accepts each order once, and not before its time', async () => {
      await using world = await createWorld([shop], [ruleFlow])
      policy(world, { notBeforeMs: 3_600_000 })
      for (const time of ['1', '2']) await tell(world, waiting('1', { buyerNote: time }), order('2'))
      expect(decided(world)).toEqual([])
      world.clock.move(3_600_001)
      await world.deliver('shop')
      await world.deliver('shop')
      expect(world.system('shop').effects.map(({ record }) => record)).toEqual(['rule/shop/1'])
    })

    it('set later decides what is read again, though nothing changed', async () => {
      await using world = await createWorld([shop], [ruleFlow])
      await tell(world, waiting('1'))
      policy(world, {})
      await tell(world, waiting('1'))
      expect(decided(world)).toEqual(['accept shop/1'])
    })

    it('confirms a pre-order once the stock that flows there is enough, and accepts the other lines at once', async () => {
      await using world = await createWorld([shop, erp], [ruleFlow, stockFlow])
      policy(world, {})
      await tell(world, waiting('1', { lines: [line('a', 'SKU-1', 1), preorder('b', 'SOON', 2)] }))
      expect(decided(world)).toEqual(['accept shop/1 a'])
      await count(world, stock('SOON', 1))
      expect(decided(world)).toHaveLength(1)
      await count(world, stock('SOON', 2))
      expect(decided(world)).toEqual(['accept shop/1 a', 'confirm_preorder shop/1 b'])
      await count(world, stock('SOON', 9))
      expect(decided(world)).toHaveLength(2)
    })

    it.each([
      ['at-once', ['confirm_preorder shop/1 b']],
      ['manual', []],
    ] as const)('with pre-orders %s needs no stock', async (preorders, outcome) => {
      await using world = await createWorld([shop], [ruleFlow])
      policy(world, { preorders })
      await tell(world, waiting('1', { lines: [preorder('b', 'SOON', 2)] }))
      expect(decided(world)).toEqual(outcome)
    })

    it('says nothing more where a person or a flow has decided, and a person takes back what was not sent yet', async () => {
      await using world = await createWorld([shop], [ruleFlow, operatorFlow])
      await tell(world, waiting('1'))
      const refusal: Decision = {
        entity: 'decisions',
        id: 'shop/1#1',
        about: { entity: 'orders', key: 'shop/1' },
        decision: 'refuse',
      }
      await world.store.write((tx) => stateDecision(world.engine, tx, 'operator', refusal, 0))
      policy(world, {})
      await tell(world, waiting('1', { buyerNote: 'changed' }))
      expect(decided(world)).toEqual(['refuse shop/1'])
    })
  })

  describe('the policy rule', () => {
    it('decides what fits and leaves the rest to a person', async () => {
      await using world = await createWorld([shop], [ruleFlow])
      withRules(
        world,
        { decide: 'refuse', skus: ['OLD-*'] },
        { decide: 'accept', countries: ['FR'], amountTo: { EUR: '50' } },
      )
      const to = (countryCode: string) => ({ shipTo: { address: { countryCode } } })
      await tell(
        world,
        waiting('1', to('FR')),
        waiting('2', to('CH')),
        waiting('3', { ...to('FR'), lines: [line('1', 'SKU-1', 6)] }),
        waiting('4', { ...to('FR'), lines: [line('1', 'OLD-7', 1)] }),
      )
      expect(decided(world).toSorted()).toEqual(['accept shop/1', 'refuse shop/4'])
    })

    it('accepts as long as there is stock, who bought first first, and refuses what is short', async () => {
      await using world = await createWorld([shop, erp], [ruleFlow, stockFlow])
      withRules(world, { decide: 'accept', stock: 'enough' }, { decide: 'refuse', stock: 'short' })
      const later = waiting('1', { orderedAt: at(start + 60_000) })
      const first = waiting('2', { lines: [line('1', 'SKU-1', 2)] })
      const unknown = waiting('3', { lines: [line('1', 'NOBODY-COUNTED', 1)] })
      await tell(world, later, first, unknown)
      expect(decided(world)).toEqual([])
      await count(world, stock('SKU-1', 2))
      expect(decided(world).toSorted()).toEqual(['accept shop/2', 'refuse shop/1'])
    })

    it('confirms a pre-order only where a rule accepts it, and never refuses one', async () => {
      await using world = await createWorld([shop, erp], [ruleFlow, stockFlow])
      withRules(world, { decide: 'refuse', skus: ['NO-*'] }, { decide: 'accept', skus: ['YES-*'] })
      await count(world, stock('NO-1', 9), stock('YES-1', 9), stock('ELSE-1', 9))
      await tell(world, ...['NO-1', 'YES-1', 'ELSE-1'].map((sku) => waiting(sku, { lines: [preorder('p', sku, 1)] })))
      expect(decided(world)).toEqual(['confirm_preorder shop/YES-1 p'])
    })
  })
})

describe('a rule', () => {
  const judged = (
    rule: Partial<DecideCase>,
    more: Partial<Order> = {},
    word: 'enough' | 'short' | 'unknown' = 'unknown',
  ) => {
    const one = waiting('1', more)
    return judge([{ decide: 'accept', ...rule }], one, one.lines ?? [], word)
  }
  const france = { shipTo: { address: { countryCode: 'FR' } } }
  it.each<[string, Partial<DecideCase>, Partial<Order>]>([
    ['no condition', {}, {}],
    ['its SKUs', { skus: ['X', 'SKU-*'] }, {}],
    ['SKUs that are not excepted', { exceptSkus: ['X*'] }, {}],
    ['its countries', { countries: ['BE', 'FR'] }, france],
    [
      'the country of the parcel shop',
      { countries: ['FR'] },
      { pickup: { kind: 'relay', address: { countryCode: 'FR' } } },
    ],
    ['its amounts, both ends included', { amountFrom: { EUR: '10' }, amountTo: { EUR: '10.00' } }, {}],
    ['its pieces', { pieces: 1 }, {}],
  ])('fits by %s', (_, rule, more) => expect(judged(rule, more).decision).toBe('accept'))

  it.each<[string, Partial<DecideCase>, Partial<Order>]>([
    ['SKU SKU-1 is none of its `skus`', { skus: ['SKU', 'sku-1'] }, {}],
    ['SKU (no SKU) is none of its `skus`', { skus: ['*'] }, { lines: [{ id: '1', sku: null, quantity: 1 }] }],
    ['SKU SKU-1 is among its `exceptSkus`', { exceptSkus: ['*-1'] }, {}],
    ['a line has no SKU', { exceptSkus: ['X'] }, { lines: [{ id: '1', sku: null, quantity: 1 }] }],
    ['the country it goes to is not known', { countries: ['FR'] }, {}],
    ['FR is none of its `countries`', { countries: ['DE'] }, france],
    ['its goods cost 10.00 EUR, more than 9.99', { amountTo: { EUR: '9.99' } }, {}],
    ['its goods cost 10.00 EUR, less than 10.01', { amountFrom: { EUR: '10.01' } }, {}],
    ['its goods cost 10.00 EUR, a currency the rule does not name', { amountTo: { CHF: '99' } }, {}],
    [
      'what its goods cost is not known',
      { amountTo: { EUR: '99' } },
      { lines: [{ id: '1', sku: 'SKU-1', quantity: 1 }] },
    ],
    ['1 pieces are more than 0', { pieces: 0 }, {}],
    ['its stock is not known', { stock: 'enough' }, {}],
  ])('does not fit, and says: %s', (why, rule, more) => expect(judged(rule, more)).toEqual({ why: `rule 1: ${why}` }))

  it('asks for the stock it names', () => {
    expect(judged({ stock: 'enough' }, {}, 'enough').decision).toBe('accept')
    expect(judged({ stock: 'short' }, {}, 'enough').why).toBe('rule 1: there is enough stock')
    expect(judged({ stock: 'enough' }, {}, 'short').why).toBe('rule 1: there is not enough stock')
  })

  it.each([
    ['*', 'anything', true],
    ['A*', 'AB', true],
    ['A*', 'BA', false],
    ['*A', 'BA', true],
    ['A*B*C', 'A1B2C', true],
    ['A*B*C', 'A1C2B', false],
    ['A*A', 'A', false],
    ['A**B', 'AB', true],
    ['A.C', 'ABC', false],
    [`${'*A'.repeat(30)}*B`, 'A'.repeat(5000), false],
  ])('matches %s with %s: %s', (pattern, text, does) => expect(matches(pattern, text)).toBe(does))
})
