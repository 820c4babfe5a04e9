import { posix } from 'node:path'
import { isBuiltin } from 'node:module'
import { filesBelow, isTest, textOf, workspaces } from './files.mjs'
import { moduleFacts } from './module-facts.mjs'

export const title = 'import rules'

/** The rooms of core in order; each imports only itself and those before it. */
const coreRooms = ['canonical', 'errors', 'contract', 'http', 'host']

/**
 * What a room of a connector may import of the same connector; `types` are rooms of which it takes types alone.
 * Wire and canonical meet in `mapping`; the simulator stands alone, else a wrong belief would be tested against itself.
 */
const connectorRooms = {
  tables: { rooms: [] },
  config: { rooms: ['tables'] },
  limits: { rooms: ['tables'], types: ['config'] },
  wire: { rooms: ['tables'] },
  errors: { rooms: ['tables', 'wire', 'config'] },
  guide: { rooms: ['tables'], types: ['config'] },
  client: { rooms: ['tables', 'config', 'limits', 'wire', 'errors'] },
  mapping: { rooms: ['tables'], types: ['wire', 'config'] },
  readers: { rooms: ['tables', 'config', 'limits', 'wire', 'errors', 'client', 'mapping'] },
  writers: { rooms: ['tables', 'config', 'limits', 'wire', 'errors', 'client', 'mapping'] },
  plugin: {
    rooms: ['tables', 'config', 'limits', 'wire', 'errors', 'client', 'mapping', 'guide', 'readers', 'writers'],
    dynamic: ['simulator'],
  },
  index: { rooms: ['plugin', 'config'] },
  simulator: { rooms: [] },
}

/** Packages with one home; nothing else imports them. */
const homes = {
  tsyringe: 'packages/core/src/host/',
  'reflect-metadata': 'packages/core/src/host/',
  'fetch-retry': 'packages/core/src/http/',
}

/** Node's modules without network, clock, files or environment; a plugin may use these. */
const plainBuiltins = new Set(['assert', 'buffer', 'crypto', 'path', 'string_decoder', 'url', 'util', 'zlib', 'stream'])
const fileBuiltins = new Set([...plainBuiltins, 'fs', 'fs/promises', 'os', 'stream/promises'])
const builtinsFor = (workspace) => (workspace === 'packages/plugin-file' ? fileBuiltins : plainBuiltins)

/** Globals a plugin does not use, and what it uses instead. */
const forbiddenGlobals = new Map(
  Object.entries({
    fetch: '`http`',
    XMLHttpRequest: '`http`',
    WebSocket: '`http`',
    process: '`config` or `credentials`',
    console: '`log`',
    globalThis: 'the needs it states',
    setTimeout: '`clock`',
    setInterval: '`clock`',
    setImmediate: '`clock`',
    'Date.now': '`clock`',
    'new Date()': '`clock`',
    'Date()': '`clock`',
    'performance.now': '`clock`',
    'AbortSignal.timeout': '`clock`',
  }),
)

/** Reads every module of every workspace; a workspace without one is a problem, not a pass. */
export function check(root) {
  const places = workspaces(root)
  const modules = places.flatMap((workspace) =>
    ['src', 'test', 'bench'].flatMap((folder) =>
      filesBelow(root, `${workspace}/${folder}`, (path) => /\.tsx?$/.test(path)).map((path) => ({ workspace, path })),
    ),
  )
  const empty = places.filter((workspace) => !modules.some((module) => module.path.startsWith(`${workspace}/src/`)))
  const problems = modules.flatMap((module) => {
    const facts = moduleFacts(module.path, textOf(root, module.path) ?? '')
    return [
      ...facts.imports.flatMap((one) =>
        importProblems(module, one).map((says) => `${module.path}:${one.line} ${says}`),
      ),
      ...globalProblems(module, facts.globals),
      ...roomProblems(module),
    ]
  })
  return { files: modules.length, problems: [...empty.map((one) => `${one}/src holds no module`), ...problems] }
}

function importProblems(module, one) {
  if (one.specifier === undefined)
    return isPlugin(module.workspace) ? ['imports a computed name, which no check can follow'] : []
  if (!one.specifier.startsWith('.')) return packageProblems(module, one.specifier)
  const target = posix.normalize(posix.join(posix.dirname(module.path), one.specifier))
  if (!target.startsWith(`${module.workspace}/`)) return [`imports ${one.specifier}, which is outside its package`]
  if (isTest(module.path)) return []
  if (module.workspace === 'packages/core') return coreProblems(module.path, target)
  return isPlugin(module.workspace) ? connectorProblems(module, target, one) : []
}

