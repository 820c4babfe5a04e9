import type { Evidence } from '@kontor/core'
import type { Operation } from '../tables/endpoints.ts'
import { wireEvidence, type JsonType } from './evidence.ts'

/** How an answer differs in form from what we believe. It holds paths and types, never a value. */
export interface ShapeDifferences {
  /** Fields we did not know. */
  unknown: readonly { path: string; types: readonly JsonType[] }[]
  /** Fields we believe in that were nowhere in the answer, though their parent was. */
  absent: readonly { path: string; evidence: Evidence }[]
  /** Fields of another type than we believe. */
  otherType: readonly { path: string; expected: readonly JsonType[]; found: readonly JsonType[] }[]
}

/**
 * Compares the form of an answer with what we believe of it. The answer must have been read with plain numbers.
 * A list that is empty says nothing about its members, and is not held against them.
 */
export function compareShape(operation: Operation, answer: unknown): ShapeDifferences {
  const expected = wireEvidence[operation]
  const found = typesByPath(answer)
  const known = (path: string): boolean => path === '' || path in expected || path.endsWith('[]')
  const hasParent = (path: string): boolean => found.get(parentOf(path))?.has('object') ?? false
  return {
    unknown: [...found]
      .filter(([path]) => !known(path) && known(parentOf(path)))
      .map(([path, types]) => ({ path, types: [...types] })),
    absent: Object.entries(expected)
      .filter(([path]) => path !== '' && !found.has(path) && hasParent(path))
      .map(([path, { evidence }]) => ({ path, evidence })),
    otherType: Object.entries(expected).flatMap(([path, { types }]) => {
      const others = [...(found.get(path) ?? [])].filter((type) => !types.includes(type))
      return others.length === 0 ? [] : [{ path, expected: types, found: others }]
    }),
  }
}

/** The differences as sentences; empty where there is none. */
export const describeDifferences = ({ unknown, absent, otherType }: ShapeDifferences): readonly string[] => [
  ...unknown.map(({ path, types }) => `observed new field ${path} (${types.join(' or ')})`),
  ...absent.map(({ path, evidence }) => `expected field ${path} absent (${evidence})`),
  ...otherType.map(
    ({ path, expected, found }) => `field ${path} is ${found.join(' or ')}, expected ${expected.join(' or ')}`,
  ),
]

const parentOf = (path: string): string => (path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '')

function typesByPath(value: unknown, path = '', found = new Map<string, Set<JsonType>>()): Map<string, Set<JsonType>> {
  found.set(path, (found.get(path) ?? new Set()).add(typeOf(value)))
  if (Array.isArray(value)) for (const each of value) typesByPath(each, `${path}[]`, found)
  else if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) typesByPath(each, path === '' ? name : `${path}.${name}`, found)
  return found
}

function typeOf(value: unknown): JsonType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  if (typeof value === 'boolean') return 'boolean'
  return typeof value === 'string' ? 'string' : 'object'
}
