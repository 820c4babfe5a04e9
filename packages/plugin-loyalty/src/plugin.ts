import { Clock, definePlugin } from '@kontor/core'
import { LeatClient, LedgerClient } from './client/index.ts'
import { LoyaltyConfig, LoyaltyCredentials } from './config.ts'
import { toError } from './errors.ts'
import { guide } from './guide/index.ts'
import { limits } from './limits.ts'
import { checkLeat, checkLedger, ensureAttributes, ledgerQuestions, leatQuestions } from './readers/index.ts'
import { leatWriter, webhookLedgerWriter } from './writers/index.ts'

/** A loyalty programme: points are booked by a writer, everything else is a question. */
export const loyalty = definePlugin({
  id: 'loyalty',
  title: 'Loyalty programme',
  apiVersion: 1,
  description:
    'A loyalty programme: books points, takes them back and redeems rewards, with Leat or with a ledger of your own.',
  upstream: { version: 'Leat OAuth clients v3', documents: ['docs.leat.com as of 2026-05-05'] },
  config: LoyaltyConfig,
  credentials: {
    kind: 'token',
    schema: LoyaltyCredentials,
    guide,
    authorize: ({ token }) => ({ headers: { Authorization: `Bearer ${token}` } }),
  },
  hosts: (config) => ({ api: [new URL(config.provider === 'leat' ? config.baseUrl : config.url).origin] }),
  headers: () => ({ Accept: 'application/json' }),
  errors: toError,
  limits,
  readers: {},
  writers: {
    points: {
      takes: ['points'],
      again: 'ask',
      settles: '5m',
      permission: 'a personal access token',
      evidence: 'documented',
    },
  },
  needs: { clock: Clock },
  create: ({ http, config, credentials, clock }) => {
    if (config.provider === 'webhook-ledger') {
      const client = new LedgerClient(http, config, credentials)
      return {
        check: (signal) => checkLedger(client, config, credentials, signal),
        readers: {},
        writers: { points: webhookLedgerWriter(client, config) },
        loyalty: ledgerQuestions(client, clock),
      }
    }
    const client = new LeatClient(http, config)
    return {
      check: (signal) => checkLeat(client, config, signal),
      readers: {},
      writers: { points: leatWriter(client, config, clock) },
      ensure: ({ signal }) => ensureAttributes(client, signal),
      loyalty: leatQuestions(client, config, clock),
    }
  },
  simulator: () => import('./simulator/index.ts'),
})
