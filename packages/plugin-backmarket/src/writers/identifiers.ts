import { KontorError, luhn, parseImei, type Shipment } from '@kontor/core'
import type { BackMarketConfig } from '../config.ts'
import { lineState } from '../tables/states.ts'
import type { LineIdentifiers, WireOrder, WireOrderLine } from '../wire.ts'
import { isIn, linesMeant, nameOfLine } from './lines.ts'

/** What is to be registered, line by line; or why nothing may be. A value is registered for good, so everything is checked before any call. */
export type Identification =
  | { registrations: { line: WireOrderLine; body: LineIdentifiers }[]; without: WireOrderLine[] }
  | { error: KontorError }

type Given = { imei?: string | null | undefined; serialNumber?: string | null | undefined }

export function planIdentifiers(
  order: WireOrder,
  shipments: readonly Shipment[],
  config: BackMarketConfig,
  options: { mayBlock: boolean },
): Identification {
  const live = order.orderlines.filter(isIn(lineState.accepted, lineState.shipped))
  const registrations: { line: WireOrderLine; body: LineIdentifiers }[] = []
  const without: WireOrderLine[] = []
  for (const line of live) {
    const given = unitsGiven(order, line, shipments, config)
    const units = given.length === 0 && live.length === 1 ? unitsInNotes(shipments) : given
    const blocks = options.mayBlock && config.whenImeiMissing === 'block'
    if (line.quantity > 1 && units.length > 0) {
      if (blocks)
        return invalid(
          `${nameOfLine(line)} has ${line.quantity} pieces, and Back Market keeps one IMEI a line. Take the numbers off the shipment, or set \`whenImeiMissing: ship\` to ship such lines without.`,
          'config.whenImeiMissing',
        )
      without.push(line)
      continue
    }
    if (units.length > 1)
      return invalid(`${nameOfLine(line)} has one piece and ${units.length} devices were named for it.`)
    const [unit] = units
    const read = unit === undefined ? {} : readUnit(unit, line)
    if ('error' in read) return read
    const registered = isRegistered(line)
    const differs = differingField(line, read)
    if (differs !== undefined)
      return {
        error: new KontorError('ALREADY_DIFFERENT', {
          message: `${nameOfLine(line)} of order ${order.order_id} is registered with another ${differs} than the shipment names, and Back Market takes no correction. Compare the device in your hands with the back office; the support of Back Market alone can change it.`,
        }),
      }
    const missing = {
      ...(line.imei === null && read.imei !== undefined ? { imei: read.imei } : {}),
      ...(line.serial_number === null && read.serial_number !== undefined ? { serial_number: read.serial_number } : {}),
    }
    if (Object.keys(missing).length > 0) registrations.push({ line, body: missing })
    else if (!registered && isRequired(line, config)) {
      if (blocks)
        return invalid(
          `${nameOfLine(line)} of order ${order.order_id} needs ${line.quantity > 1 ? 'an IMEI for each piece, for which Back Market has no field' : 'an IMEI or serial number'} before it ships. Add it to the shipment's line, or set \`whenImeiMissing: ship\` (or \`requireImei: never\`).`,
          'config.whenImeiMissing',
        )
      without.push(line)
    }
  }
  return { registrations, without }
}

const unitsGiven = (
  order: WireOrder,
  line: WireOrderLine,
  shipments: readonly Shipment[],
  config: BackMarketConfig,
): Given[] =>
  shipments.flatMap(({ lines }) =>
    (lines ?? [])
      .filter((ref) => linesMeant(order, ref, config).includes(line))
      .flatMap(({ units }) => (units ?? []).filter(hasValue)),
  )

const hasValue = ({ imei, serialNumber }: Given): boolean =>
  [imei, serialNumber].some((value) => typeof value === 'string' && value.trim() !== '')

/**
 * The last resort: an IMEI that a warehouse wrote into the notes (`IMEI: 0114…`, or 15 bare digits). Only with a right check digit,
 * and only where the order has a single line: a number fished out of free text must not land on the wrong device for good.
 */
function unitsInNotes(shipments: readonly Shipment[]): Given[] {
  const notes = shipments.flatMap(({ note }) => (typeof note === 'string' ? [note] : []))
  const found = notes.flatMap((note) =>
    [...note.matchAll(/(?<!\d)\d(?:[ /-]?\d){14}(?!\d)/g)].flatMap(([digits]) => parseImei(digits) ?? []),
  )
  return [...new Set(found)].map((imei) => ({ imei }))
}

/** 15 digits with a right check digit are an IMEI; what is called one must be one. */
function readUnit({ imei, serialNumber }: Given, line: WireOrderLine): LineIdentifiers | { error: KontorError } {
  const serial = serialNumber?.trim() ?? ''
  if (serial.length > 50 || /\p{Cc}/u.test(serial))
    return invalid(`The serial number for ${nameOfLine(line)} is longer than 50 characters or has control characters.`)
  const called = imei?.trim() ?? ''
  if (called === '') {
    const hidden = parseImei(serial)
    return hidden === undefined ? { serial_number: serial } : { imei: hidden }
  }
  const read = parseImei(called)
  if (read === undefined)
    return invalid(
      `The IMEI for ${nameOfLine(line)} ${whatIsWrong(called)}. It cannot be corrected once Back Market has it, so nothing was sent.`,
    )
  return serial === '' ? { imei: read } : { imei: read, serial_number: serial }
}

/** Tells the fault, never the number. */
function whatIsWrong(text: string): string {
  const digits = text.replaceAll(/[\s/-]/g, '')
  if (!/^\d+$/.test(digits)) return 'is not made of digits; a serial number belongs into `serialNumber`'
  if (digits.length !== 15) return `has ${digits.length} digits instead of 15`
  return luhn(digits) ? 'cannot be read' : 'has a wrong check digit'
}

const isRegistered = ({ imei, serial_number, imei_numbers }: WireOrderLine): boolean =>
  imei !== null || serial_number !== null || imei_numbers.length > 0

function differingField(line: WireOrderLine, read: LineIdentifiers): 'IMEI' | 'serial number' | undefined {
  if (read.imei !== undefined && line.imei !== null && plain(line.imei) !== plain(read.imei)) return 'IMEI'
  if (
    read.serial_number !== undefined &&
    line.serial_number !== null &&
    plain(line.serial_number) !== plain(read.serial_number)
  )
    return 'serial number'
  return undefined
}
const plain = (text: string): string => text.replaceAll(/[\s/-]/g, '').toLowerCase()

function isRequired(
  { brand, product, listing }: WireOrderLine,
  { requireImei, smartphones }: BackMarketConfig,
): boolean {
  if (requireImei !== 'smartphones') return requireImei === 'always'
  return new RegExp(smartphones, 'iu').test([brand, product, listing].filter((part) => part !== null).join(' '))
}

const invalid = (message: string, key?: string): { error: KontorError } => ({
  error: new KontorError('SERIAL_INVALID', { message, ...(key === undefined ? {} : { key }) }),
})
