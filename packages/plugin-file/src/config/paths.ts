import { recordSchemas } from '@kontor/core'
import { z } from 'zod'
import { workedOut, type OutgoingEntity } from '../tables/outgoing-columns.ts'

/**
 * What is wrong with the path of a column, in words; `undefined` for one that can be followed.
 * A path that leads nowhere would be a column that is always empty, found weeks later by a warehouse.
 */
export function pathProblem(entity: OutgoingEntity, path: string): string | undefined {
  const parts = path.split('.')
  const last = parts.at(-1) ?? ''
  const schema = recordSchemas[entity]
  if (isWorkedOut(last)) return problemOf(entity, schema, parts.slice(0, -1))
  return problemOf(entity, schema, parts)
}

const isWorkedOut = (name: string): boolean => workedOut.some((word) => word === name)

function problemOf(entity: OutgoingEntity, schema: z.core.$ZodType, parts: readonly string[]): string | undefined {
  let here: z.core.$ZodType | undefined = schema
  for (const [place, part] of parts.entries()) {
    const names: string[] = place === 0 ? ['line', ...namesIn(here)] : namesIn(here)
    here = place === 0 && part === 'line' ? memberOf(memberOf(here, 'lines'), '0') : memberOf(here, part)
    if (here === undefined)
      return `"${parts.slice(0, place + 1).join('.')}" is no field of ${entity}; here are ${names.join(', ') || 'no fields'}`
  }
  return undefined
}

function memberOf(schema: z.core.$ZodType | undefined, name: string): z.core.$ZodType | undefined {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodObject) return memberNamed(inner.shape, name)
  if (inner instanceof z.ZodArray) return /^\d+$/.test(name) ? inner.element : undefined
  return inner instanceof z.ZodRecord ? inner.valueType : undefined
}

const memberNamed = (shape: Readonly<Record<string, z.core.$ZodType>>, name: string): z.core.$ZodType | undefined =>
  Object.hasOwn(shape, name) ? shape[name] : undefined

const namesIn = (schema: z.core.$ZodType | undefined): string[] => {
  const inner = unwrapped(schema)
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
}

function unwrapped(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return unwrapped(schema.def.innerType)
  return schema
}
