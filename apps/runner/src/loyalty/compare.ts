import type { BookedPoints, Order, Points } from '@kontor/core'
import type { Booking } from './bookings.ts'
import { pointsFromText, pointsScale, pointsToText } from './points-text.ts'

/**
 * How the ledger and the programme differ about one booking:
 * - `missing_here`: booked there, unknown here; `open_here`: booked there, not confirmed here; `refused_here`: booked there, taken for refused here
 * - `different`: other points there
 * - `missing_there`: confirmed here, and the programme does not list it
 * - `twice`: booked twice there
 * - `order_unknown`: booked there for an order that is not here
 */
export type Difference =
  | 'missing_here'
  | 'open_here'
  | 'refused_here'
  | 'different'
  | 'missing_there'
  | 'twice'
  | 'order_unknown'

/** What the programme tells is taken over for these; the others are for a person. */
export const adopted: readonly Difference[] = ['missing_here', 'open_here', 'refused_here', 'different']

export interface ComparedBooking {
  order: string
  id: string
  kind: Points['kind']
  here: string | undefined
  there: string | undefined
  difference: Difference
  booked: BookedPoints | undefined
}

export interface Compared {
  same: number
  differences: ComparedBooking[]
}

/** Compares the bookings of one order, in the ledger and at the programme. `known`: whether the order is here. */
export function compareBookings(
  order: string,
  known: boolean,
  here: readonly Booking[],
  there: readonly BookedPoints[],
): Compared {
  const compared: Compared = { same: 0, differences: [] }
  const ours = there.filter(({ id }) => isOf(order, id))
  const byId = new Map(here.map((booking) => [booking.record.id, booking]))
  const seen = new Set<string>()
  const note = (booked: BookedPoints, difference: Difference, points?: string): void =>
    void compared.differences.push({
      order,
      id: booked.id,
      kind: booked.kind,
      here: points,
      there: booked.points,
      difference,
      booked,
    })
  for (const booked of ours) {
    const mine = byId.get(booked.id)
    const points = mine === undefined ? undefined : (mine.points ?? mine.record.points)
    if (seen.has(booked.id)) note(booked, 'twice', points)
    else if (!known) note(booked, 'order_unknown')
    else if (mine === undefined) note(booked, 'missing_here')
    else if (mine.state !== 'done') note(booked, mine.state === 'open' ? 'open_here' : 'refused_here')
    else if (same(points ?? '0', booked.points)) compared.same += 1
    else note(booked, 'different', points)
    seen.add(booked.id)
  }
  for (const { record, state, points = record.points } of here)
    if (state === 'done' && !seen.has(record.id) && points !== '0')
      compared.differences.push({
        order,
        id: record.id,
        kind: record.kind,
        here: points,
        there: undefined,
        difference: 'missing_there',
        booked: undefined,
      })
  return compared
}

/** Ours are recognised by their id. */
const isOf = (order: string, id: string): boolean =>
  id === `${order}:earn` || id.startsWith(`${order}:earn:`) || id.startsWith(`${order}:mv:`)

function same(one: string, other: string): boolean {
  const scale = Math.max(pointsScale(one), pointsScale(other))
  return pointsFromText(one, scale) === pointsFromText(other, scale)
}

const MOVE = /:mv:\d+:(?<from>[\d.]+)-(?<to>[\d.]+)$/

/** The record of a booking that is told by the programme alone. What was wanted stands in its id; what could not be taken is the rest. */
export function recordOf(booked: BookedPoints, key: string, order: Order): { record: Points; shortfall?: string } {
  const wanted = wantedOf(booked)
  const value = booked.kind === 'earn' ? (booked.value ?? order.totals?.grand) : undefined
  const shortfall = booked.shortfall ?? (booked.kind === 'reverse' ? rest(wanted, booked.points) : undefined)
  return {
    record: {
      entity: 'points',
      id: booked.id,
      about: { entity: 'orders', key, id: order.id },
      kind: booked.kind,
      points: wanted,
      member: booked.member === undefined ? {} : { id: booked.member },
      ...(booked.reverses ? { reverses: booked.reverses } : {}),
      ...(value ? { value } : {}),
      reason: 'as the programme tells it',
    },
    ...(shortfall === undefined ? {} : { shortfall }),
  }
}

function wantedOf({ id, points }: BookedPoints): string {
  const { from, to } = MOVE.exec(id)?.groups ?? {}
  if (from === undefined || to === undefined) return points
  const scale = Math.max(pointsScale(from), pointsScale(to))
  const wanted = pointsFromText(to, scale) - pointsFromText(from, scale)
  return pointsToText(wanted < 0n ? -wanted : wanted, scale)
}

function rest(wanted: string, booked: string): string | undefined {
  const scale = Math.max(pointsScale(wanted), pointsScale(booked))
  const missing = pointsFromText(wanted, scale) - pointsFromText(booked, scale)
  return missing > 0n ? pointsToText(missing, scale) : undefined
}
