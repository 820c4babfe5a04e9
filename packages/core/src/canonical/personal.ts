import { z } from 'zod'
import type { Entity } from './base.ts'
import type { PiiKind } from './primitives.ts'
import { recordSchemas, type RecordOf } from './record.ts'

/** What is emptied: everything that tells of a person. A device's number (`device`) tells of none once its order's buyer is gone, and is needed for its warranty. */
const emptied: ReadonlySet<unknown> = new Set<PiiKind>([
  'name',
  'email',
  'phone',
  'address',
  'taxId',
  'freeText',
  'image',
])

/**
 * A record without its personal fields, as the schema of its entity marks them. They become absent, so that the record stays a valid statement; what
 * it says about goods, money and dates stays.
 * @param keep kinds that stay, where something still depends on them
 */
export function withoutPersonalData<E extends Entity>(record: RecordOf<E>, keep: readonly PiiKind[] = []): RecordOf<E> {
  const gone = (kind: unknown): boolean => emptied.has(kind) && !keep.some((kept) => kept === kind)
  return emptiedBy(recordSchemas[record.entity], record, gone) as RecordOf<E>
}

function emptiedBy(schema: z.core.$ZodType, value: unknown, gone: (kind: unknown) => boolean): unknown {
  if (value === undefined || value === null) return value
  const inner = unwrapped(schema)
  if (gone(z.globalRegistry.get(inner)?.['pii'])) return undefined
  if (inner instanceof z.ZodArray && Array.isArray(value))
    return value.flatMap((member) => emptiedBy(inner.element, member, gone) ?? [])
  if (!(inner instanceof z.ZodObject) || typeof value !== 'object') return value
  const fields: Record<string, z.core.$ZodType | undefined> = inner.shape
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const field = fields[name]
      const left: unknown = field ? emptiedBy(field, member, gone) : member
      return left === undefined ? [] : [[name, left]]
    }),
  )
}

const unwrapped = (schema: z.core.$ZodType): z.core.$ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault
    ? unwrapped(schema.unwrap())
    : schema
