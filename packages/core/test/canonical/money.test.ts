import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currencyExponent, divideRounded, fromExact, money, Money, toExact, type Rounding } from '../../src/index.ts'

/** Decimal text with up to ten places, as `Money` allows it. */
const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), fc.integer({ min: 0, max: 6 }))
  .map(([digits, scale]) => fromExact({ digits, scale }))
const euros = decimal.map((amount) => money.of(amount, 'EUR'))
const currency = fc.constantFrom('EUR', 'JPY', 'KWD', 'USD', 'CLF')
const rounding = fc.constantFrom<Rounding>('half-up', 'half-even', 'down', 'up')

/** The reference: the amount in units of 10^-6, as a whole number. */
const micros = ({ amount }: Money): bigint => {
  const [whole = '', fraction = ''] = amount.replace('-', '').split('.')
  const value = BigInt(whole + fraction.padEnd(6, '0'))
  return amount.startsWith('-') ? -value : value
}

describe('decimal text', () => {
  it('survives being read and written, digit by digit', () => {
    fc.assert(
      fc.property(decimal, (text) => {
        expect(fromExact(toExact(text))).toBe(text)
      }),
    )
  })
  it.each(['', '-', '.5', '5.', '1e3', '1,5', ' 1', '+1', '0x10', 'NaN'])('is not %j', (text) => {
    expect(() => toExact(text)).toThrow(RangeError)
  })
  it('of minus nothing is nothing', () => {
    expect(money.negate(money.zero('EUR'))).toEqual({ amount: '0.00', currency: 'EUR' })
  })
})

describe('adding money', () => {
  it('is exact', () => {
    fc.assert(
      fc.property(euros, euros, (a, b) => {
        expect(micros(money.add(a, b))).toBe(micros(a) + micros(b))
      }),
    )
  })
  it('and taking it away again gives back what there was', () => {
    fc.assert(
      fc.property(euros, euros, (a, b) => {
        expect(money.equal(money.subtract(money.add(a, b), b), a)).toBe(true)
      }),
    )
  })
  it('does not care for the order', () => {
    fc.assert(
      fc.property(fc.array(euros, { maxLength: 10 }), (all) => {
        expect(micros(money.sum(all, 'EUR'))).toBe(all.reduce((total, each) => total + micros(each), 0n))
        expect(money.equal(money.sum(all, 'EUR'), money.sum(all.toReversed(), 'EUR'))).toBe(true)
      }),
    )
  })
  it('is what floats get wrong', () => {
    expect(money.add(money.of('0.1', 'EUR'), money.of('0.2', 'EUR')).amount).toBe('0.3')
    expect(money.times(money.of('1.10', 'EUR'), 3).amount).toBe('3.30')
  })
  it('of two currencies is refused, as is comparing them; equal they are not', () => {
    const [eur, usd] = [money.of('1', 'EUR'), money.of('1', 'USD')]
    expect(() => money.add(eur, usd)).toThrow('cannot combine EUR with USD')
    expect(() => money.compare(eur, usd)).toThrow(RangeError)
    expect(() => money.sum([usd], 'EUR')).toThrow(RangeError)
    expect(money.equal(eur, usd)).toBe(false)
  })
})

describe('multiplying money', () => {
  it('by a whole number is adding it so often', () => {
    fc.assert(
      fc.property(euros, fc.integer({ min: -50, max: 50 }), (a, factor) => {
        expect(micros(money.times(a, factor))).toBe(micros(a) * BigInt(factor))
        expect(micros(money.times(a, BigInt(factor)))).toBe(micros(a) * BigInt(factor))
      }),
    )
  })
  it('by a fraction is refused', () => {
    expect(() => money.times(money.of('1', 'EUR'), 0.5)).toThrow(RangeError)
  })
})

