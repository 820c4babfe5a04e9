import { KontorError, type Plugin } from '@kontor/core'
import {
  didYouMean,
  problemText,
  problemsOf,
  readConfig,
  type Config,
  type LoadOptions,
} from '../../src/config/index.ts'
import { depot } from '../plugins/depot.ts'
import { shop } from '../plugins/shop.ts'
import { vault } from '../plugins/vault.ts'

export const plugins: Readonly<Record<string, Plugin>> = {
  'plugin-shop': shop,
  'plugin-depot': depot,
  'plugin-vault': vault,
}

export async function loadPlugin(name: string): Promise<Plugin> {
  const plugin = plugins[name]
  if (!plugin)
    throw new KontorError('PLUGIN_NOT_FOUND', {
      message: `Plugin ${name} is not installed.${didYouMean(name, Object.keys(plugins))}`,
    })
  return plugin
}

export const load = async (text: string, options: Partial<LoadOptions> = {}): Promise<Config> =>
  await readConfig(text, '/etc/kontor/kontor.yaml', { loadPlugin, ...options })

/** What is wrong with a config, as a person reads it; empty where nothing is. */
export async function complaints(text: string, options: Partial<LoadOptions> = {}): Promise<string[]> {
  try {
    await load(text, options)
    return []
  } catch (error) {
    if (problemsOf(error).length === 0) throw error
    return problemsOf(error).map((problem) => problemText(problem).replace('/etc/kontor/', ''))
  }
}
