import { Cache, Clock, definePlugin, Files, Log } from '@kontor/core'
import { createClient } from './client.ts'
import { BackMarketConfig, BackMarketCredentials, marketOf, originOf, secretsOf, userAgentOf } from './config.ts'
import { toError } from './errors.ts'
import { guide } from './guide/index.ts'
import { limits } from './limits.ts'
import { createBackShip } from './readers/backship.ts'
import { CareCheckpoint, createCareReader } from './readers/care.ts'
import { check } from './readers/check.ts'
import { createOrdersReader, OrdersCheckpoint } from './readers/orders.ts'
import { actions } from './tables/actions.ts'
import { createActions } from './writers/actions.ts'
import { createInvoicesWriter } from './writers/invoices.ts'
import { lint } from './writers/lint.ts'
import { createOffersWriter } from './writers/offers.ts'
import { createOrdersWriter } from './writers/orders.ts'
import { createReceiptsWriter } from './writers/receipts.ts'
import { createRefundsWriter } from './writers/refunds.ts'

export const backMarket = definePlugin({
  id: 'backmarket',
  title: 'Back Market',
  apiVersion: 1,
  description: 'Connects a Back Market seller account: orders, shipments, offers, invoices, returns and refunds.',
  upstream: {
    version: '0.1.1',
    documents: [
      'Back Market API Guidelines, OpenAPI 0.1.1 (https://api.backmarket.dev/bundled_openapi.yaml, copy of 2026-08-22)',
    ],
  },
  config: BackMarketConfig,
  credentials: {
    kind: 'token',
    schema: BackMarketCredentials,
    guide,
    // Base64 already: sent as it is, never encoded again.
    authorize: ({ token }) => ({ headers: { authorization: `Basic ${token}` } }),
    secrets: ({ token }) => secretsOf(token),
  },
  hosts: (config) => ({
    api: [originOf(config)],
    files: [
      originOf(config),
      '*.backmarket.fr',
      '*.backmarket.com',
      '*.backmarket.co.jp',
      ...config.documentHosts.map(asFileHost),
    ],
  }),
  headers: (config) => ({
    accept: 'application/json',
    'accept-language': marketOf(config),
    'user-agent': userAgentOf(config),
  }),
  errors: toError,
  limits,
  readers: {
    orders: {
      yields: ['orders'],
      checkpoint: OrdersCheckpoint,
      dependsOn: ['region', 'environment', 'baseUrl', 'countries', 'unpaidOrders'],
      every: '5m',
      evidence: 'documented',
    },
    care: {
      yields: ['returns'],
      checkpoint: CareCheckpoint,
      dependsOn: ['region', 'environment', 'baseUrl', 'countries'],
      every: '15m',
      evidence: 'documented',
    },
  },
  writers: {
    orders: { takes: ['decisions', 'shipments'], again: 'safe', batch: { max: 50 }, evidence: 'documented' },
    // Back Market takes sold pieces off an offer by itself: stock counts only once the orders are known.
    offers: {
      takes: ['stock', 'prices'],
      again: 'safe',
      batch: { max: 2000, linger: '30s' },
      after: ['orders'],
      evidence: 'documented',
    },
    // Nothing tells later whether a refund took place, nor whether a problem was declared.
    refunds: { takes: ['refunds'], again: 'never', evidence: 'documented' },
    invoices: { takes: ['invoices'], again: 'safe', evidence: 'documented' },
    care: { takes: ['receipts'], again: 'never', evidence: 'documented' },
  },
  actions,
  needs: { clock: Clock, log: Log, cache: Cache, files: Files },
  create: ({ http, config, credentials, clock, log, cache, files }) => {
    const client = createClient(http)
    const needs = { client, config, clock, log, backShip: createBackShip({ client, config, cache }) }
    return {
      check: (signal) => check(client, config, credentials.token, signal),
      readers: { orders: createOrdersReader(needs), care: createCareReader(needs) },
      actions: createActions(needs),
      writers: {
        orders: createOrdersWriter(needs),
        offers: createOffersWriter(needs),
        refunds: createRefundsWriter(needs),
        care: createReceiptsWriter(needs),
        invoices: createInvoicesWriter({ ...needs, files }),
      },
    }
  },
  lint,
  simulator: () => import('./simulator/index.ts'),
})

const asFileHost = (host: string): string => (host.startsWith('*.') ? host : `https://${host}`)
