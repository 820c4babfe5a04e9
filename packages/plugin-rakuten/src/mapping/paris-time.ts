import { toInstant, type Instant } from '@kontor/core'

/** A wall clock time in Paris as an instant. `doubt`: the hour that occurs twice, or not at all, on the days the clocks change. */
export interface ParisTime {
  readonly instant: Instant
  readonly doubt?: 'ambiguous' | 'nonexistent'
}

const hourMs = 3_600_000

/**
 * Reads `dd/mm/yyyy-hh:mm[:ss]` (also with a year of two digits). The documents name no zone; Paris is what the times of known sales suggest.
 * In the hour that occurs twice the first one is meant; in the one that does not occur, the time the clocks then show.
 */
export function parseParisTime(text: string | undefined): ParisTime | undefined {
  const match = /^(\d{2})\/(\d{2})\/(\d{4}|\d{2})(?:-(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text ?? '')
  if (!match) return undefined
  const [day, month, year, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0))
  if (day === undefined || month === undefined || year === undefined) return undefined
  const fullYear = year < 100 ? 2000 + year : year
  const wall = Date.UTC(fullYear, month - 1, day, hour, minute, second)
  if (!isRealTime(wall, [fullYear, month, day, hour, minute, second])) return undefined
  const asSummer = wall - 2 * hourMs
  const asWinter = wall - hourMs
  const summerHolds = isSummer(asSummer)
  const winterHolds = !isSummer(asWinter)
  if (summerHolds && winterHolds) return { instant: toInstant(asSummer), doubt: 'ambiguous' }
  if (!summerHolds && !winterHolds) return { instant: toInstant(asWinter), doubt: 'nonexistent' }
  return { instant: toInstant(summerHolds ? asSummer : asWinter) }
}

function isRealTime(wall: number, parts: readonly (number | undefined)[]): boolean {
  const [year, month, day, hour, minute, second] = parts
  const date = new Date(wall)
  return (
    date.getUTCFullYear() === year &&
    date.getUTCMonth() + 1 === month &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second
  )
}

/** Summer time in the European Union since 1996: from 01:00 UTC of the last Sunday in March to 01:00 UTC of the last Sunday in October. */
function isSummer(ms: number): boolean {
  const year = new Date(ms).getUTCFullYear()
  return ms >= lastSunday(year, 2) + hourMs && ms < lastSunday(year, 9) + hourMs
}

function lastSunday(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month + 1, 0))
  return last.getTime() - last.getUTCDay() * 24 * hourMs
}

/** The day in Paris at an instant, so many days earlier: `2026-05-03`. */
export function parisDay(ms: number, daysEarlier = 0): string {
  const wall = ms - daysEarlier * 24 * hourMs
  return new Date(wall + (isSummer(wall) ? 2 : 1) * hourMs).toISOString().slice(0, 10)
}
