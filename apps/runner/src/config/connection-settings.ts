import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isKontorError, KontorError, validate, type Plugin, type Schema } from '@kontor/core'
import {
  accountFileKey,
  isSecret,
  missingCredentials,
  usesAccountFile,
  type ConnectionInput,
} from './connection-check.ts'
import type { ConnectionSettings } from './config.ts'
import { describeIssues, valueAt } from './describe-issue.ts'
import { shapeOf, shapesAt, type JsonShape } from './json-shape.ts'
import { ConfigError, type ConfigProblem, type KeyPath } from './problems.ts'
import { configSchemaOf, credentialSchemaOf, furtherSecretsOf } from './plugin-facts.ts'
import { mapTexts, parseReferences, textsOf } from './references.ts'
import type { Report } from './report.ts'
import type { SecretSource } from './secret-source.ts'

/** Looks up what a connection refers to, and checks the whole with the plugin's schemas. */
export async function openConnection(
  input: ConnectionInput,
  secrets: SecretSource,
  folder: string,
  entered?: unknown,
): Promise<ConnectionSettings> {
  const { name, stated, plugin, report } = input
  const place: KeyPath = ['connections', name]
  const configShape = shapeOf(configSchemaOf(plugin))
  const config = await lookUp(
    stated.config,
    { report, place: [...place, 'config'], shape: configShape, block: 'config' },
    secrets,
  )
  const credentials = usesAccountFile(plugin, stated.credentials)
    ? readAccountFile(input, folder)
    : stated.credentials === undefined
      ? enteredBlock(entered, shapeOf(credentialSchemaOf(plugin)))
      : await lookUp(
          stated.credentials,
          {
            report,
            place: [...place, 'credentials'],
            shape: shapeOf(credentialSchemaOf(plugin)),
            block: 'credentials',
          },
          secrets,
        )
  const missing = [...config.problems, ...credentials.problems]
  if (missing.length > 0) throw new ConfigError(missing)

  const parsed = parseBlock(input, 'config', configSchemaOf(plugin), config.value, configShape)
  const schema = credentialSchemaOf(plugin)
  if (schema && credentials.value === undefined && validate(schema, {}).issues)
    throw new ConfigError([missingCredentials(input, schema)])
  const checked =
    schema && credentials.value !== undefined
      ? parseBlock(input, 'credentials', schema, credentials.value, shapeOf(schema))
      : undefined
  const further = checked === undefined ? [] : (furtherSecretsOf(plugin)?.(checked, parsed) ?? [])
  return {
    config: config.value,
    credentials: credentials.value,
    parsedConfig: parsed,
    secrets: [...new Set([...config.secrets, ...credentials.secrets, ...further])].filter((text) => text.length >= 4),
  }
}

/** What was entered, or stands in the file of a system, holds no references. */
const enteredBlock = (value: unknown, shape: JsonShape): LookedUp => ({
  value,
  secrets: textsOf(value).flatMap(({ path, text }) => (isSecret(shape, path, 'credentials') ? [text] : [])),
  problems: [],
})

/** What is no secret of a connection, looked up and checked by itself. */
export async function openConfig(
  input: ConnectionInput,
  secrets: SecretSource,
): Promise<Pick<ConnectionSettings, 'config' | 'parsedConfig'>> {
  const { name, stated, plugin, report } = input
  const shape = shapeOf(configSchemaOf(plugin))
  const place = ['connections', name, 'config']
  const { value, problems } = await lookUp(stated.config, { report, place, shape, block: 'config' }, secrets)
  if (problems.length > 0) throw new ConfigError(problems)
  return { config: value, parsedConfig: parseBlock(input, 'config', configSchemaOf(plugin), value, shape) }
}

interface LookedUp {
  value: unknown
  secrets: readonly string[]
  problems: readonly ConfigProblem[]
}
interface Block {
  report: Report
  place: KeyPath
  shape: JsonShape
  block: 'config' | 'credentials'
}

