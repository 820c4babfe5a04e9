import { marketplaceAt, money } from '../marketplaces.ts'
import { proceedsOf } from '../orders/order-json.ts'
import { iso, type OrderStatus, type Report, type SimulatedOrder, type World } from '../world.ts'
import type { Row } from './report-types.ts'

/** The reports keep the words of old. */
const STATUS: Readonly<Record<OrderStatus, string>> = {
  PENDING_AVAILABILITY: 'Pending',
  PENDING: 'Pending',
  UNSHIPPED: 'Unshipped',
  PARTIALLY_SHIPPED: 'Shipping',
  SHIPPED: 'Shipped',
  CANCELLED: 'Cancelled',
  UNFULFILLABLE: 'Unfulfillable',
}

function ordersOf(world: World, report: Report, axis: 'created' | 'updated'): SimulatedOrder[] {
  const { from = 0, until = Infinity, marketplaceIds, sellerId } = report
  return [...world.orders.values()].filter(
    (order) =>
      order.sellerId === sellerId &&
      marketplaceIds.includes(order.marketplaceId) &&
      order[axis] >= from &&
      order[axis] < until,
  )
}

/** A row for each item; nothing of the buyer but town and country. */
export function orderRows(world: World, report: Report, axis: 'created' | 'updated'): Row[] {
  return ordersOf(world, report, axis).flatMap((order) => {
    const { currency, name } = marketplaceAt(order.marketplaceId)
    return order.lines.map((line) => {
      const parts = proceedsOf(line, currency, 'none')
      const priced = STATUS[order.status] !== 'Pending'
      const amount = (value: number): string => (priced ? money(value, currency).amount : '')
      return {
        'amazon-order-id': order.id,
        'merchant-order-id': order.sellerOrderId ?? '',
        'purchase-date': iso(order.created),
        'last-updated-date': iso(order.updated),
        'order-status': STATUS[order.status],
        'fulfillment-channel': order.fulfilledBy === 'AMAZON' ? 'Amazon' : 'Merchant',
        'sales-channel': order.channel === 'AMAZON' ? name : 'Non-Amazon',
        'order-channel': '',
        'ship-service-level': order.serviceLevel === 'STANDARD' ? 'Standard' : 'Expedited',
        'product-name': line.title,
        sku: line.sku,
        asin: line.asin,
        'item-status': STATUS[order.status],
        quantity: line.quantity,
        currency: priced ? currency : '',
        'item-price': amount(parts.item),
        'item-tax': amount(0),
        'shipping-price': amount(parts.shipping),
        'shipping-tax': amount(0),
        'item-promotion-discount': amount(parts.discount),
        'ship-city': order.buyer.city,
        'ship-postal-code': order.buyer.postcode,
        'ship-country': order.buyer.country,
        'is-business-order': String(order.programs.includes('AMAZON_BUSINESS')),
      }
    })
  })
}

const TO_SHIP: readonly OrderStatus[] = ['UNSHIPPED', 'PARTIALLY_SHIPPED', 'SHIPPED']

/** The seller's own orders that are or were to be shipped, with addresses. */
export function shippingRows(world: World, report: Report): Row[] {
  return ordersOf(world, report, 'created')
    .filter(({ fulfilledBy, status }) => fulfilledBy === 'MERCHANT' && TO_SHIP.includes(status))
    .flatMap((order) => {
      const { currency } = marketplaceAt(order.marketplaceId)
      const { buyer } = order
      return order.lines.map((line) => ({
        'order-id': order.id,
        'order-item-id': line.id,
        'purchase-date': iso(order.created),
        'payments-date': iso(order.created),
        'buyer-email': buyer.email,
        'buyer-name': buyer.name,
        'buyer-phone-number': buyer.phone,
        sku: line.sku,
        'product-name': line.title,
        'quantity-purchased': line.quantity,
        currency,
        'item-price': money(proceedsOf(line, currency, 'none').item, currency).amount,
        'shipping-price': money(proceedsOf(line, currency, 'none').shipping, currency).amount,
        'ship-service-level': order.serviceLevel === 'STANDARD' ? 'Standard' : 'Expedited',
        'recipient-name': buyer.name,
        'ship-address-1': buyer.street,
        'ship-address-2': '',
        'ship-address-3': '',
        'ship-city': buyer.city,
        'ship-state': '',
        'ship-postal-code': buyer.postcode,
        'ship-country': buyer.country,
        'ship-phone-number': buyer.phone,
        'is-business-order': String(order.programs.includes('AMAZON_BUSINESS')),
      }))
    })
}
