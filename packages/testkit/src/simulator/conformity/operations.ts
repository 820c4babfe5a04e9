import { isNode, listAt, nodeAt, resolvePointer, textAt, without, type JsonNode } from './json-node.ts'

/** How one parameter's several values are written. */
export type Splitting = 'none' | 'csv' | 'ssv' | 'tsv' | 'pipes' | 'multi' | 'deepObject' | 'json'

export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'path' | 'header'
  readonly required: boolean
  readonly schema: unknown
  readonly splitting: Splitting
}

/** The schema of each media type; undefined where the type has none. */
type Content = ReadonlyMap<string, unknown>

export interface Operation {
  /** `GET /orders/{id}`, as in the file. */
  readonly title: string
  readonly method: string
  readonly template: string
  readonly parameters: readonly Parameter[]
  readonly body: { readonly required: boolean; readonly content: Content } | undefined
  /** By status (`200`, `2XX`, `default`). */
  readonly responses: ReadonlyMap<string, { readonly content: Content }>
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const

/** The operations of an OpenAPI 3.x or Swagger 2.0 document, in one shape. */
export function readOperations(document: JsonNode): Operation[] {
  const read = 'swagger' in document ? readSwaggerOperation : readOpenApiOperation
  return Object.entries(nodeAt(document, 'paths')).flatMap(([template, unresolved]) => {
    const item = dereference(document, unresolved)
    return METHODS.filter((method) => isNode(item[method])).map((method) => {
      const operation = nodeAt(item, method)
      const shared = listAt(item, 'parameters').map((parameter) => dereference(document, parameter))
      const own = listAt(operation, 'parameters').map((parameter) => dereference(document, parameter))
      const parameters = [...shared.filter((one) => !own.some((other) => isSame(one, other))), ...own]
      const name = { title: `${method.toUpperCase()} ${template}`, method: method.toUpperCase(), template }
      return { ...name, ...read(document, operation, parameters) }
    })
  })
}

type Read = (
  document: JsonNode,
  operation: JsonNode,
  parameters: readonly JsonNode[],
) => Pick<Operation, 'parameters' | 'body' | 'responses'>

const readOpenApiOperation: Read = (document, operation, parameters) => {
  const body = operation['requestBody'] === undefined ? undefined : dereference(document, operation['requestBody'])
  return {
    parameters: parameters.flatMap((parameter) => {
      const place = placeOf(parameter)
      const [encoded] = Object.values(nodeAt(parameter, 'content'))
      const schema = isNode(encoded) ? encoded['schema'] : parameter['schema']
      if (place === undefined) return []
      return [
        { ...place, schema: schema ?? true, splitting: encoded === undefined ? styleOf(document, parameter) : 'json' },
      ]
    }),
    body:
      body === undefined
        ? undefined
        : { required: body['required'] === true, content: contentOf(nodeAt(body, 'content')) },
    responses: responsesOf(document, operation, (response) => contentOf(nodeAt(response, 'content'))),
  }
}

const readSwaggerOperation: Read = (document, operation, parameters) => {
  const consumes = namesOf(operation, 'consumes') ?? namesOf(document, 'consumes')
  const produces = namesOf(operation, 'produces') ?? namesOf(document, 'produces') ?? ['*/*']
  const fields = parameters.filter((parameter) => parameter['in'] === 'formData')
  const json = parameters.find((parameter) => parameter['in'] === 'body')
  return {
    parameters: parameters.flatMap((parameter) => {
      const place = placeOf(parameter)
      return place === undefined
        ? []
        : [{ ...place, schema: withoutRequired(parameter), splitting: collectionOf(parameter) }]
    }),
    body:
      json === undefined
        ? formOf(fields, consumes ?? ['application/x-www-form-urlencoded', 'multipart/form-data'])
        : { required: json['required'] === true, content: sameFor(consumes ?? ['application/json'], json['schema']) },
    responses: responsesOf(document, operation, (response) =>
      response['schema'] === undefined ? new Map() : sameFor(produces, response['schema']),
    ),
  }
}

function placeOf(parameter: JsonNode): Pick<Parameter, 'name' | 'in' | 'required'> | undefined {
  const { name, in: place, required } = parameter
  if (typeof name !== 'string' || (place !== 'query' && place !== 'path' && place !== 'header')) return undefined
  return { name, in: place, required: required === true }
}

function styleOf(document: JsonNode, parameter: JsonNode): Splitting {
  const schema = dereference(document, parameter['schema'])
  const style = textAt(parameter, 'style') ?? (parameter['in'] === 'query' ? 'form' : 'simple')
  if (style === 'deepObject') return 'deepObject'
  if (schema['type'] !== 'array') return 'none'
  if (style === 'spaceDelimited') return 'ssv'
  if (style === 'pipeDelimited') return 'pipes'
  return style === 'form' && parameter['explode'] !== false ? 'multi' : 'csv'
}

function collectionOf(parameter: JsonNode): Splitting {
  if (parameter['type'] !== 'array') return 'none'
  const format = textAt(parameter, 'collectionFormat')
  return format === 'ssv' || format === 'tsv' || format === 'pipes' || format === 'multi' ? format : 'csv'
}

function formOf(fields: readonly JsonNode[], types: readonly string[]): Operation['body'] {
  if (fields.length === 0) return undefined
  const names = fields.flatMap((field) => (field['required'] === true ? [field['name']] : []))
  const properties = Object.fromEntries(fields.map((field) => [String(field['name']), withoutRequired(field)]))
  const schema = { type: 'object', properties, required: names, additionalProperties: false }
  return { required: names.length > 0, content: sameFor(types, schema) }
}

/** In Swagger 2.0 a parameter is its own schema, but its `required` is about the parameter. */
function withoutRequired(parameter: JsonNode): JsonNode {
  return without(parameter, 'required')
}

function responsesOf(
  document: JsonNode,
  operation: JsonNode,
  contentIn: (response: JsonNode) => Content,
): Operation['responses'] {
  return new Map(
    Object.entries(nodeAt(operation, 'responses'))
      .filter(([status]) => !status.startsWith('x-'))
      .map(([status, response]) => [
        status.toUpperCase().replace('DEFAULT', 'default'),
        { content: contentIn(dereference(document, response)) },
      ]),
  )
}

function contentOf(content: JsonNode): Content {
  return new Map(
    Object.entries(content).map(([type, media]) => [mediaType(type), isNode(media) ? media['schema'] : undefined]),
  )
}

function sameFor(types: readonly string[], schema: unknown): Content {
  return new Map(types.map((type) => [mediaType(type), schema]))
}

/** The type without its parameters, in lower case. */
export function mediaType(text: string): string {
  return (text.split(';')[0] ?? '').trim().toLowerCase()
}

function namesOf(node: JsonNode, name: string): string[] | undefined {
  const names = listAt(node, name).filter((value) => typeof value === 'string')
  return names.length === 0 ? undefined : names
}

function isSame(left: JsonNode, right: JsonNode): boolean {
  return left['name'] === right['name'] && left['in'] === right['in']
}

function dereference(document: JsonNode, value: unknown): JsonNode {
  let found = value
  for (let depth = 0; depth < 10 && isNode(found) && typeof found['$ref'] === 'string'; depth += 1)
    found = resolvePointer(document, found['$ref'])
  return isNode(found) ? found : {}
}
