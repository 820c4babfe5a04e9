import type { Schema } from '@kontor/core'
import { z } from 'zod'

/** The parts of a JSON Schema that say whether a field is documented. */
const NodeSchema = z.looseObject({
  description: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
  $ref: z.string().optional(),
  $defs: z.record(z.string(), z.unknown()).optional(),
})

export interface FieldFacts {
  /** Dotted paths of fields without a description. */
  readonly undescribed: string[]
  /** Fields at the top, by name. */
  readonly fields: string[]
  /** An unknown field at the top is refused. */
  readonly strict: boolean
}

/** What a schema tells a person who fills it in. Throws where it is no zod 4 schema. */
export function fieldFacts(schema: Schema): FieldFacts {
  const json = z.toJSONSchema(schema as unknown as z.ZodType, { io: 'input', unrepresentable: 'any' })
  const root = NodeSchema.parse(json)
  const undescribed: string[] = []
  visit(root, '', root.$defs ?? {}, undescribed, 0)
  const variants = [root, ...(root.anyOf ?? []), ...(root.oneOf ?? [])].map((node) => NodeSchema.parse(node))
  const withFields = variants.filter(({ properties }) => properties !== undefined)
  return {
    undescribed,
    fields: [...new Set(withFields.flatMap(({ properties }) => Object.keys(properties ?? {})))],
    strict: withFields.every(({ additionalProperties }) => additionalProperties === false),
  }
}

function visit(
  value: unknown,
  path: string,
  definitions: Readonly<Record<string, unknown>>,
  undescribed: string[],
  depth: number,
): void {
  const parsed = NodeSchema.safeParse(value)
  if (!parsed.success || depth > 12) return
  const node = parsed.data
  for (const [name, field] of Object.entries(node.properties ?? {})) {
    const fieldPath = path === '' ? name : `${path}.${name}`
    if (!isDescribed(field, definitions)) undescribed.push(fieldPath)
    visit(field, fieldPath, definitions, undescribed, depth + 1)
  }
  const inner = [
    node.items,
    node.additionalProperties,
    ...(node.anyOf ?? []),
    ...(node.oneOf ?? []),
    ...(node.allOf ?? []),
  ]
  for (const each of inner) visit(each, path, definitions, undescribed, depth + 1)
  if (node.$ref !== undefined)
    visit(definitions[node.$ref.split('/').at(-1) ?? ''], path, definitions, undescribed, depth + 1)
}

function isDescribed(value: unknown, definitions: Readonly<Record<string, unknown>>): boolean {
  const node = NodeSchema.safeParse(value).data
  if (node === undefined) return false
  if ((node.description ?? '').trim().length > 2) return true
  if (node.$ref !== undefined) return isDescribed(definitions[node.$ref.split('/').at(-1) ?? ''], definitions)
  return (node.allOf ?? []).some((each) => isDescribed(each, definitions))
}