describe('comparing money', () => {
  it('goes by value, not by digits', () => {
    fc.assert(
      fc.property(euros, euros, (a, b) => {
        expect(money.compare(a, b)).toBe(micros(a) < micros(b) ? -1 : micros(a) > micros(b) ? 1 : 0)
      }),
    )
    expect(money.equal(money.of('12.3', 'EUR'), money.of('12.30', 'EUR'))).toBe(true)
    expect(money.isZero(money.of('-0.000', 'EUR'))).toBe(true)
  })
})

describe('rounding', () => {
  const cases: [bigint, bigint, Record<Rounding, bigint>][] = [
    [5n, 2n, { 'half-up': 3n, 'half-even': 2n, down: 2n, up: 3n }],
    [-5n, 2n, { 'half-up': -3n, 'half-even': -2n, down: -2n, up: -3n }],
    [7n, 2n, { 'half-up': 4n, 'half-even': 4n, down: 3n, up: 4n }],
    [7n, 3n, { 'half-up': 2n, 'half-even': 2n, down: 2n, up: 3n }],
    [8n, 3n, { 'half-up': 3n, 'half-even': 3n, down: 2n, up: 3n }],
    [6n, -3n, { 'half-up': -2n, 'half-even': -2n, down: -2n, up: -2n }],
  ]
  it.each(cases)('%d / %d', (numerator, denominator, expected) => {
    for (const [how, result] of Object.entries(expected))
      expect([how, divideRounded(numerator, denominator, how as Rounding)]).toEqual([how, result])
  })
  it('is never off by a whole unit, and by no more than half where it is to the nearest', () => {
    fc.assert(
      fc.property(
        fc.bigInt(),
        fc.bigInt().filter((each) => each !== 0n),
        rounding,
        (numerator, denominator, how) => {
          const abs = (value: bigint): bigint => (value < 0n ? -value : value)
          const off = abs(divideRounded(numerator, denominator, how) * denominator - numerator)
          expect(off < abs(denominator)).toBe(true)
          expect(!how.startsWith('half') || off * 2n <= abs(denominator)).toBe(true)
        },
      ),
    )
  })
  it('by nothing is refused', () => {
    expect(() => divideRounded(1n, 0n, 'up')).toThrow(RangeError)
  })
  it('brings an amount to the digits of its currency, and twice is once', () => {
    fc.assert(
      fc.property(decimal, currency, rounding, (amount, code, how) => {
        const once = money.round(money.of(amount, code), how)
        expect(toExact(once.amount).scale).toBe(currencyExponent(code))
        expect(money.round(once, how)).toEqual(once)
      }),
    )
  })
})

describe('smallest units', () => {
  it('and back are the same amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), currency, (minor, code) => {
        expect(money.toMinor(money.fromMinor(minor, code))).toBe(minor)
      }),
    )
  })
  it('have as many digits as the currency', () => {
    expect(['EUR', 'JPY', 'KWD', 'CLF', 'XXX'].map((code) => money.fromMinor(12345n, code).amount)).toEqual([
      '123.45',
      '12345',
      '12.345',
      '1.2345',
      '123.45',
    ])
  })
  it('are not made of fractions without saying how', () => {
    expect(() => money.toMinor(money.of('1.005', 'EUR'))).toThrow('fraction')
    expect(money.toMinor(money.of('1.005', 'EUR'), 'half-even')).toBe(100n)
    expect(money.toMinor(money.of('1.0050000', 'EUR'), 'half-up')).toBe(101n)
    expect(money.toMinor(money.of('1.2300', 'EUR'))).toBe(123n)
  })
})

describe('an amount at the door', () => {
  it.each(['1.2.3', '', '12,34', '1e5', 12.34, null, '123456789012345678901'])('is not %j', (amount) => {
    expect(Money.safeParse({ amount, currency: 'EUR' }).success).toBe(false)
  })
  it.each(['eur', 'EU', 'EURO', '€'])('has no currency %j', (code) => {
    expect(Money.safeParse({ amount: '1', currency: code }).success).toBe(false)
  })
})
