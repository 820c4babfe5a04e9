import { Cache, Clock, definePlugin, Log } from '@kontor/core'
import { createClients, renewAccess } from './client/index.ts'
import { AmazonConfig, AmazonCredentials, documentHostsOf, originOf, tokenOriginOf } from './config.ts'
import { toError, tokenLapsed } from './errors.ts'
import { guide } from './guide/index.ts'
import { limits } from './limits.ts'
import { checkAccount, OrdersCheckpoint, ordersReader, PersonalData } from './readers/index.ts'
import { renewal, roles } from './tables/index.ts'
import { offersWriter, shipmentsWriter } from './writers/index.ts'

/** Amazon sellers through the Selling Partner API: one account in one region, with all its marketplaces. */
export const amazon = definePlugin({
  id: 'amazon',
  title: 'Amazon',
  apiVersion: 1,
  description: 'Amazon sellers (Selling Partner API): orders of all marketplaces of a region.',
  upstream: {
    version: 'Orders 2026-01-01',
    documents: ['github.com/amzn/selling-partner-api-models, 2026-08-05'],
  },
  config: AmazonConfig,
  credentials: {
    kind: 'oauth',
    schema: AmazonCredentials,
    guide,
    rotates: false,
    renew: ({ credentials, config, http, signal }) => renewAccess(credentials, config, http, signal),
    authorize: (access) => ({ headers: { 'x-amz-access-token': access } }),
    lapsed: tokenLapsed,
    // developer-docs.amazon.com/sp-api, "Renew authorizations" and "Rotate LWA credentials" (2026-08).
    expires: [
      {
        what: 'authorization of Amazon',
        of: ['refreshToken'],
        stated: 'authorizedOn',
        after: '365d',
        warnFrom: '30d',
        stops: 'orders are no longer read, and stock, prices and shipments no longer sent',
        remedy: renewal.authorization,
      },
      {
        what: 'client secret of the Amazon app',
        of: ['clientSecret'],
        stated: 'secretCreatedOn',
        after: '180d',
        warnFrom: '30d',
        stops: 'every call fails',
        remedy: renewal.secret,
      },
    ],
  },
  hosts: (config) => ({
    api: [...new Set([originOf(config), tokenOriginOf(config)])],
    files: documentHostsOf(config),
  }),
  headers: () => ({ 'user-agent': 'Kontor/0.1.0 (Language=TypeScript/Node; Platform=self-hosted)' }),
  errors: toError,
  limits,
  // Data Protection Policy 1.4 (developer-docs.amazon.com, 2026-08): at most 30 days after the delivery of the order.
  retention: '30d',
  readers: {
    orders: {
      yields: ['orders'],
      checkpoint: OrdersCheckpoint,
      dependsOn: ['region', 'sellerId', 'marketplaces', 'fba', 'multiChannel'],
      every: '15m',
      permission: roles.orders,
      evidence: 'documented',
    },
  },
  writers: {
    offers: {
      takes: ['stock', 'prices'],
      again: 'safe',
      batch: { max: 20_000, linger: '30s' },
      after: ['orders'],
      permission: `${roles.listing}; ${roles.pricing}`,
      evidence: 'documented',
    },
    shipments: { takes: ['shipments'], again: 'ask', permission: roles.orders, evidence: 'documented' },
  },
  needs: { clock: Clock, cache: Cache, log: Log },
  create: ({ http, config, clock, cache, log }) => {
    const { feeds, listings, orders, sellers, shipments } = createClients(http, clock, config.sellerId)
    const personal = new PersonalData(cache, log)
    return {
      check: (signal) => checkAccount(sellers, config, personal, signal),
      readers: { orders: ordersReader({ client: orders, config, clock, personal }) },
      writers: {
        offers: offersWriter({ listings, feeds, config, clock }),
        shipments: shipmentsWriter({ client: shipments, orders, config, clock }),
      },
    }
  },
  simulator: () => import('./simulator/index.ts'),
})
