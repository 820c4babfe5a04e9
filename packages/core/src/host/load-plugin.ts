import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { Plugin } from '../contract/index.ts'
import { KontorError } from '../errors/index.ts'
import { checkManifest } from './manifest.ts'

export interface LoadOptions {
  /** The folder the name is looked for from: that of the configuration. */
  from: string
  /** How the host itself imports a package, for plugins installed beside it: `(name) => import(name)`, written in the host. */
  importFromHost?: (specifier: string) => Promise<unknown>
  /** Abilities of the host beside those of core. */
  features?: readonly string[]
}

/**
 * Loads a plugin by the name of its package, or by a path (`./my-plugin.js`), and looks whether it fits.
 * @throws PLUGIN_NOT_FOUND, PLUGIN_INCOMPATIBLE
 */
export async function loadPlugin(
  specifier: string,
  { from, importFromHost, features = [] }: LoadOptions,
): Promise<Plugin> {
  const file = /^(\.{0,2}\/|file:)/.test(specifier) ? localFile(specifier, from) : packageEntry(specifier, from)
  const load =
    file === undefined ? importFromHost && (() => importFromHost(specifier)) : () => import(/* @vite-ignore */ file)
  if (!load) throw notFound(specifier)
  return checkManifest(pluginIn(await imported(load, specifier)), specifier, features)
}

async function imported(load: () => Promise<unknown>, specifier: string): Promise<unknown> {
  try {
    return await load()
  } catch (error) {
    // Its own dependency may be what is missing: then it was found, and the name of the other helps.
    const missing = /Cannot find (?:package|module) '([^']+)'/.exec(error instanceof Error ? error.message : '')?.[1]
    if (missing === specifier || (missing !== undefined && missing.endsWith(`/${specifier}`))) throw notFound(specifier)
    const why =
      missing === undefined
        ? error instanceof Error
          ? `${error.name}: ${error.message.split('\n', 1)[0]}`
          : 'unknown'
        : `it needs "${missing}", which is not installed`
    throw new KontorError('PLUGIN_NOT_FOUND', {
      message: `The plugin "${specifier}" was found, but cannot be loaded: ${why}. Install it again, or update it.`,
      cause: error,
    })
  }
}

/** The default export, also of a module that was CommonJS once, or one named `plugin`. */
function pluginIn(module: unknown): unknown {
  const exported = member(module, 'default') ?? member(module, 'plugin')
  return member(exported, 'default') ?? exported
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined

function localFile(specifier: string, from: string): string {
  if (specifier.startsWith('file:')) return specifier
  const path = resolve(from, specifier)
  const found = [path, join(path, 'index.js'), join(path, 'dist/index.js')].find(
    (each) => /\.[cm]?[jt]s$/.test(each) && existsSync(each),
  )
  if (found === undefined)
    throw new KontorError('PLUGIN_NOT_FOUND', {
      message: `There is no plugin at ${specifier}. Correct the path; it is read from the folder of the configuration.`,
    })
  return pathToFileURL(found).href
}

/** The entry of a package that is installed in the folder or above it. */
function packageEntry(specifier: string, from: string): string | undefined {
  if (!/^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*(\/[\w./-]+)?$/i.test(specifier))
    throw new KontorError('PLUGIN_NOT_FOUND', {
      message: `"${specifier.slice(0, 100)}" is no name of a package. Write it like @kontor/plugin-file, or a path that begins with ./`,
    })
  const require = createRequire(join(resolve(from), 'kontor.yaml'))
  try {
    const path = require.resolve(specifier)
    return existsSync(path) ? pathToFileURL(path).href : undefined
  } catch {
    // A package without an entry for `require` (conditions `import` alone) is found by its package.json.
    return esmEntry(specifier, from)
  }
}

const Conditions: z.ZodType<ConditionTree> = z.lazy(() =>
  z.union([z.string(), z.record(z.string(), Conditions), z.array(Conditions), z.null()]),
)
type ConditionTree = string | null | ConditionTree[] | { [key: string]: ConditionTree }
const PackageJson = z.object({
  exports: Conditions.optional(),
  module: z.string().optional(),
  main: z.string().optional(),
})

function esmEntry(specifier: string, from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const home = join(folder, 'node_modules', specifier)
    if (existsSync(join(home, 'package.json'))) {
      const { exports, module, main } = PackageJson.parse(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')))
      const entry =
        targetOf(
          typeof exports === 'object' && exports !== null && !Array.isArray(exports) && '.' in exports
            ? exports['.']
            : exports,
        ) ??
        module ??
        main ??
        'index.js'
      const path = join(home, entry)
      return existsSync(path) ? pathToFileURL(path).href : undefined
    }
    if (dirname(folder) === folder) return undefined
  }
}

function targetOf(tree: ConditionTree | undefined): string | undefined {
  if (typeof tree === 'string') return tree
  if (Array.isArray(tree)) return tree.map(targetOf).find((each) => each !== undefined)
  if (typeof tree !== 'object' || tree === null) return undefined
  for (const [condition, target] of Object.entries(tree)) {
    const found = ['node', 'import', 'default'].includes(condition) ? targetOf(target) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

const notFound = (specifier: string): KontorError =>
  new KontorError('PLUGIN_NOT_FOUND', {
    message: `The plugin "${specifier}" is not installed. Run \`npm install ${specifier}\` in the folder of the configuration, or correct its name.`,
  })
