import { toMilliseconds, type LimitSpec } from '../contract/index.ts'
import { KontorError } from '../errors/index.ts'

/**
 * What a bucket remembers; JSON, so that a store can keep it. All times are milliseconds since 1970.
 * - `grants`: of a sliding window: when a grant leaves the window, and how much it was; ordered by time
 * - `tokens`, `at`: of a token bucket: how many were left, when
 * - `window`, `used`: of a clock window: when it began, and how much was taken in it
 * - `limit`: what the system told
 */
export interface BucketState {
  blockedUntil?: number
  limit?: number
  grants?: readonly (readonly [leaves: number, n: number])[]
  tokens?: number
  at?: number
  window?: number
  used?: number
}
export const emptyBucket: BucketState = {}

export type Priority = 'first' | 'last'
export interface Taken {
  state: BucketState
  /** 0: granted. Else nothing was taken; ask again then. */ waitMs: number
}

/** What an answer told about a bucket. */
export interface Told {
  limit?: number
  remaining?: number
  resetAt?: number
}

/** Grants of a sliding window are remembered in at most so many groups; a group leaves with its youngest member. */
const groups = 512

/**
 * Takes `n` from a bucket, or says when to ask again. Pure: the same for a bucket in memory and one in a database.
 * `last` (backfill) takes only what is above half; a draw greater than half only from a bucket nobody else uses.
 */
export function takeFrom(
  state: BucketState,
  spec: LimitSpec,
  n: number,
  now: number,
  priority: Priority = 'first',
): Taken {
  if (!(n > 0) || n > spec.burst)
    throw new KontorError('INTERNAL', {
      message: `A draw of ${n} can never be granted by a limit of ${spec.burst} per ${spec.per}. Draw less at once.`,
    })
  const kind = takeKinds[spec.kind ?? 'sliding']
  const blockedMs = Math.max(0, (state.blockedUntil ?? 0) - now)
  const taken = kind(state, spec, n, now, mayUse(state, spec, n, priority))
  if (blockedMs === 0) return taken
  return { state, waitMs: Math.max(blockedMs, taken.waitMs) }
}

/** How full the bucket may be after this draw. A limit the system told may be lower than one draw: then the draw needs it empty. */
function mayUse(state: BucketState, spec: LimitSpec, n: number, priority: Priority): number {
  const told = spec.kind === 'token' ? spec.burst : Math.min(spec.burst, state.limit ?? spec.burst)
  return Math.max(n, priority === 'last' ? Math.floor(told / 2) : told)
}

type Take = (state: BucketState, spec: LimitSpec, n: number, now: number, cap: number) => Taken

const takeKinds: Readonly<Record<NonNullable<LimitSpec['kind']>, Take>> = {
  sliding: takeSliding,
  token: takeToken,
  clock: takeClock,
}

/**
 * Requests arrive a little later than they are granted, and not equally later: the first one waits for a TLS handshake. Counted exactly, the
 * first of a burst and the first after it could stand in one window of the system; so a window is a little longer than it says.
 */
const leeway = (perMs: number): number => 1 + Math.min(250, Math.floor(perMs * 0.03))

function takeSliding(state: BucketState, spec: LimitSpec, n: number, now: number, cap: number): Taken {
  const perMs = toMilliseconds(spec.per)
  const grants = (state.grants ?? []).filter(([leaves]) => leaves > now)
  const used = total(grants)
  if (used + n <= cap)
    return { state: { ...state, grants: withGrant(grants, now + perMs + leeway(perMs), n, perMs) }, waitMs: 0 }
  let free = cap - used
  for (const [leaves, amount] of grants) {
    free += amount
    if (free >= n) return { state: { ...state, grants }, waitMs: leaves - now }
  }
  return { state: { ...state, grants }, waitMs: perMs }
}

const total = (grants: readonly (readonly [number, number])[]): number => grants.reduce((sum, [, n]) => sum + n, 0)

function withGrant(
  grants: readonly (readonly [number, number])[],
  leaves: number,
  n: number,
  perMs: number,
): (readonly [number, number])[] {
  const quantum = Math.max(1, Math.floor(perMs / groups))
  // Rounded up: a grant may be remembered for longer than the window, never for less.
  const rounded = Math.ceil(leaves / quantum) * quantum
  const at = grants.findIndex(([each]) => each >= rounded)
  if (at === -1) return [...grants, [rounded, n]]
  const there = grants[at]
  if (there?.[0] === rounded) return grants.with(at, [rounded, there[1] + n])
  return grants.toSpliced(at, 0, [rounded, n])
}

