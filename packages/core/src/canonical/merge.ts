import type { Json } from './primitives.ts'

type JsonObject = { readonly [key: string]: Json | undefined }
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Top-level fields that say when and how a statement was made, not what it says. */
const circumstances = new Set(['version', 'updatedAt', 'asOf', 'extensions'])

/**
 * The newer statement laid over the older one.
 * - absent: keeps what was known; `null`: empties it
 * - a list that is told is the whole list; members found again by `id` keep what the newer statement does not say
 */
export function mergeStatements<T>(older: T, newer: T): T {
  return mergeValue(older as Json, newer as Json) as T
}

function mergeValue(older: Json | undefined, newer: Json | undefined): Json | undefined {
  if (newer === undefined) return older
  if (Array.isArray(newer)) return Array.isArray(older) ? mergeList(older, newer) : newer
  if (!isObject(newer) || !isObject(older)) return newer
  const merged: Record<string, Json> = {}
  for (const key of new Set([...Object.keys(older), ...Object.keys(newer)])) {
    const value = mergeValue(older[key], newer[key])
    if (value !== undefined) merged[key] = value
  }
  return merged
}

function mergeList(older: readonly Json[], newer: readonly Json[]): Json[] {
  const known = new Map<string, Json>()
  for (const member of older) if (isObject(member) && typeof member['id'] === 'string') known.set(member['id'], member)
  return newer.map((member) => {
    const before = isObject(member) && typeof member['id'] === 'string' ? known.get(member['id']) : undefined
    return before === undefined ? member : (mergeValue(before, member) as Json)
  })
}

/**
 * A record's content as text: keys sorted, `undefined` left out. With `circumstances: false` what changes without meaning
 * anything (`version`, `updatedAt`, `asOf`, `extensions`) is left out too: two records with equal content are the same statement.
 */
export function canonicalText(value: unknown, options: { circumstances: boolean } = { circumstances: true }): string {
  return JSON.stringify(sorted(value as Json, options.circumstances ? undefined : circumstances))
}

function sorted(value: Json | undefined, leaveOut?: ReadonlySet<string>): Json | undefined {
  if (Array.isArray(value)) return value.map((each) => sorted(each as Json) ?? null)
  if (!isObject(value)) return value
  const result: Record<string, Json> = {}
  for (const key of Object.keys(value).toSorted()) {
    if (leaveOut?.has(key)) continue
    const member = sorted(value[key])
    if (member !== undefined) result[key] = member
  }
  return result
}

export const sameContent = (a: unknown, b: unknown): boolean =>
  canonicalText(a, { circumstances: false }) === canonicalText(b, { circumstances: false })

/**
 * Compares two versions of a vendor: whole numbers as numbers, instants as times, anything else says nothing.
 * @returns negative, 0 or positive; `undefined` where they cannot be compared
 */
export function compareVersions(a: string | undefined, b: string | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined
  if (/^\d+$/.test(a) && /^\d+$/.test(b)) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0
  const [timeA, timeB] = [fineTime(a), fineTime(b)]
  if (timeA === undefined || timeB === undefined) return undefined
  return timeA < timeB ? -1 : timeA > timeB ? 1 : 0
}

/** An RFC 3339 instant in nanoseconds: vendors differ by microseconds within one second. */
function fineTime(text: string): bigint | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})$/.exec(text)
  if (!match) return undefined
  const whole = Date.parse(`${match[1]?.replace(' ', 'T')}${match[3]}`)
  return Number.isNaN(whole) ? undefined : BigInt(whole) * 1_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'))
}
