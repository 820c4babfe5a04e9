import { isKontorError, KontorError, toInstant, type Clock, type Outcome } from '@kontor/core'

/** After a call whose effect is not known: when the order is read again. */
const askAfterMs = 60_000

export type Attempt<T> =
  | { is: 'done'; value: T }
  | { is: 'doubtful'; error: KontorError }
  | { is: 'refused'; error: KontorError }

/** Codes after which a call with an effect may have had it: no answer, a broken one, or a fault while it was worked on. */
const doubtful: readonly string[] = ['TIMEOUT', 'UPSTREAM_UNAVAILABLE', 'WIRE_MISMATCH', 'ANSWER_TOO_LARGE']

/**
 * One call with an effect. A refusal concerns its record alone; a doubt is asked about, never resent; what stops more than the record
 * (credentials, throttling, an abort) rises, and what was yielded before it stands.
 */
export async function attempt<T>(call: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { is: 'done', value: await call() }
  } catch (error) {
    if (!isKontorError(error)) throw error
    if (doubtful.includes(error.code)) return { is: 'doubtful', error }
    if (error.scope === 'record') return { is: 'refused', error }
    throw error
  }
}

/** The outcome of a doubt. */
export const sent = (key: string, clock: Clock): Outcome => ({
  key,
  is: 'sent',
  askAt: toInstant(clock.now() + askAfterMs),
})
