import { type Order, type PickupPoint } from '@kontor/core'
import { orderStatuses, paymentStatuses } from '../tables/order-status.ts'
import type { WireConsignments, WireLine, WireOrder, WireOrderCoupon, WireShippingAddress } from '../wire/index.ts'
import { priceOf, toOrderLine } from './order-line.ts'
import { toParty } from './party.ts'
import { instantOf, isPositive, moneyOf, textOrNull } from './values.ts'

export interface OrderParts {
  lines: readonly WireLine[]
  addresses: readonly WireShippingAddress[]
  pickups?: WireConsignments['pickups']
  coupons: readonly WireOrderCoupon[]
}

/** `currency_code` is what the shopper looked at; `default_currency_code` is what was paid in. */
function currencyOf(order: WireOrder): string {
  const currency = textOrNull(order.default_currency_code) ?? textOrNull(order.currency_code)
  if (currency !== null && /^[A-Z]{3}$/.test(currency)) return currency
  throw new RangeError(currency === null ? 'it has no currency' : `its currency is ${JSON.stringify(currency)}`)
}

/** Migrated orders carry this as their `external_source`; they were never bought here. */
const MIGRATED = 'M-MIG'

export function toOrder(order: WireOrder, parts: OrderParts): Order {
  const currency = currencyOf(order)
  const status = orderStatuses[order.status_id]
  const source = `${order.status_id} ${status?.name ?? ''}`.trim()
  const email = textOrNull(order.billing_address?.email)
  const customer = order.customer_id && order.customer_id !== '0' ? order.customer_id : null
  const shipTo = parts.addresses[0]
  const method = textOrNull(order.payment_method)
  const at = instantOf(order.date_modified)
  const grand = moneyOf(order.total_inc_tax, currency)
  return {
    entity: 'orders',
    id: order.id,
    ...(at ? { version: at } : {}),
    numbers: [
      ...new Set(
        [order.id, order.external_order_id, order.external_id].flatMap((number) =>
          number && number !== '0' ? [number] : [],
        ),
      ),
    ],
    test: method === 'Test Payment Gateway',
    flags: [...(order.external_source === MIGRATED ? ['migrated'] : []), ...(order.is_deleted ? ['archived'] : [])],
    channel: { name: textOrNull(order.order_source), market: order.channel_id ?? null },
    orderedAt: instantOf(order.date_created),
    updatedAt: at,
    lifecycle: { value: status?.lifecycle ?? 'unknown', source },
    payment: paymentOf(order),
    acceptance: { value: 'not_required' },
    fulfilment: { value: order.order_is_digital ? 'not_required' : (status?.fulfilment ?? 'unknown'), source },
    fulfilledBy: 'merchant',
    hold: status?.hold ? { reason: status.hold } : null,
    currency,
    lines: parts.lines.map((line) => toOrderLine(line, currency, status?.lifecycle === 'cancelled')),
    shipping: chargesOf(order, currency),
    discounts: discountsOf(order, parts.coupons, currency),
    totals: {
      items: moneyOf(order.subtotal_inc_tax, currency),
      shipping: moneyOf(order.shipping_cost_inc_tax, currency),
      tax: moneyOf(order.total_tax, currency),
      grand,
      taxIncluded: true,
    },
    payments: method ? [{ method, amount: grand, reference: null }] : [],
    buyer: order.billing_address
      ? { id: customer, ...namesOf(toParty(order.billing_address)), email }
      : { id: customer },
    billTo: order.billing_address ? toParty(order.billing_address) : null,
    shipTo: shipTo ? toParty(shipTo) : null,
    pickup: pickupOf(parts.pickups),
    shippingService: shipTo?.shipping_method ? { value: 'unknown', source: shipTo.shipping_method } : null,
    buyerNote: textOrNull(order.customer_message),
    merchantNote: textOrNull(order.staff_notes),
    extensions: extensionsOf(order, parts),
  }
}

