import { KontorError, type Delivery, type Shipment } from '@kontor/core'
import type { BackMarketConfig } from '../config.ts'
import { lineState } from '../tables/states.ts'
import type { LineIdentifiers, UpdateOrder, WireOrder, WireOrderLine } from '../wire.ts'
import { planIdentifiers } from './identifiers.ts'
import { isIn, isNotYet, isUnknown, lineUnknown, linesMeant, nameOfLine, standing } from './lines.ts'
import type { Plan } from './plan.ts'
import { planCarriage, toTrackingNumber, type Carriage } from './shipper.ts'

export type ShipmentDelivery = Delivery<'shipments'>
export type ShipmentStep =
  | { kind: 'identify'; line: WireOrderLine; body: LineIdentifiers }
  | { kind: 'ship'; body: UpdateOrder; without: readonly WireOrderLine[] }

/** Plans by delivery key, for those settled without a call, and the next call for the others together. */
export interface ShipmentsPlan {
  settled: Map<string, Exclude<Plan<ShipmentStep>, { is: 'act' }>>
  together: readonly ShipmentDelivery[]
  step?: ShipmentStep
}

type Settled = Exclude<Plan<ShipmentStep>, { is: 'act' }>
interface Parcel {
  delivery: ShipmentDelivery
  shipment: Shipment
  number: string
  carriage: Carriage
}

/**
 * The shipments of one order together: Back Market ships all accepted lines at once, as one parcel with one tracking number.
 * Parcels that cover only some lines wait for their siblings; when all lines are covered the first parcel's number is told for all.
 */
export function planShipments(
  order: WireOrder,
  deliveries: readonly ShipmentDelivery[],
  config: BackMarketConfig,
): ShipmentsPlan {
  const settled = new Map<string, Settled>()
  const settle = (some: readonly ShipmentDelivery[], plan: Settled): ShipmentsPlan => {
    for (const { key } of some) settled.set(key, plan)
    return { settled, together: [] }
  }
  const strange = order.orderlines.find(isUnknown)
  if (strange !== undefined)
    return settle(
      deliveries,
      refused(
        'UNSUPPORTED',
        `${standing(strange)}, which this version does not know. Ship it in the back office, or update the plugin.`,
      ),
    )

  const parcels: Parcel[] = []
  for (const delivery of deliveries) {
    const parcel = toParcel(order, delivery, config)
    if ('is' in parcel) settled.set(delivery.key, parcel)
    else parcels.push(parcel)
  }
  const open = order.orderlines.filter(isIn(lineState.accepted))
  const shipped = order.orderlines.filter(isIn(lineState.shipped, lineState.refundedAfterShipping))
  const rest = parcels.map(({ delivery }) => delivery)
  if (rest.length === 0) return { settled, together: [] }
  if (open.length === 0 && shipped.length > 0) return planShipped(order, parcels, settled, config)

  const unanswered = order.orderlines.find((line) => isIn(lineState.paid)(line) || isNotYet(line))
  if (unanswered !== undefined)
    return settle(
      rest,
      notYet(`${standing(unanswered)}; Back Market ships an order when every line is accepted or cancelled.`),
    )
  if (open.length === 0)
    return settle(
      rest,
      refused(
        'REQUEST_REJECTED',
        `Order ${order.order_id} has no line left to ship: ${order.orderlines.map(standing).join('; ') || 'it has no lines'}. Stop the parcel if it has not left.`,
      ),
    )

  const missing = open.flatMap((line) => {
    const told = parcels.reduce((sum, { shipment }) => sum + piecesTold(order, line, shipment, config), 0)
    return told < line.quantity ? [`${line.quantity - told} × ${nameOfLine(line)}`] : []
  })
  if (missing.length > 0)
    return settle(
      rest,
      notYet(
        `Back Market ships all lines of an order as one parcel; still missing for order ${order.order_id}: ${missing.join(', ')}. It is sent when they are shipped too, or cancelled.`,
      ),
    )

  const identification = planIdentifiers(
    order,
    parcels.map(({ shipment }) => shipment),
    config,
    { mayBlock: true },
  )
  if ('error' in identification) return settle(rest, { is: 'refused', error: identification.error })
  return { settled, together: rest, step: nextStep(order, open, parcels, identification, config) }
}

/** Devices first, then the parcel: what Back Market refuses to register can still be looked at before the order is closed. */
function nextStep(
  order: WireOrder,
  open: readonly WireOrderLine[],
  parcels: readonly Parcel[],
  {
    registrations,
    without,
  }: { registrations: { line: WireOrderLine; body: LineIdentifiers }[]; without: WireOrderLine[] },
  config: BackMarketConfig,
): ShipmentStep {
  const [first] = registrations
  // In the shipping call itself only for an order of one line with one piece. Source: UpdateOrder.imei.
  const inside = order.orderlines.length === 1 && open[0]?.quantity === 1
  if (first !== undefined && !inside) return { kind: 'identify', ...first }
  const parcel = parcels[0]
  return {
    kind: 'ship',
    without,
    body: {
      order_id: Number(order.order_id),
      new_state: 3,
      tracking_number: parcel?.number ?? '',
      ...parcel?.carriage,
      ...shippedAt(parcel?.shipment.shippedAt),
      ...first?.body,
      ...(config.vatType === undefined ? {} : { vat_type: config.vatType }),
    },
  }
}

