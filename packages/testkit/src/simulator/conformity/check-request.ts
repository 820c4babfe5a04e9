import type { Exchange } from '../exchanges.ts'
import { createRequest } from '../request.ts'
import { matchMedia } from './check-response.ts'
import type { FoundOperation } from './find-operation.ts'
import { mediaType, type Parameter } from './operations.ts'
import { readQuery, splitValue } from './parameter-values.ts'
import { findingsOf, type Finding } from './violations.ts'

/** Described elsewhere in a specification, so never as a parameter that counts (OpenAPI 3.0.3, Parameter Object). */
const PROTOCOL_HEADERS: readonly string[] = ['accept', 'content-type', 'authorization']

export function checkRequest(found: FoundOperation, exchange: Exchange): Finding[] {
  return [
    ...checkPath(found),
    ...checkQuery(found, exchange),
    ...checkHeaders(found, exchange),
    ...checkBody(found, exchange),
  ]
}

function checkPath(found: FoundOperation): Finding[] {
  const parameters = inPlace(found, 'path')
  const values = parameters.flatMap(({ name, splitting }) => {
    const text = found.pathValues[name]
    return text === undefined ? [] : [[name, splitValue(text, splitting)] as const]
  })
  return checkValues(found, 'path', parameters, Object.fromEntries(values))
}

function checkQuery(found: FoundOperation, exchange: Exchange): Finding[] {
  const parameters = inPlace(found, 'query')
  const { values, unknown } = readQuery(parameters, new URLSearchParams(exchange.query))
  const { title } = found.operation
  return [
    ...unknown.map((name) => ({
      operation: title,
      where: 'query',
      message: `the specification has no query parameter "${name}"`,
    })),
    ...checkValues(found, 'query', parameters, values),
  ]
}

function checkHeaders(found: FoundOperation, exchange: Exchange): Finding[] {
  const parameters = inPlace(found, 'header').filter(({ name }) => !PROTOCOL_HEADERS.includes(name.toLowerCase()))
  const values = parameters.flatMap(({ name, splitting }) => {
    const text = exchange.requestHeaders[name.toLowerCase()]
    return text === undefined ? [] : [[name, splitValue(text, splitting)] as const]
  })
  return checkValues(found, 'header', parameters, Object.fromEntries(values))
}

function checkBody(found: FoundOperation, exchange: Exchange): Finding[] {
  const { specification, operation } = found
  const { body, title } = operation
  const finding = (message: string): Finding[] => [{ operation: title, where: 'request body', message }]
  if (exchange.requestBody.length === 0) return body?.required === true ? finding('a body is required') : []
  if (body === undefined) return finding('a body is sent where the specification has none')
  const type = mediaType(exchange.requestHeaders['content-type'] ?? '')
  const media = matchMedia(body.content, type)
  if (media === undefined)
    return finding(`content type "${type}" is not one of: ${[...body.content.keys()].join(', ')}`)
  if (media.schema === undefined) return []
  const read = READERS.find(({ types }) => types.test(type))
  if (read === undefined) return []
  try {
    return findingsOf(
      specification.validator(media.schema, read.direction),
      read.parse(exchange),
      title,
      'request body',
    )
  } catch {
    return finding(`the body cannot be read as ${type}`)
  }
}

/** Other types (XML, CSV, files) are not what a schema speaks about. */
const READERS: readonly { types: RegExp; direction: 'request' | 'text'; parse(exchange: Exchange): unknown }[] = [
  { types: /[/+]json$/, direction: 'request', parse: ({ requestBody }) => JSON.parse(requestBody.toString('utf8')) },
  {
    types: /^application\/x-www-form-urlencoded$/,
    direction: 'text',
    parse: (exchange) => gather([...asRequest(exchange).form()]),
  },
  {
    types: /^multipart\/form-data$/,
    direction: 'text',
    parse: (exchange) =>
      gather(
        asRequest(exchange)
          .multipart()
          .map((part) => [part.name, part.text()] as const),
      ),
  },
]

function asRequest({ method, path, requestHeaders, requestBody }: Exchange) {
  return createRequest({ method, target: path, rawHeaders: Object.entries(requestHeaders).flat(), body: requestBody })
}

/** A field that comes several times is a list. */
function gather(fields: readonly (readonly [name: string, value: string])[]): Record<string, unknown> {
  const byName = Map.groupBy(fields, ([name]) => name)
  return Object.fromEntries(
    [...byName].map(([name, same]) => [name, same.length === 1 ? same[0]?.[1] : same.map(([, value]) => value)]),
  )
}

function inPlace({ operation }: FoundOperation, place: Parameter['in']): Parameter[] {
  return operation.parameters.filter((parameter) => parameter.in === place)
}

const objectSchemas = new WeakMap<object, Map<string, object>>()

function checkValues(
  found: FoundOperation,
  place: Parameter['in'],
  parameters: readonly Parameter[],
  values: Record<string, unknown>,
): Finding[] {
  if (parameters.length === 0) return []
  const validate = found.specification.validator(schemaOf(found, place, parameters), 'text')
  return findingsOf(validate, values, found.operation.title, place)
}

/** One object schema for all parameters of a place; the same object each time, so that it is compiled once. */
function schemaOf({ operation }: FoundOperation, place: Parameter['in'], parameters: readonly Parameter[]): object {
  const known = objectSchemas.get(operation) ?? new Map<string, object>()
  objectSchemas.set(operation, known)
  const schema = known.get(place) ?? {
    type: 'object',
    properties: Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.schema])),
    required: parameters
      .filter(({ required, name }) => required && !(place === 'path' && !operation.template.includes(`{${name}}`)))
      .map(({ name }) => name),
  }
  known.set(place, schema)
  return schema
}
