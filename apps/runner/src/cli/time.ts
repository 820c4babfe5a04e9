import { InvalidArgumentError } from 'commander'
import { Instant, PlainDate, toMilliseconds, toMs } from '@kontor/core'

const steps: readonly [limitMs: number, unitMs: number, letter: string][] = [
  [60_000, 1000, 's'],
  [3_600_000, 60_000, 'm'],
  [48 * 3_600_000, 3_600_000, 'h'],
  [Infinity, 86_400_000, 'd'],
]

/** `45s`, `12m`, `3h`, `9d`: one number and one letter. */
export function spanText(ms: number): string {
  const [, unit, letter] = steps.find(([limit]) => Math.abs(ms) < limit) ?? [0, 86_400_000, 'd']
  return `${Math.floor(Math.abs(ms) / unit)}${letter}`
}

export const ago = (at: number, now: number): string => (now - at < 1000 ? 'now' : `${spanText(now - at)} ago`)
export const until = (at: number, now: number): string => (at - now < 1000 ? 'now' : `in ${spanText(at - now)}`)

export const instantText = (ms: number): string => new Date(ms).toISOString()
export const optionalInstant = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : instantText(ms)

/** A time on a command line: an instant, a day (its beginning in UTC), or how long ago (`30d`). */
export function parseTime(text: string, now: number): number {
  const instant = Instant.safeParse(text)
  if (instant.success) return toMs(instant.data)
  const day = PlainDate.safeParse(text)
  if (day.success) return toMs(day.data)
  try {
    return now - toMilliseconds(text)
  } catch {
    throw new InvalidArgumentError('Write a day (2026-05-03), an instant (2026-05-03T09:36:00Z) or how long ago (30d).')
  }
}

export function parseCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Write a whole number above zero.')
  return count
}