async function lookUp(value: unknown, { report, place, shape, block }: Block, from: SecretSource): Promise<LookedUp> {
  const secrets: string[] = []
  const problems: ConfigProblem[] = []
  const found = new Map<string, unknown>()
  for (const { path, text } of textsOf(value)) {
    const resolved = await resolveText(text, from)
    if ('missing' in resolved) {
      problems.push({ ...report.value([...place, ...path], resolved.missing), code: 'SECRET_MISSING' })
      continue
    }
    if (isSecret(shape, path, block)) secrets.push(resolved.text)
    secrets.push(...resolved.secrets)
    found.set(JSON.stringify(path), resolved.whole ? typed(resolved.text, shapesAt(shape, path)) : resolved.text)
  }
  return { value: mapTexts(value, (text, path) => found.get(JSON.stringify(path)) ?? text), secrets, problems }
}

type Resolved = { text: string; whole: boolean; secrets: readonly string[] } | { missing: string }

/** A text with its references replaced. `whole`: it is one reference and nothing else. */
export async function resolveText(text: string, from: SecretSource): Promise<Resolved> {
  const { parts, complaint } = parseReferences(text)
  if (complaint !== undefined) return { missing: complaint }
  const secrets: string[] = []
  let result = ''
  for (const part of parts) {
    if (typeof part === 'string') {
      result += part
      continue
    }
    const value = await from.look(part)
    if (value === undefined) return { missing: from.remedy(part) }
    if (part.kind !== 'env') secrets.push(value)
    result += value
  }
  return { text: result, whole: parts.length === 1 && typeof parts[0] === 'object', secrets }
}

/** References are text; where the plugin wants a number or a yes, the text is read as one. */
function typed(text: string, shapes: readonly JsonShape[]): unknown {
  const types = shapes.map((shape) => shape.type)
  if (types.includes('string')) return text
  if ((types.includes('number') || types.includes('integer')) && text.trim() !== '' && Number.isFinite(Number(text)))
    return Number(text)
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

function parseBlock(
  { report, name, stated }: ConnectionInput,
  block: 'config' | 'credentials',
  schema: Schema,
  value: unknown,
  shape: JsonShape,
): unknown {
  const result = validate(schema, value)
  if (!result.issues) return result.value
  const complaints = describeIssues(result.issues, {
    value,
    shape,
    secret: (at) => isSecret(shape, at, block) || fromVault(stated[block], at),
  })
  throw new ConfigError(
    complaints.map(({ path, what, message }) => ({
      ...report[what](['connections', name, block, ...path], message),
      // One that is there and wrong is pasted again; what is missing or too much is a matter of the config.
      ...(block === 'credentials' && what === 'value' && isFilled(valueAt(value, path))
        ? { code: 'SECRET_MALFORMED' as const }
        : {}),
    })),
  )
}

const isFilled = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number'

/** What came out of a file or a secret is not shown, even where it stands for something harmless. */
function fromVault(stated: unknown, path: KeyPath): boolean {
  const text = valueAt(stated, path)
  return (
    typeof text === 'string' &&
    parseReferences(text).parts.some((part) => typeof part !== 'string' && part.kind !== 'env')
  )
}

function readAccountFile({ report, name, stated, plugin }: ConnectionInput, folder: string): LookedUp {
  const place: KeyPath = ['connections', name, 'credentials', accountFileKey]
  const path = resolve(folder, String(stated.credentials?.[accountFileKey]))
  const text = readText(path)
  if (text === undefined)
    return {
      value: undefined,
      secrets: [],
      problems: [
        {
          ...report.value(
            place,
            `The file ${path} cannot be read. Put the file of the system there, or correct the path.`,
          ),
          code: 'SECRET_MISSING',
        },
      ],
    }
  try {
    return enteredBlock(parseAccountFile(plugin, text), shapeOf(credentialSchemaOf(plugin)))
  } catch (thrown) {
    const problem = report.value(
      place,
      isKontorError(thrown)
        ? thrown.message
        : `The file ${path} does not have the form that plugin ${plugin.id} expects.`,
    )
    return { value: undefined, secrets: [], problems: [{ ...problem, code: 'SECRET_MALFORMED' }] }
  }
}

function parseAccountFile(plugin: Plugin, text: string): unknown {
  if (plugin.credentials?.kind !== 'file')
    throw new KontorError('INTERNAL', { message: `Plugin ${plugin.id} reads no file of credentials.` })
  return plugin.credentials.parse(text)
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
