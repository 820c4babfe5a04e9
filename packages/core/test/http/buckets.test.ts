import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  blockedState,
  createMemoryBuckets,
  emptyBucket,
  learnedState,
  takeFrom,
  type BucketState,
  type Priority,
} from '../../src/host/index.ts'
import { toMilliseconds, type Duration, type LimitSpec } from '../../src/index.ts'

const source = 'this test'
const start = Date.parse('2026-05-03T10:20:00Z')

type Ask = { n: number; afterMs: number; priority: Priority }
interface Grant {
  at: number
  n: number
}

/** Asks one after the other, and as soon as the bucket says that it is worth it. Its state is copied each time, as in a store. */
function play(spec: LimitSpec, asks: readonly Ask[]): Grant[] {
  let state: BucketState = emptyBucket
  let now = start
  const grants: Grant[] = []
  for (const { n, afterMs, priority } of asks) {
    now += afterMs
    for (let turns = 0; ; turns++) {
      if (turns > 10_000) throw new Error('asked ten thousand times for one draw')
      const taken = takeFrom(structuredClone(state), spec, n, now, priority)
      state = taken.state
      if (taken.waitMs === 0) break
      now += taken.waitMs
    }
    grants.push({ at: now, n })
  }
  return grants
}

/** The most that was granted in any stretch of `perMs`, both ends included. */
function most(grants: readonly Grant[], perMs: number): number {
  let [worst, sum, from] = [0, 0, 0]
  for (const { at, n } of grants) {
    sum += n
    while ((grants[from]?.at ?? at) < at - perMs) sum -= grants[from++]?.n ?? 0
    worst = Math.max(worst, sum)
  }
  return worst
}

const pers: readonly Duration[] = ['200ms', '1s', '10s', '60s', '1h', '1d']
const spec = (kind: NonNullable<LimitSpec['kind']>): fc.Arbitrary<LimitSpec> =>
  fc.record({
    burst: fc.integer({ min: 1, max: 200 }),
    per: fc.constantFrom(...pers),
    kind: fc.constant(kind),
    source: fc.constant(source),
  })
const asksFor = ({ burst, per }: LimitSpec): fc.Arbitrary<Ask[]> =>
  fc.array(
    fc.record({
      n: fc.integer({ min: 1, max: burst }),
      afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: toMilliseconds(per) })),
      priority: fc.constantFrom<Priority>('first', 'first', 'last'),
    }),
    { minLength: 1, maxLength: 120 },
  )
const played = (kind: NonNullable<LimitSpec['kind']>) =>
  spec(kind).chain((limit) => asksFor(limit).map((asks) => ({ limit, asks })))

describe('a sliding window', () => {
  it('never grants more than its burst in any stretch of its length', () => {
    fc.assert(
      fc.property(played('sliding'), ({ limit, asks }) => {
        expect(most(play(limit, asks), toMilliseconds(limit.per))).toBeLessThanOrEqual(limit.burst)
      }),
    )
  })
  it.each<[number, Duration]>([
    [10, '1s'],
    [150, '10s'],
    [60, '60s'],
    [2000, '1h'],
    [1, '1s'],
    [1, '200ms'],
    [5, '1d'],
  ])('of %d per %s gives at least 95 %% of what is allowed to who always asks', (burst, per) => {
    const grants = play(
      { burst, per, source },
      Array.from({ length: burst * 20 }, () => ({ n: 1, afterMs: 0, priority: 'first' })),
    )
    const tookMs = (grants.at(-1)?.at ?? 0) - start
    // The last burst of twenty is granted at the beginning of the twentieth window.
    expect((19 * toMilliseconds(per)) / tookMs).toBeGreaterThanOrEqual(0.95)
    expect(most(grants, toMilliseconds(per))).toBe(burst)
  })
  it('gives the whole burst at once after quiet', () => {
    const taken = takeFrom(emptyBucket, { burst: 150, per: '10s', source }, 150, start)
    expect(taken.waitMs).toBe(0)
    const next = takeFrom(taken.state, { burst: 150, per: '10s', source }, 1, start)
    expect(next.waitMs).toBeGreaterThan(10_000)
    expect(next.waitMs).toBeLessThanOrEqual(10_300)
  })
  it('remembers a long quota in few words', () => {
    const grants = Array.from({ length: 20_000 }, () => ({ n: 1, afterMs: 90, priority: 'first' as const }))
    let state: BucketState = emptyBucket
    let now = start
    for (const { n, afterMs } of grants)
      ({ state } = takeFrom(state, { burst: 20_000, per: '1h', source }, n, (now += afterMs)))
    expect(JSON.stringify(state).length).toBeLessThan(20_000)
  })
})

