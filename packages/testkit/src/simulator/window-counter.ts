/**
 * `sliding`: never more than the limit in any window. `fixed`: windows that begin at multiples of their length, so up to twice the limit
 * around a border. `token`: a full bucket first, then at the speed it refills.
 */
export type LimitKind = 'sliding' | 'fixed' | 'token'

/** Counts weight over time, all times in milliseconds and never going back. */
export interface WindowCounter {
  readonly limit: number
  readonly perMs: number
  /** The greatest weight taken in any window `(t - per, t]`. */
  readonly peak: number
  /** How long until `weight` fits: 0 is now. More than ever fits waits a whole window. */
  waitMs(now: number, weight: number): number
  take(now: number, weight: number): void
  remaining(now: number): number
  /** How long until nothing is taken any more. */
  resetMs(now: number): number
  change(limit: number, perMs: number, now: number): void
}

export function createCounter(kind: LimitKind, limit: number, perMs: number, now: number): WindowCounter {
  const settings = { limit, perMs }
  const seen = new SlidingSum(settings)
  const rule =
    kind === 'token' ? tokenRule(settings, now) : kind === 'fixed' ? fixedRule(settings) : slidingRule(settings, seen)
  let peak = 0
  return {
    get limit() {
      return settings.limit
    },
    get perMs() {
      return settings.perMs
    },
    get peak() {
      return peak
    },
    waitMs: (at, weight) => (weight > settings.limit ? settings.perMs : rule.waitMs(at, weight)),
    take(at, weight) {
      rule.take(at, weight)
      seen.add(at, weight)
      peak = Math.max(peak, seen.sum(at))
    },
    remaining: (at) => rule.remaining(at),
    resetMs: (at) => rule.resetMs(at),
    change(newLimit, newPerMs, at) {
      // What has refilled until now refilled at the old speed.
      rule.remaining(at)
      settings.limit = newLimit
      settings.perMs = newPerMs
    },
  }
}

interface Settings {
  limit: number
  perMs: number
}

type Rule = Pick<WindowCounter, 'waitMs' | 'take' | 'remaining' | 'resetMs'>

/** The weight in the window that ends now; entries leave it exactly `per` after they came. */
class SlidingSum {
  readonly #settings: Settings
  #entries: { at: number; weight: number }[] = []
  #first = 0
  #sum = 0

  constructor(settings: Settings) {
    this.#settings = settings
  }

  add(at: number, weight: number): void {
    this.#entries.push({ at, weight })
    this.#sum += weight
  }

  sum(now: number): number {
    for (let entry = this.#entries[this.#first]; entry !== undefined; entry = this.#entries[this.#first]) {
      if (entry.at + this.#settings.perMs > now) break
      this.#sum -= entry.weight
      this.#first += 1
    }
    if (this.#first > 1_000) {
      this.#entries = this.#entries.slice(this.#first)
      this.#first = 0
    }
    return this.#sum
  }

  /** How long until at most `sum` is left in the window. */
  waitFor(now: number, sum: number): number {
    let left = this.sum(now)
    for (let index = this.#first; left > sum; index += 1) {
      const entry = this.#entries[index]
      if (entry === undefined) break
      left -= entry.weight
      if (left <= sum) return entry.at + this.#settings.perMs - now
    }
    return 0
  }
}

function slidingRule(settings: Settings, seen: SlidingSum): Rule {
  return {
    waitMs: (now, weight) => seen.waitFor(now, settings.limit - weight),
    // The counter adds to the sum itself, for every kind.
    take: () => undefined,
    remaining: (now) => settings.limit - seen.sum(now),
    resetMs: (now) => seen.waitFor(now, 0),
  }
}

function fixedRule(settings: Settings): Rule {
  let window = -1
  let used = 0
  const usedAt = (now: number): number => {
    const current = Math.floor(now / settings.perMs)
    if (current !== window) used = 0
    window = current
    return used
  }
  const untilNext = (now: number): number => (Math.floor(now / settings.perMs) + 1) * settings.perMs - now
  return {
    waitMs: (now, weight) => (usedAt(now) + weight <= settings.limit ? 0 : untilNext(now)),
    take(now, weight) {
      used = usedAt(now) + weight
    },
    remaining: (now) => settings.limit - usedAt(now),
    resetMs: (now) => (usedAt(now) === 0 ? 0 : untilNext(now)),
  }
}

/** Weights are sums of fractions here; this much is taken for rounding and not for a missing token. */
const ROUNDING = 1e-9

function tokenRule(settings: Settings, start: number): Rule {
  let tokens = settings.limit
  let countedAt = start
  const tokensAt = (now: number): number => {
    tokens = Math.min(settings.limit, tokens + ((now - countedAt) * settings.limit) / settings.perMs)
    countedAt = now
    return tokens
  }
  const timeFor = (missing: number): number => (missing <= ROUNDING ? 0 : (missing * settings.perMs) / settings.limit)
  return {
    waitMs: (now, weight) => timeFor(weight - tokensAt(now)),
    take(now, weight) {
      tokens = tokensAt(now) - weight
    },
    remaining: (now) => tokensAt(now) + ROUNDING,
    resetMs: (now) => timeFor(settings.limit - tokensAt(now)),
  }
}
