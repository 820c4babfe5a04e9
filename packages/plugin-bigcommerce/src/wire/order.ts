import { z } from 'zod'
import { Amount, Count, Text, WireId } from './values.ts'

export const WireAddress = z.object({
  first_name: Text,
  last_name: Text,
  company: Text,
  street_1: Text,
  street_2: Text,
  city: Text,
  state: Text,
  zip: Text,
  country: Text,
  country_iso2: Text,
  phone: Text,
  email: Text,
})
export type WireAddress = z.infer<typeof WireAddress>

export const WireLine = z.object({
  id: WireId,
  product_id: WireId.nullish(),
  variant_id: WireId.nullish(),
  order_address_id: WireId.nullish(),
  name: Text,
  sku: Text,
  upc: Text,
  type: Text,
  brand: Text,
  quantity: Count,
  quantity_shipped: Count,
  quantity_refunded: Count,
  price_inc_tax: Amount,
  price_tax: Amount.optional(),
  total_inc_tax: Amount,
  total_tax: Amount.optional(),
  discounted_total_inc_tax: Amount.optional(),
  bin_picking_number: Text,
  parent_order_product_id: WireId.nullish(),
  applied_discounts: z.array(z.object({ id: Text, amount: Amount, name: Text, code: Text })).nullish(),
  product_options: z.array(z.object({ display_name: Text, display_value: Text })).nullish(),
})
export type WireLine = z.infer<typeof WireLine>

export const WireShippingAddress = WireAddress.extend({
  id: WireId,
  shipping_method: Text,
  cost_inc_tax: Amount.nullish(),
  cost_tax: Amount.nullish(),
})
export type WireShippingAddress = z.infer<typeof WireShippingAddress>

const Lines = z.array(WireLine)
/** `include=consignments.line_items&consignment_structure=object`. */
export const WireConsignments = z.object({
  pickups: z
    .array(
      z.object({
        line_items: Lines,
        location: z
          .object({ id: WireId, name: Text, address_line_1: Text, city: Text, postal_code: Text, country_alpha2: Text })
          .nullish(),
      }),
    )
    .nullish(),
  shipping: z.array(WireShippingAddress.extend({ line_items: Lines })).nullish(),
  downloads: z.array(z.object({ line_items: Lines })).nullish(),
  email: z.object({ gift_certificates: z.array(z.object({ line_items: Lines })).nullish() }).nullish(),
})
export type WireConsignments = z.infer<typeof WireConsignments>

export const WireOrder = z.object({
  id: WireId,
  customer_id: WireId.nullish(),
  date_created: z.string(),
  date_modified: z.string(),
  status_id: WireId,
  total_inc_tax: Amount,
  total_tax: Amount.optional(),
  subtotal_inc_tax: Amount.optional(),
  shipping_cost_inc_tax: Amount.optional(),
  shipping_cost_tax: Amount.optional(),
  handling_cost_inc_tax: Amount.optional(),
  wrapping_cost_inc_tax: Amount.optional(),
  discount_amount: Amount.optional(),
  coupon_discount: Amount.optional(),
  store_credit_amount: Amount.optional(),
  gift_certificate_amount: Amount.optional(),
  items_total: Count,
  order_is_digital: z.boolean().nullish(),
  payment_method: Text,
  payment_provider_id: WireId.nullish().or(z.literal('')),
  payment_status: Text,
  currency_code: Text,
  default_currency_code: Text,
  store_default_to_transactional_exchange_rate: Text,
  customer_locale: Text,
  customer_message: Text,
  staff_notes: Text,
  channel_id: WireId.nullish(),
  external_id: WireId.nullish().or(z.literal('')),
  external_order_id: WireId.nullish().or(z.literal('')),
  external_source: Text,
  order_source: Text,
  is_deleted: z.boolean().nullish(),
  billing_address: WireAddress.nullish(),
  consignments: z.unknown().optional(),
})
export type WireOrder = z.infer<typeof WireOrder>

export const WireOrderCoupon = z.object({ id: WireId, code: Text, discount: Amount })
export type WireOrderCoupon = z.infer<typeof WireOrderCoupon>

/** What a row of the list says about its place in time: the watermark needs it even where the order cannot be read. */
export const OrderHead = z.object({ id: WireId, date_modified: z.string() })
