import { describe, expect, it } from 'vitest'
import { Clock, definePlugin, KontorError, Paths, type Credentials } from '../../src/index.ts'
import {
  connect,
  createMemoryBuckets,
  createProcessScope,
  nullLog,
  override,
  systemClock,
  type Action,
} from '../../src/host/index.ts'
import { createTestClock } from '../support/clock.ts'
import { byToken, cornerShop, credentials, Greeter, type Config, type Token } from '../support/corner-shop.ts'
import { errorOf } from '../support/http.ts'
import { json, serve } from '../support/server.ts'

/** An action of a connection by its name. */
function action(actions: Readonly<Record<string, Action>>, name: string): Action {
  const found = actions[name]
  if (!found) throw new Error(`no action ${name}`)
  return found
}

describe('what is configured', () => {
  it('is checked before anything is called, with the key of each mistake', async () => {
    const config = { origin: 'nonsense', deep: { size: 1.5 } }
    const error = await errorOf(connect(cornerShop(), { config, credentials, name: 'shop-1' }))
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', path: 'origin', key: 'connections.shop-1.config.origin' })
    expect(error.message).toContain('connections.shop-1.config.deep.size')
    expect(error.message).not.toContain('nonsense')
  })
  it('does not hold what the plugin does not know', async () => {
    const config = { origim: 'https://x.example' } as unknown as { origin: string }
    expect(await errorOf(connect(cornerShop(), { config, credentials }))).toMatchObject({
      code: 'CONFIG_INVALID',
      key: 'config',
      message: expect.stringContaining('origim'),
    })
  })
  it('of credentials never shows a value', async () => {
    const error = await errorOf(connect(cornerShop(), { config: {}, credentials: { token: 'kurz' } }))
    expect(error).toMatchObject({ code: 'SECRET_MALFORMED', path: 'token', key: 'credentials.token' })
    expect(error.message).not.toContain('kurz')
    expect(await errorOf(connect(cornerShop(), { config: {} }))).toMatchObject({
      code: 'CONFIG_INVALID',
      key: 'credentials',
    })
  })
  it('of limits changes those of the plugin, and only those', async () => {
    const server = await serve((_, response) => json(response, {}))
    const options = { config: { origin: server.origin }, credentials, buckets: createMemoryBuckets() }
    const connection = await connect(cornerShop(), { ...options, limits: { calls: { burst: 1 } } })
    await connection.check()
    expect((await connection.check()).problems).toMatchObject([{ code: 'RATE_LIMITED' }])
    const limits = { cals: { burst: 1 } } as unknown as { calls: { burst: number } }
    expect(await errorOf(connect(cornerShop(), { ...options, limits }))).toMatchObject({
      code: 'CONFIG_INVALID',
      key: 'limits.cals',
    })
  })
  it('as a file of credentials is read by the plugin', async () => {
    const server = await serve(({ headers }, response) => json(response, headers))
    const byFile: Credentials<typeof Token, typeof Config> = {
      ...byToken,
      kind: 'file',
      parse: (text) => ({ token: /TOKEN: (\S+)/.exec(text)?.[1] ?? '' }),
    }
    const connection = await connect(cornerShop({}, byFile), {
      config: { origin: server.origin },
      credentials: 'CLIENT: x\nTOKEN: very-secret-token\n',
    })
    await connection.check()
    expect(server.seen[0]?.headers['x-token']).toBe('very-secret-token')
  })
})

describe('what a plugin needs', () => {
  it('is there without a runner', async () => {
    const connection = await connect(cornerShop(), { config: {}, credentials })
    expect(await action(connection.actions, 'facts')()).toEqual({
      now: expect.any(Number),
      mode: 'live',
      path: expect.stringMatching(/^\/.*\/x$/),
      cached: 1,
    })
  })
  it('may be given, or made in another way', async () => {
    const logged: unknown[] = []
    const clock = createTestClock()
    const connection = await connect(cornerShop(), {
      config: {},
      credentials,
      clock,
      name: 'shop-1',
      mode: 'plan',
      log: { ...nullLog, info: (message, fields) => void logged.push(message, fields) },
      overrides: [override(Paths, () => ({ resolve: (path) => `/data/${path}` }))],
    })
    expect(await action(connection.actions, 'facts')()).toEqual({
      now: clock.now(),
      mode: 'plan',
      path: '/data/x',
      cached: 1,
    })
    expect(logged).toEqual(['asked', { connection: 'shop-1' }])
  })
  it('and the host does not have is named', async () => {
    const heard: string[] = []
    const greeting = definePlugin({
      ...cornerShop(),
      needs: { greeter: Greeter },
      create: ({ greeter }) => {
        heard.push(greeter.greet())
        return { check: async () => ({ problems: [] }), readers: {}, writers: {} }
      },
    })
    expect(await errorOf(connect(greeting, { config: {}, credentials }))).toMatchObject({
      code: 'PLUGIN_INCOMPATIBLE',
      message: expect.stringContaining('greeter@1'),
    })
    const host = createProcessScope([
      override(Greeter, () => ({ greet: () => 'hello' })),
      override(Clock, () => systemClock),
    ])
    await using connection = await connect(greeting, { config: {}, credentials, host })
    expect([heard, connection.plugin.id]).toEqual([['hello'], 'corner-shop'])
    await host[Symbol.asyncDispose]()
  })
})

