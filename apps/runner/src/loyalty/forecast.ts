import type { Money, Points } from '@kontor/core'
import type { Explanation } from './explanation.ts'
import type { LedgerInput } from './ledger-input.ts'
import { recompute } from './recompute.ts'

/** What would be booked for an order, one booking after another. */
export interface Forecast {
  order: string
  value: Money | undefined
  refunded: Money | undefined
  bookings: PlannedBooking[]
  state: Explanation['state']
  because: string
  problems: readonly string[]
}

export interface PlannedBooking {
  id: string
  kind: Points['kind']
  /** Absent where the programme decides. */
  points: string | undefined
  /** Of points that the programme decides about: how much of them, as refunded and whole value. */
  share?: { refunded: string; of: string }
}

const most = 20

/** Reckons as if each booking were confirmed as it was stated. Nothing is stated, nothing is sent. */
export function forecast(input: LedgerInput): Forecast {
  const issued = [...input.issued]
  const first = recompute(input)
  const { order, value, refunded, state, because, problems } = first.explanation
  const bookings: PlannedBooking[] = []
  let { statements } = first
  while (statements.length > 0 && bookings.length < most) {
    for (const record of statements) {
      const decides = record.kind === 'earn' && record.points === '0'
      bookings.push({ id: record.id, kind: record.kind, points: decides ? undefined : record.points })
      if (decides) return result(withShare(bookings, record.id, refunded, value?.now))
      issued.push({ record, state: 'done', points: record.points })
    }
    statements = recompute({ ...input, issued }).statements
  }
  return result(bookings)

  function result(planned: PlannedBooking[]): Forecast {
    return {
      order: order.key,
      value: value?.frozen ?? value?.now,
      refunded,
      bookings: planned,
      state,
      because,
      problems,
    }
  }
}

/** How many points a refund takes is known when it is known how many were given. */
function withShare(
  bookings: PlannedBooking[],
  earn: string,
  refunded: Money | undefined,
  value: Money | undefined,
): PlannedBooking[] {
  if (refunded === undefined || value === undefined || !/[1-9]/.test(refunded.amount)) return bookings
  const share = { refunded: refunded.amount, of: value.amount }
  return [...bookings, { id: `${earn.replace(/:earn(:\d+)?$/, '')}:mv:0`, kind: 'reverse', points: undefined, share }]
}
