import type { Clock } from '@kontor/core'
import type { SimulatorClock } from '../simulator/index.ts'

/** The clock a plugin is given: the system's time, perhaps wrong by a constant, with its sleepers counted. */
export interface PluginClock extends Clock {
  /** Who sleeps on it now. */
  readonly sleeping: number
  /** Counts up at every beginning and end of a sleep. */
  readonly activity: number
  /** The process has died: who sleeps never wakes, and nobody falls asleep any more. */
  die(): void
}

export function createPluginClock(system: SimulatorClock, skewMs = 0): PluginClock {
  const own = system.scope()
  let sleeping = 0
  let activity = 0
  let dead = false
  return {
    get sleeping() {
      return sleeping
    },
    get activity() {
      return activity
    },
    now: () => own.now() + skewMs,
    async sleep(ms, signal) {
      if (dead) return await new Promise(() => undefined)
      sleeping += 1
      activity += 1
      try {
        await own.sleep(ms, signal)
      } catch (reason) {
        // Exactly what the caller has aborted with: errors are recognised by their brand.
        throw signal?.aborted === true ? signal.reason : reason
      } finally {
        sleeping -= 1
        activity += 1
      }
    },
    die() {
      dead = true
      sleeping = 0
      own.close()
    },
  }
}
