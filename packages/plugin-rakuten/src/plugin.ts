import { Cache, Clock, definePlugin, isKontorError, Log, toKontorError, type CheckResult } from '@kontor/core'
import { createHash } from 'node:crypto'
import { createClient, type RakutenClient } from './client/index.ts'
import { originOf, RakutenConfig, RakutenCredentials } from './config.ts'
import { toFailure } from './errors.ts'
import { guide } from './guide/index.ts'
import { limits } from './limits.ts'
import {
  ClaimsCheckpoint,
  createClaimsReader,
  createOrdersReader,
  createPayoutsReader,
  OrdersCheckpoint,
  PayoutsCheckpoint,
  SaleBook,
} from './readers/index.ts'
import { errorInText } from './wire/index.ts'
import { createMessageAction } from './writers/message.ts'
import { createOffersWriter, createOrdersWriter, lint } from './writers/index.ts'

export const rakuten = definePlugin({
  id: 'rakuten',
  title: 'Rakuten France',
  apiVersion: 1,
  description:
    'Connects a professional seller account at Rakuten France (formerly PriceMinister): sales, decisions, shipments, offers, claims and payouts.',
  upstream: {
    version: 'seller web services, actions of 2010-09-20 to 2021-04-08',
    documents: ['PriceMinister web service samples, 2003 to 2022', 'guides of four integrators, 2022 to 2025'],
  },
  config: RakutenConfig,
  credentials: {
    kind: 'token',
    schema: RakutenCredentials,
    guide,
    // Both travel in the query string of every call, writing ones included.
    authorize: ({ token }, { login }) => ({ query: { login, pwd: token } }),
    secrets: ({ token }, { login }) => [token, login],
  },
  hosts: (config) => ({
    api: [originOf(config)],
    // Prepaid labels lie at the carriers.
    files: [
      '*.rakuten.com',
      '*.priceminister.com',
      '*.colissimo.fr',
      '*.laposte.fr',
      '*.chronopost.fr',
      '*.mondialrelay.com',
      '*.mondialrelay.fr',
    ],
  }),
  headers: () => ({ accept: 'application/xml, text/xml' }),
  errors: (failure, { login }) => toFailure(errorInText(failure.text), failure, login),
  limits,
  readers: {
    orders: {
      yields: ['orders'],
      checkpoint: OrdersCheckpoint,
      dependsOn: ['login', 'environment', 'baseUrl', 'pickupOrders'],
      every: '15m',
      permission: 'a professional seller account with web services',
      evidence: 'documented',
    },
    claims: {
      yields: ['returns'],
      checkpoint: ClaimsCheckpoint,
      dependsOn: ['login', 'environment', 'baseUrl'],
      every: '15m',
      evidence: 'documented',
      effects:
        'With `readMessages: true`, the messages of an article with a claim are marked as read in the account. Without it nothing is changed, and claims come without reason and text.',
    },
    payouts: {
      yields: ['payouts'],
      checkpoint: PayoutsCheckpoint,
      dependsOn: ['login', 'environment', 'baseUrl'],
      every: '6h',
      evidence: 'inferred',
    },
  },
  writers: {
    orders: {
      takes: ['decisions', 'shipments', 'refunds'],
      again: 'ask',
      batch: { max: 200, linger: '30s' },
      settles: '2m',
      givesUp: '12h',
      evidence: 'documented',
    },
    offers: {
      takes: ['stock', 'prices'],
      again: 'safe',
      batch: { max: 2000, linger: '2m' },
      after: ['orders'],
      givesUp: '12h',
      evidence: 'documented',
    },
  },
  actions: {
    message: {
      does: 'Writes to the buyer of an article. It is sent at once, and every time it is called.',
      arguments: { item: 'the number of the article (itemid)', text: 'in French, at most 400 characters' },
      evidence: 'documented',
    },
  },
  needs: { clock: Clock, log: Log, cache: Cache },
  create: ({ http, config, credentials, clock, log, cache }) => {
    const client = createClient({ http, clock, cache, log, config, credentials })
    const book = new SaleBook(cache, config.statuses)
    const shared = { client, config, clock, log, cache, book, changes: () => book.outdate() }
    return {
      check: (signal) => check(client, config, signal),
      readers: {
        orders: createOrdersReader(shared),
        claims: createClaimsReader(shared),
        payouts: createPayoutsReader(shared),
      },
      writers: { orders: createOrdersWriter(shared), offers: createOffersWriter(shared) },
      actions: { message: createMessageAction(client) },
    }
  },
  lint,
  simulator: () => import('./simulator/index.ts'),
})

/** Asks for the shipping modes: a small question that proves login, token and rights, and changes nothing. */
async function check(client: RakutenClient, config: RakutenConfig, signal: AbortSignal): Promise<CheckResult> {
  try {
    const { basic_types, custom_types } = await client.shippingTypes(signal)
    const active = [...basic_types, ...custom_types]
      .filter((mode) => mode.active === true)
      .flatMap(({ label, alias }) => label ?? alias ?? [])
    return {
      account: accountOf(config),
      problems:
        active.length > 0
          ? []
          : [
              {
                level: 'warning',
                message:
                  'The account has no active shipping mode; buyers cannot order. Activate one in the back office.',
              },
            ],
      facts: { environment: config.environment, 'shipping modes': active.join(', ') },
    }
  } catch (thrown) {
    const error = isKontorError(thrown) ? thrown : toKontorError(thrown, 'the check of the Rakuten account')
    if (error.code === 'ABORTED') throw error
    // An error also where it is only the quota: nothing was proved, and a check that ends well would say that it was.
    const unproved =
      error.code === 'RATE_LIMITED' ? ' Login and token were not checked; run the check again in the next hour.' : ''
    const key = error.key === undefined ? {} : { key: error.key }
    return { problems: [{ level: 'error', code: error.code, message: `${error.message}${unproved}`, ...key }] }
  }
}

/** The same for the same account, whatever its token. The name itself is masked wherever it is shown, so it is a fingerprint. */
const accountOf = (config: RakutenConfig): string =>
  `${config.environment}:${createHash('sha256').update(config.login.toLowerCase()).digest('hex').slice(0, 16)}`
