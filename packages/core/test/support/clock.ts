import type { Clock } from '../../src/index.ts'

export interface TestClock extends Clock {
  /** Every sleep that was asked for. */
  slept: number[]
  advance(ms: number): void
}

/** Time that passes only by sleeping, and at once. */
export function createTestClock(startsAt = Date.parse('2026-05-03T10:00:00Z')): TestClock {
  let now = startsAt
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    advance: (ms) => {
      now += ms
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      slept.push(ms)
      // A real turn of the loop, so that others get on meanwhile.
      await new Promise((resolve) => setImmediate(resolve))
      signal?.throwIfAborted()
      now += ms
    },
  }
}
