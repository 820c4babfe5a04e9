import { KontorError, type LineRef } from '@kontor/core'
import type { BackMarketConfig } from '../config.ts'
import { toOwnSku } from '../mapping/sku.ts'
import { lineStates, lineState } from '../tables/states.ts'
import type { WireOrder, WireOrderLine } from '../wire.ts'

/** The lines of the order that a reference means: by line id where it has one, else all with its SKU. */
export function linesMeant(order: WireOrder, ref: LineRef, config: BackMarketConfig): WireOrderLine[] {
  if (typeof ref.lineId === 'string') return order.orderlines.filter(({ id }) => id === ref.lineId)
  const sku = ref.sku?.toLowerCase()
  // SKUs are case-insensitive at Back Market.
  return order.orderlines.filter(
    ({ listing }) =>
      listing !== null &&
      sku !== undefined &&
      [listing, toOwnSku(listing, config.skuMap)].some((each) => each.toLowerCase() === sku),
  )
}

const nameOfRef = (ref: LineRef): string =>
  typeof ref.lineId === 'string' ? `line ${ref.lineId}` : `SKU ${ref.sku ?? '(none)'}`
export const nameOfLine = ({ id, listing }: WireOrderLine): string =>
  `line ${id}${listing === null ? '' : ` (${listing})`}`
export const namesOfLines = (lines: readonly WireOrderLine[]): string => lines.map(nameOfLine).join(', ')

/** An error that a line of the shipment or decision fits no line of the order. */
export const lineUnknown = (order: WireOrder, ref: LineRef): KontorError =>
  new KontorError('SKU_UNKNOWN', {
    message: `Order ${order.order_id} has no ${nameOfRef(ref)}; it has ${namesOfLines(order.orderlines) || 'no lines'}. Correct it at its source, or map the SKU in \`skuMap\`.`,
    key: 'config.skuMap',
  })

/** Lines of which nobody knows yet whether they will be paid, or which a partner still looks at. */
const notYet: readonly number[] = [lineState.new, lineState.pending, lineState.onHold]
export const isNotYet = ({ state }: WireOrderLine): boolean => state !== null && notYet.includes(state)
export const isIn =
  (...states: number[]) =>
  ({ state }: WireOrderLine): boolean =>
    state !== null && states.includes(state)
export const isUnknown = ({ state }: WireOrderLine): boolean => state === null || lineStates[state] === undefined

/** “line 7 (SKU) is in state 9 (on hold, …)” */
export const standing = (line: WireOrderLine): string =>
  `${nameOfLine(line)} is in state ${line.state ?? 'none'} (${lineStates[line.state ?? -1]?.name ?? 'unknown'})`
