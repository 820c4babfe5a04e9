import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isKontorError, toMilliseconds, toMs, type Duration, type Limits, type Plugin } from '@kontor/core'
import type { Config, Connection, DecideRule, Flow, LoyaltyFlow } from './config.ts'
import { checkAddresses, lookUp, storeAddress } from './addresses.ts'
import { checkConnection, type ConnectionInput } from './connection-check.ts'
import { openConfig, openConnection } from './connection-settings.ts'
import { crossCheck, type NumberedFlow } from './cross-check.ts'
import { describeIssues } from './describe-issue.ts'
import {
  asList,
  FileSchema,
  isLoyalty,
  type ConfigFile,
  type FileConnection,
  type FileEntityFlow,
} from './file-schema.ts'
import { shapeOf } from './json-shape.ts'
import { limitsOf } from './plugin-facts.ts'
import { byPlace, ConfigError, type ConfigProblem, type KeyPath } from './problems.ts'
import { reportOn, type Report } from './report.ts'
import { createSecretSource, type SecretSource } from './secret-source.ts'
import { parseYaml, type YamlSource } from './yaml-source.ts'

/** Loads a plugin by package name, or by a path that begins with `./`, as seen from a folder. Throws PLUGIN_NOT_FOUND or PLUGIN_INCOMPATIBLE. */
export type PluginLoader = (name: string, folder: string) => Promise<Plugin>

export interface LoadOptions {
  loadPlugin: PluginLoader
  secrets?: SecretSource
  /** For the demo alone: its secrets are none. */
  allowLiteralSecrets?: boolean
}

/** Reads a config file. Throws one error with everything that is wrong in it. */
export async function loadConfig(path: string, options: LoadOptions): Promise<Config> {
  const file = resolve(path)
  return await readConfig(readConfigFile(file), file, options)
}

function readConfigFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    const why =
      thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
        ? 'There is no such file. "kontor init" writes one; --config names another.'
        : 'The file cannot be read.'
    throw new ConfigError([{ level: 'error', code: 'CONFIG_INVALID', file, path: [], message: why }])
  }
}

/** The same for a text; `file` says where relative paths start, and is named in errors. */
export async function readConfig(
  text: string,
  file: string,
  { loadPlugin, secrets, allowLiteralSecrets = false }: LoadOptions,
): Promise<Config> {
  const folder = dirname(file)
  const source = parseYaml(text, file)
  if (source.problems.length > 0) throw new ConfigError(source.problems)
  const report = reportOn(source)
  const parsed = FileSchema.safeParse(source.value ?? {})
  const stated = parsed.success ? parsed.data : readableParts(source.value)

  const loaded = await loadPlugins(report, stated.connections, folder, loadPlugin)
  const inputs = Object.entries(stated.connections).flatMap(([name, connection]): ConnectionInput[] => {
    const plugin = loaded.plugins.get(name)
    return plugin ? [{ report, name, stated: connection, plugin, allowLiteralSecrets }] : []
  })
  const names = Object.keys(
    isRecord(source.value) && isRecord(source.value['connections']) ? source.value['connections'] : {},
  )
  const found = [
    ...(parsed.success ? [] : issuesOf(source, report, parsed.error.issues)),
    ...loaded.problems,
    ...inputs.flatMap(checkConnection),
    ...checkAddresses(report, stated),
    ...crossCheck({ ...stated, flows: numbered(stated.flows), names, plugins: loaded.plugins, report }),
  ]
  const errors = found.filter(({ level }) => level === 'error')
  if (errors.length > 0 || !parsed.success) throw new ConfigError(errors)

  const from = secrets ?? createSecretSource({ folder })
  return {
    file,
    folder,
    store: async (at) => await storeAddress(report, { ...parsed.data, store: at ?? parsed.data.store }, folder, from),
    webhooks: parsed.data.webhooks,
    notify: async () =>
      parsed.data.notify === undefined ? undefined : await lookUp(report, 'notify', parsed.data.notify, from),
    connections: new Map(inputs.map((input) => [input.name, connectionOf(input, from, folder)])),
    flows: parsed.data.flows.flatMap((flow) => (isLoyalty(flow) ? [] : flowsOf(flow))),
    loyalty: parsed.data.flows.flatMap((flow) => (isLoyalty(flow) ? [loyaltyOf(flow.loyalty)] : [])),
    decide: new Map(
      Object.entries(parsed.data.decide).map(
        ([name, { accept, rules = [], notBefore, preorders }]): [string, DecideRule] => [
          name,
          { accept, rules, preorders, notBeforeMs: notBefore ? toMilliseconds(notBefore) : 0 },
        ],
      ),
    ),
    log: parsed.data.log,
    warnings: found.filter(({ level }) => level === 'warning').toSorted(byPlace),
    place: (key) => source.locate(pathOf(key, stated.flows)),
  }
}

function issuesOf(source: YamlSource, report: Report, issues: readonly unknown[]): ConfigProblem[] {
  const complaints = describeIssues(issues, { value: source.value, shape: shapeOf(FileSchema) })
  return complaints.map(({ path, what, message }) => report[what](path, message))
}

type Stated = Pick<ConfigFile, 'connections' | 'decide' | 'store' | 'storeKey' | 'notify'> & {
  flows: (ConfigFile['flows'][number] | undefined)[]
}

