import type { WireItem, WireReturn } from '../wire/index.ts'

/** How far one item is, as far as 8returns says; `undefined` where it says nothing. */
export interface Progress {
  cancelled: boolean
  arrived: boolean | undefined
  inspected: boolean | undefined
  refunded: boolean | undefined
}

/** The dates are the surer source; the booleans of an item count where its date is absent, or is empty and they say more. */
export const progressOf = (item: WireItem): Progress => {
  const inspected = happened(item.inspectedAt, item.inspected)
  const arrived = happened(item.arrivedAt, item.arrived)
  return {
    cancelled: item.cancelledAt !== null && item.cancelledAt !== undefined,
    // What was inspected is there.
    arrived: inspected === true ? true : arrived,
    inspected,
    refunded: happened(item.refundedAt, undefined),
  }
}

const happened = (date: string | null | undefined, flag: boolean | null | undefined): boolean | undefined =>
  typeof date === 'string' ? true : (flag ?? (date === null ? false : undefined))

/** The items that still count: those that were not cancelled. */
export const activeItems = ({ items }: WireReturn): readonly WireItem[] =>
  items.filter((item) => !progressOf(item).cancelled)

/** Whether all, some or none of them are so far; `undefined` where nobody says. */
export function share(states: readonly (boolean | undefined)[]): 'all' | 'some' | 'none' | undefined {
  if (states.every((each) => each === undefined)) return undefined
  if (states.every((each) => each === true)) return 'all'
  return states.includes(true) ? 'some' : 'none'
}
