import type { DeliveryView } from '../../store/queries.ts'
import type { Column } from '../table.ts'
import { ago, instantText, optionalInstant, until } from '../time.ts'

const stateStyles = {
  done: 'green',
  refused: 'red',
  parked: 'red',
  held: 'yellow',
  waiting: 'yellow',
  sent: undefined,
  pending: undefined,
  skipped: 'dim',
} as const

/** What a state means for a person, with its age. */
export function stateText({ state, inDoubt, dueAt, doneAt, updatedAt }: DeliveryView, now: number): string {
  if (state === 'done' || state === 'skipped') return `${state} ${ago(doneAt ?? updatedAt, now)}`
  if (state === 'parked') return inDoubt ? 'parked, in doubt' : 'parked'
  if (state === 'sent') return `sent, asked ${until(dueAt, now)}`
  return state === 'pending' || state === 'waiting' ? `${state}, ${until(dueAt, now)}` : state
}

/** Why it is where it is. What is held without an error waits for its set: the reading that stated it has not ended well yet. */
const whyText = ({ state, error }: DeliveryView): string | undefined =>
  error
    ? `${error.code}: ${error.message}`
    : state === 'held'
      ? 'goes out once the reading that stated it has ended well'
      : undefined

export const deliveryColumns = (now: number): readonly Column<DeliveryView>[] => [
  { title: 'RECORD', value: (row) => row.record, shrinkTo: 14 },
  { title: 'ENTITY', value: (row) => row.entity },
  { title: 'TO', value: (row) => row.destination },
  { title: 'STATE', value: (row) => stateText(row, now), paint: (row) => stateStyles[row.state] },
  { title: 'TRIES', value: (row) => row.tries },
  { title: 'REFERENCE', value: (row) => row.reference, shrinkTo: 10 },
  { title: 'WHY', value: whyText, shrinkTo: 20 },
]

/** For programs: times as instants. */
export const deliveryDocument = ({ begunAt, dueAt, createdAt, updatedAt, doneAt, ...rest }: DeliveryView): unknown => ({
  ...rest,
  begunAt: optionalInstant(begunAt),
  dueAt: instantText(dueAt),
  createdAt: instantText(createdAt),
  updatedAt: instantText(updatedAt),
  doneAt: optionalInstant(doneAt),
})
