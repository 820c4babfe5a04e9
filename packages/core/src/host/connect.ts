import type {
  Begin,
  Cache as CacheService,
  Clock as ClockService,
  CredentialStore,
  Definition,
  Http,
  InputOf,
  Limits,
  LimitSpec,
  Log as LogService,
  Mode as ModeValue,
  Parts,
  Plugin,
  ReaderSpec,
  Schema,
  ServiceToken,
  WriterSpec,
} from '../contract/index.ts'
import { Cache, Clock, Log, Mode } from '../contract/index.ts'
import { KontorError, toKontorError } from '../errors/index.ts'
import { createRedactor, type Buckets, type Journal, type Redactor } from '../http/index.ts'
import type { Connection } from './connection.ts'
import type { Override, ServiceScope } from './container.ts'
import { loadCredentials, registerHttp } from './compose-http.ts'
import { beginWith, journalIn } from './journals.ts'
import { maskedLog } from './log.ts'
import { checkManifest } from './manifest.ts'
import { createMemoryCache } from './memory-cache.ts'
import { checkParts, connectionOf } from './parts.ts'
import { createProcessScope } from './process-scope.ts'
import {
  BeginToken,
  BucketsToken,
  CredentialStoreToken,
  FetchToken,
  HttpToken,
  JournalToken,
  RedactorToken,
} from './tokens.ts'
import { validated } from './validated.ts'

export interface ConnectOptions<C = unknown, K = unknown, L extends string = string> {
  config: C
  /** Values, or the store they are kept in. Of credentials that come as a file: also its text. */
  credentials?: K | string | CredentialStore
  /** Where credentials are kept that change while in use. What it holds counts; if it is empty, `credentials` are put into it. */
  store?: CredentialStore
  /** Name of the connection, for messages and logs; default the id of the plugin. */
  name?: string
  /** Changes of the plugin's limits: other tools may use the same account. */
  limits?: Partial<Readonly<Record<L, Partial<Omit<LimitSpec, 'source'>>>>>
  /** Buckets shared with others. Without: of this process. */
  buckets?: Buckets
  /** Whose buckets these are; default: whoever has these credentials. */
  bucketKey?: (name: string, spec: LimitSpec) => string
  /** `last`: backfill, which leaves half of every bucket to live work. */
  priority?: 'first' | 'last'
  journal?: Journal
  clock?: ClockService
  log?: LogService
  cache?: CacheService
  fetch?: typeof fetch
  /** `plan`: calls with an effect throw PLAN_MODE instead of being sent. */
  mode?: ModeValue
  /** Other services under their tokens, made in the scope of this connection. */
  overrides?: readonly Override[]
  /** The scope this connection lives in, with the services of its process; see {@link createProcessScope}. */
  host?: ServiceScope
  /** Longest time between noting *begun* and the call, default 1000 ms. */
  freshMs?: number
  random?: () => number
}

/** Scopes of plugins, one for each process scope and plugin. */
const pluginScopes = new WeakMap<ServiceScope, WeakMap<Plugin, ServiceScope>>()
let ownProcess: ServiceScope | undefined

/**
 * Connects one account of a plugin: checks config and credentials, gives the plugin what it needs, and answers its readers and writers.
 * Nothing is called yet. Without a runner, pages and outcomes come as they are, and nothing is remembered.
 *
 * ```ts
 * await using shop = await connect(plugin, { config, credentials })
 * for await (const page of shop.readers.orders.read({ since: '2026-05-01T00:00:00Z' })) console.log(page.records)
 * ```
 * @throws CONFIG_INVALID with the key that is wrong; CREDENTIAL_STORE_NEEDED; PLUGIN_INCOMPATIBLE
 */
export async function connect<
  C extends Schema,
  K extends Schema,
  L extends Limits,
  R extends Record<string, ReaderSpec>,
  W extends Record<string, WriterSpec>,
  N extends Record<string, ServiceToken<unknown>>,
>(
  plugin: Definition<C, K, L, R, W, N>,
  options: ConnectOptions<InputOf<C>, InputOf<K>, Extract<keyof L, string>>,
): Promise<Connection<Definition<C, K, L, R, W, N>, R, W>> {
  const connection = await open(checkManifest(plugin, idOf(plugin)), options)
  // What was built from this definition has its parts; `checkParts` has looked.
  return connection as unknown as Connection<Definition<C, K, L, R, W, N>, R, W>
}

