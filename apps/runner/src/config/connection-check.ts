import { validate, type Plugin, type Schema } from '@kontor/core'
import { describeIssues } from './describe-issue.ts'
import type { FileConnection } from './file-schema.ts'
import { shapeOf, shapesAt, type JsonShape } from './json-shape.ts'
import { configSchemaOf, credentialSchemaOf, limitsOf, readersOf } from './plugin-facts.ts'
import { dotted, type ConfigProblem, type KeyPath } from './problems.ts'
import type { Report } from './report.ts'
import { hasReference, mapTexts, parseReferences, textsOf, variableName } from './references.ts'
import { didYouMean, listed } from './words.ts'

export interface ConnectionInput {
  report: Report
  name: string
  stated: FileConnection
  plugin: Plugin
  allowLiteralSecrets: boolean
}

/** Key under which credentials may name the file that the system hands out. */
export const accountFileKey = 'accountFile'

/** What can be said of a connection before any secret is looked up. */
export function checkConnection(input: ConnectionInput): ConfigProblem[] {
  const { stated, plugin } = input
  return [
    ...checkBlock(input, 'config', configSchemaOf(plugin), stated.config),
    ...(usesAccountFile(plugin, stated.credentials) ? checkAccountFile(input) : checkCredentials(input)),
    ...checkNames(input, 'limits', Object.keys(stated.limits), Object.keys(limitsOf(plugin)), 'a limit'),
    ...(typeof stated.every === 'object'
      ? checkNames(input, 'every', Object.keys(stated.every), Object.keys(readersOf(plugin)), 'a reader')
      : []),
  ]
}

/** Checks one block with the plugin's schema. A value that is still a reference is not judged. */
function checkBlock(
  input: ConnectionInput,
  block: 'config' | 'credentials',
  schema: Schema,
  value: unknown,
): ConfigProblem[] {
  const path: KeyPath = ['connections', input.name, block]
  const shape = shapeOf(schema)
  const references = textsOf(value)
    .filter(({ text }) => hasReference(text) || parseReferences(text).complaint !== undefined)
    .map((each) => each.path)
  const broken = textsOf(value).flatMap(({ path: below, text }) => {
    const { complaint } = parseReferences(text)
    return complaint === undefined ? [] : [input.report.value([...path, ...below], complaint)]
  })
  const { issues } = validate(schema, plainTexts(value))
  const complaints = describeIssues(issues ?? [], { value, shape, secret: (at) => isSecret(shape, at, block) })
    .filter((complaint) => !references.some((reference) => concerns(complaint.path, reference, complaint.message)))
    .map(({ path: below, what, message }) => input.report[what]([...path, ...below], message))
  return [...broken, ...complaints, ...literalSecrets(input, block, value, shape)]
}

/** A complaint about a reference itself, or about a whole that cannot be judged without it. */
function concerns(path: KeyPath, reference: KeyPath, message: string): boolean {
  if (message.startsWith('unknown key') || message.startsWith('found nothing')) return false
  const shared = Math.min(path.length, reference.length)
  return path.slice(0, shared).every((part, index) => part === reference[index])
}

const plainTexts = (value: unknown): unknown => mapTexts(value, (text) => (hasReference(text) ? text : unescaped(text)))
const unescaped = (text: string): string =>
  parseReferences(text)
    .parts.filter((part) => typeof part === 'string')
    .join('')

/** Secrets do not stand in the file: the file is shown, sent and committed. */
function literalSecrets(
  { report, name, allowLiteralSecrets }: ConnectionInput,
  block: 'config' | 'credentials',
  value: unknown,
  shape: JsonShape,
): ConfigProblem[] {
  if (allowLiteralSecrets) return []
  return scalarsOf(value)
    .filter(({ path, plain }) => plain && isSecret(shape, path, block))
    .map(({ path }) => {
      const variable = variableName(name, dotted(path))
      return report.value(
        ['connections', name, block, ...path],
        `a secret stands here in plain text. Write "\${env:${variable}}" and set that variable, or use \${file:./path} or \${secret:name}.`,
      )
    })
}

