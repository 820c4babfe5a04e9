import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupUnits } from '../src/mapping/index.ts'
import type { ItemWire } from '../src/wire/index.ts'

const unit = (overrides: Partial<ItemWire> = {}): ItemWire => ({
  itemid: '1',
  sku: 'A',
  advertid: '9',
  headline: 'x',
  itemstatus: 'ACCEPTED',
  ispreorder: false,
  is_fulfilment: undefined,
  isrsl: false,
  isnego: false,
  negotiationcomment: undefined,
  advertpricelisted: undefined,
  price: { amount: '23.9', currency: 'EUR' },
  ean: undefined,
  isbn: undefined,
  paymentstatus: undefined,
  ...overrides,
})

const anyUnit = fc
  .record({
    itemid: fc.stringMatching(/^[1-9]\d{0,2}$/),
    sku: fc.constantFrom('A', 'B', undefined, 'A:B', 'é'),
    advertid: fc.constantFrom('9', '10', undefined),
    amount: fc.constantFrom('23.9', '23.90', '24', '0.5'),
    ispreorder: fc.constantFrom(true, false, undefined),
    itemstatus: fc.constantFrom('ACCEPTED', 'TO_CONFIRM', 'CANCELLED', undefined),
  })
  .map(({ amount, ...rest }) => unit({ ...rest, price: { amount, currency: 'EUR' } }))

describe('units of a sale', () => {
  it('are grouped so that every itemid is in exactly one line, once', () => {
    fc.assert(
      fc.property(fc.array(anyUnit, { maxLength: 30 }), (items) => {
        const groups = groupUnits(items)
        const ids = groups.flatMap((group) => group.items.map((item) => item.itemid))
        expect(new Set(ids).size).toBe(ids.length)
        expect(new Set(ids)).toEqual(new Set(items.map((item) => item.itemid)))
        expect(new Set(groups.map(({ id }) => id)).size).toBe(groups.length)
      }),
    )
  })
  it('keep their line whatever becomes of the other units and in whatever order they come', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyUnit, { minLength: 1, maxLength: 15, selector: ({ itemid }) => itemid }),
        fc.nat(),
        (items, seed) => {
          const lineOf = (all: readonly ItemWire[]) =>
            new Map(
              groupUnits(all).flatMap(({ id, items: members }) => members.map((item) => [item.itemid, id] as const)),
            )
          const whole = lineOf(items)
          const some = items.filter((_, index) => (seed >> (index % 20)) % 2 === 0).toReversed()
          for (const [itemId, line] of lineOf(some)) expect(line).toBe(whole.get(itemId))
        },
      ),
    )
  })
  it('of one price written in two ways are one line; of two prices, or pre-ordered, they are two', () => {
    expect(
      groupUnits([unit({ itemid: '1' }), unit({ itemid: '2', price: { amount: '23.90', currency: 'EUR' } })]),
    ).toHaveLength(1)
    expect(
      groupUnits([unit({ itemid: '1' }), unit({ itemid: '2', price: { amount: '23', currency: 'EUR' } })]),
    ).toHaveLength(2)
    expect(groupUnits([unit({ itemid: '1' }), unit({ itemid: '2', ispreorder: true })])).toHaveLength(2)
  })
})
