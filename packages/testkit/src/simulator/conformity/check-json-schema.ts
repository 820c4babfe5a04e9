import { readFileSync } from 'node:fs'
import { Ajv, type AnySchemaObject } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { isNode, textAt, without } from './json-node.ts'
import { findingsOf } from './violations.ts'

export interface JsonSchemaCheck {
  /** A JSON file or the schema itself; draft-07 (also where none is named), 2019-09 or 2020-12. */
  readonly schema: string | AnySchemaObject
  readonly value: unknown
}

export interface JsonSchemaViolation {
  /** A JSON pointer into the value; empty for the whole of it. */
  readonly where: string
  readonly message: string
  readonly value?: unknown
}

/** Checks one value against a JSON Schema; tests expect an empty list. */
export function checkAgainstJsonSchema({ schema, value }: JsonSchemaCheck): JsonSchemaViolation[] {
  // Vendors give several schemas one `$id` (http://example.com/example.json), and nothing here refers by it.
  const read = without(typeof schema === 'string' ? readSchema(schema) : schema, '$id')
  const validate = createAjv(textAt(read, '$schema') ?? '').compile({ ...read })
  return findingsOf(validate, value, '', '').map((finding) => ({
    where: finding.where,
    message: finding.message,
    value: finding.value,
  }))
}

function readSchema(file: string): AnySchemaObject {
  const schema: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (!isNode(schema)) throw new SyntaxError(`${file} is no JSON Schema`)
  return { ...schema }
}

function createAjv(dialect: string): Ajv | Ajv2019 | Ajv2020 {
  const options = {
    strict: false,
    allErrors: true,
    verbose: true,
    validateSchema: false,
    logger: false,
    multipleOfPrecision: 6,
  } as const
  const ajv = dialect.includes('2020-12')
    ? new Ajv2020(options)
    : dialect.includes('2019-09')
      ? new Ajv2019(options)
      : new Ajv(options)
  formats.default(ajv)
  return ajv
}
