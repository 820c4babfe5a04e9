import { join } from 'node:path'
import { CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SELLER_ID } from '@kontor/plugin-amazon/simulator'
import { stringify } from 'yaml'
import { createPluginLoader } from '../../src/cli/installed.ts'
import { createSecretSource, readConfig, type Config } from '../../src/config/index.ts'

/** A config as a runner reads it, of a folder, with what its references name. */
export const configOf = (
  folder: string,
  document: object,
  environment: Readonly<Record<string, string>>,
): Promise<Config> =>
  readConfig(stringify(document), join(folder, 'kontor.yaml'), {
    loadPlugin: createPluginLoader(),
    secrets: createSecretSource({ folder, environment }),
  })

/** A connection to a simulated Amazon, as a config states it. */
export const marketAt = (url: string, config: object = {}) => ({
  plugin: '@kontor/plugin-amazon',
  config: { region: 'eu', sellerId: SELLER_ID, baseUrl: url, ...config },
})

/** Its credentials, and what they refer to. */
export const marketCredentials = {
  clientId: '${env:CLIENT}',
  clientSecret: '${env:SECRET}',
  refreshToken: '${env:REFRESH}',
}
export const marketSecrets = { CLIENT: CLIENT_ID, SECRET: CLIENT_SECRET, REFRESH: REFRESH_TOKEN }
