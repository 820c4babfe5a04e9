import { z } from 'zod'
import {
  Cache,
  Clock,
  definePlugin,
  Log,
  Mode,
  Paths,
  serviceToken,
  type Credentials,
  type Parts,
  type TokenCredentials,
} from '../../src/index.ts'

export const Config = z.strictObject({
  origin: z.url().default('http://127.0.0.1:1'),
  deep: z.object({ size: z.int() }).optional(),
  sku: z.string().optional(),
})
export const Token = z.strictObject({ token: z.string().min(8) })
const guide = { en: 'Ask.', de: 'Frag.' }
export const byToken: TokenCredentials<typeof Token, typeof Config> = {
  kind: 'token',
  schema: Token,
  guide,
  authorize: ({ token }) => ({ headers: { 'x-token': token } }),
  secrets: ({ token }) => [`derived-${token}`],
}
export const Greeter = serviceToken<{ greet(): string }>('greeter@1')

/** A plugin whose parts are given; its `check` greets by default. */
export const cornerShop = (
  parts: Partial<Parts> = {},
  credentials: Credentials<typeof Token, typeof Config> = byToken,
) =>
  definePlugin({
    id: 'corner-shop',
    title: 'Corner shop',
    description: 'A shop in a test.',
    apiVersion: 1,
    config: Config,
    credentials,
    hosts: ({ origin }) => ({ api: [origin] }),
    limits: { calls: { burst: 3, per: '1h', source: 'test' } },
    readers: {},
    writers: {},
    needs: { clock: Clock, log: Log, cache: Cache, mode: Mode, paths: Paths },
    lint: ({ sku }) => (sku === 'bad' ? [{ level: 'warning', message: 'an odd SKU' }] : []),
    create: ({ http, clock, cache, mode, paths, begin, log }) => ({
      check: async (signal) => {
        await http.send({ method: 'GET', path: '/me', effect: 'none', doing: 'ask', take: { calls: 1 }, signal })
        return { problems: [] }
      },
      readers: {},
      writers: {},
      actions: {
        facts: async () => {
          await cache.set('k', 1, 1000)
          log.info('asked')
          return { now: clock.now(), mode, path: paths.resolve('x'), cached: (await cache.get('k')) ?? null }
        },
        begin: async () => {
          await begin([{ key: 'k1' }, { key: 'k2' }], 'drop a file')
          return null
        },
      },
      ...parts,
    }),
  })

export const credentials = { token: 'very-secret-token' }
