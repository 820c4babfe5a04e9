import { Clock, definePlugin, Log } from '@kontor/core'
import { createClient } from './client/index.ts'
import { authorizationOf, EightReturnsConfig, EightReturnsCredentials } from './config.ts'
import { toError } from './errors.ts'
import { guide } from './guide/index.ts'
import { limits } from './limits.ts'
import { checkConnection, createReturnsReader, ReturnsCheckpoint } from './readers/index.ts'
import { actions } from './tables/actions.ts'
import { endpoints } from './tables/endpoints.ts'
import { permissions } from './tables/permissions.ts'
import { createActions, createReceiptsWriter } from './writers/index.ts'

export { compareShape, describeDifferences, redactAnswer, wireEvidence, type ShapeDifferences } from './wire/index.ts'

/** 8returns: returns in; arrivals and inspections back. Built from what public callers show, because its reference could not be read. */
export const eightReturns = definePlugin({
  id: '8returns',
  title: '8returns',
  apiVersion: 1,
  description: 'A returns portal of 8returns: returns in, arrivals, inspections and missing items back.',
  upstream: {
    version: 'v1, as observed',
    documents: [
      'No document of the vendor: https://docs.8returns.com/api-documentation/rest-api could not be read',
      'The interface as four public callers use it, 2026-11-22',
      'docs.melibo.de, guide "8return", 2026-11-22: permissions and how a token is made',
    ],
  },
  config: EightReturnsConfig,
  credentials: {
    kind: 'token',
    schema: EightReturnsCredentials,
    guide,
    authorize: (credentials) => ({ headers: { authorization: authorizationOf(credentials) } }),
    // The whole value: what hides the text after "Bearer" would leave the API key in clear.
    secrets: (credentials) => [authorizationOf(credentials)],
  },
  hosts: ({ baseUrl }) => ({ api: [baseUrl] }),
  headers: () => ({ accept: 'application/json' }),
  errors: toError,
  limits,
  readers: {
    returns: {
      yields: ['returns'],
      checkpoint: ReturnsCheckpoint,
      dependsOn: [
        'baseUrl',
        'portal',
        'pii',
        'reasonMap',
        'resolutionMap',
        'lifecycleMap',
        'gradeMap',
        'rejectedCondition',
        'timeZone',
      ],
      every: '15m',
      permission: `${permissions.returns.label}; ${permissions.customers.label} with \`pii.customer\``,
      evidence: endpoints.listReturns.evidence,
      effects:
        'It may set the flag `fetched via API` of a return (inferred); other programs may use that flag as their cursor.',
    },
  },
  writers: {
    receipts: {
      takes: ['receipts'],
      again: 'ask',
      permission: permissions.returns.label,
      evidence: endpoints.updateReturnItems.evidence,
    },
  },
  actions,
  needs: { clock: Clock, log: Log },
  create: ({ http, config, credentials, clock, log }) => {
    const client = createClient(http, config)
    return {
      check: (signal) => checkConnection({ client, config, credentials }, signal),
      readers: { returns: createReturnsReader({ client, config, clock, log }) },
      writers: { receipts: createReceiptsWriter({ client, config, clock, log }) },
      actions: createActions({ client, config }),
    }
  },
  simulator: () => import('./simulator/index.ts'),
})
