import type { KeyPath } from './problems.ts'
import { didYouMean } from './words.ts'

const referenceKinds = ['env', 'file', 'secret'] as const
type ReferenceKind = (typeof referenceKinds)[number]

export interface Reference {
  kind: ReferenceKind
  name: string
}
/** A text with references in it; `$${` stands for a plain `${`. */
export type Part = string | Reference

/** Cuts a text into plain parts and references; the complaint where one cannot be read. */
export function parseReferences(text: string): { parts: readonly Part[]; complaint?: string } {
  const parts: Part[] = []
  let plain = ''
  let rest = text
  while (rest.length > 0) {
    const match = /^(?:\$\$\{|\$\{([^}]*)(\}?))/.exec(rest)
    if (!match) {
      plain += rest[0]
      rest = rest.slice(1)
      continue
    }
    rest = rest.slice(match[0].length)
    if (match[0] === '$${') {
      plain += '${'
      continue
    }
    const inner = match[1] ?? ''
    if (match[2] !== '}')
      return { parts: [], complaint: 'A reference is not closed: "}" is missing. A plain "${" is written "$${".' }
    const reference = readReference(inner)
    if (typeof reference === 'string') return { parts: [], complaint: reference }
    if (plain !== '') parts.push(plain)
    plain = ''
    parts.push(reference)
  }
  if (plain !== '') parts.push(plain)
  return { parts }
}

function readReference(inner: string): Reference | string {
  const colon = inner.indexOf(':')
  const word = colon < 0 ? inner : inner.slice(0, colon)
  const name = colon < 0 ? '' : inner.slice(colon + 1).trim()
  const kind = referenceKinds.find((each) => each === word.trim())
  if (colon < 0)
    return `"\${${inner}}" does not say where to look. Write \${env:${inner || 'NAME'}}, \${file:./path} or \${secret:name}.`
  if (!kind)
    return `"${word}" is no kind of reference; there are env, file and secret.${didYouMean(word, referenceKinds)}`
  return name === '' ? `"\${${inner}}" names nothing. Write \${${kind}:name}.` : { kind, name }
}

export const hasReference = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.includes('${') &&
  parseReferences(value).parts.some((part) => typeof part !== 'string')

/** Every text inside a value, with its path. */
export function textsOf(value: unknown, path: KeyPath = []): { path: KeyPath; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (Array.isArray(value)) return value.flatMap((each, index) => textsOf(each, [...path, index]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => textsOf(each, [...path, key]))
}

/** The same value with every text replaced. */
export function mapTexts(
  value: unknown,
  change: (text: string, path: KeyPath) => unknown,
  path: KeyPath = [],
): unknown {
  if (typeof value === 'string') return change(value, path)
  if (Array.isArray(value)) return value.map((each, index) => mapTexts(each, change, [...path, index]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapTexts(each, change, [...path, key])]))
}

/** A name for the variable of a secret: `SHOP_DE_TOKEN`. No shell knows one that begins with a digit. */
export function variableName(connection: string, key: string): string {
  const name = `${connection}_${key}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_')
  return /^\d/.test(name) ? `KONTOR_${name}` : name
}
