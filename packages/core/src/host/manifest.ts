import { z } from 'zod'
import { EntitySchema } from '../canonical/index.ts'
import { apiVersion, toMilliseconds, type Plugin, type Schema } from '../contract/index.ts'
import { KontorError } from '../errors/index.ts'
import { hostFeatures } from './features.ts'

const isFunction = (value: unknown): boolean => typeof value === 'function'
const isSchema = (value: unknown): value is Schema =>
  (typeof value === 'object' || typeof value === 'function') &&
  value !== null &&
  '~standard' in value &&
  typeof value['~standard'] === 'object'

const aFunction = z.custom<(...given: never[]) => unknown>(isFunction, 'expected a function')
const aSchema = z.custom<Schema>(isSchema, 'expected a zod schema')
const aDuration = z
  .string()
  .refine((text) => toMillisecondsOrNothing(text) !== undefined, 'expected a duration: 500ms, 10s, 5m, 1h or 1d')
const aName = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_-]*$/, 'expected a name of letters and digits')
const evidence = z.enum(['documented', 'observed', 'inferred', 'assumed'])
const entityList = z.array(EntitySchema).min(1)

const limit = z.object({
  burst: z.number().positive(),
  per: aDuration,
  kind: z.enum(['sliding', 'token', 'clock']).optional(),
  refill: z.number().positive().optional(),
  atOnce: z.int().positive().optional(),
  scope: z.enum(['account', 'app']).optional(),
  source: z.string().min(1),
})

const reader = z.object({
  yields: entityList,
  checkpoint: aSchema,
  dependsOn: z.array(z.string()).optional(),
  every: aDuration.optional(),
  permission: z.string().optional(),
  evidence: evidence.optional(),
  effects: z.string().optional(),
})

const writer = z.object({
  takes: entityList,
  again: z.enum(['safe', 'ask', 'never']),
  batch: z.object({ max: z.int().positive(), linger: aDuration.optional() }).optional(),
  after: z.array(z.string()).optional(),
  settles: aDuration.optional(),
  givesUp: aDuration.optional(),
  permission: z.string().optional(),
  evidence: evidence.optional(),
})

const action = z.object({
  does: z.string().min(1),
  arguments: z.record(z.string(), z.string().min(1)).optional(),
  permission: z.string().optional(),
  evidence: evidence.optional(),
})

const guide = z.object({ en: z.string().min(1), de: z.string().min(1) })
const credentials = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('token'), schema: aSchema, guide, authorize: aFunction }),
  z.object({
    kind: z.literal('oauth'),
    schema: aSchema,
    guide,
    rotates: z.boolean(),
    renew: aFunction,
    authorize: aFunction,
  }),
  z.object({ kind: z.literal('file'), schema: aSchema, guide, parse: aFunction, authorize: aFunction }),
])

const manifest = z.object({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected kebab-case'),
  title: z.string().min(1),
  description: z.string().min(1),
  config: aSchema,
  credentials: credentials.optional(),
  hosts: aFunction.optional(),
  headers: aFunction.optional(),
  errors: aFunction.optional(),
  lint: aFunction.optional(),
  limits: z.record(aName, limit).optional(),
  retention: aDuration.optional(),
  retentionFrom: z.literal('delivery').optional(),
  readers: z.record(aName, reader),
  writers: z.record(aName, writer),
  actions: z.record(aName, action).optional(),
  needs: z.record(z.string(), z.object({ symbol: z.symbol(), name: z.string() })).optional(),
  create: aFunction,
  simulator: aFunction.optional(),
})

/**
 * Looks at what a package exports as its plugin. First whether it was written for this contract, then whether it has its form.
 * @throws PLUGIN_INCOMPATIBLE with what to update, or with each place that is wrong
 */
export function checkManifest(value: unknown, from: string, features: readonly string[] = []): Plugin {
  const refuse = (message: string): KontorError =>
    new KontorError('PLUGIN_INCOMPATIBLE', { message: `The plugin ${from} ${message}` })
  if (typeof value !== 'object' || value === null)
    throw refuse('has no default export made with `definePlugin`. Correct its entry file, or name another package.')
  const version = 'apiVersion' in value ? value.apiVersion : undefined
  if (typeof version !== 'number')
    throw refuse('states no `apiVersion`, so it is no plugin of Kontor. Name another package, or correct it.')
  if (version > apiVersion)
    throw refuse(
      `was written for version ${version} of the contract; this host speaks ${apiVersion}. Update @kontor/core and the runner.`,
    )
  if (version < apiVersion)
    throw refuse(
      `was written for version ${version} of the contract; this host speaks ${apiVersion}. Update the plugin.`,
    )
  const missing = demanded(value).filter((feature) => !hostFeatures.includes(feature) && !features.includes(feature))
  if (missing.length > 0)
    throw refuse(`needs ${missing.join(', ')}, which this host does not have. Update @kontor/core and the runner.`)
  const checked = manifest.safeParse(value)
  if (!checked.success)
    throw refuse(
      `is not formed as the contract says: ${issuesOf(checked.error)}. Update it, or report this to its author.`,
    )
  const unknownReaders = Object.entries(checked.data.writers).flatMap(([name, { after = [] }]) =>
    after
      .filter((each) => !Object.hasOwn(checked.data.readers, each))
      .map((each) => `writers.${name}.after names the reader "${each}", which is not there`),
  )
  if (unknownReaders.length > 0)
    throw refuse(`is not formed as the contract says: ${unknownReaders.join('; ')}. Report this to its author.`)
  return value as Plugin
}

const demanded = (value: object): string[] =>
  'features' in value && Array.isArray(value.features) ? value.features.map(String) : []

const issuesOf = (error: z.ZodError): string => {
  const shown = error.issues
    .slice(0, 8)
    .map((issue) => `${issue.path.map(String).join('.') || 'manifest'}: ${issue.message}`)
  return `${shown.join('; ')}${error.issues.length > shown.length ? `; and ${error.issues.length - shown.length} more` : ''}`
}

function toMillisecondsOrNothing(text: string): number | undefined {
  try {
    return toMilliseconds(text)
  } catch {
    return undefined
  }
}