describe('a token bucket', () => {
  it('never grants more than its burst and what was refilled since', () => {
    fc.assert(
      fc.property(played('token'), ({ limit, asks }) => {
        const grants = play(limit, asks)
        const perMs = toMilliseconds(limit.per)
        for (let from = 0; from < grants.length; from++) {
          let sum = 0
          for (let to = from; to < grants.length; to++) {
            sum += grants[to]?.n ?? 0
            const lasted = (grants[to]?.at ?? 0) - (grants[from]?.at ?? 0)
            expect(sum).toBeLessThanOrEqual(limit.burst + (lasted * limit.burst) / perMs + 1e-6)
          }
        }
        expect(grants.length).toBeGreaterThan(0)
      }),
      { numRuns: 50 },
    )
  })
  it('refills at its own rate, which may be slower than its burst', () => {
    const limit: LimitSpec = { burst: 20, per: '60s', kind: 'token', refill: 1, source }
    const grants = play(
      limit,
      Array.from({ length: 23 }, () => ({ n: 1, afterMs: 0, priority: 'first' })),
    )
    expect(grants.map(({ at }) => at - start).slice(18)).toEqual([0, 0, 60_000, 120_000, 180_000])
  })
  it('does not refill twice when the clock is set back', () => {
    const limit: LimitSpec = { burst: 10, per: '10s', kind: 'token', source }
    const { state } = takeFrom(emptyBucket, limit, 10, start)
    const back = takeFrom(state, limit, 1, start - 60_000)
    expect(back.waitMs).toBeGreaterThan(0)
    expect(takeFrom(back.state, limit, 2, start + 1000).waitMs).toBeGreaterThan(0)
  })
})

describe('a window of the clock', () => {
  it('never grants more than its burst between two strokes', () => {
    fc.assert(
      fc.property(played('clock'), ({ limit, asks }) => {
        const perMs = toMilliseconds(limit.per)
        const windows = Map.groupBy(play(limit, asks), ({ at }) => Math.floor(at / perMs))
        for (const grants of windows.values())
          expect(grants.reduce((sum, { n }) => sum + n, 0)).toBeLessThanOrEqual(limit.burst)
      }),
    )
  })
  it('opens again at the full hour', () => {
    const limit: LimitSpec = { burst: 600, per: '1h', kind: 'clock', source }
    const { state } = takeFrom(emptyBucket, limit, 600, start)
    const { waitMs } = takeFrom(state, limit, 1, start)
    expect(waitMs - 40 * 60_000).toBeGreaterThan(0)
    expect(waitMs - 40 * 60_000).toBeLessThan(1000)
    expect(takeFrom(state, limit, 600, start + waitMs).waitMs).toBe(0)
  })
})

