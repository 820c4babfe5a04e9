import { Instant, toInstant } from '@kontor/core'
import type { Flags } from './amounts.ts'

const written = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d{1,9})?\s*(Z|[+-]\d{2}:?\d{2})?$/i

/** A time of the API: RFC 3339 with 0, 3 or 6 digits of a second. One without a zone is UTC like all others, and flagged. */
export function toTime(text: string | null, flags: Flags): Instant | null {
  if (text === null) return null
  const match = written.exec(text)
  if (match === null || Number.isNaN(Date.parse(`${match[1]}T${match[2]}Z`))) {
    flags.add('unreadable-date')
    return null
  }
  const [, day, time, fraction = '', zone] = match
  const instant = Instant.safeParse(`${day}T${time}${fraction}${normalZone(zone)}`)
  if (!instant.success) flags.add('unreadable-date')
  else if (zone === undefined) flags.add('date-zone-assumed')
  return instant.data ?? null
}

const normalZone = (zone: string | undefined): string =>
  zone === undefined || /^z$/i.test(zone) ? 'Z' : zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`

/** A time that may come without a zone, read in the one the configuration declares, and flagged so. */
export function toZonedTime(text: string | null, timeZone: string, flags: Flags): Instant | null {
  const match = text === null ? null : written.exec(text)
  if (match === null || match[4] !== undefined) return toTime(text, flags)
  if (timeZone === 'UTC') {
    flags.add('ship-by-zone-assumed')
    return toTime(`${text}Z`, flags)
  }
  const wall = Date.parse(`${match[1]}T${match[2]}Z`)
  if (Number.isNaN(wall)) return toTime(text, flags)
  flags.add('ship-by-zone-assumed')
  return toInstant(wallTimeToMs(wall, timeZone))
}

/**
 * The instant at which clocks of a zone show a wall time (given as if it were UTC). Of two, in autumn, the earlier one:
 * these are deadlines. One that no clock shows, in spring, is read with the offset before the change.
 */
function wallTimeToMs(wall: number, timeZone: string): number {
  const day = 86_400_000
  const offsets = [offsetAt(wall - day, timeZone), offsetAt(wall + day, timeZone)]
  const shown = offsets.map((offset) => wall - offset).filter((ms) => ms + offsetAt(ms, timeZone) === wall)
  return shown.length > 0 ? Math.min(...shown) : wall - (offsets[0] ?? 0)
}

/** Making one is dear, and there is one zone for each connection. */
const formats = new Map<string, Intl.DateTimeFormat>()
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
  formats.set(timeZone, format)
  return format
}

function offsetAt(ms: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(ms)
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value)
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return shown - Math.floor(ms / 1000) * 1000
}

/** A lower bound for the API's filter: whole seconds, in either of the two forms it takes. */
export function toFilter(ms: number, format: 'rfc3339' | 'space'): string {
  const whole = toInstant(Math.floor(ms / 1000) * 1000).slice(0, 19)
  return format === 'rfc3339' ? `${whole}Z` : whole.replace('T', ' ')
}

/** The form of Care, and of it alone: `2026-05-03-09-36`, UTC as far as we know. */
export const toMinuteFilter = (ms: number): string => toInstant(ms).slice(0, 16).replace(/[T:]/g, '-')
