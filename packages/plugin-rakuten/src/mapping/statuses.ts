import type { Order, OrderLine } from '@kontor/core'
import type { ItemWire } from '../wire/index.ts'
import { countOf, wordsOf, type Standing } from './lines.ts'

/** The status of a line from its units: what still has to happen first wins over what is finished. */
export function toLineStatus(standings: readonly Standing[], source: string): OrderLine['status'] {
  const has = (...which: Standing[]): boolean => countOf(standings, ...which) > 0
  const value = has('unknown')
    ? 'unknown'
    : has('awaiting')
      ? 'awaiting_acceptance'
      : has('claimed', 'preorder')
        ? 'on_hold'
        : has('accepted')
          ? 'to_ship'
          : has('shipped')
            ? 'shipped'
            : 'cancelled'
  return { value, ...(source === '' ? {} : { source }) }
}

/**
 * The four axes of an order from its units. The buyer's card is charged when a unit is accepted, so an order that waits is authorized and
 * an accepted one is paid. Without knowledge about shipping nothing is said about `fulfilment`, unless no unit can have been shipped.
 */
export function statusesOf(
  units: readonly Pick<ItemWire, 'itemstatus' | 'paymentstatus'>[],
  standings: readonly Standing[],
  knowsShipping: boolean,
): Pick<Order, 'lifecycle' | 'payment' | 'acceptance' | 'fulfilment'> {
  const all = standings.length
  const count = (...which: Standing[]): number => countOf(standings, ...which)
  const source = wordsOf(units.map((item) => item.itemstatus))
  const ended = count('cancelled', 'refused')
  const live = count('accepted', 'claimed', 'shipped')
  const closed = units.filter((item) => item.itemstatus === 'CLOSED').length
  const word = source === '' ? {} : { source }
  const paid = wordsOf(units.map((item) => item.paymentstatus))
  const fulfilment = fulfilmentOf({ all: all - ended, shipped: count('shipped'), couldBe: live, knowsShipping })
  return {
    lifecycle: {
      value: ended === all ? 'cancelled' : closed > 0 && closed + ended === all ? 'completed' : 'open',
      ...word,
    },
    payment: {
      value: paymentOf({ all, ended, live, cancelled: count('cancelled'), unknown: count('unknown') }),
      ...(paid === '' ? {} : { source: paid }),
    },
    acceptance: {
      value: acceptanceOf({
        all,
        awaiting: count('awaiting'),
        accepted: live + count('cancelled'),
        refused: count('refused'),
        preorder: count('preorder'),
      }),
      ...word,
    },
    ...(fulfilment === undefined ? {} : { fulfilment: { value: fulfilment } }),
  }
}

type PaymentWord = NonNullable<Order['payment']>['value']
function paymentOf({
  all,
  ended,
  live,
  cancelled,
  unknown,
}: {
  all: number
  ended: number
  live: number
  cancelled: number
  unknown: number
}): PaymentWord {
  if (unknown === all) return 'unknown'
  if (live > 0) return cancelled > 0 ? 'partially_refunded' : 'paid'
  if (ended === all) return cancelled > 0 ? 'refunded' : 'not_required'
  return 'authorized'
}

type AcceptanceWord = NonNullable<Order['acceptance']>['value']
function acceptanceOf({
  all,
  awaiting,
  accepted,
  refused,
  preorder,
}: {
  all: number
  awaiting: number
  accepted: number
  refused: number
  preorder: number
}): AcceptanceWord {
  if (refused === all) return 'refused'
  if (awaiting > 0) return accepted > 0 ? 'partially_accepted' : 'awaiting'
  // A pre-order waits as well: to be confirmed.
  if (accepted > 0) return refused > 0 || preorder > 0 ? 'partially_accepted' : 'accepted'
  return preorder > 0 ? 'awaiting' : 'unknown'
}

type FulfilmentWord = NonNullable<Order['fulfilment']>['value']
function fulfilmentOf({
  all,
  shipped,
  couldBe,
  knowsShipping,
}: {
  all: number
  shipped: number
  couldBe: number
  knowsShipping: boolean
}): FulfilmentWord | undefined {
  if (all === 0) return 'not_required'
  if (shipped === all) return 'shipped'
  if (couldBe > 0 && !knowsShipping) return undefined
  return shipped > 0 ? 'partially_shipped' : 'unfulfilled'
}
