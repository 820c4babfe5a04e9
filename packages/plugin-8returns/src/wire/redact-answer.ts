import type { Json } from '@kontor/core'

/** Fields whose words are the vendor's or the merchant's vocabulary: what a recording is made to learn. */
const vocabulary = new Set(['status', 'return_type', 'currency', 'reason_internal'])

/**
 * An answer without anything of a person, an order or a shop, in its true form: digits become 1, letters become x, addresses become
 * example.com. Kept are names of fields, types, lengths, times, true and false, empty values, and a few words of vocabulary.
 */
export function redactAnswer(value: unknown, field = ''): Json {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number') return maskNumber(value)
  if (typeof value === 'string') return maskText(value, field)
  if (Array.isArray(value)) return value.map((each) => redactAnswer(each, field))
  if (typeof value !== 'object') return null
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [safeName(name), redactAnswer(each, name)]))
}

/** Small numbers are quantities and pages; others are ids and amounts. */
const maskNumber = (value: number): number =>
  Math.abs(value) < 100 && Number.isInteger(value) ? value : Number(String(value).replaceAll(/\d/g, '1'))

const isTime = (text: string): boolean => /^\d{4}-\d{2}-\d{2}([T ][\d:.]+ ?(Z|UTC|[+-][\d:]+)?)?$/.test(text)

function maskText(text: string, field: string): string {
  if (isTime(text)) return text
  if (vocabulary.has(field) && /^[\p{L}\p{N} _-]{1,40}$/u.test(text)) return text
  if (/^https?:\/\//i.test(text)) return 'https://example.com/x'
  if (text.includes('@')) return 'erika@example.com'
  return text.replaceAll(/\p{N}/gu, '1').replaceAll(/\p{L}/gu, 'x')
}

/** A key that is no name of a field may be data. */
const safeName = (name: string): string => (/^[A-Za-z_][A-Za-z0-9_]{0,59}$/.test(name) ? name : maskText(name, ''))
