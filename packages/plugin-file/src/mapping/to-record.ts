import { recordSchemas, type RecordOf } from '@kontor/core'
import { incomingRules } from '../tables/incoming-rules.ts'
import type { IncomingEntity } from '../tables/incoming-fields.ts'
import type { Fault } from '../wire/fault.ts'
import type { Row } from '../wire/row.ts'
import { toDecision } from './decision.ts'
import { documentFaults, withId } from './document.ts'
import { toOfferPrice } from './offer-price.ts'
import { toReceipt } from './receipt.ts'
import { idFrom } from './reference.ts'
import { toRefund } from './refund.ts'
import { toShipment } from './shipment.ts'
import { toStockLevel } from './stock-level.ts'
import { Group, type ValueRules } from './values.ts'

export interface RecordRules extends ValueRules {
  /** Currency of prices and refunds where the file names none. */
  readonly currency?: string | undefined
  /** Whether prices include tax where the file does not say. */
  readonly taxIncluded: boolean
}

type IncomingRecord = RecordOf<IncomingEntity>
export type Told = { readonly record: IncomingRecord } | { readonly faults: readonly Fault[] }

/** What makes rows one record: the text by which they are gathered. A row that says too little stands alone. */
export function groupKey(entity: IncomingEntity, row: Row): string {
  const id = row.cells.get('id')?.text
  if (row.broken !== undefined || row.document !== undefined) return `row ${row.index}`
  if (id !== undefined) return `id ${id}`
  const oneOf: readonly (readonly string[])[] = incomingRules[entity].groupedBy
  const cells = oneOf.map(
    (names) => names.map((name) => row.cells.get(name)?.text).find((text) => text !== undefined) ?? '',
  )
  return cells.every((cell) => cell === '') ? `row ${row.index}` : JSON.stringify(cells)
}

/** The id of what some rows are about, where it can be read although something else cannot. */
export function likelyId(entity: IncomingEntity, rows: readonly Row[]): string | undefined {
  const [first] = rows
  const of = (name: string): string | undefined => first?.cells.get(name)?.text
  const told = first?.document?.['id'] ?? of('id')
  if (typeof told === 'string') return told
  if (entity === 'stock') return of('sku') === undefined ? undefined : idFrom(of('sku'), of('location'))
  const order = of('order') ?? of('number')
  return entity !== 'shipments' || order === undefined || of('tracking_number') === undefined
    ? undefined
    : idFrom(order, of('tracking_number'))
}

const mappings: { readonly [E in IncomingEntity]: (group: Group<E>, rules: RecordRules) => RecordOf<E> | undefined } = {
  decisions: toDecision,
  shipments: toShipment,
  receipts: toReceipt,
  refunds: toRefund,
  stock: toStockLevel,
  prices: toOfferPrice,
}

/** The record that some rows are, or all that is wrong with them. */
export function toRecord(entity: IncomingEntity, rows: readonly Row[], rules: RecordRules): Told {
  const broken = rows.filter((row) => row.broken !== undefined)
  if (broken.length > 0)
    return { faults: broken.flatMap((row) => (row.broken ? [{ line: row.line, inWords: true, ...row.broken }] : [])) }
  const [first] = rows
  if (first?.document !== undefined) return checked(entity, withId(entity, first.document), first)
  const { record, faults, flags } = fromRows(entity, rows, rules)
  if (record === undefined) return { faults: faults.length > 0 ? faults : [nothingSaid(entity, first)] }
  if (faults.length > 0) return { faults }
  return checked(entity, flags.size === 0 ? record : { ...record, flags: [...flags] }, first)
}

interface Mapped<E extends IncomingEntity> {
  readonly record: RecordOf<E> | undefined
  readonly faults: readonly Fault[]
  readonly flags: ReadonlySet<string>
}

function fromRows<E extends IncomingEntity>(entity: E, rows: readonly Row[], rules: RecordRules): Mapped<E> {
  const group = new Group(entity, rows, rules)
  const record = mappings[entity](group, rules)
  return { record, faults: group.faults, flags: group.flags }
}

function checked(entity: IncomingEntity, value: unknown, first: Row | undefined): Told {
  const result = recordSchemas[entity].safeParse(value)
  if (!result.success) return { faults: documentFaults(result.error, value, first?.line ?? 0) }
  return { record: withoutAbsent(result.data) }
}

const nothingSaid = (entity: IncomingEntity, row: Row | undefined): Fault => {
  const names = incomingRules[entity].required[0]?.join(' or ') ?? ''
  return { line: row?.line ?? 0, column: names, found: '', expected: `a value for ${names}` }
}

/** A field nothing was said about is absent, not `undefined`. */
function withoutAbsent<T extends object>(value: T): T {
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) Reflect.deleteProperty(value, key)
    else if (typeof member === 'object' && member !== null) withoutAbsent(member)
  }
  return value
}
