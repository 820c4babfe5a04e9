import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  Cache,
  Files,
  Log,
  Mode,
  Paths,
  KontorError,
  type Clock,
  type CredentialStore,
  type LimitSpec,
} from '@kontor/core'
import { connect, type Journal } from '@kontor/core/host'
import { z } from 'zod'
import type { Config, Connection, ConnectionSettings, StoreAddress } from '../config/index.ts'
import { assertOpen } from '../store/closed.ts'
import { storedBuckets } from '../store/buckets.ts'
import { storedCache } from '../store/cache.ts'
import { enteredCredentials, storedCredentials } from '../store/credentials.ts'
import { listNotices } from '../store/notices.ts'
import { openServerStore, openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import type { Checked } from './accounts.ts'
import { checkAccounts } from './check-accounts.ts'
import type { Engine } from './engine.ts'
import { expiring } from './expiry.ts'
import { filesOf } from './files.ts'
import { settleFlows } from './flows.ts'
import { storeJournal } from './journal.ts'
import { isDead, leaseTtlMs, ownerName } from './lifecycle.ts'
import { ledgerFlows } from './ledger-facts.ts'
import { createNotify, type Notify } from './notices.ts'
import type { Flow, Office } from './office.ts'
import { planJournal, type PlannedCall } from './plan.ts'
import { operatorFlow, ruleFlow } from './rules.ts'
import { Supervisor, type Bounds } from './supervisor.ts'
import { watchedParts } from './watched-parts.ts'

export interface EngineOptions {
  config: Config
  clock: Clock
  log: Log
  /** Told every secret value before anything can be logged. */
  mask: (secrets: readonly string[]) => void
  /** Plan mode: calls with an effect land here instead. */
  planned?: PlannedCall[]
  /** Versions of the installed packages that are plugins, by name: other runners are told. */
  pluginVersions?: ReadonlyMap<string, string>
  /** Another store than the config names: a plan works on a copy. */
  store?: Store
  /** Whether deliveries are gathered for a while before they are written; a run that ends by itself has all it will gather. */
  gathers?: boolean
  /** `last`: a backfill, which leaves half of every rate limit to live work. */
  priority?: 'first' | 'last'
  /** When a plugin is taken to stand still, where that is not as usual. */
  bounds?: Partial<Bounds>
  /** The store whose buckets calls draw from, where that is another. */
  buckets?: Store
}

export interface OpenEngine extends AsyncDisposable {
  engine: Engine
  store: Store
  supervisor: Supervisor
  checked: readonly Checked[]
}

/** Opens the store the config names. */
export async function openConfiguredStore(config: Config, clock: Clock): Promise<Store> {
  return await openStoreAt(await config.store(), clock)
}

export async function openStoreAt(address: StoreAddress, clock: Clock): Promise<Store> {
  if (address.kind === 'postgres')
    return await openServerStore({ url: address.url, clock, key: address.key, agree: true })
  return await openStore({ path: address.path, clock, ...(address.key === undefined ? {} : { key: address.key }) })
}

/** The same, where it is there already: looking makes none. */
export async function openExistingStore(config: Config, clock: Clock): Promise<Store | undefined> {
  const address = await config.store()
  if (address.kind === 'file' && !existsSync(address.path)) return undefined
  return await openConfiguredStore(config, clock)
}

/** The flows of the config, and those that follow from its rules. */
export const allFlows = (config: Config): Flow[] => [
  ...config.flows,
  ...(config.decide.size > 0 ? [ruleFlow] : []),
  operatorFlow,
  ...config.loyalty.flatMap(ledgerFlows),
]

/** Connects everything the config names, on the store; asks each connection whose data it sees. The composition root. */
export async function openEngine(options: EngineOptions): Promise<OpenEngine> {
  const { config, log } = options
  const store = options.store ?? (await openConfiguredStore(config, options.clock))
  // The time all runners of this store agree on.
  const { clock } = store
  await assertOpen(store).catch(async (thrown: unknown) => {
    if (!options.store) await store.close()
    throw thrown
  })
  const flows = allFlows(config)
  const offices = new Map<string, Office>()
  const engine: Engine = {
    store,
    clock,
    log,
    owner: ownerName(),
    offices,
    flows,
    decide: config.decide,
    loyalty: config.loyalty,
    paused: new Map(),
    troubled: new Set(),
    notify: options.planned ? async () => undefined : await notifyOf(options),
    ttlMs: leaseTtlMs,
    claims: new Map(),
    turns: new Map(),
    runs: new Set(),
    shown: () => new Set((options.planned ?? []).flatMap(({ keys }) => keys)),
  }
  const supervisor = new Supervisor(log, () => clock.now(), options.bounds)
  const listening = supervisor.listen()
  const connected: AsyncDisposable[] = []
  const dispose = async (): Promise<void> => {
    for (const each of connected.toReversed()) await each[Symbol.asyncDispose]()
    if (!options.store) await store.close()
    listening[Symbol.dispose]()
  }
  try {
    for (const connection of config.connections.values()) {
      const office = await openOffice(engine, connection, options, supervisor)
      offices.set(connection.name, office.office)
      connected.push(office.connected)
      if (connection.paused)
        engine.paused.set(
          connection.name,
          new KontorError('CONFIG_INVALID', {
            message: 'Paused in the config.',
            key: `connections.${connection.name}.paused`,
          }),
        )
    }
    for (const { kind, connection } of await listNotices(store.db))
      if (kind === 'stopped' && connection !== null) engine.troubled.add(connection)
    const checked = await checkAccounts(engine, ({ name }) => !engine.paused.has(name))
    await settleFlows(store, flows)
    return { engine, store, supervisor, checked, [Symbol.asyncDispose]: dispose }
  } catch (thrown) {
    await dispose()
    throw thrown
  }
}

/** Where the credentials of a connection are kept that change while in use. */
export const keptCredentials = (
  store: Store,
  owner: string,
  { name, credentialsIn }: Connection,
  { credentials }: Pick<ConnectionSettings, 'credentials'>,
): CredentialStore =>
  storedCredentials(store, name, credentialsIn === 'store' ? undefined : credentials, { owner, isDead })

async function notifyOf({ config, clock, log, mask }: EngineOptions): Promise<Notify> {
  const address = await config.notify()
  if (address === undefined) return async () => undefined
  mask([address])
  return createNotify(address, clock, log)
}

async function openOffice(
  engine: Engine,
  connection: Connection,
  options: EngineOptions,
  supervisor: Supervisor,
): Promise<{ office: Office; connected: AsyncDisposable }> {
  const { plugin, name } = connection
  const { store, clock } = engine
  const settings = await connection.open(
    connection.credentialsIn === 'store' ? await enteredCredentials(store, name) : undefined,
  )
  options.mask(settings.secrets)
  const journal: Journal = options.planned ? planJournal(name, options.planned) : storeJournal(engine)
  const whose = { connection: name, plugin: plugin.id }
  const oauth = plugin.credentials?.kind === 'oauth'
  const known = await store.db.selectFrom('connections').select('account').where('name', '=', name).executeTakeFirst()
  const account = known?.account ? `${plugin.id}:${known.account}` : name
  // Limits go by account: by the one known from before, from the check on by what that told.
  const bucketKey = (limit: string, { scope }: LimitSpec): string =>
    scope === 'app' ? `app ${plugin.id} ${limit}` : `${engine.offices.get(name)?.account ?? account} ${limit}`
  const connected = await connect(plugin, {
    config: settings.config,
    ...(settings.credentials === undefined
      ? {}
      : { credentials: oauth ? keptCredentials(store, engine.owner, connection, settings) : settings.credentials }),
    limits: connection.limits,
    buckets: storedBuckets(options.buckets ?? store),
    ...(options.priority ? { priority: options.priority } : {}),
    journal: supervisor.journal(journal),
    fetch: supervisor.fetch,
    clock,
    log: options.log,
    mode: options.planned ? 'plan' : 'live',
    name,
    bucketKey,
    overrides: [
      [Cache, () => storedCache(store, name)],
      [Files, () => filesOf(engine)],
      [Paths, () => ({ resolve: (path: string) => resolve(options.config.folder, path) })],
      [Log, () => options.log],
      [Mode, () => (options.planned ? 'plan' : 'live')],
    ],
  })
  const configured = z.record(z.string(), z.unknown()).catch({}).parse(settings.parsedConfig)
  const office: Office = {
    name,
    plugin,
    parts: watchedParts(supervisor, whose, connected),
    account,
    everyMs: (reader) => connection.everyMs(reader),
    lingerMs: options.gathers === false ? 0 : connection.lingerMs,
    retentionMs: connection.retentionMs,
    shipByWarningMs: connection.shipByWarningMs,
    reconcile: connection.reconcile,
    expiring: async () =>
      await expiring(store, name, plugin, {
        parsedConfig: settings.parsedConfig,
        credentials: oauth
          ? await keptCredentials(store, engine.owner, connection, settings).load()
          : settings.credentials,
      }),
    // Of the values that reading depends on, only a digest is kept.
    dependsOn: (keys) =>
      keys.length === 0
        ? ''
        : createHash('sha256')
            .update(JSON.stringify(keys.map((key) => configured[key] ?? null)))
            .digest('hex')
            .slice(0, 16),
  }
  return { office, connected: { [Symbol.asyncDispose]: () => supervisor.close(whose, connected) } }
}