const isStore = (value: unknown): value is CredentialStore =>
  typeof value === 'object' &&
  value !== null &&
  'load' in value &&
  typeof value.load === 'function' &&
  'swap' in value &&
  typeof value.swap === 'function'

const idOf = (plugin: unknown): string =>
  typeof plugin === 'object' && plugin !== null && 'id' in plugin && typeof plugin.id === 'string' ? plugin.id : 'given'

async function open(plugin: Plugin, options: ConnectOptions): Promise<Connection<Plugin>> {
  const name = options.name ?? plugin.id
  const place = options.name === undefined ? '' : `connections.${options.name}.`
  const redactor = createRedactor()
  const config: unknown = validated(plugin.config, options.config ?? {}, `${place}config`, name)
  const host = options.host ?? (ownProcess ??= createProcessScope())
  const scope = pluginScope(host, plugin).child(`connection ${name}`)
  try {
    const { credentials } = options
    provideServices(scope, name, redactor, isStore(credentials) ? { store: credentials, ...options } : options)
    const given = isStore(credentials) ? undefined : credentials
    const held = await loadCredentials({
      plugin,
      config,
      given,
      store: scope.get(CredentialStoreToken),
      place: `${place}credentials`,
      name,
      redactor,
    })
    registerHttp(scope, { plugin, name, config, held, redactor, limits: options.limits ?? {}, options })
    scope.override(options.overrides ?? [])
    const parts = create(plugin, scope, {
      config,
      credentials: held?.parsed,
      http: scope.get(HttpToken),
      begin: scope.get(BeginToken),
    })
    return connectionOf(plugin, parts, { config, clock: scope.get(Clock) }, redactor, async () => {
      try {
        await parts.dispose?.()
      } finally {
        await scope[Symbol.asyncDispose]()
      }
    })
  } catch (error) {
    await scope[Symbol.asyncDispose]()
    throw redactor.error(toKontorError(error, `Connecting ${name}`))
  }
}

function pluginScope(host: ServiceScope, plugin: Plugin): ServiceScope {
  const scopes = pluginScopes.get(host) ?? new WeakMap<Plugin, ServiceScope>()
  pluginScopes.set(host, scopes)
  const scope = scopes.get(plugin) ?? host.child(`plugin ${plugin.id}`)
  scopes.set(plugin, scope)
  return scope
}

/** What is given replaces what the process has. */
function provideServices(scope: ServiceScope, name: string, redactor: Redactor, options: ConnectOptions): void {
  const given: readonly (readonly [ServiceToken<unknown>, unknown])[] = [
    [Clock, options.clock],
    [FetchToken, options.fetch],
    [BucketsToken, options.buckets],
    [CredentialStoreToken, options.store],
    [Mode, options.mode],
    [JournalToken, options.journal],
  ]
  for (const [token, value] of given) if (value !== undefined) scope.provide(token, value)
  const log = maskedLog(options.log ?? scope.get(Log), redactor, { connection: name })
  scope.provide(Log, log)
  scope.provide(RedactorToken, redactor)
  if (options.cache) scope.provide(Cache, options.cache)
  else if (!scope.has(Cache)) scope.register(Cache, (get) => createMemoryCache(get(Clock)))
  scope.register(BeginToken, (get) => beginWith(journalIn(get)))
}

function create(
  plugin: Plugin,
  scope: ServiceScope,
  always: { config: unknown; credentials: unknown; http: Http; begin: Begin },
): Parts {
  const needs: Readonly<Record<string, ServiceToken<unknown>>> = plugin.needs ?? {}
  const missing = Object.values(needs).filter((token) => !scope.has(token))
  if (missing.length > 0)
    throw new KontorError('PLUGIN_INCOMPATIBLE', {
      message: `The plugin ${plugin.id} needs ${missing.map((token) => token.name).join(', ')}, which this host does not have. Update the host, or pass it in \`overrides\`.`,
    })
  const services = Object.fromEntries(Object.entries(needs).map(([name, token]) => [name, scope.get(token)]))
  const parts: Parts = plugin.create({ ...services, ...always })
  checkParts(plugin, parts)
  return parts
}
