import { isNode, listAt, nodeAt, type JsonNode } from './json-node.ts'

/** What a value came as: a request's or an answer's JSON, or text (query, form), which is turned into the type the schema names. */
export type Direction = 'request' | 'response' | 'text'

export interface Conversion {
  readonly direction: Direction
  /** OpenAPI 3.1 and later: schemas are JSON Schema, and stand beside a `$ref`. */
  readonly modern: boolean
  /** The id under which the target of a reference is compiled. */
  refer(reference: string): string
  /** What a reference points at. */
  resolve(reference: string): unknown
  /** Says what in the file is no valid schema and was left out. */
  defect(message: string): void
}

type Convert = (value: unknown, conversion: Conversion) => unknown

/** The keywords that say what is valid, and how each is carried over; `undefined` drops it. All others (examples, titles, xml) are dropped. */
const KEYWORDS: readonly (readonly [keyword: string, convert: Convert])[] = [
  ['enum', nonEmptyList],
  ['const', (value) => value],
  ['multipleOf', number],
  ['maximum', number],
  ['minimum', number],
  ['exclusiveMaximum', number],
  ['exclusiveMinimum', number],
  ['maxLength', number],
  ['minLength', number],
  ['pattern', regularExpression],
  ['format', text],
  ['maxItems', number],
  ['minItems', number],
  ['uniqueItems', flag],
  ['maxProperties', number],
  ['minProperties', number],
  ['maxContains', number],
  ['minContains', number],
  ['items', convertSchema],
  ['contains', convertSchema],
  ['not', convertSchema],
  ['if', convertSchema],
  ['then', convertSchema],
  ['else', convertSchema],
  ['propertyNames', convertSchema],
  ['additionalProperties', convertSchema],
  ['unevaluatedProperties', convertSchema],
  ['unevaluatedItems', convertSchema],
  ['properties', schemaMap],
  ['patternProperties', schemaMap],
  ['dependentSchemas', schemaMap],
  ['allOf', schemaList],
  ['anyOf', schemaList],
  ['oneOf', schemaList],
  ['prefixItems', schemaList],
]

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'])

/** A schema of OpenAPI 3.x or Swagger 2.0 as JSON Schema 2020-12. */
export function convertSchema(schema: unknown, conversion: Conversion): unknown {
  if (typeof schema === 'boolean') return schema
  if (!isNode(schema)) {
    conversion.defect(`a schema is ${JSON.stringify(schema)}`)
    return true
  }
  const reference = schema['$ref']
  const nullable = !conversion.modern && (schema['nullable'] === true || schema['x-nullable'] === true)
  if (typeof reference === 'string') {
    const target = { $ref: conversion.refer(reference) }
    // Before 3.1 what stands beside a reference is ignored, but for the `nullable` that authors mean.
    if (conversion.modern) return { ...convertKeywords(schema, conversion), ...target }
    return nullable ? orNull(target) : target
  }
  return nullable ? withNull(convertKeywords(schema, conversion)) : convertKeywords(schema, conversion)
}

function convertKeywords(schema: JsonNode, conversion: Conversion): Record<string, unknown> {
  const converted: Record<string, unknown> = {}
  for (const [keyword, convert] of KEYWORDS) {
    const value = schema[keyword]
    if (value === undefined) continue
    const carried = convert(value, conversion)
    if (carried !== undefined) converted[keyword] = carried
    else if (typeof value !== 'boolean') conversion.defect(`${keyword}: ${JSON.stringify(value)}`)
  }
  const type = typeOf(schema, conversion)
  if (type !== undefined) converted['type'] = type
  const required = requiredOf(schema, conversion)
  if (required.length > 0) converted['required'] = required
  exclusive(schema, converted, 'exclusiveMaximum', 'maximum')
  exclusive(schema, converted, 'exclusiveMinimum', 'minimum')
  // Text fits several alternatives at once ("5" is a string and a number), so "exactly one" cannot be asked of it.
  if (conversion.direction === 'text' && 'oneOf' in converted) {
    converted['anyOf'] = converted['oneOf']
    delete converted['oneOf']
  }
  return converted
}

function typeOf(schema: JsonNode, conversion: Conversion): string | readonly string[] | undefined {
  const { type } = schema
  if (type === undefined || type === 'file') return undefined
  if (typeof type === 'string' && TYPES.has(type)) return type
  if (Array.isArray(type) && type.every((name) => typeof name === 'string' && TYPES.has(name))) return type
  conversion.defect(`type: ${JSON.stringify(type)}`)
  return undefined
}

/** A request need not say what only an answer has, and the other way round. */
function requiredOf(schema: JsonNode, conversion: Conversion): string[] {
  const hidden = { request: 'readOnly', text: 'readOnly', response: 'writeOnly' }[conversion.direction]
  const properties = nodeAt(schema, 'properties')
  return listAt(schema, 'required').filter((name): name is string => {
    if (typeof name !== 'string') return false
    const property = nodeAt(properties, name)
    const { $ref: reference } = property
    const target = typeof reference === 'string' ? conversion.resolve(reference) : undefined
    return property[hidden] !== true && !(isNode(target) && target[hidden] === true)
  })
}

/** Before 3.1 the border itself was excluded by a flag beside it. */
function exclusive(schema: JsonNode, converted: Record<string, unknown>, flagName: string, border: string): void {
  if (schema[flagName] !== true || converted[border] === undefined) return
  converted[flagName] = converted[border]
  delete converted[border]
}

function withNull(schema: Record<string, unknown>): unknown {
  const { type, enum: values } = schema
  if (typeof type !== 'string') return orNull(schema)
  const withNullValue = Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {}
  return { ...schema, type: [type, 'null'], ...withNullValue }
}

function orNull(schema: unknown): unknown {
  return { anyOf: [schema, { type: 'null' }] }
}

function schemaMap(value: unknown, conversion: Conversion): unknown {
  if (!isNode(value)) return undefined
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, convertSchema(schema, conversion)]))
}

function schemaList(value: unknown, conversion: Conversion): unknown {
  if (!Array.isArray(value) || value.length === 0) return undefined
  return value.map((schema) => convertSchema(schema, conversion))
}

function number(value: unknown): unknown {
  return typeof value === 'number' ? value : undefined
}

function flag(value: unknown): unknown {
  return typeof value === 'boolean' ? value : undefined
}

function text(value: unknown): unknown {
  return typeof value === 'string' ? value : undefined
}

function nonEmptyList(value: unknown): unknown {
  return Array.isArray(value) && value.length > 0 ? value : undefined
}

function regularExpression(value: unknown): unknown {
  try {
    return typeof value === 'string' ? new RegExp(value).source && value : undefined
  } catch {
    return undefined
  }
}
