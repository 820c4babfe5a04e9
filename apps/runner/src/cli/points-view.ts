import type { Forecast, PlannedBooking } from '../loyalty/forecast.ts'
import type { Column } from './table.ts'

type Row = Pick<Forecast, 'order' | 'value' | 'refunded'> & PlannedBooking

/** One line for each booking of each order. */
export const pointsRows = (planned: readonly Forecast[]): Row[] =>
  planned.flatMap(({ order, value, refunded, bookings }) =>
    bookings.map((booking) => ({ order, value, refunded, ...booking })),
  )

const amount = (money: Row['value']): string | undefined => money && `${money.amount} ${money.currency}`

/** How many points; where the programme decides, what is known of them. */
function pointsText({ points, share }: PlannedBooking): string {
  if (points !== undefined) return points
  return share === undefined ? 'as the programme decides' : `of them ${share.refunded} / ${share.of}`
}

export const pointsColumns: readonly Column<Row>[] = [
  { title: 'ORDER', value: (row) => row.order, shrinkTo: 14 },
  { title: 'DOING', value: (row) => row.kind },
  { title: 'POINTS', align: 'left', value: pointsText },
  { title: 'VALUE', align: 'right', value: (row) => amount(row.value) },
  { title: 'REFUNDED', align: 'right', value: (row) => amount(row.refunded) },
]
