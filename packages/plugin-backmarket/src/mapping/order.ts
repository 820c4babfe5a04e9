import { Currency, money, type Money, type Order } from '@kontor/core'
import type { BackMarketConfig } from '../config.ts'
import { shippingServices } from '../tables/services.ts'
import type { WireOrder } from '../wire.ts'
import { gross, linePriceRule, toMoney, type Flags } from './amounts.ts'
import { toTime, toZonedTime } from './instants.ts'
import { toOrderLine } from './line.ts'
import { isEmptyAddress, toParty, toPerson } from './party.ts'
import { toOrderStatus } from './status.ts'

/**
 * An order of the API as ours. Whatever is odd about it (no address, no price, unknown words) is flagged, never refused:
 * an order that does not arrive is an order that is not shipped.
 */
export function toOrder(order: WireOrder, config: BackMarketConfig): Order {
  const flags: Flags = new Set()
  const currency = currencyOf(order, flags)
  const modified = toTime(order.date_modification, flags)
  const priced = order.orderlines.map(({ price, quantity }) => ({
    price: toMoney(price, currency, new Set()),
    quantity,
  }))
  const total = toMoney(order.price, currency, flags)
  const rule = linePriceRule(priced, total)
  if (rule === 'undecided') flags.add('line-price-undecided')
  if (order.orderlines.length === 0) flags.add('no-lines')
  if (isEmptyAddress(order.shipping_address)) flags.add('no-shipping-address')

  const record: Order = {
    entity: 'orders',
    id: order.order_id,
    ...(modified === null ? {} : { version: modified }),
    numbers: [order.order_id],
    test: config.environment === 'preprod',
    channel: channelOf(order),
    orderedAt: toTime(order.date_creation, flags),
    updatedAt: modified,
    ...toOrderStatus(order, config.statusMap, flags),
    fulfilledBy: 'merchant',
    currency,
    lines: order.orderlines.map((line) =>
      toOrderLine(line, { currency: currency ?? knownCurrency(line.currency), rule, config, flags }),
    ),
    ...moneyOf(order, total, currency, flags),
    ...partiesOf(order, flags),
    shippingService: shippingServiceOf(order),
    deadlines: { shipBy: toZonedTime(order.expected_dispatch_date, config.timeZone, flags) },
    documents: order.delivery_note === null ? [] : [{ kind: 'delivery_note', url: order.delivery_note.slice(0, 2000) }],
    // Neither gifts nor coupons nor notes of the buyer exist in this API.
    gift: null,
    extensions: {
      'backmarket.merchantId': order.merchant_id,
      'backmarket.isBackship': order.is_backship,
      'backmarket.shippedAt': order.date_shipping,
      'backmarket.trackingNumber': order.tracking_number,
      'backmarket.trackingUrl': order.tracking_url,
      'backmarket.invoiceProvidedAt': order.date_bill_provided,
    },
  }
  return { ...record, flags: [...flags] }
}

const knownCurrency = (text: string | null): string | null => Currency.safeParse(text?.toUpperCase()).data ?? null

function currencyOf(order: WireOrder, flags: Flags): string | null {
  const currency =
    [order.currency, ...order.orderlines.map((line) => line.currency)]
      .map(knownCurrency)
      .find((each) => each !== null) ?? null
  if (currency === null) flags.add('no-currency')
  return currency
}

function channelOf({ country_code: market }: WireOrder): Order['channel'] {
  const country = /^[a-z]{2}-([a-z]{2})$/i.exec(market ?? '')?.[1]
  return { name: 'Back Market', market, countryCode: country === undefined ? null : country.toUpperCase() }
}

/** `price` is without shipping; what the buyer paid is both. */
function moneyOf(
  order: WireOrder,
  items: Money | null,
  currency: string | null,
  flags: Flags,
): Pick<Order, 'totals' | 'shipping' | 'payments'> {
  const shipping = toMoney(order.shipping_price, currency, flags)
  const tax = toMoney(order.sales_taxes, currency, flags)
  const grand = items === null ? null : shipping === null ? items : money.add(items, shipping)
  if (items !== null && money.isZero(items)) flags.add('zero-price')
  return {
    totals: { items, shipping, tax, grand, taxIncluded: true },
    shipping: shipping === null ? [] : [{ kind: 'shipping', price: gross(shipping) }],
    payments: [
      {
        method: order.payment_method,
        reference: order.paypal_reference ?? order.psp_reference,
        amount: grand,
        installments: order.installment_payment,
        paidAt: toTime(order.date_payment, flags),
      },
    ],
  }
}

function partiesOf(
  { shipping_address: shipping, billing_address: billing }: WireOrder,
  flags: Flags,
): Pick<Order, 'buyer' | 'shipTo' | 'billTo'> {
  const buyer = billing ?? shipping
  return {
    buyer: buyer === null ? null : toPerson(buyer),
    shipTo: shipping === null || isEmptyAddress(shipping) ? null : toParty(shipping, flags),
    billTo: billing === null || isEmptyAddress(billing) ? null : toParty(billing, flags),
  }
}

/** Back Market names a carrier, not a service; its name tells what kind of delivery the buyer chose. */
function shippingServiceOf({ shipper_display: display, shipper, orderlines }: WireOrder): Order['shippingService'] {
  // `shipper` of an order may be the number of a carrier; a name has letters.
  const name = [display, shipper, ...orderlines.map((line) => line.shipper)].find(
    (each) => each !== null && /\p{L}/u.test(each),
  )
  if (name === undefined || name === null) return null
  return {
    value: shippingServices.find(([pattern]) => pattern.test(name))?.[1] ?? 'standard',
    source: name.slice(0, 200),
  }
}
