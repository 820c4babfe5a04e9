import { Cache, Clock, definePlugin, Log } from '@kontor/core'
import { consent, createClients, QueueClient, renewAccess } from './client/index.ts'
import { AmazonConfig, AmazonCredentials, documentHostsOf, originOf, queueOf, tokenOriginOf } from './config.ts'
import { toError, tokenLapsed } from './errors.ts'
import { guide } from './guide/index.ts'
import { limits } from './limits.ts'
import {
  checkAccount,
  fbaStockReader,
  orderChanges,
  OrdersCheckpoint,
  ordersReader,
  ownMarketplaces,
  PersonalData,
  RefundsCheckpoint,
  refundsReader,
  ReturnsCheckpoint,
  returnsReader,
  StockCheckpoint,
  subscribeToChanges,
} from './readers/index.ts'
import { renewal, roles } from './tables/index.ts'
import { decisionsWriter, offersWriter, refundsWriter, shipmentsWriter } from './writers/index.ts'

export { completeAuthorization, consentUrl, newState, type Authorized, type ConsentWish } from './client/index.ts'

/** Amazon sellers through the Selling Partner API: one account in one region, with all its marketplaces. */
export const amazon = definePlugin({
  id: 'amazon',
  title: 'Amazon',
  apiVersion: 1,
  description:
    'Amazon sellers (Selling Partner API): orders, returns, refunds and FBA stock in; shipments, stock, prices, refunds and cancellations out.',
  upstream: {
    version: 'Orders 2026-01-01, Listings 2021-08-01, Feeds and Reports 2021-06-30, Finances 2024-06-19',
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
    consent,
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
    api: [...new Set([originOf(config), tokenOriginOf(config), queueOf(config)?.origin ?? []].flat())],
    files: documentHostsOf(config),
  }),
  headers: () => ({ 'user-agent': 'Kontor/0.1.0 (Language=TypeScript/Node; Platform=self-hosted)' }),
  errors: toError,
  limits,
  // Data Protection Policy 1.4 (developer-docs.amazon.com, 2026-08): at most 30 days after the delivery of the order.
  retention: '30d',
  retentionFrom: 'delivery',
  readers: {
    orders: {
      yields: ['orders'],
      checkpoint: OrdersCheckpoint,
      dependsOn: ['region', 'sellerId', 'marketplaces', 'fba', 'multiChannel'],
      every: '15m',
      permission: roles.orders,
      evidence: 'documented',
    },
    returns: {
      yields: ['returns'],
      checkpoint: ReturnsCheckpoint,
      dependsOn: ['region', 'sellerId', 'marketplaces'],
      every: '1h',
      permission: roles.orders,
      evidence: 'documented',
    },
    refunds: {
      yields: ['refunds'],
      checkpoint: RefundsCheckpoint,
      dependsOn: ['region', 'sellerId'],
      every: '1h',
      permission: roles.finance,
      evidence: 'documented',
    },
    fbaStock: {
      yields: ['stock'],
      checkpoint: StockCheckpoint,
      dependsOn: ['region', 'sellerId', 'marketplaces', 'fbaLocation'],
      every: '1h',
      permission: roles.fulfillment,
      evidence: 'documented',
    },
  },
  writers: {
    decisions: {
      takes: ['decisions'],
      again: 'ask',
      // A feed may be worked on for an hour before the order shows it.
      settles: '2h',
      batch: { max: 500, linger: '1m' },
      permission: roles.orders,
      evidence: 'documented',
    },
    offers: {
      takes: ['stock', 'prices'],
      again: 'safe',
      batch: { max: 20_000, linger: '30s' },
      after: ['orders'],
      permission: `${roles.listing}; ${roles.pricing}`,
      evidence: 'documented',
    },
    refunds: {
      takes: ['refunds'],
      again: 'never',
      batch: { max: 500, linger: '1m' },
      permission: roles.orders,
      evidence: 'documented',
    },
    shipments: { takes: ['shipments'], again: 'ask', permission: roles.orders, evidence: 'documented' },
  },
  needs: { clock: Clock, cache: Cache, log: Log },
  create: ({ http, config, credentials, clock, cache, log }) => {
    const { sellerId } = config
    const { feeds, finances, inventory, listings, notifications, orders, reports, sellers, shipments } = createClients(
      http,
      clock,
      sellerId,
    )
    const queue = queueOf(config)
    const { awsAccessKeyId: keyId, awsSecretAccessKey: secret } = credentials
    const listens = queue && keyId && secret ? new QueueClient(http, clock, { ...queue, keyId, secret }) : undefined
    const personal = new PersonalData(cache, log)
    const countries = (signal: AbortSignal) => ownMarketplaces(sellers, config, cache, signal)
    return {
      check: (signal) =>
        checkAccount({ sellers, orders, listings, finances }, config, personal, clock, signal, listens),
      readers: {
        orders: ordersReader({ client: orders, reports, countries, config, clock, personal }),
        returns: returnsReader(reports, config, clock, countries),
        refunds: refundsReader(finances, clock),
        fbaStock: fbaStockReader(inventory, config, clock),
      },
      ...(queue && listens
        ? {
            hints: orderChanges({ queue: listens, config, clock, log }),
            ensure: ({ signal }: { signal: AbortSignal }) =>
              subscribeToChanges({ notifications, queue, config, credentials, http, cache }, signal),
          }
        : {}),
      writers: {
        decisions: decisionsWriter({ feeds, sellerId, clock, orders }),
        offers: offersWriter({ listings, feeds, config, clock }),
        refunds: refundsWriter({ feeds, sellerId, clock }),
        shipments: shipmentsWriter({ client: shipments, orders, config, clock }),
      },
    }
  },
  simulator: () => import('./simulator/index.ts'),
})
