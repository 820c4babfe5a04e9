import {
  KontorError,
  type Cache,
  type Delivery,
  type LineRef,
  type Order,
  type OrderLine,
  type Shipment,
} from '@kontor/core'
import { z } from 'zod'

type ShipmentLine = NonNullable<Shipment['lines']>[number]

/** A unit a delivery is about, with its sale and line. */
export interface Unit {
  readonly itemId: string
  readonly purchaseId: string
  readonly line: OrderLine
}

const keepMs = 60 * 24 * 3_600_000
const keyOf = (delivery: Pick<Delivery, 'name'>): string => `units:${delivery.name}`

/**
 * The units a record means. Named units are those; a number of pieces means so many of the line's units that `eligible` lets through. What was
 * chosen is noted before anything is sent, so that a second attempt, or a question about the first, means the same units.
 */
export async function chooseUnits(
  delivery: Pick<Delivery, 'name'>,
  order: Order,
  lines: readonly (LineRef | ShipmentLine)[] | null | undefined,
  eligible: (unit: Unit) => boolean,
  cache: Cache,
): Promise<Unit[]> {
  const all = unitsOf(order)
  const noted = z.array(z.string()).safeParse(await cache.get(keyOf(delivery)))
  const again = noted.success ? all.filter((unit) => noted.data.includes(unit.itemId)) : []
  if (again.length > 0) return again
  const chosen =
    lines == null || lines.length === 0 ? all.filter(eligible) : lines.flatMap((line) => unitsFor(line, all, eligible))
  return [...new Map(chosen.map((unit) => [unit.itemId, unit])).values()]
}

export const noteUnits = (delivery: Pick<Delivery, 'name'>, units: readonly Unit[], cache: Cache): Promise<void> =>
  cache.set(
    keyOf(delivery),
    units.map((unit) => unit.itemId),
    keepMs,
  )

/** What was noted for a delivery; else every unit it could mean. */
export async function notedUnits(
  delivery: Pick<Delivery, 'name'>,
  order: Order,
  lines: readonly (LineRef | ShipmentLine)[] | null | undefined,
  cache: Cache,
): Promise<Unit[]> {
  return chooseUnits(delivery, order, lines, () => true, cache)
}

export const unitsOf = (order: Order): Unit[] =>
  (order.lines ?? []).flatMap((line) =>
    (line.units ?? []).flatMap((unit) => (unit.id == null ? [] : [{ itemId: unit.id, purchaseId: order.id, line }])),
  )

function unitsFor(wanted: LineRef | ShipmentLine, all: readonly Unit[], eligible: (unit: Unit) => boolean): Unit[] {
  const named = new Set('units' in wanted ? (wanted.units ?? []).flatMap((unit) => unit.id ?? []) : [])
  if (named.size > 0) return all.filter((unit) => named.has(unit.itemId))
  const fits = all.filter(({ line }) => (wanted.lineId == null ? line.sku === wanted.sku : line.id === wanted.lineId))
  if (fits.length === 0)
    throw new KontorError('REQUEST_REJECTED', {
      message: `The order has no line ${wanted.lineId ?? `with SKU ${wanted.sku ?? '(none)'}`}. Correct the line at the source of this record.`,
    })
  const possible = fits.filter(eligible)
  if (wanted.quantity == null) return possible
  // More pieces than it can apply to: the others are meant too, and what hinders them is said.
  return [...possible, ...fits.filter((unit) => !possible.includes(unit))].slice(0, wanted.quantity)
}
