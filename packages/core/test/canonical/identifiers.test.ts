import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isGtin, luhn, parseImei } from '../../src/index.ts'

const digits = (length: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`))
/** The last digits that make `body` valid. */
const rightDigits = (body: string, valid: (text: string) => boolean): string[] =>
  Array.from('0123456789').filter((digit) => valid(body + digit))

describe('a Luhn number', () => {
  it('has exactly one right last digit', () => {
    fc.assert(
      fc.property(digits(14), (body) => {
        expect(rightDigits(body, luhn)).toHaveLength(1)
      }),
    )
  })
  it('shows every wrong digit, and most swapped neighbours', () => {
    fc.assert(
      fc.property(digits(14), fc.nat(14), fc.integer({ min: 1, max: 9 }), (body, place, shift) => {
        const good = body + (rightDigits(body, luhn)[0] ?? '')
        const wrong = Array.from(good)
          .with(place, String((Number(good[place]) + shift) % 10))
          .join('')
        expect(luhn(wrong)).toBe(false)
      }),
    )
  })
  it.each(['', '0', 'abc', '12 34', '4111-1111'])('is not %j', (text) => expect(luhn(text)).toBe(false))
})

describe('an IMEI', () => {
  it('is fifteen digits with a right last one, however it is spaced', () => {
    expect(parseImei('49-015420-323751-8')).toBe('490154203237518')
    expect(parseImei(' 490154 203237 518 ')).toBe('490154203237518')
    expect(parseImei('01/1400003237518')).toBeUndefined()
  })
  it('keeps its leading zeros', () => {
    fc.assert(
      fc.property(digits(12), (body) => {
        const imei = `00${body}`
        const whole = imei + (rightDigits(imei, luhn)[0] ?? '')
        expect(parseImei(whole)).toBe(whole)
      }),
    )
  })
  it.each(['490154203237519', '49015420323751', '4901542032375180', 'IMEI490154203237518', ''])('is not %j', (text) =>
    expect(parseImei(text)).toBeUndefined(),
  )
})

describe('a GTIN', () => {
  it.each(['4006381333931', '96385074', '036000291452', '10614141000415', '00012345600012'])('%s', (text) =>
    expect(isGtin(text)).toBe(true),
  )
  it.each(['4006381333932', '400638133393', '', 'X', '123456789'])('is not %j', (text) =>
    expect(isGtin(text)).toBe(false),
  )
  it.each([7, 11, 12, 13])('has exactly one right last digit after %d', (length) => {
    fc.assert(
      fc.property(digits(length), (body) => {
        expect(rightDigits(body, isGtin)).toHaveLength(1)
      }),
      { numRuns: 30 },
    )
  })
})
