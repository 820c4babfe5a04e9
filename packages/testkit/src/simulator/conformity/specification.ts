import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { parseDocument } from 'yaml'
import { convertSchema, type Conversion, type Direction } from './convert-schema.ts'
import { isNode, listAt, nodeAt, resolvePointer, textAt, type JsonNode } from './json-node.ts'
import { readOperations, type Operation } from './operations.ts'

/** An OpenAPI 3.x or Swagger 2.0 file, ready to check against. */
export interface Specification {
  readonly file: string
  /** `openapi 3.0.3`, `swagger 2.0`. */
  readonly format: string
  readonly operations: readonly Operation[]
  /** Paths that the file's servers put before its own: `/stores/{store_hash}/v3`. */
  readonly basePaths: readonly string[]
  /** What in the file is no valid schema, and so is not checked. It grows as schemas are compiled. */
  readonly defects: ReadonlySet<string>
  /** Schemas of equal identity are compiled once. */
  validator(schema: unknown, direction: Direction): ValidateFunction
  /** Compiles every schema that an operation has; gives how many. */
  compileAll(): number
}

const loaded = new Map<string, Specification>()

/** Reads a specification once; throws a `SyntaxError` when the file is none. */
export function loadSpecification(file: string): Specification {
  const known = loaded.get(file)
  if (known !== undefined) return known
  const document = readDocument(file)
  const specification = createSpecification(file, document)
  loaded.set(file, specification)
  return specification
}

function readDocument(file: string): JsonNode {
  const text = readFileSync(file, 'utf8')
  // Vendors' files repeat keys and share anchors more than the parser allows by default.
  const document: unknown = file.endsWith('.json')
    ? JSON.parse(text)
    : parseDocument(text, { uniqueKeys: false }).toJS({ maxAliasCount: -1 })
  if (!isNode(document) || !isNode(document['paths']))
    throw new SyntaxError(`${file} is no OpenAPI or Swagger document: it has no paths`)
  return document
}

function createSpecification(file: string, document: JsonNode): Specification {
  const format =
    'swagger' in document ? `swagger ${String(document['swagger'])}` : `openapi ${String(document['openapi'])}`
  const modern = /^openapi 3\.[1-9]/.test(format)
  const defects = new Set<string>()
  const compilers: Record<Direction, Ajv2020> = {
    request: createAjv(false),
    response: createAjv(false),
    text: createAjv(true),
  }
  const referred = new Map<string, string>()
  const compiled: Record<Direction, Map<unknown, ValidateFunction>> = {
    request: new Map(),
    response: new Map(),
    text: new Map(),
  }

  function conversionFor(direction: Direction): Conversion {
    const conversion: Conversion = {
      direction,
      modern,
      resolve: (reference) => resolvePointer(document, reference),
      defect: (message) => void defects.add(message),
      refer(reference) {
        const key = `${direction} ${reference}`
        const known = referred.get(key)
        if (known !== undefined) return known
        const id = `specification:${referred.size + 1}`
        // Known before its target is converted: schemas refer to themselves.
        referred.set(key, id)
        const target = conversion.resolve(reference)
        if (target === undefined) defects.add(`$ref: ${reference} leads nowhere`)
        compilers[direction].addSchema(asSchema(target === undefined ? true : convertSchema(target, conversion)), id)
        return id
      },
    }
    return conversion
  }

  const operations = readOperations(document)
  const specification: Specification = {
    file,
    format,
    operations,
    basePaths: basePathsOf(document),
    defects,
    validator(schema, direction) {
      const known = compiled[direction].get(schema)
      if (known !== undefined) return known
      const validate = compilers[direction].compile(asSchema(convertSchema(schema, conversionFor(direction))))
      compiled[direction].set(schema, validate)
      return validate
    },
    compileAll() {
      for (const { parameters, body, responses } of operations) {
        for (const { schema } of parameters) specification.validator(schema, 'text')
        for (const schema of body?.content.values() ?? [])
          if (schema !== undefined) specification.validator(schema, 'request')
        for (const { content } of responses.values()) {
          for (const schema of content.values()) if (schema !== undefined) specification.validator(schema, 'response')
        }
      }
      return Object.values(compiled).reduce((sum, { size }) => sum + size, 0)
    },
  }
  return specification
}

function createAjv(fromText: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    verbose: true,
    validateSchema: false,
    inlineRefs: false,
    unicodeRegExp: false,
    // Prices are multiples of 0.01, in binary fractions only nearly.
    multipleOfPrecision: 6,
    coerceTypes: fromText ? 'array' : false,
    logger: false,
  })
  formats.default(ajv)
  return ajv
}

/** Ajv 2020 takes objects and booleans; a conversion gives nothing else. */
function asSchema(converted: unknown): boolean | Record<string, unknown> {
  return isNode(converted) ? { ...converted } : converted !== false
}

function basePathsOf(document: JsonNode): string[] {
  const base = textAt(document, 'basePath')
  const servers = listAt(document, 'servers').flatMap((server) => (isNode(server) ? [pathOf(expand(server))] : []))
  return [...new Set([...(base === undefined ? [] : [base]), ...servers].map((path) => path.replace(/\/+$/, '')))]
}

/** The server's URL with the defaults of the variables in its host; those in its path stay. */
function expand(server: JsonNode): string {
  const variables = nodeAt(server, 'variables')
  return (textAt(server, 'url') ?? '').replace(/^([a-z]+:\/\/)([^/]*)/i, (_, scheme: string, host: string) => {
    return (
      scheme +
      host.replaceAll(/\{([^}]+)\}/g, (__, name: string) => textAt(nodeAt(variables, name), 'default') ?? 'host')
    )
  })
}

function pathOf(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/]*/i, '')
}
