import { parseImei, type LineRef, type Units } from '@kontor/core'
import type { Row } from '../wire/row.ts'
import { identifier, pieces, text, type Group } from './values.ts'

/** The line of an order that one row is about, where it names one. */
export function lineOf(
  group: Group<'decisions' | 'shipments' | 'receipts' | 'refunds'>,
  row: Row,
): LineRef | undefined {
  const lineId = group.of(row, 'line', identifier)
  const sku = group.of(row, 'sku', identifier)
  const quantity = group.of(row, 'quantity', pieces)
  if (lineId === undefined && sku === undefined) return undefined
  return {
    ...(lineId === undefined ? {} : { lineId }),
    ...(sku === undefined ? {} : { sku }),
    ...(quantity === undefined ? {} : { quantity }),
  }
}

export interface ToldLine {
  readonly line: LineRef
  readonly units: readonly Units[]
}
interface ShippedLine extends LineRef {
  units?: Units[]
}

/**
 * The lines of all rows. Rows about the same line are added up: a warehouse writes one row a piece where each has its own serial number.
 * A row without quantity stands for one piece as soon as it has a serial number or a sibling; alone it says nothing about how many.
 */
export function addedLines(told: readonly ToldLine[]): ShippedLine[] | undefined {
  const byLine = Map.groupBy(told, ({ line }) => JSON.stringify([line.lineId, line.sku]))
  const lines = [...byLine.values()].map((same): ShippedLine => {
    const units = same.flatMap((each) => each.units)
    const quantities = same.map((each) => each.line.quantity ?? (each.units.length > 0 ? each.units.length : undefined))
    const alone = same.length === 1 ? quantities[0] : quantities.reduce((sum: number, each) => sum + (each ?? 1), 0)
    const { quantity: _quantity, ...line } = same[0]?.line ?? {}
    return { ...line, ...(alone === undefined ? {} : { quantity: alone }), ...(units.length === 0 ? {} : { units }) }
  })
  return lines.length === 0 ? undefined : lines
}

/** Serial numbers and IMEI of one row. Several stand in one cell with `,`, `;` or `|` between them. */
export function unitsOf(group: Group<'shipments'>, row: Row): Units[] {
  const serials = split(group.of(row, 'serial_number', text))
  const imeis = split(group.of(row, 'imei', text)).map((told) => {
    const imei = parseImei(told)
    return (
      imei ??
      group.fault(row, 'imei', 'IMEI of 15 digits with a right check digit (not the IMEISV of 16)', 'SERIAL_INVALID')
    )
  })
  return Array.from({ length: Math.max(serials.length, imeis.length) }, (_, place): Units => {
    const [imei, serialNumber] = [imeis[place], serials[place]]
    return { ...(imei === undefined ? {} : { imei }), ...(serialNumber === undefined ? {} : { serialNumber }) }
  })
}

const split = (cell: string | undefined): string[] =>
  (cell ?? '')
    .split(/[,;|]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
