import { money, type Money } from '@kontor/core'
import type { WireItem, WireMoney } from '../wire/index.ts'
import { moneyOf } from './values.ts'

type Breakdown = NonNullable<NonNullable<WireItem['proceeds']>['breakdowns']>[number]

/** What a line costs, taken apart. Amounts of the whole quantity. `disagree`: the parts do not add up to the total. */
export interface LineAmounts {
  currency: string
  taxIncluded: boolean
  /** After the discount on the goods. */
  goods: Money | null
  shipping: Money | null
  /** Positive. */
  discount: Money | null
  goodsTax: Money | null
  shippingTax: Money | null
  tax: Money | null
  /** Gift wrap, cash on delivery, tips and what else there is, by Amazon's word. */
  others: readonly { kind: string; amount: Money }[]
  total: Money | null
  disagree: boolean
}

/**
 * Amazon does not say whether ITEM holds the tax (open question of models#5297); the figures do: `proceedsTotal` is the sum of the parts
 * either with TAX (prices without tax, as in the US) or without it (TAX is only told). The sign of DISCOUNT is read the same way.
 */
export function amountsOf(item: WireItem, netMarket: boolean): LineAmounts | undefined {
  const total = moneyOf(item.proceeds?.proceedsTotal)
  const currency = total?.currency ?? firstCurrency(item)
  if (currency === undefined) return undefined
  const parts = (item.proceeds?.breakdowns ?? []).filter(({ subtotal }) => subtotal.currencyCode === currency)
  const sumOf = (type: string): Money | null =>
    sum(
      parts.flatMap((each) => (each.type === type ? [each.subtotal] : [])),
      currency,
    )
  const [items, tax, off] = [sumOf('ITEM'), sumOf('TAX'), sumOf('DISCOUNT')]
  const discount = off && money.compare(off, money.zero(currency)) < 0 ? money.negate(off) : off
  const charges = sum(
    parts.flatMap(({ type, subtotal }) => (type === 'TAX' || type === 'DISCOUNT' ? [] : [subtotal])),
    currency,
  )
  const reading = total && charges ? readingOf(charges, tax, discount, total, currency) : undefined
  const taxIncluded = reading?.taxIncluded ?? !netMarket
  const goodsOff = discount && partOf(parts, 'DISCOUNT', 'ITEM', currency, discount)
  const takenOff = (reading?.discounted ?? true) ? goodsOff : null
  return {
    currency,
    taxIncluded,
    goods: items && takenOff ? money.subtract(items, takenOff) : items,
    shipping: sumOf('SHIPPING'),
    discount: discount && !money.isZero(discount) ? discount : null,
    goodsTax: tax && partOf(parts, 'TAX', 'ITEM', currency, tax),
    shippingTax: tax && partOf(parts, 'TAX', 'SHIPPING', currency, money.zero(currency)),
    tax,
    others: parts.flatMap(({ type, subtotal }) => {
      const amount = moneyOf(subtotal)
      return known.has(type) || !amount || money.isZero(amount) ? [] : [{ kind: type.toLowerCase(), amount }]
    }),
    total,
    disagree: total !== null && charges !== null && reading === undefined,
  }
}

const known = new Set(['ITEM', 'SHIPPING', 'TAX', 'DISCOUNT'])

/** The first way to read the parts that gives the total. `discounted` false: ITEM holds the discount already. */
function readingOf(
  charges: Money,
  tax: Money | null,
  discount: Money | null,
  total: Money,
  currency: string,
): { taxIncluded?: boolean; discounted: boolean } | undefined {
  const zero = money.zero(currency)
  const hasTax = tax !== null && !money.isZero(tax)
  for (const discounted of [true, false])
    for (const added of hasTax ? [true, false] : [false]) {
      const less = discounted ? money.subtract(charges, discount ?? zero) : charges
      const whole = added ? money.add(less, tax ?? zero) : less
      // Without a tax told the figures fit both readings, and say nothing.
      if (money.equal(whole, total)) return { discounted, ...(hasTax ? { taxIncluded: !added } : {}) }
    }
  return undefined
}

/** What of a part is for the goods or the shipping; `otherwise` where Amazon does not tell. Positive. */
function partOf(parts: readonly Breakdown[], type: string, subtype: string, currency: string, otherwise: Money): Money {
  const details = parts.flatMap((each) => (each.type === type ? (each.detailedBreakdowns ?? []) : []))
  if (details.length === 0) return otherwise
  const found = sum(
    details.flatMap((each) => (each.subtype === subtype && each.value ? [each.value] : [])),
    currency,
  )
  const amount = found ?? money.zero(currency)
  return money.compare(amount, money.zero(currency)) < 0 ? money.negate(amount) : amount
}

function sum(amounts: readonly WireMoney[], currency: string): Money | null {
  const same = amounts.flatMap((each) => (each.currencyCode === currency ? [{ amount: each.amount, currency }] : []))
  return same.length === 0 ? null : money.sum(same, currency)
}

const firstCurrency = (item: WireItem): string | undefined =>
  item.proceeds?.breakdowns?.[0]?.subtotal.currencyCode ?? item.product.price?.unitPrice?.currencyCode
