import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { isKontorError, KontorError, type Plugin } from '@kontor/core'
import { loadPlugin } from '@kontor/core/host'
import { nearest, type PluginLoader } from '../config/index.ts'

/** A package that says it is a plugin. */
export interface InstalledPackage {
  name: string
  version: string
  folder: string
}

const Manifest = z.looseObject({
  name: z.string(),
  version: z.string().default('0.0.0'),
  keywords: z.array(z.string()).default([]),
})
const keyword = 'kontor-plugin'
const looksLikePlugin = /(^|\/)(kontor-)?plugin-/

/** Plugins installed for a config's folder, or beside the runner. The nearest of one name counts. */
export function installedPackages(from: string): InstalledPackage[] {
  const found = new Map<string, InstalledPackage>()
  for (const folder of [...foldersAbove(from), ...foldersAbove(import.meta.dirname)])
    for (const each of packagesIn(join(folder, 'node_modules'))) if (!found.has(each.name)) found.set(each.name, each)
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
}

function foldersAbove(from: string): string[] {
  const folder = resolve(from)
  return dirname(folder) === folder ? [folder] : [folder, ...foldersAbove(dirname(folder))]
}

function packagesIn(modules: string): InstalledPackage[] {
  const names = namesIn(modules).flatMap((name) =>
    name.startsWith('@') ? namesIn(join(modules, name)).map((each) => `${name}/${each}`) : [name],
  )
  return names
    .filter((name) => looksLikePlugin.test(name))
    .flatMap((name) => {
      const folder = join(modules, name)
      const manifest = readManifest(join(folder, 'package.json'))
      return manifest?.keywords.includes(keyword) ? [{ name, version: manifest.version, folder }] : []
    })
}

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])

function readManifest(path: string): z.infer<typeof Manifest> | undefined {
  try {
    return Manifest.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}

/** Loads plugins from the folder of the config, else from beside the runner; names the nearest that is installed. */
export const createPluginLoader = (): PluginLoader => async (name, folder) => {
  try {
    return await loadPlugin(name, { from: folder, importFromHost: async (specifier) => await import(specifier) })
  } catch (thrown) {
    if (!isKontorError(thrown) || thrown.code !== 'PLUGIN_NOT_FOUND') throw thrown
    const near = nearest(
      name,
      installedPackages(folder).map((each) => each.name),
    )
    throw near === undefined
      ? thrown
      : new KontorError('PLUGIN_NOT_FOUND', { message: `${thrown.message} Did you mean "${near}"?`, cause: thrown })
  }
}

export type LoadedPackage = InstalledPackage & ({ plugin: Plugin } | { plugin: undefined; error: KontorError })

/** Every plugin that is installed, loaded; one that cannot be loaded says why. */
export async function loadInstalled(folder: string, load: PluginLoader): Promise<LoadedPackage[]> {
  return await Promise.all(
    installedPackages(folder).map(async (each): Promise<LoadedPackage> => {
      try {
        return { ...each, plugin: await load(each.name, folder) }
      } catch (thrown) {
        if (!isKontorError(thrown)) throw thrown
        return { ...each, plugin: undefined, error: thrown }
      }
    }),
  )
}
