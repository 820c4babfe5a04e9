import { KontorError, toInstant, type Clock, type Delivery, type Instant, type Outcome } from '@kontor/core'
import { reportSchedule } from '../tables/index.ts'

type Keyed = Pick<Delivery, 'key'>

export const refused = ({ key }: Keyed, error: KontorError, applied: readonly string[] = []): Outcome => ({
  key,
  is: 'refused',
  error,
  ...(applied.length === 0 ? {} : { applied }),
})
export const waiting = ({ key }: Keyed, error: KontorError, until?: Instant): Outcome => ({
  key,
  is: 'waiting',
  error,
  ...(until === undefined ? {} : { until }),
})
export const already = ({ key }: Keyed): Outcome => ({ key, is: 'already' })

/** Turned away with nothing done: again when the system allows it, or in a minute. */
export const turnedAway = (delivery: Keyed, error: KontorError, clock: Clock): Outcome =>
  waiting(delivery, error, toInstant(clock.now() + (error.retryAfterMs ?? 60_000)))

/** The order a record is about must be known: a sale cannot be read by its number. */
export const withoutOrder = (delivery: Keyed): Outcome =>
  waiting(
    delivery,
    new KontorError('NOT_YET', {
      message: 'The sale this is about was not read from Rakuten yet; it is sent once it was.',
    }),
  )

/** When to ask about something sent at `sentAt`: after a quarter of a minute, 1, 2, 5, 10, 20, 40 and then every 60 minutes. */
export function nextQuestion(sentAt: number, clock: Clock): Instant {
  const age = (clock.now() - sentAt) / 60_000
  const minutes = reportSchedule.find((after) => after > age)
  return toInstant(minutes === undefined ? clock.now() + 60 * 60_000 : sentAt + minutes * 60_000)
}
