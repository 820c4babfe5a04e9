import { describe, expect, it } from 'vitest'
import { createLoyaltyYard, happenings, inSomeOrder, redemptions, verdict, welcome } from './loyalty-yard.ts'

/** The long form (KONTOR_FAULTS=long) kills six times after each event; the short one once. */
const long = process.env['KONTOR_FAULTS'] === 'long'

/** A small fixed generator (mulberry32): a run that fails can be had again. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** The writes of a booking, by the file that makes them: what came of it, what is about to be done, and what was heard and stated. */
const writes = [
  ['settle.ts', 1],
  ['claims.ts', 2],
  ['settle.ts', 1],
  ['claims.ts', 1],
  ['settle.ts', 2],
  ['intake.ts', 1],
] as const

describe('a runner that keeps points and is killed', () => {
  // Each poll reads again what the last ones have read: every event is heard many times. Two orders of events have to end at the same balances.
  it.each([
    ['before', 3],
    ['after', 11],
  ] as const)(
    '%s the commits of its bookings, one after another: every balance is right, nothing is booked twice',
    { timeout: 10 * 60_000 },
    async (moment, seed) => {
      await using yard = await createLoyaltyYard()
      welcome(yard)
      const events = inSomeOrder([...happenings, ...redemptions], generator(seed))
      let kills = 0
      for (const event of events) {
        await event.happen(yard)
        for (let again = 0; again < (long ? 6 : 1); again++) {
          const [file, commit] = writes[kills % writes.length] ?? ['settle.ts', 1]
          if (!(await yard.killed(yard.start(moment, commit, file)))) break
          kills += 1
          await yard.wait()
        }
      }
      await yard.finish()
      expect(await verdict(yard)).toEqual([])
      expect(kills).toBeGreaterThan(8)
      // A doubt was asked about: runners died between a booking and the commit that knows of it.
      const asked = yard.systems.programme.exchanges.all.filter(({ path }) => path.endsWith('/loyalty-transactions'))
      expect(asked.length).toBeGreaterThan(0)
    },
  )
})
