import { money, type Money, type OrderLine, type Units } from '@kontor/core'
import type { BackMarketConfig } from '../config.ts'
import { lineConditions } from '../tables/states.ts'
import type { WireOrderLine } from '../wire.ts'
import { fromCents, gross, toMoney, unitOf, type Flags, type LinePriceRule } from './amounts.ts'
import { toOwnSku } from './sku.ts'
import { toLineStatus } from './status.ts'

interface LineContext {
  currency: string | null
  rule: LinePriceRule
  config: BackMarketConfig
  flags: Flags
}

export function toOrderLine(line: WireOrderLine, { currency, rule, config, flags }: LineContext): OrderLine {
  const price = toMoney(line.price, currency, flags)
  const { unit, total } = pricesOf(price, line.quantity, rule)
  const shipping = toMoney(line.shipping_price, currency, flags)
  const fee = toMoney(line.orderline_fee, currency, flags)
  if (line.listing === null) flags.add('sku-missing')
  if (price !== null && money.isZero(price)) flags.add('zero-price')
  return {
    id: line.id,
    sku: line.listing === null ? null : toOwnSku(line.listing, config.skuMap),
    listingId: line.listing_id,
    productId: line.product_id,
    title: line.product,
    brand: line.brand,
    ...toLineStatus(line, config.statusMap, flags),
    quantity: line.quantity,
    unitPrice: unit === null ? null : gross(unit),
    total: total === null ? null : gross(total, toMoney(line.sales_taxes, currency, flags)),
    shipping: shipping === null ? null : gross(money.times(shipping, line.quantity)),
    fees: fee === null ? [] : [{ kind: 'commission', amount: fee }],
    condition: conditionOf(line),
    options: optionsOf(line, currency),
    fulfilledBy: 'merchant',
    units: unitsOf(line),
    extensions: {
      'backmarket.sku': line.listing,
      'backmarket.shippingDelayHours': line.shipping_delay,
      'backmarket.returnReason': line.return_reason,
    },
  }
}

function pricesOf(
  price: Money | null,
  quantity: number,
  rule: LinePriceRule,
): { unit: Money | null; total: Money | null } {
  if (price === null) return { unit: null, total: null }
  return rule === 'line'
    ? { unit: unitOf(price, quantity), total: price }
    : { unit: price, total: money.times(price, quantity) }
}

/** Everything sold there is refurbished; the grade stands beside it. */
function conditionOf({ condition }: WireOrderLine): OrderLine['condition'] {
  if (condition === null) return null
  const grade = lineConditions[condition]
  return grade === undefined
    ? { value: 'unknown', source: String(condition) }
    : { value: 'refurbished', source: `${condition} ${grade}` }
}

function optionsOf(
  { condition, backcare, backcare_price: cents }: WireOrderLine,
  currency: string | null,
): { name: string; value: string }[] {
  const grade = condition === null ? undefined : lineConditions[condition]
  const insured =
    cents === null || cents === 0 || currency === null ? 'yes' : `${fromCents(cents, currency).amount} ${currency}`
  return [
    ...(grade === undefined ? [] : [{ name: 'Condition', value: grade }]),
    ...(backcare === true ? [{ name: 'Backcare', value: insured }] : []),
  ]
}

/** Devices already registered at Back Market; older payloads have a list. */
function unitsOf({ imei, serial_number: serialNumber, imei_numbers: several }: WireOrderLine): Units[] {
  if (imei !== null || serialNumber !== null) return [{ imei, serialNumber }]
  return several.filter((each) => each.trim() !== '').map((each) => ({ imei: each.trim(), serialNumber: null }))
}
