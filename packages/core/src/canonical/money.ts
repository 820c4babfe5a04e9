import { z } from 'zod'
import { Decimal } from './primitives.ts'

/** ISO 4217 code in capitals. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 currency code, e.g. "EUR"')

/** An amount in major units as decimal text, with its currency: `{ amount: "12.34", currency: "EUR" }`. */
export const Money = z.object({ amount: Decimal, currency: Currency })
export type Money = z.infer<typeof Money>

/** Digits after the point where ISO 4217 says other than two. */
const exponents: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
}
/** Digits after the decimal point of a currency's smallest unit (EUR 2, JPY 0, KWD 3). */
export const currencyExponent = (currency: string): number => exponents[currency] ?? 2

/** Exact decimal: `digits` scaled by 10^-`scale`. */
export interface Exact {
  readonly digits: bigint
  readonly scale: number
}

export function toExact(decimal: string): Exact {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal)
  if (!match) throw new RangeError(`not a decimal number: ${JSON.stringify(decimal)}`)
  const fraction = match[3] ?? ''
  const digits = BigInt(match[2] + fraction)
  return { digits: match[1] ? -digits : digits, scale: fraction.length }
}

export function fromExact({ digits, scale }: Exact): string {
  const negative = digits < 0n
  const text = (negative ? -digits : digits).toString().padStart(scale + 1, '0')
  const whole = scale === 0 ? text : text.slice(0, -scale)
  return `${negative ? '-' : ''}${whole}${scale === 0 ? '' : `.${text.slice(-scale)}`}`
}

const aligned = (a: Exact, b: Exact): [bigint, bigint, number] => {
  const scale = Math.max(a.scale, b.scale)
  return [a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale), scale]
}

/** How a value between two representable ones is brought to one of them. */
export type Rounding = 'half-up' | 'half-even' | 'down' | 'up'

/** `numerator / denominator` as a whole number, exactly rounded. `half-up` and `up` go away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (denominator === 0n) throw new RangeError('division by zero')
  const sign = numerator < 0n !== denominator < 0n ? -1n : 1n
  const n = numerator < 0n ? -numerator : numerator
  const d = denominator < 0n ? -denominator : denominator
  const quotient = n / d
  const twice = (n % d) * 2n
  const away =
    rounding === 'up'
      ? twice > 0n
      : rounding === 'down'
        ? false
        : twice > d || (twice === d && (rounding === 'half-up' || quotient % 2n === 1n))
  return sign * (away ? quotient + 1n : quotient)
}

function sameCurrency(a: Money, b: Money): string {
  if (a.currency !== b.currency) throw new RangeError(`cannot combine ${a.currency} with ${b.currency}`)
  return a.currency
}

/** Exact arithmetic on {@link Money}; mixing currencies throws a RangeError, nothing is ever converted. */
export const money = {
  of: (amount: string, currency: string): Money => Money.parse({ amount, currency }),
  zero: (currency: string): Money => ({
    amount: fromExact({ digits: 0n, scale: currencyExponent(currency) }),
    currency,
  }),
  add(a: Money, b: Money): Money {
    const [x, y, scale] = aligned(toExact(a.amount), toExact(b.amount))
    return { amount: fromExact({ digits: x + y, scale }), currency: sameCurrency(a, b) }
  },
  subtract: (a: Money, b: Money): Money => money.add(a, money.negate(b)),
  negate: (a: Money): Money => ({
    amount: fromExact({ ...toExact(a.amount), digits: -toExact(a.amount).digits }),
    currency: a.currency,
  }),
  /** `a` × a whole number, e.g. a unit price × quantity. */
  times(a: Money, factor: number | bigint): Money {
    const { digits, scale } = toExact(a.amount)
    return { amount: fromExact({ digits: digits * BigInt(factor), scale }), currency: a.currency }
  },
  sum: (all: readonly Money[], currency: string): Money =>
    all.reduce((total, each) => money.add(total, each), money.zero(currency)),
  /** -1, 0 or 1. `12.3` equals `12.30`. */
  compare(a: Money, b: Money): -1 | 0 | 1 {
    sameCurrency(a, b)
    const [x, y] = aligned(toExact(a.amount), toExact(b.amount))
    return x < y ? -1 : x > y ? 1 : 0
  },
  equal: (a: Money, b: Money): boolean => a.currency === b.currency && money.compare(a, b) === 0,
  isZero: (a: Money): boolean => toExact(a.amount).digits === 0n,
  /** Whole minor units (cents). With more digits than the currency has, `rounding` decides; without it, a RangeError. */
  toMinor(a: Money, rounding?: Rounding): bigint {
    const { digits, scale } = toExact(a.amount)
    const shift = currencyExponent(a.currency) - scale
    if (shift >= 0) return digits * 10n ** BigInt(shift)
    const divisor = 10n ** BigInt(-shift)
    if (digits % divisor !== 0n && !rounding)
      throw new RangeError(`${a.amount} ${a.currency} has a fraction of the smallest unit`)
    return divideRounded(digits, divisor, rounding ?? 'half-up')
  },
  /** From whole minor units: `fromMinor(1234n, 'EUR')` is 12.34 EUR. */
  fromMinor: (minor: bigint, currency: string): Money => ({
    amount: fromExact({ digits: minor, scale: currencyExponent(currency) }),
    currency,
  }),
  /** Brought to the digits of its currency. */
  round: (a: Money, rounding: Rounding): Money => money.fromMinor(money.toMinor(a, rounding), a.currency),
}
