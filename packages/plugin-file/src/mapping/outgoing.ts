import { linesToShip, openQuantity, type AnyRecord, type Order, type RecordOf } from '@kontor/core'
import { outgoingColumns, rowList, type OutgoingEntity } from '../tables/outgoing-columns.ts'

export interface Outgoing {
  /** Kontor's key of the record: `bm-eu/5978`. */
  readonly key: string
  /** Changes with every newer state of the record. */
  readonly revision: string
  readonly record: RecordOf<OutgoingEntity>
}

export interface ColumnRules {
  readonly columns?: Readonly<Record<string, string>> | undefined
  readonly decimal: '.' | ','
}

/** The record as it is handed out in JSON: our key and revision beside it. */
export const toDocument = ({ key, revision, record }: Outgoing): object => ({ key, revision, ...record })

export const headerOf = (entity: OutgoingEntity, rules: ColumnRules): string[] => Object.keys(columnsOf(entity, rules))

/** One row for each line of the record, with the record's own columns repeated; a record without lines has one row. */
export function toRows(outgoing: Outgoing, rules: ColumnRules): string[][] {
  const { record } = outgoing
  const paths = Object.values(columnsOf(record.entity, rules)).map((path) => path.split('.'))
  const lines = record[rowList[record.entity]] ?? []
  return (lines.length === 0 ? [undefined] : lines).map((line) =>
    paths.map((path) => asText(valueAt(outgoing, line, path), path.at(-1) ?? '', rules.decimal)),
  )
}

const columnsOf = (entity: OutgoingEntity, rules: ColumnRules): Readonly<Record<string, string>> =>
  rules.columns ?? outgoingColumns[entity]

/** The number people call a record by. */
export function paperNumber(record: AnyRecord): string {
  if (record.entity === 'returns' && record.rmaNumber) return record.rmaNumber
  return record.numbers?.[0] ?? record.id
}

type Line = NonNullable<Outgoing['record']['lines']>[number]

function valueAt(outgoing: Outgoing, line: Line | undefined, path: readonly string[]): unknown {
  const last = path.at(-1) ?? ''
  const make = Object.hasOwn(made, last) ? made[last] : undefined
  const steps = make === undefined ? path : path.slice(0, -1)
  const [first, ...rest] = steps
  const here = first === 'line' ? follow(line, rest) : follow(outgoing.record, steps)
  return make === undefined ? here : make(here, outgoing)
}

const follow = (value: unknown, steps: readonly string[]): unknown =>
  steps.reduce((here, step) => (typeof here === 'object' && here !== null ? Reflect.get(here, step) : undefined), value)

const textOf = (value: unknown, name: string): string => {
  const found = follow(value, [name])
  return typeof found === 'string' ? found : ''
}
const listOf = (value: unknown, name: string): unknown[] => {
  const found = follow(value, [name])
  return Array.isArray(found) ? found : []
}
const joined = (parts: readonly string[], separator: string): string =>
  parts.filter((part) => part !== '').join(separator)

/** Values that are worked out. They get what their path leads to: the record, a party, a line. */
const made: Readonly<Record<string, (here: unknown, outgoing: Outgoing) => unknown>> = {
  key: (_, { key }) => key,
  revision: (_, { revision }) => revision,
  paperNumber: (_, { record }) => paperNumber(record),
  reference: (about) => textOf(about, 'key') || textOf(about, 'number') || textOf(about, 'id'),
  toShip: (line, { record }) => (record.entity === 'orders' ? piecesToShip(record, textOf(line, 'id')) : ''),
  name: (party) => textOf(party, 'fullName') || joined([textOf(party, 'firstName'), textOf(party, 'lastName')], ' '),
  street: (address) =>
    joined(
      [
        joined([textOf(address, 'line1'), textOf(address, 'houseNumber')], ' '),
        textOf(address, 'line2'),
        textOf(address, 'line3'),
      ],
      ', ',
    ),
  options: (line) =>
    joined(
      listOf(line, 'options').map((option) => `${textOf(option, 'name')}: ${textOf(option, 'value')}`),
      '; ',
    ),
  imeis: (line) =>
    joined(
      listOf(line, 'units').map((unit) => textOf(unit, 'imei')),
      '|',
    ),
  serials: (line) =>
    joined(
      listOf(line, 'units').map((unit) => textOf(unit, 'serialNumber')),
      '|',
    ),
  currencyOfAmounts: (_, { record }) => (record.entity === 'refunds' ? currencyOf(record) : ''),
}

/** Where one of these stands, nothing goes out, whatever the lines say. */
const stops = {
  lifecycle: ['draft', 'cancelled'],
  payment: ['pending', 'failed', 'refunded'],
  acceptance: ['awaiting', 'refused'],
} as const satisfies { readonly [Axis in keyof Order]?: readonly string[] }

function piecesToShip(order: Order, lineId: string): number {
  const stopped = Object.entries(stops).some(([axis, words]) =>
    words.some((word) => word === textOf(follow(order, [axis]), 'value')),
  )
  if (stopped || order.hold) return 0
  const line = linesToShip(order).find((each) => each.id === lineId)
  return line === undefined ? 0 : openQuantity(line)
}

const currencyOf = (refund: RecordOf<'refunds'>): string =>
  (refund.total ?? refund.shipping ?? refund.lines?.find((line) => line.amount)?.amount)?.currency ?? ''

/** A value as the text of a cell. Decimals get the sign that is asked for; what is no plain value is JSON. */
function asText(value: unknown, name: string, decimal: '.' | ','): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return decimal === ',' ? String(value).replace('.', ',') : String(value)
  if (typeof value === 'string') return decimal === ',' && isAmount(value, name) ? value.replace('.', ',') : value
  return typeof value === 'boolean' ? String(value) : JSON.stringify(value)
}

const isAmount = (value: string, name: string): boolean => {
  if (name !== 'amount' && name !== 'rate') return false
  return /^-?\d+(\.\d+)?$/.test(value)
}
