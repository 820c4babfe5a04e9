import type { Json } from '../canonical/index.ts'
import type { Cache, Clock } from '../contract/index.ts'

/** Facts of one process; the oldest go first when there are more than `most`. */
export function createMemoryCache(clock: Clock, most = 10_000): Cache {
  const kept = new Map<string, { value: Json; until: number }>()
  return {
    async get(key) {
      const found = kept.get(key)
      if (!found) return undefined
      if (found.until > clock.now()) return found.value
      kept.delete(key)
      return undefined
    },
    async set(key, value, ttlMs) {
      kept.delete(key)
      kept.set(key, { value, until: clock.now() + ttlMs })
      const oldest = kept.size > most ? kept.keys().next().value : undefined
      if (oldest !== undefined) kept.delete(oldest)
    },
    async delete(key) {
      kept.delete(key)
    },
  }
}
