import type { Plugin } from '@kontor/core'
import { shapeOf, type JsonShape } from '../config/json-shape.ts'
import { configSchemaOf, credentialSchemaOf } from '../config/plugin-facts.ts'
import { variableName } from '../config/references.ts'
import { starterFlows } from './starter-flows.ts'

export interface StarterPlugin {
  name: string
  plugin: Plugin
}

export interface Starter {
  text: string
  /** Variables that have to be set. */
  variables: readonly string[]
}

/** A config to begin with: what must be said is there to be filled in, what may be said stands in comments. */
export function starterConfig(plugins: readonly StarterPlugin[], schemaLine: string): Starter {
  const connections = plugins.map(({ name, plugin }) => connectionOf(name, plugin))
  const flows = starterFlows(plugins)
  const text = [
    schemaLine,
    '# Kontor reads this file. Secrets do not stand in it: they are set in the environment, or in the file .env beside it.',
    'store: ./kontor.db',
    '',
    'connections:',
    ...connections.flatMap(({ lines }) => ['', ...lines]),
    '',
    '# What is delivered from where to where. `origin` is the connection that owns what a record is about.',
    ...(flows.length > 0 ? ['flows:', ...flows] : ['flows: []']),
    '',
  ].join('\n')
  return { text, variables: connections.flatMap(({ variables }) => variables) }
}

function connectionOf(name: string, plugin: Plugin): { lines: string[]; variables: string[] } {
  const config = fieldsOf(firstForm(shapeOf(configSchemaOf(plugin))), 6)
  const onlyNotes = config.every((line) => line.trimStart().startsWith('#'))
  const { lines, variables } = credentialsOf(plugin)
  return {
    lines: [
      `  # ${plugin.title}: ${plugin.description}`,
      `  ${plugin.id}:`,
      `    plugin: "${name}"`,
      ...(config.length > 0 ? [`    config:${onlyNotes ? ' {}' : ''}`, ...config] : []),
      ...lines,
    ],
    variables,
  }
}

/** References to variables named after the connection. Where a plugin takes one of several ways, all stand in comments. */
function credentialsOf(plugin: Plugin): { lines: string[]; variables: string[] } {
  const schema = credentialSchemaOf(plugin)
  const shape = firstForm(schema ? shapeOf(schema) : {})
  const fields = Object.entries(shape.properties ?? {}).map(([key, field]) => {
    const variable = variableName(plugin.id, key)
    const fixed = typeof field === 'object' ? field['const'] : undefined
    return {
      needed: shape.required?.includes(key) ?? false,
      variable: fixed === undefined ? variable : undefined,
      line: `${key}: ${fixed === undefined ? `"\${env:${variable}}"` : JSON.stringify(fixed)}`,
    }
  })
  const needed = fields.filter((field) => field.needed)
  if (fields.length === 0) return { lines: [], variables: [] }
  if (needed.length === 0)
    return {
      lines: ['    # Take those you have:', '    # credentials:', ...fields.map(({ line }) => `    #   ${line}`)],
      variables: [],
    }
  return {
    lines: ['    credentials:', ...needed.map(({ line }) => `      ${line}`)],
    variables: needed.flatMap(({ variable }) => variable ?? []),
  }
}

/** Of several forms the first; which others there are says the schema in the editor. */
const firstForm = (shape: JsonShape): JsonShape => {
  const form = shape.properties ? undefined : (shape.anyOf?.[0] ?? shape.oneOf?.[0])
  return form ? firstForm(form) : shape
}

/** Required fields with a value to replace, the others as comments with what they are without. */
function fieldsOf(shape: JsonShape, indent: number): string[] {
  const space = ' '.repeat(indent)
  const fields = Object.entries(shape.properties ?? {}).flatMap(([key, field]) =>
    typeof field === 'object' ? [{ key, field, needed: shape.required?.includes(key) ?? false }] : [],
  )
  return [...fields.filter(({ needed }) => needed), ...fields.filter(({ needed }) => !needed)].flatMap(
    ({ key, field, needed }) => {
      const said = [field.description, wordsOf(field)]
        .flatMap((part) => (part ? [part.replace(/[.:\s]*$/, '')] : []))
        .join('. ')
      const note = said === '' ? [] : [`${space}# ${said.replace(/\s+/g, ' ')}`]
      return [...note, needed ? `${space}${key}: ${valueText(field)}` : `${space}# ${key}: ${valueText(field)}`]
    },
  )
}

const wordsOf = (field: JsonShape): string | undefined => {
  const words = enumOf(field)
  return words && words.length <= 12 && words.every((word) => /^[\w-]+$/.test(String(word)))
    ? `One of ${words.map(String).join(', ')}`
    : undefined
}

const enumOf = (field: JsonShape): readonly unknown[] | undefined =>
  Array.isArray(field['enum']) ? field['enum'] : undefined

/** A value that may stand here: the default, an example, the first word, else a text that says what to do. */
function valueText(field: JsonShape): string {
  if (field['default'] !== undefined) return JSON.stringify(field['default'])
  if (Array.isArray(field['examples']) && field['examples'].length > 0) return JSON.stringify(field['examples'][0])
  if (field['const'] !== undefined) return JSON.stringify(field['const'])
  const words = enumOf(field)
  if (words) return JSON.stringify(words[0])
  const branch = field.anyOf?.[0] ?? field.oneOf?.[0] ?? field.allOf?.[0]
  if (branch) return valueText(branch)
  switch (field.type) {
    case 'boolean':
      return 'false'
    case 'integer':
    case 'number':
      return String(typeof field['minimum'] === 'number' ? field['minimum'] : 1)
    case 'array':
      return field.items && Number(field['minItems'] ?? 0) > 0 ? `[${valueText(field.items)}]` : '[]'
    case 'object':
      return objectText(field)
    default:
      return JSON.stringify(textFor(field))
  }
}

function objectText(field: JsonShape): string {
  const members = (field.required ?? []).flatMap((key) => {
    const member = field.properties?.[key]
    return typeof member === 'object' ? [`${key}: ${valueText(member)}`] : []
  })
  return members.length > 0 ? `{ ${members.join(', ')} }` : '{}'
}

const textByFormat: Readonly<Record<string, string>> = {
  email: 'you@example.com',
  uri: 'https://example.com',
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
}
const textFor = (field: JsonShape): string =>
  (typeof field['format'] === 'string' ? textByFormat[field['format']] : undefined) ?? 'change-me'
