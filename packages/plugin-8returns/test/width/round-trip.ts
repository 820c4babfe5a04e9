type Leaf = string | number | boolean | null

/** Every single value in a document, by its path. */
function leavesOf(value: unknown, path = '', found = new Map<string, Leaf>()): Map<string, Leaf> {
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) leavesOf(each, `${path}[${index}]`, found)
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) leavesOf(each, path === '' ? name : `${path}.${name}`, found)
  } else if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    found.set(path, value)
  }
  return found
}

const withoutIndexes = (path: string): string => path.replaceAll(/\[\d+\]/g, '[]')

export interface RoundTrip {
  /** Values that the record does not hold, and nobody said so. */
  lost: readonly string[]
  /** Values that came back as another one. */
  changed: readonly string[]
  /** Said to be left out, and not in the document or not lost at all. */
  needless: readonly string[]
}

/**
 * Compares a vendor's document with what can be made of the canonical record again. `leftOut` names what the record has no place for, by path (`lines[].weight`
 * stands for everything below it), each with its reason.
 */
export function compareRoundTrip(
  original: unknown,
  rebuilt: unknown,
  leftOut: Readonly<Record<string, string>>,
): RoundTrip {
  const before = leavesOf(original)
  const after = leavesOf(rebuilt)
  const covers = (rule: string, path: string): boolean =>
    withoutIndexes(path) === rule || ['.', '['].some((next) => withoutIndexes(path).startsWith(`${rule}${next}`))
  const isLeftOut = (path: string): boolean => Object.keys(leftOut).some((rule) => covers(rule, path))
  const missing = [...before.keys()].filter((path) => !after.has(path))
  return {
    lost: missing.filter((path) => !isLeftOut(path)),
    changed: [...after].filter(([path, value]) => before.has(path) && before.get(path) !== value).map(([path]) => path),
    needless: Object.keys(leftOut).filter((rule) => !missing.some((path) => covers(rule, path))),
  }
}
