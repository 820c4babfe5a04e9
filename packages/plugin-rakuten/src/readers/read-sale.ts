import { KontorError, issuePath, validate, type Rejection } from '@kontor/core'
import { SaleIdWire, SaleUnitsWire, SaleWire } from '../wire/index.ts'

/** One sale of a list, read by itself: a bad one is rejected alone. */
export function readSale(raw: unknown): { sale: SaleWire } | { rejected: Rejection } {
  const result = validate(SaleWire, raw)
  if (result.issues === undefined) return { sale: result.value }
  const [issue] = result.issues
  const path = issue === undefined ? '' : issuePath(issue)
  const named = SaleIdWire.safeParse(raw)
  return {
    rejected: {
      ...(named.success
        ? { ref: { entity: 'orders', id: named.data.purchaseid, numbers: [named.data.purchaseid] } }
        : {}),
      path,
      error: new KontorError('RECORD_INVALID', {
        message: `Sale ${named.success ? named.data.purchaseid : 'without a readable number'} of Rakuten does not have the form we know at ${path || 'its top'}: ${issue?.message ?? 'unreadable'}.`,
        path,
      }),
      raw,
    },
  }
}

/** The item ids of raw sales, as far as they can be read. */
export function itemIdsOf(raw: readonly unknown[]): Set<string> {
  const ids = new Set<string>()
  for (const one of raw) {
    const parsed = SaleUnitsWire.safeParse(one)
    if (parsed.success) for (const item of parsed.data.items) ids.add(item.itemid)
  }
  return ids
}

/** One sale told by two lists: every unit once, the second list's word about it. */
export function combineSales(first: SaleWire, second: SaleWire): SaleWire {
  const units = new Map([...first.items, ...second.items].map((item) => [item.itemid, item]))
  return { ...second, items: [...units.values()] }
}
