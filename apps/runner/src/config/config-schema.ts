import type { Plugin } from '@kontor/core'
import { accountFileKey } from './connection-check.ts'
import { FileSchema } from './file-schema.ts'
import { isShape, shapeOf, type JsonShape } from './json-shape.ts'
import { configSchemaOf, credentialSchemaOf, limitsOf, readersOf } from './plugin-facts.ts'

export interface InstalledPlugin {
  name: string
  plugin: Plugin
}

type Definitions = Record<string, JsonShape>

/** A text with a reference in it may stand wherever a plugin wants something. */
const reference: JsonShape = {
  type: 'string',
  pattern: '\\$\\{(env|file|secret):[^}]+\\}',
  description: 'A reference: ${env:NAME}, ${file:./path} or ${secret:name}',
}

/** The JSON Schema (draft 7) of a whole config file, for the plugins that are installed: completion and errors in an editor. */
export function configSchema(plugins: readonly InstalledPlugin[]): JsonShape {
  const definitions: Definitions = { reference }
  const file = shapeOf(FileSchema)
  const stated = file.properties?.['connections']
  const connections = typeof stated === 'object' ? stated : {}
  const connection = typeof connections.additionalProperties === 'object' ? connections.additionalProperties : {}
  return {
    ...file,
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Kontor configuration',
    properties: {
      ...file.properties,
      connections: { ...connections, additionalProperties: connectionShape(connection, plugins, definitions) },
    },
    definitions,
  }
}

function connectionShape(base: JsonShape, plugins: readonly InstalledPlugin[], definitions: Definitions): JsonShape {
  const names = plugins.map(({ name }) => name)
  const plugin: JsonShape = {
    description: 'Package of the plugin, or a path to its module that begins with ./',
    anyOf: [
      { type: 'string', enum: names },
      { type: 'string', pattern: '^\\.{0,2}/' },
    ],
  }
  return {
    ...base,
    properties: { ...base.properties, plugin },
    // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema; nobody awaits it
    allOf: plugins.map(({ name, plugin: each }) => ({ if: ifPlugin(name), then: pluginShape(each, definitions) })),
  }
}

const ifPlugin = (name: string): JsonShape => ({ properties: { plugin: { const: name } }, required: ['plugin'] })

function pluginShape(plugin: Plugin, definitions: Definitions): JsonShape {
  const config = adopted(shapeOf(configSchemaOf(plugin)), `${plugin.id}.config`, definitions, (shape) =>
    shape.secret === true ? { $ref: '#/definitions/reference' } : withReference(shape),
  )
  const credentials =
    plugin.credentials &&
    adopted(shapeOf(credentialSchemaOf(plugin)), `${plugin.id}.credentials`, definitions, (shape) =>
      shape.secret === false ? withReference(shape) : secretShape(shape),
    )
  const needsConfig = (definitions[`${plugin.id}.config`]?.required ?? []).length > 0
  return {
    properties: {
      config,
      credentials:
        credentials === undefined
          ? false
          : plugin.credentials?.kind === 'file'
            ? { anyOf: [credentials, accountFile] }
            : credentials,
      limits: { propertyNames: oneOf(Object.keys(limitsOf(plugin))) },
      every: { anyOf: [{ type: 'string' }, { type: 'object', propertyNames: oneOf(Object.keys(readersOf(plugin))) }] },
    },
    ...(needsConfig ? { required: ['config'] } : {}),
  }
}

const oneOf = (names: readonly string[]): JsonShape | boolean => (names.length > 0 ? { enum: names } : false)

const accountFile: JsonShape = {
  type: 'object',
  properties: { [accountFileKey]: { type: 'string', description: 'Path of the file the system hands out' } },
  required: [accountFileKey],
  additionalProperties: false,
}

const withReference = (shape: JsonShape): JsonShape => ({
  ...(shape.description === undefined ? {} : { description: shape.description }),
  anyOf: [shape, { $ref: '#/definitions/reference' }],
})
const secretShape = (shape: JsonShape): JsonShape =>
  shape.type === 'boolean'
    ? shape
    : {
        ...(shape.description === undefined ? {} : { description: shape.description }),
        allOf: [{ $ref: '#/definitions/reference' }],
      }

/** Makes a schema a definition of the whole: its own definitions and its references to itself keep their meaning, its leaves are changed. */
function adopted(
  shape: JsonShape,
  name: string,
  definitions: Definitions,
  leaf: (shape: JsonShape) => JsonShape,
): JsonShape {
  const { $schema: _, definitions: own, ...rest } = shape
  for (const [key, each] of Object.entries(isShape(own) ? own : {}))
    if (isShape(each)) definitions[`${name}.${key}`] = rewritten(each, name, leaf)
  definitions[name] = rewritten(rest, name, leaf)
  return { $ref: `#/definitions/${name}` }
}

const leaves = new Set(['string', 'number', 'integer', 'boolean'])

function rewritten(shape: JsonShape, name: string, leaf: (shape: JsonShape) => JsonShape): JsonShape {
  const each = (value: unknown): unknown => (isShape(value) ? rewritten(value, name, leaf) : value)
  if (typeof shape['$ref'] === 'string')
    return {
      ...shape,
      $ref: shape['$ref'].replace(
        /^#(?:\/definitions\/(.+))?$/,
        (_, key?: string) => `#/definitions/${name}${key === undefined ? '' : `.${key}`}`,
      ),
    }
  // Words that a form is told apart by stay as they are.
  if (shape['const'] !== undefined) return shape
  if (leaves.has(shape.type ?? '')) return leaf(shape)
  const changed: Record<string, unknown> = { ...shape }
  if (shape.properties)
    changed['properties'] = Object.fromEntries(
      Object.entries(shape.properties).map(([key, value]) => [key, each(value)]),
    )
  for (const key of ['additionalProperties', 'items'] as const)
    if (typeof shape[key] === 'object') changed[key] = each(shape[key])
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) if (shape[key]) changed[key] = shape[key].map(each)
  return changed
}
