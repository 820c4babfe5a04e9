import type { Order, OrderLine } from '@kontor/core'
import type { BackMarketConfig } from '../config.ts'
import { lineStates, orderStates, type LineStateFacts } from '../tables/states.ts'
import type { WireOrder, WireOrderLine } from '../wire.ts'
import type { Flags } from './amounts.ts'

type Axes = Pick<Order, 'lifecycle' | 'payment' | 'acceptance' | 'fulfilment' | 'hold'>
type LineAxes = Pick<OrderLine, 'status' | 'quantityShipped' | 'quantityCancelled'>

/** The line's state, with the vendor's number and word beside it. */
export function toLineStatus(line: WireOrderLine, statusMap: BackMarketConfig['statusMap'], flags: Flags): LineAxes {
  const facts = factsOf(line)
  if (facts === undefined) flags.add('unknown-line-state')
  const override = statusMap.lines[String(line.state)]
  return {
    status: { value: override ?? facts?.status ?? 'unknown', source: sourceOf(line.state, facts?.name) },
    quantityShipped: facts?.shipped === true ? line.quantity : 0,
    quantityCancelled: facts?.dropped === true ? line.quantity : 0,
  }
}

/**
 * Where the order stands, on four axes. Its own state says only part of it: 9 means that every line is final, cancelled
 * and refunded ones included, so the lines decide the rest.
 */
export function toOrderStatus(order: WireOrder, statusMap: BackMarketConfig['statusMap'], flags: Flags): Axes {
  const facts = order.state === null ? undefined : orderStates[order.state]
  if (facts === undefined) flags.add('unknown-order-state')
  const lines = order.orderlines.map(factsOf)
  const source = sourceOf(order.state, facts?.name)
  const override = statusMap.orders[String(order.state)] ?? {}
  const all = (holds: (line: LineStateFacts) => boolean): boolean =>
    lines.length > 0 && lines.every((line) => line !== undefined && holds(line))
  const some = (holds: (line: LineStateFacts) => boolean): boolean =>
    lines.some((line) => line !== undefined && holds(line))

  const lifecycle =
    facts === undefined
      ? 'unknown'
      : all((line) => line.dropped)
        ? 'cancelled'
        : facts.lifecycle === 'by-lines'
          ? 'completed'
          : facts.lifecycle
  const payment = facts?.payment === 'paid' ? paymentByLines(all, some) : (facts?.payment ?? 'unknown')
  const acceptance = acceptanceByLines(some)
  const onHold = some((line) => line.status === 'on_hold')
  return {
    lifecycle: { value: override.lifecycle ?? lifecycle, source },
    payment: { value: override.payment ?? payment, source },
    // Not said while nobody may accept: an unpaid order neither waits for us nor has been answered.
    ...(override.acceptance === undefined && acceptance === undefined
      ? {}
      : { acceptance: { value: override.acceptance ?? acceptance ?? 'unknown', source } }),
    fulfilment: { value: override.fulfilment ?? fulfilmentByLines(lines.length, all, some), source },
    hold: onHold ? { reason: 'Back Market has a partner validate it first' } : null,
  }
}

type Quantifier = (holds: (line: LineStateFacts) => boolean) => boolean

function paymentByLines(all: Quantifier, some: Quantifier): 'paid' | 'refunded' | 'partially_refunded' | 'failed' {
  if (all((line) => line.dropped && !line.refunded)) return 'failed'
  if (all((line) => line.refunded)) return 'refunded'
  return some((line) => line.refunded) ? 'partially_refunded' : 'paid'
}

/**
 * `awaiting` as long as one line waits, even beside accepted ones: all lines leave in one parcel, and Back Market takes no
 * shipment before every line is answered. So there is no `partially_accepted` here.
 */
function acceptanceByLines(some: Quantifier): 'awaiting' | 'accepted' | 'refused' | undefined {
  if (some((line) => line.status === 'awaiting_acceptance' || line.status === 'on_hold')) return 'awaiting'
  if (some((line) => line.status === 'to_ship' || line.shipped || line.status === 'refunded')) return 'accepted'
  return some((line) => line.dropped && line.refunded) ? 'refused' : undefined
}

function fulfilmentByLines(
  count: number,
  all: Quantifier,
  some: Quantifier,
): 'unfulfilled' | 'partially_shipped' | 'shipped' | 'not_required' {
  if (count > 0 && all((line) => line.dropped)) return 'not_required'
  if (!some((line) => line.shipped)) return 'unfulfilled'
  return all((line) => line.shipped || line.dropped) ? 'shipped' : 'partially_shipped'
}

const factsOf = (line: WireOrderLine): LineStateFacts | undefined =>
  line.state === null ? undefined : lineStates[line.state]
const sourceOf = (state: number | null, name: string | undefined): string =>
  state === null ? 'none' : name === undefined ? String(state) : `${state} ${name}`
