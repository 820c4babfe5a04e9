import {
  lineTotal,
  orderTotal,
  taxWithin,
  type Hook,
  type Line,
  type Person,
  type SimulatedOrder,
  type SimulatedRefund,
  type SimulatedShipment,
  type Variant,
} from './world.ts'

/** `Tue, 05 Mar 2019 21:40:11 +0000`. */
export const rfc2822 = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000')
export const rfc3339 = (ms: number): string => new Date(ms).toISOString().replace('.000Z', '+00:00')

/** Money of v2: text with four digits. */
const text4 = (hundredths: number): string => (hundredths / 100).toFixed(4)

const stub = (order: number, part: string): { url: string; resource: string } => ({
  url: `https://api.bigcommerce.com/stores/{store_hash}/v2/orders/${order}/${part}`,
  resource: `/orders/${order}/${part}`,
})

function addressJson(person: Person): Record<string, unknown> {
  return {
    first_name: person.first,
    last_name: person.last,
    company: '',
    street_1: person.street,
    street_2: '',
    city: person.city,
    state: '',
    zip: person.zip,
    country: person.country,
    country_iso2: person.code,
    phone: person.phone,
    email: person.email,
  }
}

export function orderJson(order: SimulatedOrder, withConsignments: boolean): Record<string, unknown> {
  const goods = order.lines.reduce((sum, line) => sum + lineTotal(line), 0)
  const total = orderTotal(order)
  const zero = text4(0)
  return {
    id: order.id,
    customer_id: order.customerId,
    date_created: rfc2822(order.created),
    date_modified: rfc2822(order.modified),
    date_shipped: '',
    status_id: order.statusId,
    status: statusNames[order.statusId] ?? 'Other',
    subtotal_ex_tax: text4(goods - taxWithin(goods)),
    subtotal_inc_tax: text4(goods),
    subtotal_tax: text4(taxWithin(goods)),
    base_shipping_cost: text4(order.shipping),
    shipping_cost_ex_tax: text4(order.shipping - taxWithin(order.shipping)),
    shipping_cost_inc_tax: text4(order.shipping),
    shipping_cost_tax: text4(taxWithin(order.shipping)),
    shipping_cost_tax_class_id: 2,
    base_handling_cost: zero,
    handling_cost_ex_tax: zero,
    handling_cost_inc_tax: zero,
    handling_cost_tax: zero,
    handling_cost_tax_class_id: 2,
    base_wrapping_cost: zero,
    wrapping_cost_ex_tax: zero,
    wrapping_cost_inc_tax: zero,
    wrapping_cost_tax: zero,
    wrapping_cost_tax_class_id: 3,
    total_ex_tax: text4(total - taxWithin(total)),
    total_inc_tax: text4(total),
    total_tax: text4(taxWithin(total)),
    items_total: order.lines.reduce((sum, line) => sum + line.quantity, 0),
    items_shipped: order.lines.reduce((sum, line) => sum + line.shipped, 0),
    payment_method: order.paymentMethod,
    payment_provider_id: '',
    payment_status: order.paymentStatus,
    // Documented to be 0 whatever was refunded.
    refunded_amount: zero,
    order_is_digital: order.addresses.length === 0,
    store_credit_amount: zero,
    gift_certificate_amount: zero,
    currency_id: 1,
    currency_code: order.damaged ? 'EURO' : order.displayCurrency,
    currency_exchange_rate: '1.0000000000',
    default_currency_id: 1,
    default_currency_code: order.damaged ? 'EURO' : order.currency,
    staff_notes: '',
    customer_message: '',
    discount_amount: zero,
    coupon_discount: text4(order.discount),
    shipping_address_count: order.addresses.length,
    billing_address: { ...addressJson(order.person), form_fields: [] },
    is_email_opt_in: false,
    is_deleted: order.deleted,
    order_source: 'www',
    channel_id: order.channelId,
    external_source: order.externalSource,
    external_id: null,
    external_order_id: '',
    products: stub(order.id, 'products'),
    shipping_addresses: stub(order.id, 'shipping_addresses'),
    coupons: stub(order.id, 'coupons'),
    tax_provider_id: 'BasicTaxProvider',
    customer_locale: 'de',
    store_default_currency_code: '',
    store_default_to_transactional_exchange_rate: '1.0000000000',
    custom_status: statusNames[order.statusId] ?? 'Other',
    ...(withConsignments ? { consignments: consignmentsJson(order) } : {}),
  }
}

/** Ids as of bigcommerce/docs, order statuses. Merchants rename the labels, so nobody should rely on them. */
const statusNames: Readonly<Record<number, string>> = {
  0: 'Incomplete',
  1: 'Pending',
  2: 'Shipped',
  3: 'Partially Shipped',
  4: 'Refunded',
  5: 'Cancelled',
  6: 'Declined',
  7: 'Awaiting Payment',
  8: 'Awaiting Pickup',
  9: 'Awaiting Shipment',
  10: 'Completed',
  11: 'Awaiting Fulfillment',
  12: 'Manual Verification Required',
  13: 'Disputed',
  14: 'Partially Refunded',
}

