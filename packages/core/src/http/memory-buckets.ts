import { blockedState, emptyBucket, learnedState, takeAll, type BucketState } from './bucket-state.ts'
import type { Buckets } from './buckets.ts'

/** Buckets of one process: for a library, and for tests. They are forgotten when it ends. */
export function createMemoryBuckets(): Buckets {
  const states = new Map<string, BucketState>()
  return {
    async take(draws, now, priority) {
      const { states: after, waitMs } = takeAll(states, draws, now, priority)
      for (const [key, state] of after) states.set(key, state)
      return { waitMs }
    },
    async block(keys, until) {
      for (const key of keys) states.set(key, blockedState(states.get(key) ?? emptyBucket, until))
    },
    async learn(key, spec, told, now) {
      states.set(key, learnedState(states.get(key) ?? emptyBucket, spec, told, now))
    },
  }
}