function scalarsOf(value: unknown, path: KeyPath = []): { path: KeyPath; plain: boolean }[] {
  if (typeof value === 'number') return [{ path, plain: true }]
  if (typeof value !== 'object' || value === null)
    return textsOf(value, path).map(({ text }) => ({ path, plain: text !== '' && isPlain(text) }))
  return Object.entries(value).flatMap(([key, each]) =>
    scalarsOf(each, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

const isPlain = (text: string): boolean => !hasReference(text) && parseReferences(text).complaint === undefined

/** Credentials are secret unless the plugin says `secret: false` of a field; config is not, unless it says `secret: true`. */
export function isSecret(shape: JsonShape, path: KeyPath, block: 'config' | 'credentials'): boolean {
  const marks = shapesAt(shape, path).flatMap((each) => each.secret ?? [])
  return block === 'credentials' ? !marks.includes(false) : marks.includes(true)
}

export const usesAccountFile = (plugin: Plugin, credentials: Readonly<Record<string, unknown>> | undefined): boolean =>
  plugin.credentials?.kind === 'file' && credentials !== undefined && accountFileKey in credentials

function checkAccountFile({ report, name, stated }: ConnectionInput): ConfigProblem[] {
  const path: KeyPath = ['connections', name, 'credentials']
  const others = Object.keys(stated.credentials ?? {}).filter((key) => key !== accountFileKey)
  return [
    ...(typeof stated.credentials?.[accountFileKey] === 'string'
      ? []
      : [report.value([...path, accountFileKey], 'expected the path of a file.')]),
    ...others.map((key) =>
      report.key(
        [...path, key],
        `stands beside ${accountFileKey}, which already holds everything. Remove one of them.`,
      ),
    ),
  ]
}

function checkCredentials(input: ConnectionInput): ConfigProblem[] {
  const { report, name, stated, plugin } = input
  const place: KeyPath = ['connections', name]
  const schema = credentialSchemaOf(plugin)
  if (!schema)
    return stated.credentials === undefined
      ? []
      : [report.key([...place, 'credentials'], `Plugin ${plugin.id} takes no credentials. Remove them.`)]
  // Where the file states none, they may have been entered; that is known when the connection is opened.
  return stated.credentials === undefined ? [] : checkBlock(input, 'credentials', schema, stated.credentials)
}

/** Credentials are neither in the file nor in the store. */
export function missingCredentials({ report, name, plugin }: ConnectionInput, schema: Schema): ConfigProblem {
  const shape = shapeOf(schema)
  const keys = Object.keys(shape.properties ?? {})
  const forms = (shape.anyOf ?? shape.oneOf ?? [shape])
    .map(({ required = [] }) => listed(required, 'and'))
    .filter((form) => form !== 'none')
  const file = plugin.credentials?.kind === 'file' ? `, or ${accountFileKey}` : ''
  return {
    ...report.key(
      ['connections', name],
      `credentials are missing. Plugin ${plugin.id} needs ${forms.length > 0 ? forms.join('; or ') : `some of ${listed(keys, 'and')}`}${file}. Enter them with "kontor connect ${name}", or write references to them here.`,
    ),
    code: 'SECRET_MISSING',
  }
}

function checkNames(
  { report, name, plugin }: ConnectionInput,
  block: 'limits' | 'every',
  given: readonly string[],
  valid: readonly string[],
  what: string,
): ConfigProblem[] {
  return given
    .filter((each) => !valid.includes(each))
    .map((each) =>
      report.key(
        ['connections', name, block, each],
        `"${each}" is no name of ${what} of plugin ${plugin.id}; it has ${listed(valid, 'and')}.${didYouMean(each, valid)}`,
      ),
    )
}