function consignmentsJson(order: SimulatedOrder): Record<string, unknown> {
  const linesOf = (addressId: number): unknown[] =>
    order.lines.filter((line) => line.addressId === addressId).map((line) => lineJson(order, line))
  const digital = linesOf(0)
  return {
    pickups: [],
    shipping: order.addresses.map((id, index) => ({
      id,
      ...addressJson(order.person),
      form_fields: [],
      line_items: linesOf(id),
      shipping_method: 'Parcel',
      cost_inc_tax: index === 0 ? order.shipping / 100 : 0,
      cost_tax: index === 0 ? taxWithin(order.shipping) / 100 : 0,
    })),
    downloads: digital.length === 0 ? [] : [{ recipient_email: order.person.email, line_items: digital }],
    email: { gift_certificates: [] },
  }
}

export function lineJson(order: SimulatedOrder, line: Line): Record<string, unknown> {
  const total = lineTotal(line)
  const goods = order.lines.reduce((sum, each) => sum + lineTotal(each), 0)
  const off = goods === 0 ? 0 : Math.round((order.discount * total) / goods)
  return {
    id: line.id,
    order_id: order.id,
    product_id: line.productId,
    variant_id: line.variantId,
    order_address_id: line.addressId,
    name: line.name,
    sku: line.sku,
    upc: '',
    type: line.type,
    base_price: text4(line.unit),
    price_ex_tax: text4(line.unit - taxWithin(line.unit)),
    price_inc_tax: text4(line.unit),
    price_tax: text4(taxWithin(line.unit)),
    base_total: text4(total),
    total_ex_tax: text4(total - taxWithin(total)),
    total_inc_tax: text4(total),
    total_tax: text4(taxWithin(total)),
    quantity: line.quantity,
    quantity_shipped: line.shipped,
    quantity_refunded: line.refunded,
    is_refunded: line.refunded >= line.quantity,
    refund_amount: text4(0),
    return_id: 0,
    bin_picking_number: '',
    brand: '',
    applied_discounts:
      off === 0 ? [] : [{ id: 'coupon', amount: text4(off), name: 'Coupon', code: order.couponCode, target: 'order' }],
    product_options: [],
    discounted_total_inc_tax: text4(total - off),
  }
}

export function shippingAddressJson(order: SimulatedOrder, id: number, index: number): Record<string, unknown> {
  return {
    id,
    order_id: order.id,
    ...addressJson(order.person),
    items_total: order.lines.filter((line) => line.addressId === id).reduce((sum, line) => sum + line.quantity, 0),
    items_shipped: 0,
    shipping_method: 'Parcel',
    base_cost: text4(index === 0 ? order.shipping : 0),
    cost_inc_tax: text4(index === 0 ? order.shipping : 0),
    cost_tax: text4(index === 0 ? taxWithin(order.shipping) : 0),
    form_fields: [],
  }
}

/** Amounts of v3 are numbers. */
export function refundJson(refund: SimulatedRefund): Record<string, unknown> {
  return {
    id: refund.id,
    order_id: refund.orderId,
    user_id: 0,
    created: rfc3339(refund.created),
    reason: refund.reason,
    total_amount: refund.damaged ? 'much' : refund.total / 100,
    total_tax: refund.tax / 100,
    uses_merchant_override_values: false,
    items: refund.items,
    payments: refund.payments.map((payment) => ({ ...payment, amount: payment.amount / 100 })),
  }
}

export function shipmentJson(shipment: SimulatedShipment, order: SimulatedOrder): Record<string, unknown> {
  return {
    id: shipment.id,
    order_id: shipment.orderId,
    customer_id: order.customerId,
    order_address_id: shipment.addressId,
    date_created: rfc2822(shipment.created),
    tracking_number: shipment.tracking,
    merchant_shipping_cost: text4(0),
    shipping_method: shipment.method,
    shipping_provider: '',
    tracking_carrier: shipment.carrier,
    tracking_link: shipment.link,
    comments: '',
    billing_address: addressJson(order.person),
    shipping_address: addressJson(order.person),
    items: shipment.items,
    shipping_provider_display_name: '',
    generated_tracking_link: shipment.link,
  }
}

export function variantJson(variant: Variant): Record<string, unknown> {
  return {
    id: variant.id,
    product_id: variant.damaged ? {} : variant.productId,
    sku: variant.sku,
    sku_id: variant.id,
    upc: '',
    price: variant.price === null ? null : variant.price / 100,
    calculated_price: (variant.salePrice ?? variant.price ?? 0) / 100,
    sale_price: variant.salePrice === null ? null : variant.salePrice / 100,
    retail_price: null,
    cost_price: 0,
    weight: 0.5,
    purchasing_disabled: false,
    inventory_level: [...variant.stock.values()].reduce((sum, count) => sum + count, 0) - variant.safety,
    option_values: [],
  }
}

export const hookJson = (hook: Hook): Record<string, unknown> => ({
  id: hook.id,
  client_id: 'exampleclientid0exampleclientid',
  store_hash: 'abc123example',
  scope: hook.scope,
  destination: hook.destination,
  headers: hook.headers,
  is_active: hook.is_active,
  created_at: Math.floor(hook.created / 1000),
  updated_at: Math.floor(hook.created / 1000),
})
