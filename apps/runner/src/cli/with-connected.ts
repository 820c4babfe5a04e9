import { resolve } from 'node:path'
import { Cache, Paths, type Plugin } from '@kontor/core'
import { connect, createMemoryCache, type Connection as Connected } from '@kontor/core/host'
import type { Config, Connection } from '../config/index.ts'
import { openConfiguredStore } from '../engine/open-engine.ts'
import { storedCredentials } from '../store/credentials.ts'
import type { Cli } from './cli.ts'

/** Asks a connection something. Nothing that has an effect is sent. */
export async function withConnected<T>(
  cli: Cli,
  config: Config,
  connection: Connection,
  work: (connected: Connected<Plugin>) => Promise<T>,
): Promise<T> {
  const settings = await connection.open()
  cli.redactor.add(...settings.secrets)
  const { plugin, name, limits } = connection
  // Credentials that change when they are used live in the store: to use them up beside it would lock the account out.
  const rotating = plugin.credentials?.kind === 'oauth' ? await openConfiguredStore(config, cli.clock) : undefined
  try {
    await using connected = await connect(plugin, {
      name,
      config: settings.config,
      limits,
      mode: 'plan',
      clock: cli.clock,
      log: cli.log,
      ...(settings.credentials === undefined ? {} : { credentials: settings.credentials }),
      ...(rotating ? { store: storedCredentials(rotating, name, settings.credentials) } : {}),
      overrides: [
        [Cache, () => createMemoryCache(cli.clock)],
        [Paths, () => ({ resolve: (path: string) => resolve(config.folder, path) })],
      ],
    })
    return await work(connected)
  } finally {
    await rotating?.close()
  }
}
