import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalText, compareVersions, mergeStatements, Order, sameContent, type Json } from '../../src/index.ts'

const order = (fields: object): Order => Order.parse({ entity: 'orders', id: '1', ...fields })
const json: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>
/** Statements as they come: objects, with lists of members that have ids. */
const statement = fc.record(
  {
    id: fc.constant('1'),
    a: fc.option(fc.string(), { nil: null }),
    b: fc.option(fc.record({ x: fc.integer(), y: fc.option(fc.string(), { nil: null }) }, { requiredKeys: [] }), {
      nil: null,
    }),
    lines: fc.uniqueArray(
      fc.record(
        { id: fc.constantFrom('1', '2', '3'), sku: fc.string(), note: fc.option(fc.string(), { nil: null }) },
        { requiredKeys: ['id'] },
      ),
      { selector: ({ id }) => id },
    ),
    tags: fc.array(fc.string(), { maxLength: 3 }),
  },
  { requiredKeys: ['id'] },
)

describe('a newer statement', () => {
  it('keeps what it does not mention, and empties what it says is empty', () => {
    const older = order({ buyer: { email: 'erika@example.com', phone: '1' }, business: true, gift: true })
    expect(mergeStatements(older, order({ buyer: { phone: null }, gift: null }))).toEqual(
      order({ buyer: { email: 'erika@example.com', phone: null }, business: true, gift: null }),
    )
  })
  it('that names a thing as empty empties all of it', () => {
    expect(mergeStatements(order({ shipTo: { firstName: 'Erika' } }), order({ shipTo: null })).shipTo).toBeNull()
    expect(mergeStatements(order({ shipTo: null }), order({ shipTo: { firstName: 'Erika' } })).shipTo).toEqual({
      firstName: 'Erika',
    })
  })
  it('tells whole lists; their members keep what is not said of them', () => {
    const older = order({
      lines: [
        { id: 'a', quantity: 1, sku: 'A', title: 'Lamp' },
        { id: 'b', quantity: 2, sku: 'B' },
      ],
    })
    const merged = mergeStatements(
      older,
      order({
        lines: [
          { id: 'c', quantity: 1 },
          { id: 'a', quantity: 3, sku: null },
        ],
      }),
    )
    expect(merged.lines).toEqual([
      { id: 'c', quantity: 1 },
      { id: 'a', quantity: 3, sku: null, title: 'Lamp' },
    ])
  })
  it('tells whole lists also where their members have no ids', () => {
    expect(mergeStatements(order({ numbers: ['1', '2'] }), order({ numbers: ['3'] })).numbers).toEqual(['3'])
    expect(mergeStatements(order({ numbers: ['1'] }), order({ numbers: [] })).numbers).toEqual([])
    expect(mergeStatements(order({ numbers: ['1'] }), order({})).numbers).toEqual(['1'])
  })
  it('said twice changes nothing the second time', () => {
    fc.assert(
      fc.property(statement, statement, (older, newer) => {
        const once = mergeStatements<object>(older, newer)
        expect(mergeStatements<object>(once, newer)).toEqual(once)
        expect(sameContent(mergeStatements<object>(once, newer), once)).toBe(true)
      }),
    )
  })
  it('on top of itself is itself', () => {
    fc.assert(
      fc.property(statement, (one) => {
        expect(mergeStatements<object>(one, one)).toEqual(one)
      }),
    )
  })
  it('always wins in what it says', () => {
    fc.assert(
      fc.property(statement, statement, (older, newer) => {
        const merged = mergeStatements<Record<string, unknown>>(older, newer)
        for (const key of ['a', 'tags'] as const)
          expect(merged[key]).toEqual(newer[key] === undefined ? older[key] : newer[key])
        expect(Object.keys(merged).toSorted()).toEqual(
          [...new Set([...Object.keys(older), ...Object.keys(newer)])].toSorted(),
        )
      }),
    )
  })
  it('changes neither of the two it is made of', () => {
    fc.assert(
      fc.property(statement, statement, (older, newer) => {
        const before = JSON.stringify([older, newer])
        mergeStatements<object>(older, newer)
        expect(JSON.stringify([older, newer])).toBe(before)
      }),
    )
  })
  it('may be any JSON', () => {
    fc.assert(
      fc.property(json, json, (older, newer) => {
        expect(() => mergeStatements(older, newer)).not.toThrow()
      }),
    )
  })
})

describe('the content of a record', () => {
  it('is the same whatever the order of its keys, and whether what is absent is written out', () => {
    expect(canonicalText({ b: 1, a: { d: undefined, c: [{ y: 1, x: 2 }] } })).toBe('{"a":{"c":[{"x":2,"y":1}]},"b":1}')
    expect(sameContent({ a: 1, b: undefined }, { a: 1 })).toBe(true)
    expect(sameContent({ a: null }, {})).toBe(false)
    expect(sameContent({ a: [1, 2] }, { a: [2, 1] })).toBe(false)
  })
  it('is not changed by when and how it was told, but is by the same word further in', () => {
    const told = { version: '2', updatedAt: '2026-05-03T10:00:00Z', asOf: 'x', extensions: { 'a.b': 1 } }
    expect(sameContent({ id: '1', ...told }, { id: '1' })).toBe(true)
    expect(canonicalText({ id: '1', ...told })).toContain('updatedAt')
    expect(sameContent({ lines: [{ id: '1', version: '1' }] }, { lines: [{ id: '1', version: '2' }] })).toBe(false)
  })
  it('survives being stored', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalText(JSON.parse(canonicalText(value)))).toBe(canonicalText(value))
      }),
    )
  })
})

describe('versions', () => {
  it.each([
    ['9', '10', -1],
    ['007', '7', 0],
    ['12345678901234567891', '12345678901234567890', 1],
    ['2026-05-03T10:00:00Z', '2026-05-03T12:00:00+02:00', 0],
    ['2026-05-03T10:00:00.000001Z', '2026-05-03T10:00:00.000002Z', -1],
    ['2026-05-03T10:00:00.5Z', '2026-05-03T10:00:00.499999999Z', 1],
    ['2026-05-03 10:00:00+0000', '2026-05-03T10:00:01Z', -1],
    ['9', '2026-05-03T10:00:00Z', undefined],
    ['abc', 'abd', undefined],
    ['2026-05-03', '2026-05-04', undefined],
    [undefined, '1', undefined],
    ['1', undefined, undefined],
  ])('%s against %s is %s', (a, b, expected) => {
    expect(compareVersions(a, b)).toBe(expected)
    expect(compareVersions(b, a)).toBe(expected === undefined || expected === 0 ? expected : -expected)
  })
  it('of whole numbers are compared as such, however long', () => {
    const whole = fc.bigInt({ min: 0n, max: 10n ** 30n })
    fc.assert(
      fc.property(whole, whole, (a, b) => {
        expect(compareVersions(String(a), String(b))).toBe(a < b ? -1 : a > b ? 1 : 0)
      }),
    )
  })
})
