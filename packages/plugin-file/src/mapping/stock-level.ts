import { toInstant, type StockLevel } from '@kontor/core'
import { idFrom } from './reference.ts'
import { identifier, instant, quantity, text, whole, type Group } from './values.ts'

/** How many pieces of one SKU (at one place) can be sold. Less than none is none, and flagged. */
export function toStockLevel(group: Group<'stock'>): StockLevel | undefined {
  const sku = group.one('sku', identifier)
  const told = group.one('available', whole)
  const location = group.one('location', text)
  const asOf = group.one('as_of', instant)
  const rest = { onHand: group.one('on_hand', whole), reserved: group.one('reserved', quantity) }
  requireCells(group, ['sku', 'available'])
  if (sku === undefined || told === undefined) return undefined
  if (told < 0) group.flags.add('stock-below-zero')
  return {
    entity: 'stock',
    id: location === undefined ? sku : idFrom(sku, location),
    ...(asOf === undefined ? {} : { version: asOf }),
    sku,
    available: Math.max(0, told),
    location,
    onHand: rest.onHand === undefined ? undefined : Math.max(0, rest.onHand),
    reserved: rest.reserved,
    asOf: asOf ?? toInstant(group.rules.writtenAt),
  }
}

/** Notes each row that lacks one of these. */
export function requireCells<E extends 'stock' | 'prices'>(
  group: Group<E>,
  names: readonly Parameters<Group<E>['fault']>[1][],
): void {
  for (const row of group.rows) for (const name of names) if (!row.cells.has(name)) group.fault(row, name, 'a value')
}