describe('every kind of bucket', () => {
  const kinds = ['sliding', 'token', 'clock'] as const
  it.each(kinds)('%s: leaves half to live work when backfill asks', (kind) => {
    const limit: LimitSpec = { burst: 10, per: '10s', kind, source }
    let state: BucketState = emptyBucket
    let granted = 0
    for (; granted < 10; granted++) {
      const taken = takeFrom(state, limit, 1, start, 'last')
      if (taken.waitMs > 0) break
      state = taken.state
    }
    expect(granted).toBe(5)
    expect(takeFrom(state, limit, 5, start, 'first').waitMs).toBe(0)
  })
  it.each(kinds)('%s: gives backfill a draw greater than half when nobody else uses it', (kind) => {
    const limit: LimitSpec = { burst: 10, per: '10s', kind, source }
    expect(takeFrom(emptyBucket, limit, 10, start, 'last').waitMs).toBe(0)
    expect(takeFrom(takeFrom(emptyBucket, limit, 1, start).state, limit, 10, start, 'last').waitMs).toBeGreaterThan(0)
    expect(takeFrom(emptyBucket, { ...limit, burst: 1 }, 1, start, 'last').waitMs).toBe(0)
  })
  it.each(kinds)('%s: calls a draw that can never be granted a mistake, at once', (kind) => {
    for (const n of [11, 0, -1, Number.NaN])
      expect(() => takeFrom(emptyBucket, { burst: 10, per: '10s', kind, source }, n, start)).toThrow(
        expect.objectContaining({ code: 'INTERNAL' }),
      )
  })
  it.each(kinds)('%s: gives nothing while the system wants silence, and never shortens the silence', (kind) => {
    const limit: LimitSpec = { burst: 10, per: '10s', kind, source }
    const state = blockedState(blockedState(emptyBucket, start + 90_000), start + 5000)
    expect(takeFrom(state, limit, 1, start + 60_000).waitMs).toBe(30_000)
    expect(takeFrom(state, limit, 1, start + 90_000).waitMs).toBe(0)
  })
  it.each(kinds)('%s: learns that others draw from it, and never that more is allowed than it says', (kind) => {
    const limit: LimitSpec = { burst: 10, per: '10s', kind, source }
    const less = learnedState(emptyBucket, limit, { remaining: 2 }, start)
    expect(takeFrom(less, limit, 2, start).waitMs).toBe(0)
    expect(takeFrom(less, limit, 3, start).waitMs).toBeGreaterThan(0)
    const full = takeFrom(emptyBucket, limit, 10, start).state
    const more = learnedState(full, limit, { remaining: 500, limit: 1000 }, start)
    expect(takeFrom(more, limit, 1, start).waitMs).toBeGreaterThan(0)
  })
  it.each(kinds)('%s: is the same state where nothing new was learned', (kind) => {
    const limit: LimitSpec = { burst: 10, per: '10s', kind, source }
    const state = learnedState(emptyBucket, limit, { limit: 10, remaining: 10 }, start)
    expect(learnedState(state, limit, { limit: 10, remaining: 10 }, start)).toBe(state)
  })
  it('never waits for ever, whatever it was told', () => {
    const told = fc.record(
      {
        limit: fc.double({ min: 0, max: 50 }),
        remaining: fc.double({ min: 0, max: 50 }),
        resetAt: fc.double({ min: 0, max: 1e15 }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.constantFrom(...kinds).chain(spec), fc.array(told, { maxLength: 5 }), ({ ...limit }, all) => {
        const state = all.reduce((before, one) => learnedState(before, limit, one, start), emptyBucket)
        const { waitMs } = takeFrom(state, limit, limit.burst, start)
        expect(waitMs).toBeGreaterThanOrEqual(0)
        expect(waitMs).toBeLessThan(Number.POSITIVE_INFINITY)
      }),
    )
  })
})

describe('a token bucket whose rate is told', () => {
  it('refills by the told rate (per second) where it is slower', () => {
    const limit: LimitSpec = { burst: 5, per: '1s', kind: 'token', source }
    const empty = takeFrom(emptyBucket, limit, 5, start).state
    expect(takeFrom(learnedState(empty, limit, { limit: 0.5 }, start), limit, 1, start).waitMs).toBe(2000)
    expect(takeFrom(learnedState(empty, limit, { limit: 50 }, start), limit, 1, start).waitMs).toBe(200)
  })
})

describe('a token bucket whose told rate may be above the stated one', () => {
  const limit: LimitSpec = { burst: 5, per: '10s', kind: 'token', source, learn: { limit: 'x-rate', raises: true } }
  const empty = takeFrom(emptyBucket, limit, 5, start).state

  it('refills by it, up and down, and never holds more than its burst', () => {
    const faster = learnedState(empty, limit, { limit: 2 }, start)
    expect(takeFrom(faster, limit, 1, start).waitMs).toBe(500)
    expect(takeFrom(learnedState(faster, limit, { limit: 0.1 }, start), limit, 1, start).waitMs).toBe(10_000)
    expect(takeFrom(takeFrom(faster, limit, 5, start + 60_000).state, limit, 1, start + 60_000).waitMs).toBe(500)
  })
  it('holds what came back until it was told, by the old rate', () => {
    const later = learnedState(empty, limit, { limit: 100 }, start + 2000)
    expect(takeFrom(later, limit, 1, start + 2000).waitMs).toBe(0)
    expect(takeFrom(later, limit, 2, start + 2000).waitMs).toBe(10)
  })
  it('does not where a connection states less', () => {
    const own = { ...limit, learn: { ...limit.learn, raises: false } }
    expect(takeFrom(learnedState(empty, own, { limit: 100 }, start), own, 1, start).waitMs).toBe(2000)
  })
})

describe('several buckets', () => {
  it('grant together or not at all', async () => {
    const buckets = createMemoryBuckets()
    const offers = { key: 'offers', spec: { burst: 2, per: '10s', source } as const, n: 1 }
    const rows = { key: 'rows', spec: { burst: 100, per: '1h', source } as const, n: 60 }
    expect(await buckets.take([offers, rows], start, 'first')).toEqual({ waitMs: 0 })
    expect((await buckets.take([offers, rows], start, 'first')).waitMs).toBeGreaterThan(3_500_000)
    // The refused draw took nothing from the other bucket.
    expect(await buckets.take([offers], start, 'first')).toEqual({ waitMs: 0 })
    expect((await buckets.take([offers], start, 'first')).waitMs).toBeGreaterThan(0)
  })
  it('of one name count each draw of a call', async () => {
    const buckets = createMemoryBuckets()
    const draw = { key: 'k', spec: { burst: 3, per: '10s', source } as const, n: 2 }
    expect((await buckets.take([draw, draw], start, 'first')).waitMs).toBeGreaterThan(0)
  })
})
