import { createHash } from 'node:crypto'
import { canonicalText } from '../canonical/index.ts'
import {
  Clock,
  Log,
  type CredentialStore,
  type HttpFailure,
  type Limits,
  type LimitSpec,
  type Plugin,
} from '../contract/index.ts'
import { KontorError } from '../errors/index.ts'
import {
  createHttp,
  createOAuthAuthorizer,
  fixedAuthorizer,
  secretsIn,
  type Authorizer,
  type Held,
  type Hosts,
  type HttpOptions,
  type Redactor,
} from '../http/index.ts'
import type { ConnectOptions } from './connect.ts'
import type { ServiceScope } from './container.ts'
import { journalIn, noJournal } from './journals.ts'
import { AuthorizerToken, BucketsToken, CredentialStoreToken, FetchToken, HttpToken } from './tokens.ts'
import { validated } from './validated.ts'

/** The credentials of a connection, checked, and masked in everything from now on. */
export async function loadCredentials(from: {
  plugin: Plugin
  config: unknown
  given: unknown
  store: CredentialStore | undefined
  place: string
  name: string
  redactor: Redactor
}): Promise<Held | undefined> {
  const { plugin, store, place, name, redactor } = from
  const spec = plugin.credentials
  if (!spec) return undefined
  if (spec.kind === 'oauth' && spec.rotates && !store)
    throw new KontorError('CREDENTIAL_STORE_NEEDED', {
      message: `[${name}] These credentials are replaced each time they are renewed; plain values would be worth nothing after the first time. Pass a CredentialStore as \`store\`.`,
      key: place,
    })
  const given: unknown = spec.kind === 'file' && typeof from.given === 'string' ? spec.parse(from.given) : from.given
  redactor.add(...secretsIn(given))
  const raw = await storedOr(given, store)
  redactor.add(...secretsIn(raw))
  const parsed: unknown = validated(spec.schema, raw, place, name, true)
  redactor.add(...secretsIn(parsed), ...(spec.secrets?.(parsed, from.config) ?? []))
  return { raw, parsed }
}

async function storedOr(given: unknown, store: CredentialStore | undefined): Promise<unknown> {
  if (!store) return given
  const stored = await store.load()
  if (stored !== undefined && stored !== null) return stored
  if (given === undefined) return stored
  // Who was faster has put its own there.
  return (await store.swap(stored, given)) ? given : store.load()
}

interface Composition {
  plugin: Plugin
  name: string
  config: unknown
  held: Held | undefined
  redactor: Redactor
  limits: Readonly<Record<string, Partial<Omit<LimitSpec, 'source'>> | undefined>>
  options: Pick<ConnectOptions, 'bucketKey' | 'priority' | 'freshMs' | 'random'>
}

/** The HTTP client of a connection, and who it says it is. */
export function registerHttp(scope: ServiceScope, composition: Composition): void {
  const { plugin, name, config, held, redactor, limits, options } = composition
  const hosts: Hosts = plugin.hosts?.(config) ?? { api: [] }
  const { errors } = plugin
  const facts = (): Omit<HttpOptions, 'journal' | 'authorizer'> => ({
    plugin: name,
    hosts,
    headers: plugin.headers?.(config) ?? {},
    ...(errors ? { errors: (failure: HttpFailure) => errors(failure, config) } : {}),
    limits: changedLimits(plugin.limits ?? {}, limits),
    fetch: scope.get(FetchToken),
    clock: scope.get(Clock),
    buckets: scope.get(BucketsToken),
    log: scope.get(Log),
    redactor,
    bucketKey: options.bucketKey ?? bucketKeyOf(composition, hosts),
    ...(options.priority ? { priority: options.priority } : {}),
    ...(options.freshMs === undefined ? {} : { freshMs: options.freshMs }),
    ...(options.random ? { random: options.random } : {}),
  })
  const spec = plugin.credentials
  if (spec && held) scope.register(AuthorizerToken, (get) => authorizerOf(spec, held, get(CredentialStoreToken)))
  scope.register(HttpToken, (get) =>
    createHttp({
      ...facts(),
      journal: journalIn(get),
      ...(spec && held ? { authorizer: get(AuthorizerToken) } : {}),
      ...(spec?.kind === 'oauth' && spec.lapsed ? { lapsed: spec.lapsed } : {}),
    }),
  )

  function authorizerOf(
    credentials: NonNullable<typeof spec>,
    known: Held,
    store: CredentialStore | undefined,
  ): Authorizer {
    if (credentials.kind !== 'oauth')
      return fixedAuthorizer(() => credentials.authorize(known.parsed, config), redactor)
    // Renewing is the host's own matter: it is neither planned nor noted for a delivery.
    const http = createHttp({ ...facts(), journal: noJournal, renews: true })
    return createOAuthAuthorizer({
      spec: credentials,
      config,
      held: known,
      http,
      clock: scope.get(Clock),
      redactor,
      ...(store ? { store } : {}),
    })
  }
}

function changedLimits(limits: Limits, changes: Composition['limits']): Limits {
  const unknown = Object.keys(changes).filter((name) => !Object.hasOwn(limits, name))
  if (unknown.length > 0)
    throw new KontorError('CONFIG_INVALID', {
      message: `There is no limit "${unknown.join('", "')}"; the plugin states ${Object.keys(limits).join(', ') || 'none'}.`,
      path: unknown[0] ?? '',
      key: `limits.${unknown[0]}`,
    })
  return Object.fromEntries(
    Object.entries(limits).map(([name, spec]) => [name, changedLimit(spec, changes[name] ?? {})]),
  )
}

/** Who states a limit of his own means no more than that, whatever the system would allow. */
function changedLimit(spec: LimitSpec, change: Partial<Omit<LimitSpec, 'source'>>): LimitSpec {
  const changed = { ...spec, ...change }
  const isOwn = changed.burst !== spec.burst || changed.per !== spec.per || changed.refill !== spec.refill
  return changed.learn?.raises && isOwn ? { ...changed, learn: { ...changed.learn, raises: false } } : changed
}

/**
 * Whose buckets: two connections with the same credentials at the same address draw from the same. Credentials that rotate, or none, tell
 * nothing; then it is the name of the connection. A host that knows the account passes a `bucketKey` of its own.
 */
function bucketKeyOf({ plugin, name, held }: Composition, hosts: Hosts): (limit: string, spec: LimitSpec) => string {
  const rotates = plugin.credentials?.kind === 'oauth' && plugin.credentials.rotates
  const account =
    held && !rotates
      ? createHash('sha256')
          .update(canonicalText([hosts.api[0] ?? '', held.raw]))
          .digest('hex')
          .slice(0, 16)
      : name
  return (limit, { scope }) => (scope === 'app' ? `${plugin.id}/${limit}` : `${plugin.id}/${account}/${limit}`)
}
