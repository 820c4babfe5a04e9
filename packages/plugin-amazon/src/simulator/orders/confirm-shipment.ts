import type { Answer } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { callerOf } from '../access.ts'
import { invalidInput, notFound } from '../answers.ts'
import { type AmazonCall, type Package, type SimulatedOrder } from '../world.ts'
import { carrierCodes } from './carrier-codes.ts'
import { touch } from './life.ts'

const Confirmation = z.object({
  marketplaceId: z.string(),
  codCollectionMethod: z.literal('DirectPayment').optional(),
  packageDetail: z.object({
    packageReferenceId: z.string(),
    carrierCode: z.string().min(1),
    carrierName: z.string().optional(),
    shippingMethod: z.string().optional(),
    trackingNumber: z.string().min(1),
    shipDate: z.iso.datetime({ offset: true }),
    shipFromSupplySourceId: z.string().optional(),
    orderItems: z
      .array(
        z.object({
          orderItemId: z.string(),
          quantity: z.int().positive(),
          transparencyCodes: z.array(z.string()).optional(),
        }),
      )
      .min(1),
  }),
})
type Confirmation = z.output<typeof Confirmation>['packageDetail']

/** The order of the call, if the caller may see it. */
function ownOrder(call: AmazonCall, id: string): SimulatedOrder {
  const order = call.world.orders.get(id)
  return order !== undefined && order.sellerId === callerOf(call).sellerId ? order : notFound(`OrderId ${id} not found`)
}

/** The body as the schema wants it, else a 400 that names the place. */
function bodyOf<Schema extends z.ZodType>(call: AmazonCall, schema: Schema): z.output<Schema> {
  if (!(call.headers['content-type'] ?? '').startsWith('application/json'))
    return invalidInput('The request has no content-type application/json')
  const parsed = schema.safeParse(call.json())
  if (parsed.success) return parsed.data
  return invalidInput(`invalid type [${parsed.error.issues[0]?.path.join('.') ?? ''}]`)
}

/**
 * `POST /orders/v0/orders/{orderId}/shipmentConfirmation`. A new reference is a new package, a known one changes its package. 204 is no
 * proof: a carrier that Amazon does not know is answered alike and forgotten.
 */
export function confirmShipment(call: AmazonCall, orderId: string): Answer {
  const { marketplaceId, packageDetail } = bodyOf(call, Confirmation)
  const order = ownOrder(call, orderId)
  check(call, order, marketplaceId, packageDetail)
  const key = `${order.id}/${packageDetail.trackingNumber}`
  if (isForgotten(call, packageDetail)) {
    call.truth.add('shipment-forgotten', key, packageDetail)
    return { status: 204 }
  }
  const known = order.packages.find(({ reference }) => reference === packageDetail.packageReferenceId)
  if (known === undefined) {
    order.packages.push(packageOf(call, packageDetail))
    call.truth.add('shipment', key, packageDetail)
  } else if (!isSame(known, packageDetail)) {
    release(order, known)
    Object.assign(known, { ...packageOf(call, packageDetail), created: known.created, showsAt: known.showsAt })
    call.truth.add('shipment-edited', key, packageDetail)
  } else return { status: 204 }
  for (const item of packageDetail.orderItems) {
    const line = order.lines.find(({ id }) => id === item.orderItemId)
    if (line !== undefined) line.shipped += item.quantity
  }
  order.status = order.lines.every(({ shipped, quantity }) => shipped >= quantity) ? 'SHIPPED' : 'PARTIALLY_SHIPPED'
  touch(call, order)
  return { status: 204 }
}

