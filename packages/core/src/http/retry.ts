import fetchRetry from 'fetch-retry'

/**
 * The one place that imports fetch-retry. What an attempt sends and reads is ours; fetch-retry repeats it as long as `again` says so.
 * Two of its habits are worked around here: with a function for `retryOn` it counts no attempts, and its own delay hears no abort, so `again`
 * counts, waits and answers.
 * @param again waits until the next attempt may start and resolves true, or resolves false where this was the last one
 */
export function retrying<T>(
  attempt: (number: number) => Promise<T>,
  again: (number: number, error: unknown, result: T | undefined) => Promise<boolean>,
): Promise<T> {
  let number = 0
  const repeat = fetchRetry((_input: string, _init?: object): Promise<T> => attempt(number++))
  return repeat('', { retryDelay: 0, retryOn: (made, error, result) => again(made, error, result ?? undefined) })
}

/** Exponential backoff with full jitter: somewhere between nothing and twice the last bound. */
export const backoffMs = (attempt: number, random: () => number): number =>
  Math.round(random() * Math.min(8000, 500 * 2 ** attempt))

/** `Retry-After` in either form, as milliseconds from `now`; at most a week, since a typing error must not stop us for a year. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (!value) return undefined
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isFinite(ms) ? Math.min(Math.max(0, Math.ceil(ms)), 7 * 86_400_000) : undefined
}
