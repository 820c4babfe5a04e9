import { setTimeout as pause } from 'node:timers/promises'
import { isKontorError } from '@kontor/core'

const longestMs = 60_000

/**
 * For what must not be lost because the store is away for a moment: the outcome of a call, the end of a run. Tries again for a minute. After that it
 * is given up, and stands in the store as begun; nothing is repeated blindly.
 */
export async function untilStored<T>(work: () => Promise<T>): Promise<T> {
  const began = performance.now()
  for (let waitMs = 100; ; waitMs = Math.min(5000, waitMs * 2)) {
    try {
      return await work()
    } catch (thrown) {
      const passing = isKontorError(thrown) && thrown.code === 'STORE_UNAVAILABLE'
      if (!passing || performance.now() - began > longestMs) throw thrown
      await pause(waitMs)
    }
  }
}
