import { existsSync } from 'node:fs'
import { KontorError } from '@kontor/core'
import { openConfiguredStore, type EngineOptions } from '../engine/open-engine.ts'
import type { Store } from '../store/store.ts'
import type { Cli } from './cli.ts'
import { installedPackages } from './installed.ts'

/** Works on the store of the config, beside a runner or without one. A store that is not there is not made by looking. */
export async function withStore<T>(cli: Cli, work: (store: Store) => Promise<T>): Promise<T> {
  const config = await cli.config()
  const address = await config.store()
  if (address.kind === 'file' && !existsSync(address.path))
    throw new KontorError('STORE_UNUSABLE', {
      message: `There is no store at ${address.path} yet. "kontor run" or "kontor run --once" makes it.`,
      key: 'store',
    })
  const store = await openConfiguredStore(config, cli.clock)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** What the engine is opened with. */
export async function engineOptions(cli: Cli): Promise<EngineOptions> {
  return {
    config: await cli.config(),
    clock: cli.clock,
    log: cli.log,
    mask: (secrets) => cli.redactor.add(...secrets),
    pluginVersions: new Map(installedPackages(cli.folder).map(({ name, version }) => [name, version])),
  }
}
