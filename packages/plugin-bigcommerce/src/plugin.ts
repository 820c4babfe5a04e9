import { Cache, Clock, definePlugin } from '@kontor/core'
import { createClients } from './client/index.ts'
import { BigCommerceConfig, BigCommerceCredentials, parseAccountFile } from './config/index.ts'
import { toError } from './errors.ts'
import { guide } from './guide/index.ts'
import { limits } from './limits.ts'
import {
  checkAccount,
  ordersReader,
  OrdersCheckpoint,
  pricesReader,
  productsReader,
  ProductsCheckpoint,
  refundsReader,
  RefundsCheckpoint,
  ScanCheckpoint,
  stockReader,
  storeCurrency,
  webhooks,
} from './readers/index.ts'
import { couponsWriter, ensureHooks, pricesWriter, shipmentsWriter, stockWriter } from './writers/index.ts'

/** BigCommerce shops: orders, refunds, stock, prices and products in; shipments, stock, prices and discount codes out. */
export const bigcommerce = definePlugin({
  id: 'bigcommerce',
  title: 'BigCommerce',
  apiVersion: 1,
  description: 'A BigCommerce shop: orders, refunds and products in, shipments, stock, prices and discount codes out.',
  upstream: { version: 'v2 and v3', documents: ['github.com/bigcommerce/docs, reference/*.yml, 2026-04-01'] },
  config: BigCommerceConfig,
  credentials: {
    kind: 'file',
    schema: BigCommerceCredentials,
    guide,
    parse: parseAccountFile,
    authorize: ({ accessToken }) => ({ headers: { 'X-Auth-Token': accessToken } }),
  },
  hosts: ({ apiUrl }) => ({ api: [new URL(apiUrl).origin] }),
  headers: () => ({ Accept: 'application/json' }),
  errors: toError,
  limits,
  readers: {
    orders: {
      yields: ['orders'],
      checkpoint: OrdersCheckpoint,
      dependsOn: ['channels'],
      every: '5m',
      permission: 'Orders: read-only',
      evidence: 'documented',
    },
    refunds: {
      yields: ['refunds'],
      checkpoint: RefundsCheckpoint,
      every: '5m',
      permission: 'Order Transactions: read-only',
      evidence: 'documented',
    },
    stock: {
      yields: ['stock'],
      checkpoint: ScanCheckpoint,
      every: '1h',
      permission: 'Store Inventory: modify',
      evidence: 'documented',
    },
    prices: {
      yields: ['prices'],
      checkpoint: ScanCheckpoint,
      dependsOn: ['currency'],
      every: '1h',
      permission: 'Products: read-only',
      evidence: 'documented',
    },
    products: {
      yields: ['products'],
      checkpoint: ProductsCheckpoint,
      dependsOn: ['currency'],
      every: '1h',
      permission: 'Products: read-only',
      evidence: 'documented',
    },
  },
  writers: {
    shipments: { takes: ['shipments'], again: 'ask', permission: 'Orders: modify', evidence: 'documented' },
    stock: {
      takes: ['stock'],
      again: 'safe',
      batch: { max: 2000, linger: '30s' },
      after: ['orders'],
      permission: 'Store Inventory: modify',
      evidence: 'documented',
    },
    prices: {
      takes: ['prices'],
      again: 'safe',
      batch: { max: 1000, linger: '30s' },
      permission: 'Products: modify',
      evidence: 'documented',
    },
    coupons: { takes: ['coupons'], again: 'safe', permission: 'Marketing: modify', evidence: 'documented' },
  },
  needs: { clock: Clock, cache: Cache },
  create: ({ http, config, credentials, clock, cache }) => {
    const { orders, catalog, discounts, hooks } = createClients(http, credentials.storeHash)
    const currency = storeCurrency(catalog, config)
    return {
      check: (signal) => checkAccount(hooks, catalog, config, credentials, signal),
      readers: {
        orders: ordersReader(orders, config),
        refunds: refundsReader(orders, config, clock, cache),
        stock: stockReader(catalog, config, clock),
        prices: pricesReader(catalog, config, currency),
        products: productsReader(catalog, config),
      },
      writers: {
        shipments: shipmentsWriter(orders, config),
        stock: stockWriter(catalog, config),
        prices: pricesWriter(catalog, config, currency, cache),
        coupons: couponsWriter(discounts, config, credentials, currency),
      },
      ensure: (context) => ensureHooks(hooks, credentials, context),
      webhooks: webhooks(config, credentials, clock),
    }
  },
  simulator: () => import('./simulator/index.ts'),
})
