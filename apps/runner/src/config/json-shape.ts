import { z } from 'zod'

/** A JSON Schema, as far as it is read here. */
export interface JsonShape {
  readonly type?: string | undefined
  readonly description?: string | undefined
  readonly properties?: Readonly<Record<string, JsonShape | boolean>> | undefined
  readonly additionalProperties?: boolean | JsonShape | undefined
  readonly items?: JsonShape | undefined
  readonly anyOf?: readonly JsonShape[] | undefined
  readonly oneOf?: readonly JsonShape[] | undefined
  readonly allOf?: readonly JsonShape[] | undefined
  readonly required?: readonly string[] | undefined
  /** Set by `.meta({ secret: … })` of a plugin. */
  readonly secret?: boolean | undefined
  readonly [key: string]: unknown
}

export const isShape = (value: unknown): value is JsonShape =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The JSON Schema (draft 7) of what may be written for a schema. One that cannot be told, says nothing. */
export function shapeOf(schema: unknown): JsonShape {
  if (!isZod(schema)) return {}
  try {
    const shape: unknown = z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' })
    return isShape(shape) ? shape : {}
  } catch {
    return {}
  }
}

/** By form, not by class: the plugin may have another copy of zod. */
const isZod = (schema: unknown): schema is z.ZodType =>
  typeof schema === 'object' && schema !== null && '_zod' in schema

const branchesOf = (shape: JsonShape): readonly JsonShape[] => [
  ...(shape.anyOf ?? []),
  ...(shape.oneOf ?? []),
  ...(shape.allOf ?? []),
]

/** Every shape that a value at this path may have. */
export function shapesAt(shape: JsonShape, path: readonly (string | number)[]): readonly JsonShape[] {
  const all = [shape, ...branchesOf(shape).flatMap((branch) => shapesAt(branch, []))]
  const [part, ...rest] = path
  if (part === undefined) return all
  return all.flatMap((each) => {
    const next =
      typeof part === 'number'
        ? each.items
        : (each.properties?.[part] ?? (isShape(each.additionalProperties) ? each.additionalProperties : undefined))
    return isShape(next) ? shapesAt(next, rest) : []
  })
}

/** Names of the keys a map at this path may have. */
export const keysAt = (shape: JsonShape, path: readonly (string | number)[]): string[] => [
  ...new Set(shapesAt(shape, path).flatMap((each) => Object.keys(each.properties ?? {}))),
]
