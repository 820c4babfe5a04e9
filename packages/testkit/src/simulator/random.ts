/** A seeded source of chance: the same seed gives the same world, on every machine. */
export interface Random {
  /** A number from 0 up to, and without, 1. */
  next(): number
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number
  /** True with the given probability (0 to 1). */
  chance(probability: number): boolean
  /** One element. Throws a `RangeError` for an empty list. */
  pick<T>(list: readonly T[]): T
  /** One of the values, each as likely as its weight says. */
  weighted<T>(choices: readonly (readonly [value: T, weight: number])[]): T
  /** A shuffled copy. */
  shuffle<T>(list: readonly T[]): T[]
  /** `count` different elements in random order (all of them when there are fewer). */
  sample<T>(list: readonly T[], count: number): T[]
  /** `length` characters of the alphabet. */
  string(length: number, alphabet: string): string
  digits(length: number): string
  hex(length: number): string
  uuid(): string
  /** An independent source: drawing from it does not shift this one, so a world can grow a part without changing the others. */
  fork(name: string): Random
}

/** The small fast counter generator of Chris Doty-Humphrey (sfc32), seeded through FNV-1a. */
export function createRandom(seed: number | string): Random {
  const next = sfc32(`${seed}`)
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))

  const random: Random = {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (list) => elementAt(list, int(0, list.length - 1)),
    weighted(choices) {
      const total = choices.reduce((sum, [, weight]) => sum + weight, 0)
      let left = next() * total
      const chosen = choices.find(([, weight]) => (left -= weight) < 0) ?? choices.at(-1)
      if (chosen === undefined) throw new RangeError('there is nothing to choose from')
      return chosen[0]
    },
    shuffle(list) {
      const shuffled = [...list]
      for (let last = shuffled.length - 1; last > 0; last -= 1) {
        const other = int(0, last)
        const kept = elementAt(shuffled, last)
        shuffled[last] = elementAt(shuffled, other)
        shuffled[other] = kept
      }
      return shuffled
    },
    sample: (list, count) => random.shuffle(list).slice(0, count),
    string: (length, alphabet) => Array.from({ length }, () => alphabet.charAt(int(0, alphabet.length - 1))).join(''),
    digits: (length) => random.string(length, '0123456789'),
    hex: (length) => random.string(length, '0123456789abcdef'),
    uuid: () =>
      `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-${random.pick(['8', '9', 'a', 'b'])}${random.hex(3)}-${random.hex(12)}`,
    fork: (name) => createRandom(`${seed}/${name}`),
  }
  return random
}

function elementAt<T>(list: readonly T[], index: number): T {
  for (const element of list.slice(index, index + 1)) return element
  throw new RangeError('there is nothing to pick from an empty list')
}

function sfc32(seed: string): () => number {
  let a = fnv1a(`${seed}#a`)
  let b = fnv1a(`${seed}#b`)
  let c = fnv1a(`${seed}#c`)
  let counter = 1
  const next = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return (sum >>> 0) / 4_294_967_296
  }
  // The first draws still show the seed's likeness; a dozen rounds wash it out.
  for (let round = 0; round < 12; round += 1) next()
  return next
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return hash | 0
}
