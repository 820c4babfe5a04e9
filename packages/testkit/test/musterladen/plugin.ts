import { apiVersion, Clock, definePlugin, KontorError } from '@kontor/core'
import { z } from 'zod'
import { createReaders } from './readers.ts'
import { createWriters } from './writers.ts'
import { AccountWire } from './wire.ts'
import { musterladenSimulator } from './simulator.ts'

const Config = z.strictObject({ baseUrl: z.url().describe('Address of the shop.') })
const Token = z.strictObject({ token: z.string().min(8).describe('Access token, from the settings of the shop.') })
const Checkpoint = z.strictObject({ after: z.string().describe('Place in the list behind which to go on.') })

/** What the vendor's codes mean to us. */
const CODES = {
  BAD_TOKEN: ['AUTH_INVALID', 'Create a new token in the settings of the shop and put it into `credentials.token`.'],
  NO_SCOPE: ['AUTH_PERMISSION_MISSING', 'Give the token the missing scope in the settings of the shop.'],
  NO_ORDER: ['ORDER_UNKNOWN', 'Check the number of the order.'],
  NO_SHIPMENT: ['NOT_FOUND', 'Check whether it was deleted there.'],
  NO_SKU: ['SKU_UNKNOWN', 'Create the offer, or map the SKU.'],
  NOT_RELEASED: ['NOT_YET', 'Nothing; it is tried again.'],
  CARRIER: ['CARRIER_UNKNOWN', 'Name a carrier that the shop knows.'],
  NOTHING_TO_SHIP: ['REQUEST_REJECTED', 'Check which lines are still open.'],
  PRICE: ['PRICE_INVALID', 'Correct the price at its source.'],
  TOO_MUCH: ['REQUEST_REJECTED', 'Refund at most what was paid.'],
} as const
const CodeWire = z.object({ code: z.string() })

export const musterladen = definePlugin({
  id: 'musterladen',
  title: 'Musterladen',
  description: 'Connects a Musterladen shop: orders and shipments out, shipments, stock, prices and refunds in.',
  apiVersion,
  upstream: { version: '1', documents: ['the simulator beside it'] },
  config: Config,
  credentials: {
    kind: 'token',
    schema: Token,
    guide: { en: 'Settings, API, *New token*.', de: 'Einstellungen, API, *Neues Token*.' },
    authorize: ({ token }) => ({ headers: { authorization: `Bearer ${token}` } }),
  },
  hosts: ({ baseUrl }) => ({ api: [baseUrl] }),
  limits: {
    reads: { burst: 60, per: '10s', source: 'Musterladen API guide, 2026-01-01' },
    writes: { burst: 30, per: '10s', atOnce: 1, source: 'Musterladen API guide, 2026-01-01' },
  },
  errors({ json, doing }) {
    const { data } = CodeWire.safeParse(json)
    const known = data === undefined ? undefined : CODES[data.code as keyof typeof CODES]
    if (known === undefined || data === undefined) return undefined
    return new KontorError(known[0], {
      message: `${doing}: the shop says ${data.code}. ${known[1]}`,
      vendorCode: data.code,
    })
  },
  readers: {
    orders: { yields: ['orders'], checkpoint: Checkpoint },
    shipments: { yields: ['shipments'], checkpoint: Checkpoint },
  },
  writers: {
    shipments: { takes: ['shipments'], again: 'ask', settles: '2m' },
    stock: { takes: ['stock'], again: 'safe', after: ['orders'] },
    prices: { takes: ['prices'], again: 'safe', batch: { max: 100 } },
    refunds: { takes: ['refunds'], again: 'never' },
  },
  needs: { clock: Clock },
  create: ({ http, clock }) => ({
    async check(signal) {
      const { body } = await http.send({
        method: 'GET',
        path: '/account',
        schema: AccountWire,
        effect: 'none',
        take: { reads: 1 },
        doing: 'read the account',
        signal,
      })
      const lacking = ['orders', 'shipments', 'offers', 'refunds'].filter((scope) => !body.scopes.includes(scope))
      return {
        account: body.shop,
        problems: lacking.map((scope) => ({
          level: 'error' as const,
          code: 'AUTH_PERMISSION_MISSING' as const,
          key: 'credentials.token',
          message: `The token lacks the scope ${scope}. Grant it in the settings of the shop.`,
        })),
      }
    },
    readers: createReaders(http),
    writers: createWriters(http, clock),
  }),
  simulator: () => Promise.resolve({ simulator: musterladenSimulator }),
})
