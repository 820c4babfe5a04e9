import { definePlugin } from '@kontor/core'
import { z } from 'zod'

const nothing = { async *read() {} }
const never = { async *write() {} }

/** A shop that exists for tests: it has everything a config can speak of, and calls nobody. */
export const shop = definePlugin({
  id: 'shop',
  title: 'Test shop',
  apiVersion: 1,
  description: 'A shop that exists for tests.',
  config: z.strictObject({
    region: z.enum(['europe', 'america', 'asia']).describe('Where the account is'),
    url: z.url().default('https://shop.example.com').describe('Base address'),
    pages: z.int().min(1).max(100).default(10).describe('Orders per page'),
    markets: z.array(z.enum(['DE', 'FR'])).default(['DE']),
    signature: z.string().optional().meta({ secret: true }),
    notice: z
      .discriminatedUnion('by', [
        z.strictObject({ by: z.literal('mail'), to: z.email() }),
        z.strictObject({ by: z.literal('nobody') }),
      ])
      .optional(),
  }),
  credentials: {
    kind: 'token',
    schema: z.strictObject({ login: z.string().meta({ secret: false }), token: z.string().min(10) }),
    guide: { en: 'Ask the shop.', de: 'Den Shop fragen.' },
    authorize: ({ token }) => ({ headers: { authorization: `Bearer ${token}` } }),
    secrets: ({ login, token }) => [Buffer.from(`${login}:${token}`).toString('base64')],
  },
  hosts: ({ url }) => ({ api: [url] }),
  limits: {
    orders: { burst: 10, per: '1s', source: 'invented' },
    offers: { burst: 5, per: '10s', atOnce: 1, source: 'invented' },
  },
  readers: {
    orders: {
      yields: ['orders'],
      checkpoint: z.object({}),
      dependsOn: ['region'],
      permission: 'read orders',
      evidence: 'documented',
    },
    returns: { yields: ['returns', 'refunds'], checkpoint: z.object({}) },
    stock: { yields: ['stock'], checkpoint: z.object({}) },
  },
  writers: {
    orders: { takes: ['decisions', 'shipments'], again: 'safe' },
    offers: { takes: ['stock', 'prices'], again: 'safe', evidence: 'observed' },
  },
  create: () => ({
    check: async () => ({ account: 'shop-1', problems: [] }),
    readers: { orders: nothing, returns: nothing, stock: nothing },
    writers: { orders: never, offers: never },
  }),
  lint: ({ markets }) =>
    markets.length === 0
      ? [{ level: 'warning', message: 'No market is named: nothing will be read.', key: 'config.markets' }]
      : [],
})
export default shop
