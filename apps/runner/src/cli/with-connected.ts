import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Cache, Paths, type Plugin } from '@kontor/core'
import { connect, createMemoryCache, type Connection as Connected } from '@kontor/core/host'
import type { Config, Connection, ConnectionSettings } from '../config/index.ts'
import { ownerName } from '../engine/lifecycle.ts'
import { keptCredentials, openConfiguredStore } from '../engine/open-engine.ts'
import { enteredCredentials } from '../store/credentials.ts'
import type { Store } from '../store/store.ts'
import type { Cli } from './cli.ts'

/** Asks a connection something. Nothing that has an effect is sent, unless it is `live`. */
export async function withConnected<T>(
  cli: Cli,
  config: Config,
  connection: Connection,
  work: (connected: Connected<Plugin>, about: { settings: ConnectionSettings; store: Store | undefined }) => Promise<T>,
  mode: 'plan' | 'live' = 'plan',
): Promise<T> {
  const { plugin, name, limits } = connection
  const store = await storeOf(cli, config, connection)
  try {
    const settings = await connection.open(
      store && connection.credentialsIn === 'store' ? await enteredCredentials(store, name) : undefined,
    )
    cli.redactor.add(...settings.secrets)
    await using connected = await connect(plugin, {
      name,
      config: settings.config,
      limits,
      mode,
      // Access tokens are shared with runners by the time they all agree on.
      clock: store?.clock ?? cli.clock,
      log: cli.log,
      ...(settings.credentials === undefined ? {} : { credentials: settings.credentials }),
      ...(store && renewed(connection) ? { store: keptCredentials(store, ownerName(), connection, settings) } : {}),
      overrides: [
        [Cache, () => createMemoryCache(cli.clock)],
        [Paths, () => ({ resolve: (path: string) => resolve(config.folder, path) })],
      ],
    })
    return await work(connected, { settings, store })
  } finally {
    await store?.close()
  }
}

/** Credentials that change when they are used live in the store: to use them up beside it would lock the account out. */
const renewed = ({ plugin }: Connection): boolean => plugin.credentials?.kind === 'oauth'

/** The store, where the credentials of this connection are in it. One that is not there yet holds none. */
async function storeOf(cli: Cli, config: Config, connection: Connection): Promise<Store | undefined> {
  if (renewed(connection)) return await openConfiguredStore(config, cli.clock)
  if (connection.credentialsIn !== 'store') return undefined
  const address = await config.store()
  return address.kind === 'file' && !existsSync(address.path) ? undefined : await openConfiguredStore(config, cli.clock)
}