/** Of a file that is wrong somewhere, what is right in itself: so that everything wrong is told at once. */
function readableParts(value: unknown): Stated {
  const file = isRecord(value) ? value : {}
  const { connections, flows, decide, store, storeKey, notify } = FileSchema.shape
  return {
    connections: members(connections.valueType, file['connections']),
    decide: members(decide.unwrap().valueType, file['decide']),
    flows: (Array.isArray(file['flows']) ? file['flows'] : []).map((each: unknown) =>
      read(flows.unwrap().element, each),
    ),
    store: read(store, file['store']) ?? '',
    storeKey: read(storeKey, file['storeKey']),
    notify: read(notify, file['notify']),
  }
}

/** The path of a dotted key; a flow may be named by its id. */
function pathOf(key: string, flows: Stated['flows']): KeyPath {
  const [first = '', second = '', ...rest] = key.split('.')
  if (first !== 'flows') return key.split('.')
  const index = flows.findIndex((flow) => flow && idsOf(flow).includes(second))
  return ['flows', index < 0 ? Number(second) : index, ...rest]
}

const idsOf = (flow: ConfigFile['flows'][number]): string[] =>
  isLoyalty(flow) ? [loyaltyOf(flow.loyalty).id] : flowsOf(flow).map(({ id }) => id)

interface Reads<T> {
  safeParse(value: unknown): { data?: T | undefined }
}

const read = <T>(schema: Reads<T>, part: unknown): T | undefined => schema.safeParse(part).data

const members = <T>(schema: Reads<T>, part: unknown): Record<string, T> =>
  Object.fromEntries(
    Object.entries(isRecord(part) ? part : {}).flatMap(([name, each]): [string, T][] => {
      const member = read(schema, each)
      return member === undefined ? [] : [[name, member]]
    }),
  )

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const numbered = (flows: Stated['flows']): NumberedFlow[] =>
  flows.flatMap((flow, index) => (flow ? [{ flow, index }] : []))

async function loadPlugins(
  report: Report,
  connections: ConfigFile['connections'],
  folder: string,
  load: PluginLoader,
): Promise<{ plugins: Map<string, Plugin>; problems: ConfigProblem[] }> {
  const plugins = new Map<string, Plugin>()
  const problems: ConfigProblem[] = []
  for (const [name, { plugin }] of Object.entries(connections)) {
    try {
      plugins.set(name, await load(plugin, folder))
    } catch (thrown) {
      if (!isKontorError(thrown)) throw thrown
      problems.push({ ...report.value(['connections', name, 'plugin'], thrown.message), code: thrown.code })
    }
  }
  return { plugins, problems }
}

function connectionOf(input: ConnectionInput, secrets: SecretSource, folder: string): Connection {
  const { name, stated, plugin } = input
  const { every } = stated
  return {
    name,
    pluginName: stated.plugin,
    plugin,
    paused: stated.paused,
    limits: changedLimits(limitsOf(plugin), stated.limits),
    shipByWarningMs: toMilliseconds(stated.shipByWarning),
    reconcile: stated.reconcile === false ? undefined : stated.reconcile,
    lingerMs: stated.linger === undefined ? undefined : toMilliseconds(stated.linger),
    retentionMs: retentionMs(stated.retention ?? plugin.retention),
    everyMs(reader) {
      const text = typeof every === 'object' ? every[reader] : every
      return text === undefined ? undefined : toMilliseconds(text)
    },
    credentialsIn: plugin.credentials === undefined ? 'none' : stated.credentials === undefined ? 'store' : 'config',
    open: async (entered) => await openConnection(input, secrets, folder, entered),
    openConfig: async () => await openConfig(input, secrets),
  }
}

const retentionMs = (stated: string | undefined): number | undefined =>
  stated === undefined || stated === 'never' ? undefined : toMilliseconds(stated)

function changedLimits(limits: Limits, changes: FileConnection['limits']): Limits {
  return Object.fromEntries(
    Object.entries(limits).map(([name, spec]) => {
      const { burst, per, atOnce } = changes[name] ?? {}
      return [
        name,
        {
          ...spec,
          ...(burst === undefined ? {} : { burst }),
          ...(per === undefined ? {} : { per: duration(per) }),
          ...(atOnce === undefined ? {} : { atOnce }),
        },
      ]
    }),
  )
}

function flowsOf(flow: FileEntityFlow): Flow[] {
  const { entity, where = entity === 'orders' ? 'shippable' : 'all', start, every, cron, guard, countries } = flow
  const common = {
    entity,
    where,
    countries,
    cron,
    start: start === 'now' ? ('first-run' as const) : start === 'all' ? 0 : toMs(start),
    everyMs: every ? toMilliseconds(every) : undefined,
    guard: guard && {
      ...(guard.dropToZero ? { dropToZero: share(guard.dropToZero) } : {}),
      ...(guard.priceChange ? { priceChange: share(guard.priceChange) } : {}),
      ...(guard.floor ? { floor: guard.floor } : {}),
    },
  }
  return asList(flow.from).flatMap((from) =>
    (flow.to === 'origin' ? ['origin' as const] : asList(flow.to)).map((to) => ({
      ...common,
      id: `${entity}:${from}>${to}`,
      from: [from],
      to: to === 'origin' ? 'origin' : [to],
    })),
  )
}

/** The schema has let nothing else through. */
const duration = (text: string): Duration => `${toMilliseconds(text)}ms`
const share = (percent: string): number => Number(percent.slice(0, -1)) / 100

const loyaltyOf = ({
  shop,
  provider,
  ...rules
}: { shop: string; provider: string } & LoyaltyFlow['rules']): LoyaltyFlow => ({
  id: `points:${shop}>${provider}`,
  shop,
  provider,
  rules,
})
