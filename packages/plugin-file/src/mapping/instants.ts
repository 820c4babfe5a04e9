import { Instant, toInstant } from '@kontor/core'

/** The forms of a time we read, for messages. */
export const timeForms = 'an ISO 8601 time: 2026-05-03T09:36:00+02:00, 2026-05-03 09:36 or 2026-05-03'

const form = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)? ?(Z|[+-]\d{2}:?\d{2})?$/i

/** What a reader of the record should know about its times. */
export type TimeFlag = 'time-zone-assumed' | 'time-of-day-unknown'

/**
 * An ISO time as an instant. Without an offset it is a wall clock's in `timeZone`; a day alone begins at midnight there. Both are flagged.
 * @returns `undefined` for anything else: 03/04/2026 is no date that two people read alike
 */
export function parseInstant(text: string, timeZone: string): { instant: Instant; flag?: TimeFlag } | undefined {
  const exact = Instant.safeParse(text)
  if (exact.success) return { instant: exact.data }
  const match = form.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '0', zone] = match
  const wall = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3)}Z`)
  // A day that the month does not have is taken for one of the next month by `Date`.
  if (Number.isNaN(wall) || new Date(wall).getUTCDate() !== Number(day)) return undefined
  if (zone !== undefined && match[4] === undefined) return undefined
  if (zone !== undefined) return { instant: toInstant(wall - offsetMinutes(zone) * 60_000) }
  const flag = match[4] === undefined ? 'time-of-day-unknown' : 'time-zone-assumed'
  return { instant: toInstant(fromWall(wall, timeZone)), flag }
}

function offsetMinutes(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0
  const digits = zone.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return zone.startsWith('-') ? -minutes : minutes
}

/** Milliseconds since 1970 at which a clock in the zone shows this wall time; the first of two where it shows it twice. */
function fromWall(wall: number, timeZone: string): number {
  const guesses = [wall - zoneOffset(wall - 86_400_000, timeZone), wall - zoneOffset(wall + 86_400_000, timeZone)]
  const right = guesses.filter((guess) => guess + zoneOffset(guess, timeZone) === wall)
  return Math.min(...(right.length > 0 ? right : guesses))
}

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
function zoneOffset(at: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(at)
  const of = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value ?? 0)
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  return shown - Math.floor(at / 1000) * 1000
}

const formats = new Map<string, Intl.DateTimeFormat>()
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const numbers = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  } as const
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...numbers })
  formats.set(timeZone, format)
  return format
}
