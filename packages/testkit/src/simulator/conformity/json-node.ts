/** An object of a parsed document, of which nothing is known yet. */
export type JsonNode = Readonly<Record<string, unknown>>

export function isNode(value: unknown): value is JsonNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The member as an object; an empty one when it is none. */
export function nodeAt(node: JsonNode, name: string): JsonNode {
  const value = node[name]
  return isNode(value) ? value : {}
}

export function listAt(node: JsonNode, name: string): readonly unknown[] {
  const value = node[name]
  return Array.isArray(value) ? value : []
}

export function textAt(node: JsonNode, name: string): string | undefined {
  const value = node[name]
  return typeof value === 'string' ? value : undefined
}

/** What a local reference (`#/components/schemas/Order`) points at; undefined when there is nothing, or the reference is not local. */
export function resolvePointer(document: unknown, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined
  const parts = reference.slice(1).split('/').slice(1)
  let found: unknown = document
  for (const part of parts) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(found)) found = found[Number(name)]
    else found = isNode(found) ? found[name] : undefined
  }
  return found
}

/** A copy without one member. */
export function without(node: JsonNode, name: string): JsonNode {
  return Object.fromEntries(Object.entries(node).filter(([member]) => member !== name))
}
