import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkManifest, loadPlugin } from '../../src/host/index.ts'
import { errorOf } from '../support/http.ts'

/** A schema without zod, as another library would bring it. */
const schema = `{ '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }`
const manifest = (changes = ''): string => `{
  id: 'corner-shop', title: 'Corner shop', description: 'A shop in a test.', apiVersion: 1, config: ${schema},
  readers: { orders: { yields: ['orders'], checkpoint: ${schema} } }, writers: {},
  create: () => ({ check: async () => ({ problems: [] }), readers: { orders: { async *read() {} } }, writers: {} }), ${changes}
}`

/** A folder with these files, gone after the test. */
async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'kontor-load-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true })
    await writeFile(join(path, name), text)
  }
  return path
}
const packageOf = (name: string, entry: object, code: string): Record<string, string> => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', type: 'module', ...entry }),
  [`node_modules/${name}/main.js`]: code,
})

describe('loading a plugin', () => {
  it.each([
    ['by conditions', { exports: { '.': { types: './none.d.ts', import: './main.js' } } }],
    ['by default', { exports: { '.': { default: './main.js' } } }],
    ['by a plain export', { exports: './main.js' }],
    ['by `main`', { main: './main.js' }],
  ])('finds a package beside the configuration, %s', async (_, entry) => {
    const from = await folder(packageOf('@acme/kontor-shop', entry, `export default ${manifest()}`))
    expect((await loadPlugin('@acme/kontor-shop', { from })).id).toBe('corner-shop')
    expect((await loadPlugin('@acme/kontor-shop', { from: join(from, 'deep', 'er') })).id).toBe('corner-shop')
  })
  it('finds a file beside the configuration, also one that exports `plugin`', async () => {
    const from = await folder({
      'shop.mjs': `export const plugin = ${manifest()}`,
      'built/dist/index.js': 'x',
      'old.cjs': `module.exports = ${manifest()}`,
    })
    expect((await loadPlugin('./shop.mjs', { from })).id).toBe('corner-shop')
    expect((await loadPlugin(join(from, 'shop.mjs'), { from: '/' })).id).toBe('corner-shop')
    expect((await loadPlugin('./old.cjs', { from })).id).toBe('corner-shop')
  })
  it('asks the host for a package that is not beside the configuration', async () => {
    const from = await folder({})
    const asked: string[] = []
    const importFromHost = async (name: string): Promise<unknown> => {
      asked.push(name)
      return {
        default: {
          ...(await loadPlugin('./p.mjs', { from: await folder({ 'p.mjs': `export default ${manifest()}` }) })),
        },
      }
    }
    expect((await loadPlugin('@kontor/plugin-nowhere', { from, importFromHost })).id).toBe('corner-shop')
    expect(asked).toEqual(['@kontor/plugin-nowhere'])
  })
  it('says that a package is not there, and how to get it', async () => {
    const from = await folder({})
    const error = await errorOf(loadPlugin('@acme/kontor-nowhere', { from }))
    expect(error).toMatchObject({
      code: 'PLUGIN_NOT_FOUND',
      message: expect.stringContaining('npm install @acme/kontor-nowhere'),
    })
    const importFromHost = (): Promise<unknown> =>
      Promise.reject(new Error("Cannot find package '@acme/kontor-nowhere' imported from /x.js"))
    expect((await errorOf(loadPlugin('@acme/kontor-nowhere', { from, importFromHost }))).message).toBe(error.message)
    expect(await errorOf(loadPlugin('./nowhere.js', { from }))).toMatchObject({ code: 'PLUGIN_NOT_FOUND' })
  })
  it.each(['', ' ', 'http://evil.example/x.js', 'data:text/javascript,export default 1', 'a b', '@acme', 'node:fs'])(
    'does not load %j',
    async (specifier) => {
      expect(
        await errorOf(loadPlugin(specifier, { from: '/', importFromHost: () => Promise.reject(new Error('asked')) })),
      ).toMatchObject({ code: 'PLUGIN_NOT_FOUND' })
    },
  )
  it('names what is missing where the plugin is there and its own dependency is not', async () => {
    const from = await folder(
      packageOf('kontor-shop', { exports: './main.js' }, `import 'some-lost-package'; export default ${manifest()}`),
    )
    expect(await errorOf(loadPlugin('kontor-shop', { from }))).toMatchObject({
      code: 'PLUGIN_NOT_FOUND',
      message: expect.stringContaining('some-lost-package'),
    })
  })
  it('says that a plugin cannot be loaded because of its own mistake', async () => {
    const from = await folder({ 'broken.mjs': 'throw new TypeError("half a plugin")' })
    expect(await errorOf(loadPlugin('./broken.mjs', { from }))).toMatchObject({
      code: 'PLUGIN_NOT_FOUND',
      message: expect.stringContaining('half a plugin'),
    })
  })
})

describe('a plugin that does not fit', () => {
  const refused = async (code: string, features: readonly string[] = []): Promise<string> => {
    const from = await folder({ 'p.mjs': `export default ${code}` })
    const error = await errorOf(loadPlugin('./p.mjs', { from, features }))
    expect(error).toMatchObject({ code: 'PLUGIN_INCOMPATIBLE', scope: 'connection' })
    return error.message
  }
  it('written for a newer host says that the host is to be updated', async () => {
    expect(await refused(manifest('apiVersion: 2'))).toContain('Update @kontor/core')
    expect(await refused(manifest(`features: ['telepathy', 'files']`))).toMatch(
      /needs telepathy, .*Update @kontor\/core/,
    )
  })
  it('written for an older host says that the plugin is to be updated', async () => {
    expect(await refused(manifest('apiVersion: 0'))).toContain('Update the plugin')
  })
  it('that is no plugin says so', async () => {
    expect(await refused('{ hello: 1 }')).toContain('no plugin of Kontor')
    expect(await refused('42')).toContain('definePlugin')
    expect(await refused(`(() => 1)`)).toContain('definePlugin')
  })
  it.each([
    [`id: 'Corner Shop'`, 'id:'],
    [`create: 7`, 'create: expected a function'],
    [`config: {}`, 'config: expected a zod schema'],
    [`readers: { orders: { yields: ['cats'], checkpoint: ${schema} } }`, 'readers.orders.yields.0'],
    [`readers: { orders: { yields: [], checkpoint: ${schema} } }`, 'readers.orders.yields'],
    [`writers: { w: { takes: ['stock'], again: 'maybe' } }`, 'writers.w.again'],
    [
      `writers: { w: { takes: ['stock'], again: 'safe', after: ['sales'] } }`,
      'writers.w.after names the reader "sales"',
    ],
    [`limits: { x: { burst: 1, per: '10 s', source: 'y' } }`, 'limits.x.per: expected a duration'],
    [`limits: { x: { burst: 0, per: '10s', source: 'y' } }`, 'limits.x.burst'],
    [`credentials: { kind: 'magic' }`, 'credentials.kind'],
    [
      `credentials: { kind: 'token', schema: ${schema}, guide: { en: 'x' }, authorize: () => ({}) }`,
      'credentials.guide.de',
    ],
  ])('in its form says where: %s', async (changes, where) => {
    expect(await refused(manifest(changes))).toContain(where)
  })
  it('is accepted by a host that has what it needs', async () => {
    const from = await folder({ 'p.mjs': `export default ${manifest(`features: ['telepathy']`)}` })
    expect((await loadPlugin('./p.mjs', { from, features: ['telepathy'] })).id).toBe('corner-shop')
    expect(() => checkManifest(undefined, 'x')).toThrow(expect.objectContaining({ code: 'PLUGIN_INCOMPATIBLE' }))
  })
})
