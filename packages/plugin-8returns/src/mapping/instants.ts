import { Instant, toInstant } from '@kontor/core'
import type { ReturnFlag } from '../tables/flags.ts'

const written = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d{1,9})?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i

/**
 * A time of 8returns as an instant. One caller's sample has RFC 3339 with an offset; the format is not documented, so a time without a zone,
 * or a day alone, is read in the zone the configuration names, and flagged.
 */
export function toTime(
  text: string | null | undefined,
  timeZone: string,
  flags: Set<ReturnFlag>,
): Instant | null | undefined {
  if (text === null || text === undefined) return text
  const match = written.exec(text)
  const [, day, clock = '00:00', fraction = '', zone] = match ?? []
  const time = clock.length === 5 ? `${clock}:00` : clock
  const wall = Date.parse(`${day}T${time}Z`)
  if (match === null || Number.isNaN(wall)) {
    flags.add('unreadable-date')
    return undefined
  }
  if (zone === undefined) {
    flags.add('zone-assumed')
    return toInstant(wallTimeToMs(wall, timeZone))
  }
  const offset = /^(z|utc)$/i.test(zone) ? 'Z' : zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`
  const told = Instant.safeParse(`${day}T${time}${fraction}${offset}`)
  return told.success ? told.data : unreadable(flags)
}

function unreadable(flags: Set<ReturnFlag>): undefined {
  flags.add('unreadable-date')
}

/** The instant at which clocks of a zone show a wall time (given as if it were UTC); of two, in autumn, the earlier one. */
function wallTimeToMs(wall: number, timeZone: string): number {
  const day = 86_400_000
  const offsets = [offsetAt(wall - day, timeZone), offsetAt(wall + day, timeZone)]
  const shown = offsets.map((offset) => wall - offset).filter((ms) => ms + offsetAt(ms, timeZone) === wall)
  return shown.length > 0 ? Math.min(...shown) : wall - (offsets[0] ?? 0)
}

function offsetAt(ms: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(ms)
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value)
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) -
    Math.floor(ms / 1000) * 1000
  )
}