function check(call: AmazonCall, order: SimulatedOrder, marketplaceId: string, detail: Confirmation): void {
  if (!/^[1-9]\d*$/.test(detail.packageReferenceId)) invalidInput('PackageReferenceId must be a positive numeric value')
  if (order.marketplaceId !== marketplaceId) invalidInput('The marketplaceId is not the one of the order')
  if (order.fulfilledBy === 'AMAZON') invalidInput('Orders fulfilled by Amazon cannot be confirmed')
  if (!['UNSHIPPED', 'PARTIALLY_SHIPPED', 'SHIPPED'].includes(order.status))
    invalidInput(`An order in status ${order.status} cannot be confirmed`)
  const shipped = Date.parse(detail.shipDate)
  if (shipped > call.clock.now()) invalidInput('The shipDate is in the future')
  if (shipped < Math.floor(order.created / 1000) * 1000) invalidInput('The shipDate is before the order')
  if (detail.carrierCode === 'Other' && (detail.carrierName ?? '') === '')
    invalidInput('carrierName is required with the carrierCode Other')
  const known = order.packages.find(({ reference }) => reference === detail.packageReferenceId)
  if (known === undefined && order.status === 'SHIPPED')
    invalidInput('Unable to find package to update', 'PackageToUpdateNotFound')
  for (const item of detail.orderItems) {
    const line = order.lines.find(({ id }) => id === item.orderItemId)
    if (line === undefined) return invalidInput(`OrderItemId ${item.orderItemId} is not an item of the order`)
    const before = known?.items.find(({ orderItemId }) => orderItemId === item.orderItemId)?.quantity ?? 0
    if (item.quantity > line.quantity - line.shipped + before)
      invalidInput(`The quantity of ${item.orderItemId} is more than what is left to ship`)
  }
}

function isForgotten({ options }: AmazonCall, { carrierCode }: Confirmation): boolean {
  if (options.dropConfirmations === 'all') return true
  return options.dropConfirmations === 'unknown-carriers' && !carrierCodes.has(carrierCode)
}

function packageOf({ clock, options }: AmazonCall, detail: Confirmation): Package {
  return {
    reference: detail.packageReferenceId,
    created: clock.now(),
    showsAt: clock.now() + options.shipmentsShowAfter,
    status: 'SHIPPED',
    carrier: detail.carrierCode === 'Other' ? (detail.carrierName ?? 'Other') : detail.carrierCode,
    service: detail.shippingMethod,
    tracking: detail.trackingNumber,
    shipTime: Date.parse(detail.shipDate),
    items: detail.orderItems.map(({ orderItemId, quantity }) => ({ orderItemId, quantity })),
  }
}

const isSame = (known: Package, detail: Confirmation): boolean =>
  known.tracking === detail.trackingNumber &&
  [detail.carrierCode, detail.carrierName].includes(known.carrier) &&
  known.service === detail.shippingMethod &&
  known.shipTime === Date.parse(detail.shipDate) &&
  JSON.stringify(known.items) ===
    JSON.stringify(detail.orderItems.map(({ orderItemId, quantity }) => ({ orderItemId, quantity })))

/** What was in a package is no longer shipped. */
function release(order: SimulatedOrder, parcel: Package): void {
  for (const item of parcel.items) {
    const line = order.lines.find(({ id }) => id === item.orderItemId)
    if (line !== undefined) line.shipped -= item.quantity
  }
}

const Pickup = z.object({
  marketplaceId: z.string(),
  shipmentStatus: z.enum(['ReadyForPickup', 'PickedUp', 'RefusedPickup']),
  orderItems: z.array(z.object({ orderItemId: z.string(), quantity: z.int().positive() })).optional(),
})

/** `POST /orders/v0/orders/{orderId}/shipment`, for orders that buyers fetch from the shop. */
export function updateShipmentStatus(call: AmazonCall, orderId: string): Answer {
  const { marketplaceId, shipmentStatus } = bodyOf(call, Pickup)
  const order = ownOrder(call, orderId)
  if (order.marketplaceId !== marketplaceId) invalidInput('Marketplace ID is not defined', '1001')
  if (!order.programs.includes('IN_STORE_PICK_UP')) invalidInput('The order is not for pick-up')
  call.truth.add('pickup', order.id, shipmentStatus)
  if (shipmentStatus === 'PickedUp') {
    for (const line of order.lines) line.shipped = line.quantity
    order.status = 'SHIPPED'
  }
  touch(call, order)
  return { status: 204 }
}
