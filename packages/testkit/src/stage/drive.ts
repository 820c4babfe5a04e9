import type { System } from '../suite/system.ts'
import type { PluginClock } from './plugin-clock.ts'
import type { WireTap } from './wire-tap.ts'

/** Real milliseconds without any event after which time may jump to whoever waits for it. */
const QUIET_MS = 4
/** As long as a request is under way the system may be at work; only one that hangs is quiet for so long. */
const HANGING_MS = 400

/** Lets the system's time jump whenever somebody waits for it and nothing else happens, until `work` settles. */
export function drive<T>(
  system: System,
  clocks: () => readonly PluginClock[],
  taps: () => readonly WireTap[],
  work: Promise<T>,
): Promise<T> {
  let lastCount = -1
  let lastChange = performance.now()
  const count = (): number =>
    sum(clocks(), (clock) => clock.activity) +
    sum(taps(), (tap) => tap.activity) +
    2 * (system.exchanges?.total ?? 0) -
    (system.inFlight ?? 0)
  const activity = (): number => {
    const now = performance.now()
    const counted = count()
    if (counted !== lastCount) {
      lastCount = counted
      lastChange = now
    }
    const underWay = sum(taps(), (tap) => tap.open) + (system.inFlight ?? 0) > 0
    const waiting = sum(clocks(), (clock) => clock.sleeping) > 0
    // A value never seen before holds the jump back.
    return !waiting || (underWay && now - lastChange < HANGING_MS) ? now : counted
  }
  return system.clock.drive(work, { activity, quietMs: QUIET_MS })
}

const sum = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((total, one) => total + of(one), 0)
