import { validate, type Plugin } from '@kontor/core'
import { parse } from 'yaml'
import { isSecret } from '../config/connection-check.ts'
import { describeIssues } from '../config/describe-issue.ts'
import { isShape, keysAt, shapeOf, shapesAt, type JsonShape } from '../config/json-shape.ts'
import { credentialSchemaOf } from '../config/plugin-facts.ts'
import { dotted } from '../config/problems.ts'
import { UsageError } from './usage-error.ts'
import type { Question } from './ask.ts'

/** One field of the credentials of a plugin. */
export interface CredentialField {
  name: string
  secret: boolean
  /** There is no form of the credentials without it. */
  required: boolean
  description: string | undefined
}

/** The fields of a plugin's credentials, of all forms it knows. */
export function credentialFields(plugin: Plugin): CredentialField[] {
  const shape = shapeOf(credentialSchemaOf(plugin))
  const forms = shape.anyOf ?? shape.oneOf ?? [shape]
  return keysAt(shape, []).map((name) => ({
    name,
    secret: isSecret(shape, [name], 'credentials'),
    required: forms.every((form) => form.required?.includes(name)),
    description: shapesAt(shape, [name]).find(({ description }) => description !== undefined)?.description,
  }))
}

export const questionOf = ({ name, secret, required, description }: CredentialField): Question => ({
  text: `${name}${description === undefined ? '' : ` (${description.replace(/\.$/, '')})`}${required ? '' : ', Enter to leave it out'}: `,
  hidden: secret,
})

/** What was typed, as the credentials of a plugin: an empty answer is none. */
export function fromAnswers(plugin: Plugin, answers: readonly string[]): unknown {
  const shape = shapeOf(credentialSchemaOf(plugin))
  return Object.fromEntries(
    credentialFields(plugin).flatMap(({ name }, index) => {
      const text = answers[index] ?? ''
      return text.trim() === '' ? [] : [[name, valueOf(text, shapesAt(shape, [name]))]]
    }),
  )
}

/**
 * What was piped in or stands in a file: the file a system hands out, where the plugin reads one; lines `name: value`, or JSON;
 * or the bare value, where a single one is needed.
 * Throws SECRET_MALFORMED of the plugin, or a usage error that never repeats the text.
 */
export function fromText(plugin: Plugin, text: string): unknown {
  const fields = credentialFields(plugin)
  const named = namedValues(
    text,
    fields.map(({ name }) => name),
  )
  if (named) return named
  if (plugin.credentials?.kind === 'file') return plugin.credentials.parse(text)
  const needed = fields.filter(({ required }) => required)
  const only = fields.length === 1 ? fields[0] : needed.length === 1 ? needed[0] : undefined
  if (only) return { [only.name]: text.trim() }
  throw new UsageError(
    `Plugin ${plugin.id} has several credentials, and the text does not say which is which. Write a line for each: ${fields.map(({ name }) => `"${name}: …"`).join(', ')}; or JSON with these names.`,
  )
}

function namedValues(text: string, names: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  const trimmed = text.trim()
  if (!trimmed.startsWith('{') && !names.some((name) => trimmed.startsWith(`${name}:`))) return undefined
  let value: unknown
  try {
    // Every value as the text that stands there: a token of digits is no number.
    value = parse(trimmed, { schema: 'failsafe' })
  } catch {
    throw new UsageError('The text is neither JSON nor lines "name: value". Put values with special signs in quotes.')
  }
  return isShape(value) ? value : undefined
}

/** Typed text, where the plugin wants a number or a yes. */
function valueOf(text: string, shapes: readonly JsonShape[]): unknown {
  const types = shapes.map(({ type }) => type)
  if (!types.includes('string') && types.includes('boolean') && /^(true|false)$/.test(text.trim()))
    return text.trim() === 'true'
  if (!types.includes('string') && (types.includes('number') || types.includes('integer'))) return Number(text)
  return text
}

/** What is wrong with the form of credentials, by the name of the field and without a value. */
export function complaintsAbout(plugin: Plugin, value: unknown): string[] {
  const schema = credentialSchemaOf(plugin)
  const issues = schema === undefined ? [] : (validate(schema, value).issues ?? [])
  return describeIssues(issues, { value, shape: shapeOf(schema), secret: () => true }).map(
    ({ path, message }) => `${path.length === 0 ? '' : `${dotted(path)}: `}${message}`,
  )
}
