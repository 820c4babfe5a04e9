import type { Line, Order } from './order.ts'
import { stateOf } from './order.ts'
import { amountText } from './options.ts'

/** A time as the API writes it: UTC, with 0, 3 or 6 digits of a second's fraction. */
function timeText(ms: number | null, fraction: Order['fraction']): string | null {
  if (ms === null) return null
  const [whole = '', digits = ''] = new Date(ms).toISOString().replace('Z', '').split('.')
  return fraction === 0 ? `${whole}Z` : `${whole}.${digits.padEnd(fraction, '0')}Z`
}

/** An order as GET /ws/orders gives it: amounts as decimal text, empty text for what is not there yet. */
export function orderJson(order: Order, merchant: number, url: string) {
  const { currency, fraction } = order
  const total = order.lines.reduce((sum, line) => sum + line.price * line.quantity, 0)
  const address = addressJson(order)
  return {
    order_id: order.id,
    merchant_id: merchant,
    state: stateOf(order),
    country_code: order.market,
    currency,
    price: amountText(total, currency),
    shipping_price: amountText(order.shipping, currency),
    sales_taxes: amountText(Math.round(total * 0.16), currency),
    payment_method: order.payment,
    installment_payment: false,
    paypal_reference: order.payment === 'PAYPAL' ? `PP${order.id}` : null,
    shipping_address: address,
    billing_address: address,
    shipper_display: order.tracking.shipper,
    tracking_number: order.tracking.number,
    tracking_url: order.tracking.url,
    is_backship: order.backship,
    delivery_note: `${url}/delivery_note/${order.id}.pdf`,
    // Without a zone, as in the documentation's example; only while it is not shipped.
    expected_dispatch_date:
      order.shipped === null ? new Date(order.created + 36 * 3_600_000).toISOString().slice(0, 19) : null,
    date_creation: timeText(order.created, fraction),
    date_modification: timeText(order.modified, fraction),
    date_payment: timeText(order.paid, fraction),
    date_shipping: timeText(order.shipped, fraction),
    ...(order.invoice === null ? {} : { date_bill_provided: timeText(order.invoice.provided, fraction) }),
    orderlines: order.lines.map((line) => lineJson(line, order)),
  }
}

function lineJson(line: Line, { currency, created, fraction, tracking }: Order) {
  return {
    id: line.id,
    state: line.state,
    listing: line.sku,
    listing_id: line.listing,
    product_id: line.product,
    product: line.title,
    brand: line.brand,
    quantity: line.quantity,
    price: amountText(line.price, currency),
    shipping_price: amountText(0, currency),
    shipping_delay: 48,
    shipper: tracking.shipper,
    currency,
    condition: line.condition,
    orderline_fee: amountText(Math.round(line.price * 0.1), currency),
    sales_taxes: amountText(Math.round(line.price * 0.16), currency),
    backcare: line.backcare,
    backcare_price: line.backcare ? 500 : 0,
    imei: line.imei,
    serial_number: line.serial,
    return_reason: line.returnReason,
    return_message: line.returnMessage,
    date_creation: timeText(created, fraction),
  }
}

function addressJson({ person, address, spelling }: Order) {
  if (address === null) return null
  const { street, postcode, city, country } = address
  const { firstName, lastName, email, phone } = person
  return spelling === 'camel'
    ? {
        id: 1,
        company: '',
        firstName,
        lastName,
        street,
        street2: '',
        postalCode: postcode,
        city,
        country,
        phoneNumber: phone,
      }
    : {
        company: '',
        first_name: firstName,
        last_name: lastName,
        street,
        street2: '',
        postal_code: postcode,
        city,
        country,
        phone,
        email,
      }
}
