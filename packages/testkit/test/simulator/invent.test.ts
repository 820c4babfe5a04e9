import { describe, expect, it } from 'vitest'
import { createRandom, inventAddress, inventEan, inventImei, inventPerson } from '../../src/simulator/index.ts'

describe('invented data', () => {
  it('is the same for the same seed, and nobody real: example.com and numbers reserved for fiction', () => {
    const people = (seed: number) => {
      const random = createRandom(seed)
      return (['DE', 'AT', 'FR', 'ES', 'IT', 'NL', 'GB'] as const).map((country) => inventPerson(random, country))
    }
    expect(people(3)).toEqual(people(3))
    for (const { email, phone } of people(4)) {
      expect(email).toMatch(/^[a-z]+\.[a-z]+\.\d{4}@example\.com$/)
      expect(phone).toMatch(/^\+(493023125|33199000|442079460)\d{3}$/)
    }
  })

  it('has a postcode of its country', () => {
    expect(inventAddress(createRandom(1), 'FR')).toMatchObject({
      country: 'FR',
      postcode: expect.stringMatching(/^\d{5}$/),
    })
  })

  it('has check digits that hold', () => {
    const random = createRandom(1)
    for (let index = 0; index < 100; index += 1) {
      expect(
        weighed(inventImei(random), (digit, place) => (place % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0))) % 10,
      ).toBe(0)
      expect(weighed(inventEan(random), (digit, place) => (place % 2 === 0 ? digit : digit * 3)) % 10).toBe(0)
    }
    expect(inventImei(random)).toMatch(/^00\d{13}$/)
    expect(inventEan(random)).toMatch(/^2\d{12}$/)
  })
})

function weighed(digits: string, weigh: (digit: number, place: number) => number): number {
  return digits
    .split('')
    .toReversed()
    .reduce((sum, digit, place) => sum + weigh(Number(digit), place), 0)
}
