/** Edits between two words: letters added, left out, changed, or two neighbours swapped. */
export function distance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const steps = [
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
      ]
      if (swapped) steps.push((before[column - 2] ?? 0) + 1)
      current.push(Math.min(...steps))
    }
    before = above
    above = current
  }
  return above[b.length] ?? 0
}

/** The valid word that was probably meant; `undefined` where none is near. Case, `-`, `_` and blanks do not count. */
export function nearest(word: string, valid: readonly string[]): string | undefined {
  const plain = plainly(word)
  const ranked = valid
    .map((each) => ({ each, steps: distance(plain, plainly(each)) }))
    .toSorted((a, b) => a.steps - b.steps)
  const best = ranked[0]
  return best && best.steps <= Math.max(1, Math.floor(Math.max(plain.length, 3) / 2.5)) ? best.each : undefined
}

const plainly = (word: string): string => word.toLowerCase().replace(/[\s_-]/g, '')

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(word: string, valid: readonly string[]): string {
  const near = nearest(word, valid)
  return near === undefined ? '' : ` Did you mean "${near}"?`
}

/** `a`, `a or b`, `a, b or c`; long lists are cut. */
export function listed(words: readonly string[], last = 'or', max = 16): string {
  if (words.length === 0) return 'none'
  if (words.length > max) return `${words.slice(0, max).join(', ')} … (${words.length} in all)`
  return words.length === 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}