/** Tokens per millisecond: as declared, or as the system told its rate (per second): less, and more only where its word may raise it. */
function refillRate(state: BucketState, spec: LimitSpec): number {
  const declared = (spec.refill ?? spec.burst) / toMilliseconds(spec.per)
  if (state.limit === undefined) return declared
  return spec.learn?.raises ? state.limit / 1000 : Math.min(declared, state.limit / 1000)
}

function tokensAt(state: BucketState, spec: LimitSpec, now: number): number {
  if (state.tokens === undefined || state.at === undefined) return spec.burst
  return Math.min(spec.burst, state.tokens + Math.max(0, now - state.at) * refillRate(state, spec))
}

function takeToken(state: BucketState, spec: LimitSpec, n: number, now: number, cap: number): Taken {
  const tokens = tokensAt(state, spec, now)
  const missing = n - (tokens - (spec.burst - cap))
  // A clock that was set back must not refill twice.
  const at = Math.max(now, state.at ?? now)
  if (missing <= 1e-9) return { state: { ...state, tokens: tokens - n, at }, waitMs: 0 }
  return { state: { ...state, tokens, at }, waitMs: Math.max(1, Math.ceil(missing / refillRate(state, spec))) }
}

function takeClock(state: BucketState, spec: LimitSpec, n: number, now: number, cap: number): Taken {
  const perMs = toMilliseconds(spec.per)
  const window = Math.max(Math.floor(now / perMs) * perMs, state.window ?? 0)
  const used = state.window === window ? (state.used ?? 0) : 0
  if (used + n <= cap) return { state: { ...state, window, used: used + n }, waitMs: 0 }
  return { state: { ...state, window, used }, waitMs: Math.max(1, window + perMs + leeway(perMs) - now) }
}

/** The bucket gives nothing before `until`. */
export const blockedState = (state: BucketState, until: number): BucketState => ({
  ...state,
  blockedUntil: Math.max(until, state.blockedUntil ?? 0),
})

/** One call a day; a limit below that is a mistake of the system and would stop us for ever. */
const leastLimit = 1 / 86_400

/**
 * What the system says is left counts where it is less than we believe: others draw from the same account. Never raises a limit above its spec,
 * but the rate of a token bucket whose spec says so; what has come back until now came at the old one.
 * `limit` is the size of a window, or of a token bucket the tokens per second. The same state comes back where nothing is new.
 */
export function learnedState(state: BucketState, spec: LimitSpec, told: Told, now: number): BucketState {
  const learned =
    told.limit !== undefined && told.limit >= leastLimit && told.limit !== state.limit
      ? {
          ...state,
          ...(state.tokens === undefined
            ? {}
            : { tokens: tokensAt(state, spec, now), at: Math.max(now, state.at ?? now) }),
          limit: told.limit,
        }
      : state
  if (told.remaining === undefined || !(told.remaining >= 0)) return learned
  const remaining = Math.floor(told.remaining)
  const perMs = toMilliseconds(spec.per)
  const resetAt = Math.min(
    told.resetAt !== undefined && told.resetAt > now ? told.resetAt : now + perMs,
    now + Math.max(2 * perMs, 3_600_000),
  )
  if (spec.kind === 'token') {
    const tokens = tokensAt(learned, spec, now)
    return remaining < tokens ? { ...learned, tokens: remaining, at: now } : learned
  }
  const size = Math.min(spec.burst, learned.limit ?? spec.burst)
  if (spec.kind === 'clock') {
    const window = Math.floor(now / perMs) * perMs
    const used = learned.window === window ? (learned.used ?? 0) : 0
    return size - remaining > used ? { ...learned, window, used: size - remaining } : learned
  }
  const grants = (learned.grants ?? []).filter(([leaves]) => leaves > now)
  const others = size - total(grants) - remaining
  return others > 0 ? { ...learned, grants: withGrant(grants, resetAt, others, perMs) } : learned
}

export interface StateDraw {
  key: string
  spec: LimitSpec
  n: number
}

/** All draws of one call, granted together or not at all. Answers the states to keep, and how long to wait (0: granted). */
export function takeAll(
  states: ReadonlyMap<string, BucketState>,
  draws: readonly StateDraw[],
  now: number,
  priority: Priority,
): { states: ReadonlyMap<string, BucketState>; waitMs: number } {
  const after = new Map<string, BucketState>()
  let waitMs = 0
  for (const { key, spec, n } of draws) {
    const taken = takeFrom(after.get(key) ?? states.get(key) ?? emptyBucket, spec, n, now, priority)
    after.set(key, taken.state)
    waitMs = Math.max(waitMs, taken.waitMs)
  }
  return waitMs === 0 ? { states: after, waitMs } : { states: new Map(), waitMs }
}
