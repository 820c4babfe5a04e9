import { createHash } from 'node:crypto'
import {
  KontorError,
  openQuantity,
  toInstant,
  toMs,
  type Delivery,
  type Order,
  type OrderLine,
  type Shipment,
} from '@kontor/core'
import { z } from 'zod'
import { carrierFor } from '../tables/index.ts'
import type { ShipmentConfirmation, ShipmentStatus } from '../wire/index.ts'

type Of = Pick<Delivery<'shipments'>, 'record' | 'known'>
export type Plan =
  | { problem: KontorError }
  | { confirmation: ShipmentConfirmation }
  | { status: ShipmentStatus }
  /** Every piece is shipped: only a look at Amazon can tell whether it was by this. */
  | { nothingOpen: true }

/** A positive number as text, the same for every revision of a shipment: a repetition edits its package and makes no second one. */
export const packageId = ({ record, known }: Of): string =>
  known?.reference ?? String(1 + (createHash('sha256').update(record.id).digest().readUInt32BE(0) % 2_000_000_000))

export function planShipment(
  delivery: Of,
  order: Order,
  config: { carriers: Readonly<Record<string, string>> },
  now: number,
): Plan {
  const { record } = delivery
  const marketplaceId = marketplaceOf(order)
  if (marketplaceId === undefined)
    return { problem: refusal('Amazon did not tell its marketplace. Read the order again.') }
  if (order.fulfilledBy === 'marketplace')
    return {
      problem: new KontorError('UNSUPPORTED', {
        message:
          'The shipment was not confirmed: Amazon ships this order itself (FBA). Take it out of the flow with `where: shippable`.',
      }),
    }
  if (order.pickup?.kind === 'store') return { status: { marketplaceId, shipmentStatus: pickupStatus(record) } }
  const number = record.trackingNumber?.trim() ?? ''
  if (number === '' || number.length > 100)
    return {
      problem: new KontorError('TRACKING_INVALID', {
        message:
          'The shipment was not confirmed: Amazon demands a tracking number. Give it at the source of the shipment.',
        path: 'trackingNumber',
      }),
    }
  const orderItems = itemsOf(record, order, packageOf(order, record)?.pieces)
  if ('problem' in orderItems) return orderItems
  if (orderItems.items.length === 0) return { nothingOpen: true }
  const name = record.carrier?.trim() ?? ''
  if (name === '')
    return {
      problem: new KontorError('CARRIER_UNKNOWN', {
        message:
          'The shipment was not confirmed: it names no carrier, and Amazon demands one. Give it at the source of the shipment.',
        path: 'carrier',
      }),
    }
  return {
    confirmation: {
      marketplaceId,
      packageDetail: {
        packageReferenceId: packageId(delivery),
        ...carrierFor(name, config.carriers, order.shipTo?.address?.countryCode ?? undefined),
        ...(record.service ? { shippingMethod: record.service.slice(0, 50) } : {}),
        trackingNumber: number,
        shipDate: shipDate(record, order, now),
        orderItems: orderItems.items,
      },
    },
  }
}

const marketplaceOf = (order: Order): string | undefined => {
  const id = order.extensions?.['amazon.marketplaceId']
  return typeof id === 'string' ? id : undefined
}

/** Amazon refuses a date in the future, and one before the order. */
function shipDate({ shippedAt }: Shipment, { orderedAt }: Order, now: number): string {
  const told = Math.min(shippedAt ? toMs(shippedAt) : now, now)
  return toInstant(Math.max(told, orderedAt ? Math.min(toMs(orderedAt), now) : told))
}

const pickupStatus = ({ status }: Shipment): ShipmentStatus['shipmentStatus'] =>
  status?.value === 'delivered' ? 'PickedUp' : status?.value === 'returned' ? 'RefusedPickup' : 'ReadyForPickup'

/** `own`: pieces that stand in this very package already, and would be in it again. */
function itemsOf(
  record: Shipment,
  order: Order,
  own: ReadonlyMap<string, number> = new Map(),
): { problem: KontorError } | { items: { orderItemId: string; quantity: number }[] } {
  const lines = order.lines ?? []
  const open = (line: OrderLine): number => openQuantity(line) + (own.get(line.id) ?? 0)
  if (!record.lines || record.lines.length === 0)
    return {
      items: lines
        .map((line) => ({ orderItemId: line.id, quantity: open(line) }))
        .filter(({ quantity }) => quantity > 0),
    }
  const items = new Map<string, number>()
  for (const wanted of record.lines) {
    const same = lines.filter((line) =>
      wanted.lineId ? line.id === wanted.lineId : wanted.sku !== null && line.sku === wanted.sku,
    )
    // Two lines of one SKU: first the one with pieces left.
    const line = same.find((each) => open(each) > (items.get(each.id) ?? 0)) ?? same[0]
    if (line === undefined)
      return { problem: refusal(`the order has no line ${wanted.lineId ?? wanted.sku ?? '(without id and SKU)'}.`) }
    const quantity = wanted.quantity ?? open(line)
    if (quantity > 0) items.set(line.id, Math.min(line.quantity, (items.get(line.id) ?? 0) + quantity))
  }
  return { items: [...items].map(([orderItemId, quantity]) => ({ orderItemId, quantity })) }
}

const refusal = (why: string): KontorError =>
  new KontorError('REQUEST_REJECTED', { message: `The shipment was not confirmed: ${why}` })

const Packages = z.array(
  z.object({
    id: z.string(),
    trackingNumber: z.string().nullable(),
    status: z.string().nullable(),
    /** `null`: not told. */
    items: z.array(z.object({ line: z.string(), quantity: z.number() })).nullish(),
  }),
)

/** A package at Amazon. `whole`: it holds all the shipment states, as far as Amazon tells. */
export interface FoundPackage {
  id: string
  whole: boolean
  pieces: ReadonlyMap<string, number>
}

/**
 * The package at Amazon that is this parcel: by tracking number, without blanks and case, as Amazon shows it. One that holds less than the shipment
 * states was made by a call that failed halfway; confirmed again under its id, it is changed to what it should be.
 */
export function packageOf(order: Order, record: Shipment): FoundPackage | undefined {
  const packages = Packages.safeParse(order.extensions?.['amazon.packages'] ?? [])
  const number = fold(record.trackingNumber ?? '')
  if (!packages.success || number === '') return undefined
  const found = packages.data.find((each) => fold(each.trackingNumber ?? '') === number && each.status !== 'CANCELLED')
  if (found === undefined) return undefined
  const pieces = new Map<string, number>()
  for (const { line, quantity } of found.items ?? []) pieces.set(line, (pieces.get(line) ?? 0) + quantity)
  const wanted = found.items ? itemsOf(record, order, pieces) : undefined
  const whole =
    wanted === undefined ||
    'problem' in wanted ||
    wanted.items.every(({ orderItemId, quantity }) => (pieces.get(orderItemId) ?? 0) >= quantity)
  return { id: found.id, whole, pieces }
}
const fold = (text: string): string => text.replace(/\s/g, '').toUpperCase()
