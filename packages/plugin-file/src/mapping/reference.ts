import { createHash } from 'node:crypto'
import { About, canonicalText } from '@kontor/core'
import type { IncomingEntity } from '../tables/incoming-fields.ts'
import type { Row } from '../wire/row.ts'
import { identifier, text, type Group } from './values.ts'

/** Kontor's key begins with the name of a connection, which has a small letter: `bm-eu/5978`. `2026/118` and `RE/118` are numbers. */
const kontorKey = /^(?=[a-z0-9_-]*[a-z])[a-z0-9][a-z0-9_-]*\/\S/

/** The order or return a record is about, by the reference and the number its rows give. */
export function aboutOf(group: Group<'decisions' | 'shipments' | 'receipts' | 'refunds'>): About | undefined {
  const told = group.one('order', identifier)
  const number = group.one('number', identifier)
  return about('orders', told, number)
}

/** What a receipt is about: the return where it is named, else the order. */
export function aboutReturnOf(group: Group<'receipts'>): About | undefined {
  const told = group.one('return', identifier)
  return told === undefined ? aboutOf(group) : about('returns', told, undefined)
}

function about(entity: 'orders' | 'returns', told: string | undefined, number: string | undefined): About | undefined {
  const key = told !== undefined && kontorKey.test(told) ? told : undefined
  const paper = number ?? (key === undefined ? told : undefined)
  if (key === undefined && paper === undefined) return undefined
  return About.parse({
    entity,
    ...(key === undefined ? {} : { key }),
    ...(paper === undefined ? {} : { number: paper }),
  })
}

/**
 * The order a document is about, by its name: `5978.pdf`, `bm-eu_5978.pdf` for Kontor's key `bm-eu/5978`. `pattern` finds it where names are others:
 * by its groups `number` and `connection`. `undefined`: the name does not say.
 */
export function aboutDocument(name: string, pattern: string | undefined): About | undefined {
  const { number, connection } =
    (pattern === undefined
      ? /^(?:(?<connection>(?=[a-z0-9-]*[a-z])[a-z0-9-]+)_)?(?<number>\S+)$/.exec(name)
      : new RegExp(pattern, 'u').exec(name)
    )?.groups ?? {}
  if (!number) return undefined
  return about('orders', connection ? `${connection}/${number}` : number, undefined)
}

/** The id a record has when its rows give none: parts that name it, so that the same file makes the same records. */
export function idFrom(...parts: readonly (string | undefined)[]): string {
  const joined = parts.filter((part) => part !== undefined && part !== '').join(':')
  return joined.length <= 300 ? joined : hash(joined)
}

export const referenceOf = (subject: About): string => subject.key ?? subject.number ?? ''

/** The content of rows as 16 hexadecimal digits: what is in no column of ours does not count. */
export const contentOf = (rows: readonly Row[]): string =>
  hash(canonicalText(rows.map((row) => Object.fromEntries([...row.cells].map(([name, cell]) => [name, cell.text])))))

export const hash = (content: string): string => createHash('sha256').update(content).digest('hex').slice(0, 16)

/** The id that the rows give themselves. */
export const toldId = (group: Group<Exclude<IncomingEntity, 'stock' | 'prices'>>): string | undefined =>
  group.one('id', text)
