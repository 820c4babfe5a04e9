import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Seen } from '../src/readers/seen.ts'

it('answers as a map would, whatever comes and however often', () => {
  const id = fc.oneof(fc.integer({ min: 1, max: 60 }).map(String), fc.maxSafeInteger().map(String), fc.string())
  fc.assert(
    fc.property(
      fc.array(fc.tuple(id, fc.constantFrom('2026-05-03T09:36:00Z', '2026-05-03T09:36:01Z', '')), { maxLength: 400 }),
      (steps) => {
        const [seen, map] = [new Seen(), new Map<string, string>()]
        for (const [one, modified] of steps) {
          const isNew = map.get(one) !== modified
          map.set(one, modified)
          expect(seen.add(one, modified)).toBe(isNew)
          expect(seen.size).toBe(map.size)
        }
      },
    ),
    { numRuns: 300 },
  )
})

it('keeps a hundred thousand ids that follow one another apart', () => {
  const seen = new Seen()
  for (let id = 1; id <= 100_000; id++) seen.add(String(id), 'a')
  expect(seen.size).toBe(100_000)
  for (let id = 1; id <= 100_000; id += 997) expect(seen.add(String(id), 'a')).toBe(false)
  expect(seen.add('500', 'b')).toBe(true)
})
