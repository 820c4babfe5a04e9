/** A copy of a value as JSON can say it: maps become objects, sets lists, big integers and bytes text. Throws for a circle. */
export function snapshot(value: unknown): unknown {
  const text: string | undefined = JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Map) return Object.fromEntries([...part].map(([key, held]) => [String(key), held]))
    if (part instanceof Set) return [...part]
    if (typeof part === 'bigint') return part.toString()
    return part
  })
  const copy: unknown = text === undefined ? null : JSON.parse(text)
  return copy
}
