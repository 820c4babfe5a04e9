import type { Clock } from '../contract/index.ts'
import { KontorError } from '../errors/index.ts'
import type { Buckets, Draw } from './buckets.ts'
import type { BegunCall, Journal } from './journal.ts'
import type { Patience } from './patience.ts'
import { enterSlots } from './slots.ts'

/** Everything a call has to pass before its first byte. */
export interface Gate {
  /** Waits until the buckets let the call through. @returns a function that ends the call's share of `atOnce` */
  enter(draws: readonly Draw[], patience: Patience, doing: string): Promise<() => void>
  /** Notes that the call has begun, so freshly that the note still counts when the call is sent. */
  begin(keys: readonly string[], call: BegunCall): Promise<void>
}

export interface GateOptions {
  buckets: Buckets
  journal: Journal
  clock: Clock
  priority: 'first' | 'last'
  /** Longest time between the note and the call. */
  freshMs: number
}

export function createGate({ buckets, journal, clock, priority, freshMs }: GateOptions): Gate {
  return {
    async enter(draws, patience, doing) {
      if (draws.length === 0) return () => undefined
      const limited = draws.flatMap(({ key, spec }) =>
        spec.atOnce === undefined ? [] : [{ key: `at once ${key}`, atOnce: spec.atOnce }],
      )
      const leave = await enterSlots(buckets, limited, patience)
      if (!leave) throw tooLong(doing, 5000, 'as many calls as allowed are under way')
      try {
        await draw(draws, patience, doing)
        return leave
      } catch (error) {
        leave()
        throw error
      }
    },

    /**
     * The journal checks that this runner still owns the work. A process that is paused right after that check (a stopped container, a frozen
     * machine) wakes up when another runner may have taken over, and its next act would be to send. So a note that took long is made again:
     * its check fails if the work is no longer ours. A store that is merely slow is believed the third time, unless it took as long as a lease
     * might. What `fetch` itself needs before the first byte cannot be seen from here; between this note and its call nothing is awaited.
     */
    async begin(keys, call) {
      for (const longestMs of [freshMs, freshMs, freshMs * 10]) {
        const asked = clock.now()
        await journal.begin(keys, call)
        if (clock.now() - asked <= longestMs) return
      }
      throw new KontorError('TIMEOUT', {
        message: `${call.doing}: noting that the call begins took too long three times, so it was not sent. The store is too slow, or the machine was paused.`,
      })
    },
  }

  /** One caller at a time asks for the same buckets: first come first served, and a great draw is not starved by small ones. */
  async function draw(draws: readonly Draw[], patience: Patience, doing: string): Promise<void> {
    const turn = `turn ${priority} ${draws
      .map(({ key }) => key)
      .toSorted()
      .join(' ')}`
    const leave = await enterSlots(buckets, [{ key: turn, atOnce: 1 }], patience)
    if (!leave) throw tooLong(doing, 5000, 'others wait for the same limit')
    try {
      for (;;) {
        const { waitMs } = await buckets.take(draws, clock.now(), priority)
        if (waitMs <= 0) return
        if (waitMs > patience.leftMs())
          throw tooLong(
            doing,
            waitMs,
            `the limit ${draws.map(({ spec }) => `of ${spec.burst} per ${spec.per}`).join(' and ')} is used up`,
          )
        await patience.sleep(waitMs)
      }
    } finally {
      leave()
    }
  }
}

const tooLong = (doing: string, retryAfterMs: number, why: string): KontorError =>
  new KontorError('RATE_LIMITED', {
    message: `${doing}: ${why}; nothing was sent. It can go on in ${Math.ceil(retryAfterMs / 1000)} s.`,
    retryAfterMs: Math.ceil(retryAfterMs),
  })
