import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Clock, definePlugin, Log, Mode, type Entity, type Plugin } from '../../src/index.ts'
import { connect } from '../../src/host/index.ts'
import { json, serve } from '../support/server.ts'

const shop = (origin: string) =>
  definePlugin({
    id: 'corner-shop',
    title: 'Corner shop',
    description: 'A shop that exists in this test.',
    apiVersion: 1,
    config: z.strictObject({
      region: z.enum(['north', 'south']).default('north'),
      deep: z.object({ size: z.int() }).optional(),
    }),
    credentials: {
      kind: 'token',
      schema: z.strictObject({ token: z.string().min(8) }),
      guide: { en: 'Ask the shop.', de: 'Frag den Laden.' },
      authorize: ({ token }) => ({ headers: { authorization: `Bearer ${token}` } }),
    },
    hosts: () => ({ api: [origin] }),
    limits: { calls: { burst: 100, per: '1s', source: 'this test' } },
    readers: { orders: { yields: ['orders'], checkpoint: z.object({ page: z.int() }) } },
    writers: { stock: { takes: ['stock'], again: 'safe' } },
    needs: { clock: Clock, log: Log, mode: Mode },
    create: ({ http, config, clock, log, mode }) => ({
      check: async (signal) => {
        const { body } = await http.send<{ account: string }>({
          method: 'GET',
          path: '/me',
          effect: 'none',
          doing: 'ask who we are',
          take: { calls: 1 },
          signal,
        })
        return { account: `${body.account}/${config.region}`, problems: [] }
      },
      readers: {
        orders: {
          async *read({ since, checkpoint, signal }) {
            for (let page = checkpoint?.page ?? 0; page < 2; page++) {
              const { body } = await http.send<string[]>({
                method: 'GET',
                path: '/orders',
                query: { page, since },
                effect: 'none',
                doing: 'list orders',
                take: { calls: 1 },
                signal,
              })
              log.info('page', { page, at: clock.now(), mode })
              yield { records: body.map((id) => ({ entity: 'orders', id })), checkpoint: { page: page + 1 } }
            }
          },
        },
      },
      writers: {
        stock: {
          async *write(batch, signal) {
            for (const delivery of batch) {
              await http.send({
                method: 'PUT',
                path: `/stock/${delivery.record.sku}`,
                json: { available: delivery.record.available },
                effect: 'repeatable',
                for: [delivery],
                doing: 'set stock',
                take: { calls: 1 },
                signal,
              })
              yield { key: delivery.key, is: 'done' }
            }
          },
        },
      },
    }),
  })

const anyPlugin: Plugin = shop('http://127.0.0.1:1')

describe('a plugin as a library', () => {
  it('reads pages and writes, typed, without signal and with the credentials', async () => {
    const server = await serve(({ path }, response) =>
      json(response, path.startsWith('/orders?page=0') ? ['A1', 'A2'] : path === '/me' ? { account: 'muster' } : []),
    )
    await using connected = await connect(shop(server.origin), {
      config: {},
      credentials: { token: 'very-secret-token' },
    })
    const ids: string[] = []
    for await (const page of connected.readers.orders.read({ since: '2026-05-01T00:00:00Z' })) {
      const entity: Entity | undefined = page.records[0]?.entity
      expect(entity === undefined || entity === 'orders').toBe(true)
      ids.push(...page.records.map((record) => record.id))
      expect(page.checkpoint.page).toBeGreaterThan(0)
    }
    expect(ids).toEqual(['A1', 'A2'])
    expect(await connected.check()).toEqual({ account: 'muster/north', problems: [] })
    const outcomes = []
    for await (const outcome of connected.writers.stock.write([
      { key: 'k1', name: 'w/1', record: { entity: 'stock', id: '1', sku: 'S-1', available: 3 } },
    ]))
      outcomes.push(outcome)
    expect(outcomes).toEqual([{ key: 'k1', is: 'done' }])
    expect(server.seen.map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual([
      'GET /orders',
      'GET /orders',
      'GET /me',
      'PUT /stock/S-1',
    ])
    expect(server.seen.every(({ headers }) => headers.authorization === 'Bearer very-secret-token')).toBe(true)
  })
  it('is a Plugin like any other for who does not know its types', () => {
    expect(anyPlugin.id).toBe('corner-shop')
  })
})
