import { createHash } from 'node:crypto'
import { KontorError, type Delivery } from '@kontor/core'
import type { OutgoingSettings } from '../config/index.ts'
import { headerOf, paperNumber, toDocument, toRows, type Outgoing } from '../mapping/outgoing.ts'
import type { OutgoingEntity } from '../tables/outgoing-columns.ts'
import { csvText } from '../wire/csv-write.ts'
import { encode } from '../wire/text.ts'

/** A file ready to be prepared: for which deliveries, under which name, with which bytes. */
export interface Rendered {
  readonly id: string
  readonly keys: readonly string[]
  readonly name: string
  readonly bytes: Uint8Array
}

/** Digits of a delivery key in a name: enough that two revisions of one record never meet. */
const revisionDigits = 10
const revisionOf = (key: string): string => key.slice(0, revisionDigits)

const outgoingOf = (delivery: Delivery<OutgoingEntity>): Outgoing => ({
  key: delivery.name,
  revision: revisionOf(delivery.key),
  record: delivery.record,
})

/** One file with all these deliveries. */
export function render(
  entity: OutgoingEntity,
  deliveries: readonly Delivery<OutgoingEntity>[],
  settings: OutgoingSettings,
  now: number,
): Rendered | KontorError {
  const text = textOf(entity, deliveries.map(outgoingOf), settings)
  const encoded = encode(text, settings.encoding, settings.replaceUnknownLetters)
  if ('missing' in encoded) return missingLetter(encoded.missing, entity, settings)
  const keys = deliveries.map((delivery) => delivery.key)
  const [only] = keys
  const id =
    keys.length === 1 && only !== undefined ? only : createHash('sha256').update(keys.join()).digest('hex').slice(0, 32)
  return { id, keys, name: fileName(entity, deliveries, id, settings, now), bytes: encoded.bytes }
}

function textOf(entity: OutgoingEntity, all: readonly Outgoing[], settings: OutgoingSettings): string {
  if (settings.format === 'jsonl') return all.map((each) => `${JSON.stringify(toDocument(each))}\n`).join('')
  if (settings.format === 'json') {
    const documents = all.map(toDocument)
    return `${JSON.stringify(settings.perFile === 'one' ? documents[0] : documents, undefined, 2)}\n`
  }
  const rows = all.flatMap((each) => toRows(each, settings))
  return csvText(headerOf(entity, settings), rows, {
    delimiter: settings.delimiter,
    lineEnd: settings.lineEnd === 'crlf' ? '\r\n' : '\n',
    guardFormulas: settings.guardFormulas,
  })
}

/** The letter is named and not the field: it is from somebody's name or address. */
const missingLetter = (letter: string, entity: OutgoingEntity, { encoding }: OutgoingSettings): KontorError =>
  new KontorError('REQUEST_REJECTED', {
    message: `The file cannot be written in ${encoding}: it has no letter "${letter}". Set \`encoding: utf-8\`, or let such letters be replaced (\`replaceUnknownLetters: true\`).`,
    key: `config.write.${entity}.encoding`,
  })

/** File names may be 255 bytes long; room is left for revision and extension. */
const longestStem = 180

function fileName(
  entity: OutgoingEntity,
  deliveries: readonly Delivery<OutgoingEntity>[],
  id: string,
  settings: OutgoingSettings,
  now: number,
): string {
  const pattern = settings.fileName ?? (settings.perFile === 'one' ? '{key}' : '{entity}-{time}')
  const [first] = deliveries
  const words: Readonly<Record<string, string>> = {
    entity,
    time: new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, ''),
    key: first?.name ?? '',
    number: first === undefined ? '' : paperNumber(first.record),
  }
  const stem = pattern.replaceAll(/\{(\w+)\}/g, (_, word: string) => words[word] ?? '')
  return `${safeName(stem).slice(0, longestStem)}-${revisionOf(id)}.${settings.format}`
}

/** Letters, digits, point, dash and underscore: what every file system and every script takes. Never hidden, never a path. */
const safeName = (stem: string): string =>
  stem
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[._-]+/, '') || 'record'