/** All lines have left. The same number is our own work found again; another one cannot be changed. */
function planShipped(
  order: WireOrder,
  parcels: readonly Parcel[],
  settled: Map<string, Settled>,
  config: BackMarketConfig,
): ShipmentsPlan {
  const there = toTrackingNumber(order.tracking_number) ?? ''
  const told = parcels.find(({ number }) => sameNumber(number, there))
  const ours: Parcel[] = []
  for (const parcel of parcels) {
    const combined = told !== undefined || parcel.delivery.known?.reference === referenceOf(order, there, parcel.number)
    if (sameNumber(parcel.number, there) || combined) ours.push(parcel)
    else
      settled.set(
        parcel.delivery.key,
        refused(
          'ALREADY_DIFFERENT',
          `Order ${order.order_id} is already shipped at Back Market with ${there === '' ? 'no tracking number' : `the tracking number ${there}`}, the shipment says ${parcel.number}. It cannot be changed through the API: correct it in the back office if it is wrong there, or at its source.`,
        ),
      )
  }
  if (ours.length === 0) return { settled, together: [] }
  const identification = planIdentifiers(
    order,
    ours.map(({ shipment }) => shipment),
    config,
    { mayBlock: false },
  )
  for (const { delivery, number } of ours) {
    settled.set(
      delivery.key,
      'error' in identification
        ? { is: 'refused', error: identification.error }
        : {
            is: 'already',
            detail: { trackingNumber: there, ...(sameNumber(number, there) ? {} : { combinedFrom: number }) },
          },
    )
  }
  const first = 'error' in identification ? undefined : identification.registrations[0]
  if (first === undefined) return { settled, together: [] }
  for (const { delivery } of ours) settled.delete(delivery.key)
  return { settled, together: ours.map(({ delivery }) => delivery), step: { kind: 'identify', ...first } }
}

/** How a confirmed shipment is known again: its parcel's number there, and its own where several were told as one. */
export const referenceOf = ({ order_id }: WireOrder, there: string, own: string): string =>
  `${order_id}/${there}${sameNumber(there, own) ? '' : `+${own}`}`
export const sameNumber = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Shipments that say something else than "it is on its way", and those that cannot be told. */
function toParcel(order: WireOrder, delivery: ShipmentDelivery, config: BackMarketConfig): Parcel | Settled {
  const shipment = delivery.record
  const status = shipment.status?.value ?? 'shipped'
  if (status === 'announced')
    return notYet(`The parcel of order ${order.order_id} is only announced; it is told when it has left.`)
  if (status === 'cancelled' || status === 'lost' || status === 'returned')
    return refused(
      'UNSUPPORTED',
      `Back Market has no way to hear that a parcel is ${status}. Tell the buyer through the care folder or the back office${status === 'cancelled' ? '; a new parcel is a new shipment' : ', and refund if needed'}.`,
    )
  for (const ref of shipment.lines ?? [])
    if (linesMeant(order, ref, config).length === 0) return { is: 'refused', error: lineUnknown(order, ref) }
  const number = toTrackingNumber(shipment.trackingNumber)
  if (number === undefined)
    return refused(
      'TRACKING_INVALID',
      `The shipment for order ${order.order_id} has ${shipment.trackingNumber ? 'a tracking number of more than 200 characters' : 'no tracking number, and Back Market demands one'}. Add it at its source.`,
    )
  const carriage = planCarriage(shipment, order, number, config)
  return 'error' in carriage ? { is: 'refused', error: carriage.error } : { delivery, shipment, number, carriage }
}

/** Pieces of a line that a parcel covers; without lines it covers all, without a quantity the whole line. */
function piecesTold(order: WireOrder, line: WireOrderLine, { lines }: Shipment, config: BackMarketConfig): number {
  if (lines === undefined || lines === null || lines.length === 0) return line.quantity
  return lines.reduce((sum, ref) => {
    const meant = linesMeant(order, ref, config)
    if (!meant.includes(line)) return sum
    // A quantity by SKU that two lines share fills them in their order.
    const before = meant.slice(0, meant.indexOf(line)).reduce((pieces, other) => pieces + other.quantity, 0)
    return (
      sum +
      (typeof ref.quantity === 'number' ? Math.min(line.quantity, Math.max(0, ref.quantity - before)) : line.quantity)
    )
  }, 0)
}

const shippedAt = (instant: string | null | undefined): { date_shipping?: string } =>
  typeof instant === 'string' ? { date_shipping: `${new Date(instant).toISOString().slice(0, 19)}Z` } : {}

const refused = (
  code: 'UNSUPPORTED' | 'REQUEST_REJECTED' | 'ALREADY_DIFFERENT' | 'TRACKING_INVALID',
  message: string,
): Settled => ({ is: 'refused', error: new KontorError(code, { message }) })
const notYet = (message: string): Settled => ({ is: 'waiting', error: new KontorError('NOT_YET', { message }) })