function packageProblems({ workspace, path }, specifier) {
  const home = homes[packageName(specifier)]
  if (home !== undefined && !path.startsWith(home)) return [`imports ${specifier}, which only ${home} may`]
  if (workspace === 'packages/core') return coreDependencyProblems(path, specifier)
  if (workspace === 'packages/testkit')
    return isOurs(specifier, /^@kontor\/(plugin-|runner)/, 'the testkit knows no plugin')
  if (workspace === 'apps/runner' && !isTest(path))
    return isOurs(specifier, /^@kontor\/plugin-/, 'the runner meets plugins only through the config')
  return isPlugin(workspace) ? pluginDependencyProblems(workspace, path, specifier) : []
}

function coreDependencyProblems(path, specifier) {
  if (specifier.startsWith('@kontor/')) return [`imports ${specifier}: core imports no package of ours`]
  const pure = path.startsWith('packages/core/src/canonical/') && !isTest(path)
  return pure && packageName(specifier) !== 'zod' ? [`imports ${specifier}: canonical knows zod alone`] : []
}

function pluginDependencyProblems(workspace, path, specifier) {
  if (/^@kontor\/(plugin-|runner)/.test(specifier))
    return [`imports ${specifier}: a plugin knows no other plugin and no runner`]
  if (isTest(path)) return []
  if (/^@kontor\/core\/./.test(specifier)) return [`imports ${specifier}: a plugin loads @kontor/core alone`]
  if (inSimulator(path)) return []
  if (packageName(specifier) === '@kontor/testkit') return [`imports ${specifier}: only tests and the simulator may`]
  const builtin = isBuiltin(specifier) && !builtinsFor(workspace).has(specifier.replace(/^node:/, ''))
  return builtin ? [`imports ${specifier}: a plugin takes network, time and files from what it is given`] : []
}

function coreProblems(path, target) {
  const from = coreRoom(path)
  const to = coreRoom(target)
  if (from === 'index.ts') return to === 'host' ? ['imports host/, which has its own entry'] : []
  if (to === 'index.ts') return ['imports the entry of core instead of a room']
  return coreRooms.indexOf(to) > coreRooms.indexOf(from)
    ? [`is in ${from}/ and imports ${to}/, which comes after it`]
    : []
}

function connectorProblems({ workspace, path }, target, one) {
  const from = connectorRoom(workspace, path)
  const to = connectorRoom(workspace, target)
  const may = connectorRooms[from]
  if (may === undefined || from === to || may.rooms.includes(to)) return []
  if (may.types?.includes(to)) return one.typeOnly ? [] : [`is in ${from} and takes more than types from ${to}`]
  if (may.dynamic?.includes(to)) return one.dynamic ? [] : [`imports ${to} statically; it is loaded on demand`]
  return [`is in ${from} and imports ${to}`]
}

function globalProblems({ workspace, path }, globals) {
  if (!isPlugin(workspace) || isTest(path) || inSimulator(path)) return []
  return globals
    .filter(({ name }) => forbiddenGlobals.has(name))
    .map(({ name, line }) => `${path}:${line} uses ${name}; a plugin takes ${forbiddenGlobals.get(name)} instead`)
}

function roomProblems({ workspace, path }) {
  if (workspace !== 'packages/core' || isTest(path)) return []
  const room = coreRoom(path)
  return room === 'index.ts' || coreRooms.includes(room) ? [] : [`${path} stands in no room of core`]
}

const isPlugin = (workspace) => workspace.startsWith('packages/plugin-')
const inSimulator = (path) => /^packages\/[^/]+\/src\/simulator\//.test(path)
const coreRoom = (path) => path.split('/')[3] ?? ''
const connectorRoom = (workspace, path) =>
  (path.slice(`${workspace}/src/`.length).split('/')[0] ?? '').replace(/\.[jt]s$/, '')
const packageName = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
const isOurs = (specifier, pattern, why) => (pattern.test(specifier) ? [`imports ${specifier}: ${why}`] : [])
