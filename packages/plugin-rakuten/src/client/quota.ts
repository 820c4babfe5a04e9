import { KontorError, type Cache, type Clock } from '@kontor/core'
import { z } from 'zod'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** What is kept across restarts. `learned`: how many calls an hour had let through when Rakuten said that the quota was used up. */
const State = z.object({
  hour: z.int(),
  calls: z.int(),
  blockedUntil: z.number(),
  learned: z.object({ calls: z.int(), at: z.number() }).nullable(),
})
type State = z.infer<typeof State>

export interface Quota {
  /** Counts a call; throws RATE_LIMITED, and nothing is sent, while the quota is known to be used up. */
  draw(doing: string): Promise<void>
  /** Rakuten said that the quota is used up. */
  exceeded(): Promise<void>
  /** Milliseconds until calls may go on. */
  untilNext(): number
}

/** The lowest figure believed: another program on the account may have used up most of an hour. */
const leastLearned = 60
const key = 'quota'

/**
 * The hourly quota, learned from the error that says so: its figure is not published. What is learned holds for a day, since other programs
 * on the account draw from the same quota. `jitterMs` spreads connections over the first minute of the hour.
 */
export function createQuota({ clock, cache, jitterMs }: { clock: Clock; cache: Cache; jitterMs: number }): Quota {
  let loading: Promise<State> | undefined
  const load = (): Promise<State> =>
    (loading ??= cache
      .get(key)
      .then((stored) => State.safeParse(stored).data ?? { hour: 0, calls: 0, blockedUntil: 0, learned: null }))
  const save = (state: State): Promise<void> => cache.set(key, state, dayMs)
  const untilNext = (): number => hourMs - (clock.now() % hourMs) + jitterMs

  return {
    untilNext,
    async draw(doing) {
      const state = await load()
      const now = clock.now()
      const hour = Math.floor(now / hourMs)
      if (hour !== state.hour) {
        state.hour = hour
        state.calls = 0
      }
      if (state.learned !== null && now - state.learned.at > dayMs) state.learned = null
      if (now < state.blockedUntil) throw usedUp(doing, state.blockedUntil - now)
      if (state.learned !== null && state.calls >= state.learned.calls) throw usedUp(doing, untilNext())
      state.calls += 1
      // Not at every call: what a crash forgets is made up for by the next "Quota exceeded".
      if (state.calls % 10 === 1) await save(state)
    },
    async exceeded() {
      const state = await load()
      const now = clock.now()
      state.blockedUntil = now + untilNext()
      state.learned = { calls: Math.max(leastLearned, state.calls - 1), at: now }
      await save(state)
    },
  }
}

const usedUp = (doing: string, ms: number): KontorError =>
  new KontorError('RATE_LIMITED', {
    message: `The hourly quota of the Rakuten account is used up; not sent: ${doing}. It goes on with the next full hour.`,
    retryAfterMs: Math.max(1000, ms),
  })
