import { KontorError, type ErrorCode, type Receipt, type ReceiptLine } from '@kontor/core'
import type { EightReturnsConfig } from '../config.ts'
import { progressOf } from '../mapping/index.ts'
import type { Booking, WireItem, WireReturn } from '../wire/index.ts'

/** What a receipt wants for one SKU: all its lines about that SKU, together. */
export interface Wanted {
  sku: string
  quantity: number
  as: Booking
  condition?: string
  note?: string
  /** The items the receipt names; without names: every item of that SKU. */
  scope: readonly WireItem[]
  /** All items of that SKU that still count: what a booking by SKU may touch. */
  all: readonly WireItem[]
}

/** 8returns knows three words; that an item was accepted is said by inspecting it, that it was not by the condition alone. */
const bookings: Readonly<Record<ReceiptLine['outcome'], Booking>> = {
  arrived: 'arrived',
  inspected: 'inspected',
  accepted: 'inspected',
  rejected: 'inspected',
  missing: 'missing',
}

/**
 * A receipt in the terms of 8returns, SKU by SKU, against the return as it is now.
 * @throws what cannot be said in these terms, before anything is sent
 */
export function wantedBy(receipt: Receipt, state: WireReturn, config: EightReturnsConfig): readonly Wanted[] {
  const lines = receipt.lines.flatMap((line, index) => (line.quantity === 0 ? [] : [read(line, index, state, config)]))
  return [...Map.groupBy(lines, ({ sku }) => sku).values()].map((group) => together(group, state))
}

interface Line {
  sku: string
  quantity: number
  as: Booking
  condition: string | undefined
  note: string | undefined
  item: WireItem | undefined
}

function read(line: ReceiptLine, index: number, state: WireReturn, config: EightReturnsConfig): Line {
  const path = `lines.${index}`
  const item = namedItem(line, state, path)
  const sku = item?.sku ?? line.sku
  if (sku === undefined || sku === null)
    throw refuse(
      'RECORD_INVALID',
      `Line ${index + 1} of the receipt names neither a line of the return nor a SKU.`,
      path,
    )
  const candidates = item === undefined ? state.items.filter((each) => each.sku === sku) : [item]
  if (candidates.length === 0)
    throw refuse(
      'SKU_UNKNOWN',
      `Return ${state.id} has no item with the SKU ${sku}. Book it under the SKU the return has, or add it to the return in 8returns.`,
      `${path}.sku`,
    )
  if (candidates.every((each) => progressOf(each).cancelled))
    throw refuse(
      'REQUEST_REJECTED',
      `The item ${sku} of return ${state.id} was cancelled in 8returns, so it cannot be booked. Reopen it there.`,
      path,
    )
  return {
    sku,
    quantity: line.quantity,
    as: bookings[line.outcome],
    condition: conditionOf(line, config, path),
    note: config.sendNotes ? (line.note ?? undefined) : undefined,
    item,
  }
}

function namedItem({ returnLineId, sku }: ReceiptLine, state: WireReturn, path: string): WireItem | undefined {
  if (returnLineId === undefined || returnLineId === null) return undefined
  const item = state.items.find(({ id }) => id === returnLineId)
  if (item === undefined)
    throw refuse('REQUEST_REJECTED', `Return ${state.id} has no line ${returnLineId} any more.`, `${path}.returnLineId`)
  if (typeof sku === 'string' && sku !== item.sku)
    throw refuse(
      'REQUEST_REJECTED',
      `Line ${returnLineId} of return ${state.id} has the SKU ${item.sku}, the receipt says ${sku}.`,
      `${path}.sku`,
    )
  return item
}

function conditionOf(
  { outcome, grade }: ReceiptLine,
  { gradeMap, rejectedCondition }: EightReturnsConfig,
  path: string,
): string | undefined {
  if (outcome === 'rejected') {
    if (rejectedCondition !== undefined) return rejectedCondition
    throw refuse(
      'UNSUPPORTED',
      '8returns has no word for "rejected" that we know; booked as inspected it may be refunded. Say which condition means it in `config.rejectedCondition`, or decide it in 8returns.',
      path,
      'config.rejectedCondition',
    )
  }
  if (grade === undefined || grade === null || bookings[outcome] !== 'inspected') return undefined
  const mapped = grade.value === 'unknown' ? undefined : gradeMap[grade.value]
  const word = mapped ?? grade.source
  if (word !== undefined && word !== '') return word
  throw refuse(
    'CONFIG_INVALID',
    `Grade "${grade.value}" has no condition in \`config.gradeMap\`, so the inspection cannot be told as it was found.`,
    `${path}.grade`,
    'config.gradeMap',
  )
}

/** Lines about one SKU become one entry, or nothing is sent: by SKU and quantity 8returns cannot tell two outcomes apart. */
function together(lines: readonly Line[], state: WireReturn): Wanted {
  const [first] = lines
  if (first === undefined) throw new RangeError('a group is never empty')
  if (lines.some(({ as, condition }) => as !== first.as || condition !== first.condition))
    throw ambiguous(state, first.sku, 'the receipt has two outcomes for it')
  const all = state.items.filter((each) => each.sku === first.sku && !progressOf(each).cancelled)
  const named = lines.map(({ item }) => item)
  const scope = named.every((item) => item !== undefined) ? [...new Set(named)] : all
  const notes = [...new Set(lines.map(({ note }) => note).filter((note) => note !== undefined))].join('; ')
  return {
    sku: first.sku,
    quantity: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    as: first.as,
    ...(first.condition === undefined ? {} : { condition: first.condition }),
    ...(notes === '' ? {} : { note: notes }),
    scope,
    all,
  }
}

export const ambiguous = (state: WireReturn, sku: string, why: string): KontorError =>
  refuse(
    'RETURN_LINE_AMBIGUOUS',
    `Return ${state.id}, SKU ${sku}: ${why}. 8returns takes SKU and quantity and chooses the item itself, so nothing was sent. Book this return by hand in 8returns.`,
    'lines',
  )

export const refuse = (code: ErrorCode, message: string, path: string, key?: string): KontorError =>
  new KontorError(code, { message, path, scope: 'record', retry: 'never', ...(key === undefined ? {} : { key }) })