describe('plan mode', () => {
  it('refuses an effect beside HTTP too, whatever the journal says', async () => {
    const shown: unknown[] = []
    const journal = { begin: async (keys: readonly string[], call: object) => void shown.push(keys, call) }
    const connection = await connect(cornerShop(), { config: {}, credentials, mode: 'plan', journal })
    expect(await errorOf(action(connection.actions, 'begin')())).toMatchObject({
      code: 'PLAN_MODE',
      message: expect.stringContaining('drop a file: would be done for 2 deliveries'),
    })
    expect(shown).toEqual([['k1', 'k2'], { doing: 'drop a file', method: 'LOCAL', url: '', effect: 'once' }])
    const live = await connect(cornerShop(), { config: {}, credentials, journal })
    expect(await action(live.actions, 'begin')()).toBeNull()
  })
})

describe('what comes out of a plugin', () => {
  const failing = (error: unknown) =>
    connect(cornerShop({ check: () => Promise.reject(error), actions: { fail: () => Promise.reject(error) } }), {
      config: {},
      credentials,
    })
  it('is masked, also where the plugin itself is careless', async () => {
    const connection = await failing(
      new KontorError('REQUEST_REJECTED', { message: 'refused very-secret-token and derived-very-secret-token' }),
    )
    expect((await errorOf(action(connection.actions, 'fail')())).message).toBe('refused *** and ***')
    expect((await connection.check()).problems).toEqual([
      { level: 'error', code: 'REQUEST_REJECTED', message: 'refused *** and ***' },
    ])
  })
  it('and is a bug stays one, with its cause', async () => {
    const connection = await failing(new TypeError('x is not a function'))
    expect(await errorOf(connection.check())).toMatchObject({
      code: 'INTERNAL',
      cause: { message: 'x is not a function' },
    })
  })
  it('of `check` comes after what its `lint` found', async () => {
    const connection = await connect(
      cornerShop({ check: async () => ({ account: 'a', problems: [{ level: 'info', message: 'fine' }] }) }),
      { config: { sku: 'bad' }, credentials },
    )
    expect(await connection.check()).toEqual({
      account: 'a',
      problems: [
        { level: 'warning', message: 'an odd SKU' },
        { level: 'info', message: 'fine' },
      ],
    })
  })
  it('is only what it has', async () => {
    const bare = await connect(cornerShop(), { config: {}, credentials })
    expect(['ensure', 'webhooks', 'loyalty'].filter((name) => name in bare)).toEqual([])
    const rich = await connect(
      cornerShop({
        ensure: async ({ webhookUrl }) => [{ level: 'info', message: webhookUrl ?? 'none' }],
        webhooks: { receive: async () => ({ records: [] }) },
      }),
      { config: {}, credentials },
    )
    expect(await rich.ensure?.({ webhookUrl: 'https://me.example/' })).toEqual([
      { level: 'info', message: 'https://me.example/' },
    ])
    const request = { method: 'POST', headers: new Headers(), query: new URLSearchParams(), body: new Uint8Array() }
    expect(await rich.webhooks?.receive(request, new AbortController().signal)).toEqual({ records: [] })
  })
  it('must be what its manifest promises', async () => {
    const promising = {
      ...cornerShop(),
      writers: { stock: { takes: ['stock'], again: 'ask' } },
    } as unknown as ReturnType<typeof cornerShop>
    expect(await errorOf(connect(promising, { config: {}, credentials }))).toMatchObject({
      code: 'PLUGIN_INCOMPATIBLE',
      message: expect.stringContaining('no writer "stock"'),
    })
  })
})
