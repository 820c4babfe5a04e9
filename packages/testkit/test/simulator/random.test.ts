import { describe, expect, it } from 'vitest'
import { createRandom, toMs } from '../../src/simulator/index.ts'

const many = <T>(draw: () => T): T[] => Array.from({ length: 5_000 }, draw)

describe('seeded randomness', () => {
  it('gives the same for the same seed, and other for another', () => {
    const draw = (seed: number | string): number[] => {
      const random = createRandom(seed)
      return many(() => random.next())
    }
    expect(draw('a')).toEqual(draw('a'))
    expect(draw(1)).not.toEqual(draw(2))
  })

  it('stays the same from version to version, so that a seed in a report can be replayed', () => {
    const random = createRandom(1)
    expect([random.int(0, 999), random.int(0, 999), random.digits(5), random.uuid()]).toMatchInlineSnapshot(`
      [
        169,
        287,
        "75902",
        "15bd808f-f0b7-48bd-b82d-e4bc289cf5db",
      ]
    `)
  })

  it('is spread evenly and keeps its borders', () => {
    const random = createRandom('spread')
    const drawn = many(() => random.int(1, 6))
    for (const face of [1, 2, 3, 4, 5, 6])
      expect(Math.abs(drawn.filter((one) => one === face).length / 5_000 - 1 / 6)).toBeLessThan(0.03)
    expect([Math.min(...drawn), Math.max(...drawn)]).toEqual([1, 6])
    expect(many(() => random.chance(0.2)).filter(Boolean).length / 5_000).toBeCloseTo(0.2, 1)
    expect(
      many(() =>
        random.weighted([
          ['a', 3],
          ['b', 1],
          ['never', 0],
        ]),
      ).filter((one) => one === 'a').length / 5_000,
    ).toBeCloseTo(0.75, 1)
    expect(
      many(() =>
        random.weighted([
          ['a', 1],
          ['never', 0],
        ]),
      ),
    ).not.toContain('never')
  })

  it('shuffles and samples without loss, leaving the list as it was', () => {
    const random = createRandom(7)
    const list = [1, 2, 3, 4, 5]
    expect(random.shuffle(list).toSorted((left, right) => left - right)).toEqual(list)
    expect(new Set(random.sample(list, 3)).size).toBe(3)
    expect(list).toEqual([1, 2, 3, 4, 5])
    expect(() => random.pick([])).toThrow('empty')
  })

  it('forks sources that do not shift each other', () => {
    const [one, other] = [createRandom(1), createRandom(1)]
    one.fork('orders').int(0, 9)
    expect(one.next()).toBe(other.next())
    expect(one.fork('orders').hex(8)).toBe(other.fork('orders').hex(8))
    expect(one.fork('orders').hex(8)).not.toBe(one.fork('buyers').hex(8))
  })
})

describe('durations', () => {
  it.each([
    [5, 5],
    ['250ms', 250],
    ['1.5s', 1_500],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
  ] as const)('%s is %i ms', (text, ms) => {
    expect(toMs(text)).toBe(ms)
  })
})
