import { type ErrorCode, type Instant } from '@kontor/core'
import { isPersonal, normalHeader, type FieldOf, type IncomingEntity } from '../tables/incoming-fields.ts'
import type { Fault } from '../wire/fault.ts'
import type { Cell, Row } from '../wire/row.ts'
import { parseInstant, timeForms } from './instants.ts'
import { isMangled, parseDecimal, parseWhole, type DecimalSign } from './numbers.ts'

/** How the cells of one entity's files are to be read. */
export interface ValueRules {
  readonly decimal: DecimalSign
  /** IANA name of the zone in which times without an offset are meant. */
  readonly timeZone: string
  /** When the file was last written: milliseconds since 1970. */
  readonly writtenAt: number
}

/** The rows of one record, and what is wrong with them. Each question answers with a value, or notes a fault and answers `undefined`. */
export class Group<E extends IncomingEntity> {
  readonly entity: E
  readonly rows: readonly Row[]
  readonly rules: ValueRules
  readonly faults: Fault[] = []
  readonly flags = new Set<string>()

  constructor(entity: E, rows: readonly Row[], rules: ValueRules) {
    this.entity = entity
    this.rows = rows
    this.rules = rules
  }

  /** The one value of a field over all rows: rows of one record must not contradict each other. */
  one<T>(name: FieldOf<E>, read: (this: void, cell: Cell, at: At<E>) => T | undefined): T | undefined {
    let first: Cell | undefined
    let firstLine = 0
    let value: T | undefined
    for (const row of this.rows) {
      const cell = row.cells.get(name)
      if (cell === undefined) continue
      if (first === undefined) {
        ;[first, firstLine, value] = [cell, row.line, read(cell, this.at(row, name))]
      } else if (cell.text !== first.text)
        this.at(row, name).fault(`the same as in line ${firstLine}, which is about the same thing`)
    }
    return value
  }

  /** The value of a field in one row. */
  of<T>(row: Row, name: FieldOf<E>, read: (this: void, cell: Cell, at: At<E>) => T | undefined): T | undefined {
    const cell = row.cells.get(name)
    return cell === undefined ? undefined : read(cell, this.at(row, name))
  }

  at(row: Row, name: FieldOf<E>): At<E> {
    return { group: this, rules: this.rules, fault: (expected, code) => this.fault(row, name, expected, code) }
  }

  fault(row: Row, name: FieldOf<E>, expected: string, code?: ErrorCode): undefined {
    const cell = row.cells.get(name)
    this.faults.push({
      line: row.line,
      column: cell?.column ?? name,
      found: cell?.text ?? '',
      expected,
      ...(isPersonal(this.entity, name) ? { personal: true } : {}),
      ...(code === undefined ? {} : { code }),
    })
    return undefined
  }
}

/** Where a value stands, so that reading it can complain. */
export interface At<E extends IncomingEntity> {
  readonly group: Group<E>
  readonly rules: ValueRules
  readonly fault: (expected: string, code?: ErrorCode) => undefined
}
type Read<T> = <E extends IncomingEntity>(this: void, cell: Cell, at: At<E>) => T | undefined

export const text: Read<string> = (cell) => cell.text

/** An identifier: text, but not what a spreadsheet makes of a long number. */
export const identifier: Read<string> = (cell, at) => {
  if (isMangled(cell.text))
    return at.fault('all digits; a spreadsheet has rounded them: format the column as text', 'RECORD_INVALID')
  return cell.text.length > 200 ? at.fault('at most 200 characters') : cell.text
}

export const trackingNumber: Read<string> = (cell, at) =>
  isMangled(cell.text)
    ? at.fault('all characters; a spreadsheet has rounded them: format the column as text', 'TRACKING_INVALID')
    : cell.text

export const whole: Read<number> = (cell, at) => {
  const value = parseWhole(cell.text, at.rules.decimal)
  return value === undefined ? at.fault('a whole number, e.g. 5') : value
}
export const quantity: Read<number> = (cell, at) => {
  const value = parseWhole(cell.text, at.rules.decimal)
  return value === undefined || value < 0 ? at.fault('a whole number from 0 on, e.g. 5') : value
}
export const pieces: Read<number> = (cell, at) => {
  const value = parseWhole(cell.text, at.rules.decimal)
  return value === undefined || value < 1 ? at.fault('a whole number from 1 on, e.g. 1') : value
}

const amountForm = (sign: DecimalSign): string =>
  sign === 'auto'
    ? 'an amount, e.g. 12.50 or 12,50; for amounts like 1.234 say in `decimal` whether "." parts thousands'
    : `an amount with "${sign}" before its decimals, as \`decimal\` says`

export const amount: Read<string> = (cell, at) => {
  const value = parseDecimal(cell.text, at.rules.decimal)
  return value === undefined || value.startsWith('-') ? at.fault(amountForm(at.rules.decimal), 'PRICE_INVALID') : value
}

export const grams: Read<number> = (cell, at) => {
  const value = parseDecimal(cell.text, at.rules.decimal)
  return value === undefined || value.startsWith('-') ? at.fault('a weight in grams, e.g. 450') : Number(value)
}

export const instant: Read<Instant> = (cell, at) => {
  const value = parseInstant(cell.text, at.rules.timeZone)
  if (value?.flag !== undefined) at.group.flags.add(value.flag)
  return value === undefined ? at.fault(timeForms) : value.instant
}

export const currency: Read<string> = (cell, at) => {
  const code = cell.text.toUpperCase()
  return /^[A-Z]{3}$/.test(code) ? code : at.fault('an ISO 4217 currency code, e.g. EUR', 'PRICE_INVALID')
}

export const country: Read<string> = (cell, at) => {
  const code = cell.text.toUpperCase()
  return /^[A-Z]{2}$/.test(code) ? code : at.fault('a country code of two letters, e.g. DE')
}

export const webAddress: Read<string> = (cell, at) =>
  /^https?:\/\/\S+$/i.test(cell.text)
    ? cell.text
    : at.fault('a web address beginning with https://', 'TRACKING_INVALID')

type Words<W extends string> = Readonly<Record<W, readonly string[]>>

/** One of our words, or of those that mean it. Anything else is a fault: for words that decide what is done. */
export const wordOf =
  <W extends string>(table: Words<W>): Read<W> =>
  (cell, at) =>
    known(table, cell.text) ?? at.fault(`one of ${Object.keys(table).join(', ')}`)

/** The same for words that describe: one nobody told us about is `unknown`, and stops nothing. */
export const codedBy =
  <W extends string>(table: Words<W>): Read<{ value: W | 'unknown'; source?: string }> =>
  (cell) => {
    const value = known(table, cell.text) ?? 'unknown'
    return value === cell.text ? { value } : { value, source: cell.text.slice(0, 200) }
  }

function known<W extends string>(table: Words<W>, told: string): W | undefined {
  const normal = normalHeader(told)
  return Object.keys(table)
    .filter((word): word is W => word in table)
    .find((word) => normalHeader(word) === normal || table[word].some((other) => normalHeader(other) === normal))
}
