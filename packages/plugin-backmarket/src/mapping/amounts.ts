import { currencyExponent, fromExact, money, toExact, type Money, type Price } from '@kontor/core'
import type { OrderFlag } from '../tables/flags.ts'

/** Gathers flags once each. */
export type Flags = Set<OrderFlag>

const decimal = /^-?\d{1,15}(\.\d{1,10})?$/

/** Decimal text in a currency; `null` for nothing, and flagged for what is no number. */
export function toMoney(text: string | null, currency: string | null, flags: Flags): Money | null {
  if (text === null || currency === null) return null
  const plain = text.replaceAll(/\s/g, '')
  if (decimal.test(plain)) return { amount: plain, currency }
  flags.add('unreadable-amount')
  return null
}

/** Whole cents, the form of `backcare_price` alone. Currencies without cents count whole units. */
export const fromCents = (cents: number, currency: string): Money => ({
  amount: fromExact({ digits: BigInt(cents), scale: currencyExponent(currency) }),
  currency,
})

export const gross = (value: Money, tax: Money | null = null): Price => ({
  value,
  taxIncluded: true,
  taxes: tax === null || money.isZero(tax) ? [] : [{ amount: tax }],
})

/** How the prices of an order's lines are meant; see {@link linePriceRule}. */
export type LinePriceRule = 'unit' | 'line' | 'undecided'

/**
 * The table of the documentation calls a line's price unitary, its schema does not say. The order's own total decides:
 * what adds up to it is right; where neither does, unit prices are assumed and the order is flagged.
 */
export function linePriceRule(
  lines: readonly { price: Money | null; quantity: number }[],
  total: Money | null,
): LinePriceRule {
  const priced = lines.flatMap(({ price, quantity }) => (price === null ? [] : [{ price, quantity }]))
  const comparable =
    total !== null && priced.length === lines.length && priced.every(({ price }) => price.currency === total.currency)
  if (!comparable) return priced.every(({ quantity }) => quantity === 1) ? 'unit' : 'undecided'
  const asUnits = money.sum(
    priced.map(({ price, quantity }) => money.times(price, quantity)),
    total.currency,
  )
  if (money.equal(asUnits, total)) return 'unit'
  const asTotals = money.sum(
    priced.map(({ price }) => price),
    total.currency,
  )
  return money.equal(asTotals, total) ? 'line' : 'undecided'
}

/** `total / quantity` where it comes out even in the currency's smallest unit; else nothing is made up. */
export function unitOf(total: Money, quantity: number): Money | null {
  if (quantity < 1) return null
  const minor = money.toMinor({ ...total, amount: fromExact(toExact(total.amount)) }, 'half-up')
  const even = money.equal(money.fromMinor(minor, total.currency), total) && minor % BigInt(quantity) === 0n
  return even ? money.fromMinor(minor / BigInt(quantity), total.currency) : null
}
