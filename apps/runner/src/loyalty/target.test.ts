import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pointsToBeGone, type PointsRounding } from './target.ts'

/** Points, total, refunds one after another, and what each takes back with either rounding. */
const vectors: [bigint, bigint, bigint[], bigint[], bigint[]][] = [
  [80n, 5000n, [2000n], [32n], [32n]],
  [35n, 3331n, [1665n, 1666n], [17n, 18n], [17n, 18n]],
  [100n, 9999n, [3333n, 3333n, 3333n], [33n, 34n, 33n], [33n, 33n, 34n]],
  [1n, 100n, [33n, 33n, 34n], [0n, 1n, 0n], [0n, 0n, 1n]],
  [
    7n,
    1000n,
    Array.from({ length: 10 }, () => 100n),
    [1n, 0n, 1n, 1n, 1n, 0n, 1n, 1n, 0n, 1n],
    [0n, 1n, 1n, 0n, 1n, 1n, 0n, 1n, 1n, 1n],
  ],
  [50n, 2083n, [1083n, 1000n], [26n, 24n], [25n, 25n]],
  [10n, 1000n, [500n, 700n], [5n, 5n], [5n, 5n]],
  [0n, 1000n, [1000n], [0n], [0n]],
  [120n, 6984n, [6984n], [120n], [120n]],
]

function deltas(issued: bigint, total: bigint, refunds: readonly bigint[], rounding: PointsRounding): bigint[] {
  let [sum, gone] = [0n, 0n]
  return refunds.map((refund) => {
    sum += refund
    const target = pointsToBeGone({ issued, total, refunded: sum, rounding })
    const delta = target - gone
    gone = target
    return delta
  })
}

const rounding = fc.constantFrom<PointsRounding>('half_up', 'down', 'up')
const share = fc.record({
  issued: fc.bigInt(0n, 10n ** 9n),
  total: fc.bigInt(1n, 10n ** 9n),
  refunded: fc.bigInt(0n, 2n * 10n ** 9n),
  rounding,
})
const cases = { numRuns: 2000 }

describe('points to be gone', () => {
  it.each(vectors)('%s points for %s, refunds %s', (issued, total, refunds, halfUp, down) => {
    expect(deltas(issued, total, refunds, 'half_up')).toEqual(halfUp)
    expect(deltas(issued, total, refunds, 'down')).toEqual(down)
  })

  it('come back when a refund is declined afterwards', () => {
    expect(pointsToBeGone({ issued: 80n, total: 5000n, refunded: 2000n, rounding: 'half_up' })).toBe(32n)
    expect(pointsToBeGone({ issued: 80n, total: 5000n, refunded: 0n, rounding: 'half_up' })).toBe(0n)
  })

  it('rounds up for the merchant when told to', () => {
    expect(deltas(1n, 100n, [1n, 99n], 'up')).toEqual([1n, 0n])
  })

  it('never exceed what was issued, and are never negative', () => {
    fc.assert(
      fc.property(share, (each) => {
        const target = pointsToBeGone(each)
        expect(target >= 0n && target <= each.issued).toBe(true)
      }),
      cases,
    )
  })

  it('never grow less when more is refunded', () => {
    fc.assert(
      fc.property(share, fc.bigInt(0n, 10n ** 9n), (each, more) => {
        expect(pointsToBeGone({ ...each, refunded: each.refunded + more }) >= pointsToBeGone(each)).toBe(true)
      }),
      cases,
    )
  })

  it('are all of them after a full refund, however it was split and ordered', () => {
    const parts = fc.array(fc.bigInt(1n, 10n ** 6n), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 7n), parts, rounding, (issued, refunds, how) => {
        const total = refunds.reduce((sum, refund) => sum + refund, 0n)
        const sum = (list: readonly bigint[]): bigint =>
          deltas(issued, total, list, how).reduce((all, delta) => all + delta, 0n)
        expect([sum(refunds), sum(refunds.toReversed()), sum(refunds.toSorted((a, b) => (a < b ? -1 : 1)))]).toEqual([
          issued,
          issued,
          issued,
        ])
      }),
      cases,
    )
  })

  it('are the same in total for any order and grouping of refunds', () => {
    const some = fc.array(fc.bigInt(0n, 10n ** 6n), { maxLength: 10 })
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 7n), fc.bigInt(1n, 10n ** 7n), some, rounding, (issued, total, refunds, how) => {
        const sum = (list: readonly bigint[]): bigint =>
          deltas(issued, total, list, how).reduce((all, delta) => all + delta, 0n)
        const grouped = [refunds.slice(0, 3), refunds.slice(3)].map((group) =>
          group.reduce((all, one) => all + one, 0n),
        )
        expect([sum(refunds.toReversed()), sum(grouped)]).toEqual([sum(refunds), sum(refunds)])
      }),
      cases,
    )
  })
})
