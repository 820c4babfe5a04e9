import { money, type Charge, type OrderLine, type Price } from '@kontor/core'
import type { WireLine } from '../wire/index.ts'
import { isPositive, moneyOf, textOrNull } from './values.ts'

/** Prices are told with their tax. `null` where there is none. */
export function priceOf(
  amount: string | null | undefined,
  tax: string | null | undefined,
  currency: string,
): Price | null {
  const value = moneyOf(amount, currency)
  const taxes = moneyOf(tax, currency)
  return value && { value, taxIncluded: true, ...(taxes ? { taxes: [{ amount: taxes }] } : {}) }
}

export function toOrderLine(line: WireLine, currency: string, cancelled: boolean): OrderLine {
  const discounts = (line.applied_discounts ?? []).flatMap((discount): Charge[] => {
    const price = isPositive(discount.amount) ? priceOf(discount.amount, undefined, currency) : null
    return price
      ? [
          {
            id: textOrNull(discount.id),
            kind: 'discount',
            name: textOrNull(discount.name),
            code: textOrNull(discount.code),
            price,
          },
        ]
      : []
  })
  return {
    id: line.id,
    sku: textOrNull(line.sku),
    productId: given(line.product_id),
    listingId: given(line.variant_id),
    gtin: textOrNull(line.upc),
    title: textOrNull(line.name),
    brand: textOrNull(line.brand),
    status: statusOf(line, cancelled),
    quantity: line.quantity,
    quantityShipped: line.quantity_shipped,
    quantityReturned: line.quantity_refunded,
    unitPrice: priceOf(line.price_inc_tax, line.price_tax, currency),
    total: priceOf(totalOf(line, currency), line.total_tax, currency),
    discounts,
    options: (line.product_options ?? []).flatMap(({ display_name: name, display_value: value }) =>
      name && value ? [{ name, value }] : [],
    ),
    fulfilledBy: 'merchant',
    location: textOrNull(line.bin_picking_number),
    bundleParentId: given(line.parent_order_product_id),
    extensions: {
      'bigcommerce.addressId': given(line.order_address_id),
      ...(line.type ? { 'bigcommerce.type': line.type } : {}),
    },
  }
}

/** Ids that are 0 name nothing: a custom product has no product id. */
const given = (id: string | null | undefined): string | null => (id && id !== '0' ? id : null)

/** After discounts, as BigCommerce tells it where it does (orders since 2023), else the total less the discounts told. */
function totalOf(line: WireLine, currency: string): string {
  if (line.discounted_total_inc_tax) return line.discounted_total_inc_tax
  const off = (line.applied_discounts ?? []).flatMap(({ amount }) => (amount ? [{ amount, currency }] : []))
  const total = { amount: line.total_inc_tax || '0', currency }
  return off.reduce((rest, each) => money.subtract(rest, each), total).amount
}

function statusOf(line: WireLine, cancelled: boolean): OrderLine['status'] {
  if (line.type === 'digital' || line.type === 'giftcertificate') return { value: 'delivered', source: line.type }
  if (line.quantity > 0 && line.quantity_refunded >= line.quantity) return { value: 'refunded' }
  if (line.quantity > 0 && line.quantity_shipped >= line.quantity) return { value: 'shipped' }
  return { value: cancelled ? 'cancelled' : 'to_ship' }
}