const namesOf = ({
  firstName,
  lastName,
  phone,
}: ReturnType<typeof toParty>): Pick<ReturnType<typeof toParty>, 'firstName' | 'lastName' | 'phone'> => ({
  firstName,
  lastName,
  phone,
})

/**
 * A status says more than the payment status where the merchant has moved the order on: "Awaiting Fulfillment" means that the payment is
 * confirmed, although it is only authorized and will be captured when the goods go out.
 */
function paymentOf(order: WireOrder): Order['payment'] {
  const word = (order.payment_status ?? '').toLowerCase()
  const source = `${order.status_id}:${word}`
  const told = word === '' ? undefined : (paymentStatuses[word] ?? 'unknown')
  const implied = orderStatuses[order.status_id]?.payment
  if (implied === 'refunded' || implied === 'failed') return { value: implied, source }
  if (implied === 'partially_refunded' && told !== 'refunded') return { value: implied, source }
  if (implied === 'paid' && (told === undefined || told === 'pending' || told === 'authorized'))
    return { value: 'paid', source }
  return { value: told ?? implied ?? 'pending', source }
}

function chargesOf(order: WireOrder, currency: string): Order['shipping'] {
  const charges = [
    { kind: 'shipping', amount: order.shipping_cost_inc_tax, tax: order.shipping_cost_tax },
    { kind: 'handling', amount: order.handling_cost_inc_tax, tax: undefined },
    { kind: 'wrapping', amount: order.wrapping_cost_inc_tax, tax: undefined },
  ]
  return charges.flatMap(({ kind, amount, tax }) => {
    const price = isPositive(amount) ? priceOf(amount, tax, currency) : null
    return price ? [{ kind, price }] : []
  })
}

function discountsOf(order: WireOrder, coupons: readonly WireOrderCoupon[], currency: string): Order['discounts'] {
  const price = isPositive(order.discount_amount) ? priceOf(order.discount_amount, undefined, currency) : null
  const used = coupons.flatMap((coupon) => {
    const off = priceOf(coupon.discount, undefined, currency)
    return off ? [{ id: coupon.id, kind: 'coupon', code: textOrNull(coupon.code), price: off }] : []
  })
  return [...(price ? [{ kind: 'discount', price }] : []), ...used]
}

function pickupOf(pickups: WireConsignments['pickups']): PickupPoint | null {
  const location = pickups?.[0]?.location
  if (!location) return null
  const code = textOrNull(location.country_alpha2)?.toUpperCase()
  const address = {
    line1: textOrNull(location.address_line_1),
    city: textOrNull(location.city),
    postalCode: textOrNull(location.postal_code),
    ...(code !== undefined && /^[A-Z]{2}$/.test(code) ? { countryCode: code } : {}),
  }
  return { kind: 'store', id: location.id, name: textOrNull(location.name), address }
}

/** What has no place of its own: which part was paid with store credit or a gift certificate, and the display currency. */
function extensionsOf(order: WireOrder, { addresses }: OrderParts): Order['extensions'] {
  const facts = {
    'bigcommerce.statusId': order.status_id,
    'bigcommerce.displayCurrency': textOrNull(order.currency_code),
    'bigcommerce.exchangeRate': textOrNull(order.store_default_to_transactional_exchange_rate),
    'bigcommerce.storeCredit': isPositive(order.store_credit_amount) ? order.store_credit_amount : null,
    'bigcommerce.giftCertificate': isPositive(order.gift_certificate_amount) ? order.gift_certificate_amount : null,
    'bigcommerce.locale': textOrNull(order.customer_locale),
    'bigcommerce.addresses': addresses.length > 1 ? addresses.map(({ id }) => id) : null,
  }
  return Object.fromEntries(
    Object.entries(facts).flatMap(([key, value]) => (value === null || value === undefined ? [] : [[key, value]])),
  )
}
