import { canonicalText, type Json } from '@kontor/core'
import type { z } from 'zod'
import type { IncomingEntity } from '../tables/incoming-fields.ts'
import type { Fault } from '../wire/fault.ts'
import { hash } from './reference.ts'

type Document = { readonly [key: string]: Json }

/** A document in our own form, with an id made of its content where it gives none. */
export const withId = (entity: IncomingEntity, document: Document): Document =>
  typeof document['id'] === 'string' && document['id'] !== ''
    ? document
    : { ...document, id: `${entity}:${hash(canonicalText(document))}` }

/** What a schema says of a document, by path. The value may be a buyer's. */
export const documentFaults = (error: z.ZodError, document: unknown, line: number): Fault[] =>
  error.issues.map((issue) => ({
    line,
    column: issue.path.join('.'),
    found: shortly(issue.path.reduce<unknown>(memberOf, document)),
    expected: issue.message,
    personal: true,
  }))

const memberOf = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined

const shortly = (value: unknown): string => {
  if (value === undefined) return ''
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.slice(0, 200)
}
