import { KontorError, type Cache, type Clock } from '@kontor/core'
import { z } from 'zod'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * What is kept across restarts. `learned`: how many calls an hour had let through when Rakuten said that the quota was used up; `aside`: those
 * calls of this hour that can wait.
 */
const State = z.object({
  hour: z.int(),
  calls: z.int(),
  aside: z.int(),
  blockedUntil: z.number(),
  learned: z.object({ calls: z.int(), at: z.number() }).nullable(),
})
type State = z.infer<typeof State>

/** `sales`: what orders are read, decided and shipped by. `aside`: what can wait for an hour in which they leave room. */
export type Purpose = 'sales' | 'aside'

export interface Quota {
  /** Counts a call; throws RATE_LIMITED, and nothing is sent, while the quota is known to be used up. */
  draw(doing: string, purpose?: Purpose): Promise<void>
  /** Rakuten said that the quota is used up. */
  exceeded(): Promise<void>
  /** Milliseconds until calls may go on. */
  untilNext(): number
}

/** The lowest figure believed: another program on the account may have used up most of an hour. */
const leastLearned = 60
const key = 'quota'

export interface QuotaSettings {
  clock: Clock
  cache: Cache
  /** Spreads connections over the first minute of the hour. */
  jitterMs: number
  /** Calls an hour, as long as Rakuten has not taught another figure. */
  believed: number
}

/**
 * The hourly quota, learned from the error that says so: its figure is not published. What is learned holds for a day, since other programs
 * on the account draw from the same quota. Each call is counted durably before it is sent: a process that is killed may have counted one call
 * that never left, and never the other way round.
 */
export function createQuota({ clock, cache, jitterMs, believed }: QuotaSettings): Quota {
  let last: Promise<unknown> = Promise.resolve()
  /** One after another, so that two calls of this process are two. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work)
    last = mine
    return mine
  }
  const load = async (): Promise<State> => {
    const now = clock.now()
    const hour = Math.floor(now / hourMs)
    const stored = State.safeParse(await cache.get(key)).data
    if (stored === undefined) return { hour, calls: 0, aside: 0, blockedUntil: 0, learned: null }
    const learned = stored.learned !== null && now - stored.learned.at > dayMs ? null : stored.learned
    return stored.hour === hour ? { ...stored, learned } : { ...stored, learned, hour, calls: 0, aside: 0 }
  }
  const save = (state: State): Promise<void> => cache.set(key, state, dayMs)
  const untilNext = (): number => hourMs - (clock.now() % hourMs) + jitterMs

  return {
    untilNext,
    draw: (doing, purpose = 'sales') =>
      inTurn(async () => {
        const state = await load()
        const now = clock.now()
        if (now < state.blockedUntil) throw usedUp(doing, state.blockedUntil - now)
        if (state.learned !== null && state.calls >= state.learned.calls) throw usedUp(doing, untilNext())
        const aside = state.aside + (purpose === 'aside' ? 1 : 0)
        if (purpose === 'aside' && !leavesRoom(state, state.learned?.calls ?? believed))
          throw keptForSales(doing, untilNext())
        await save({ ...state, calls: state.calls + 1, aside })
      }),
    exceeded: () =>
      inTurn(async () => {
        const state = await load()
        const now = clock.now()
        const learned = { calls: Math.max(leastLearned, state.calls - 1), at: now }
        await save({ ...state, blockedUntil: now + untilNext(), learned })
      }),
  }
}

/** A tenth of the hour at most, and nothing of its second half: sales, their details and decisions come first. */
const leavesRoom = ({ calls, aside }: State, figure: number): boolean => aside < figure / 10 && calls < figure / 2

const usedUp = (doing: string, ms: number): KontorError =>
  new KontorError('RATE_LIMITED', {
    message: `The hourly quota of the Rakuten account is used up; not sent: ${doing}. It goes on with the next full hour.`,
    retryAfterMs: Math.max(1000, ms),
  })

const keptForSales = (doing: string, ms: number): KontorError =>
  new KontorError('RATE_LIMITED', {
    message: `What is left of this hour's quota is kept for sales; not sent: ${doing}. It goes on with the next full hour.`,
    retryAfterMs: Math.max(1000, ms),
  })
