import { defineSimulator, type Answer, type Call } from '@kontor/testkit/simulator'
import { actions } from './actions.ts'
import { v2Error, v3Error } from './answers.ts'
import { makeWorld } from './make-world.ts'
import { Options, type Scope } from './options.ts'
import { catalogRoutes } from './routes/catalog.ts'
import { discountRoutes } from './routes/discounts.ts'
import { hookRoutes } from './routes/hooks.ts'
import { orderRoutes } from './routes/orders.ts'
import { refundRoutes } from './routes/refunds.ts'
import { CLIENT_SECRET, OTHER_STORE, OTHER_TOKEN, RESTRICTED_TOKEN, STORE, TOKEN, type World } from './world.ts'

const QUOTA = { name: 'quota', per: '30s', kind: 'fixed' } as const

/** Which scopes a path needs; any one of them is enough. */
const needs: readonly (readonly [RegExp, readonly Scope[]])[] = [
  [/\/payment_actions\//, ['orders', 'transactions']],
  [/\/v2\/orders/, ['orders']],
  [/\/customers/, ['customers']],
  [/\/coupons|\/promotions/, ['marketing']],
  [/\/catalog|\/pricelists/, ['products']],
  [/\/inventory/, ['inventory']],
  [/\/v2\/store$/, ['information']],
]

const accounts: Readonly<Record<string, string>> = {
  [TOKEN]: STORE,
  [RESTRICTED_TOKEN]: STORE,
  [OTHER_TOKEN]: OTHER_STORE,
}

function before({ path, headers, params, options }: Call<World, Options>): Answer | undefined {
  const token = headers['x-auth-token'] ?? ''
  const account = accounts[token]
  if (account === undefined) return v3Error(401, 'Unauthorized')
  const scopes: readonly Scope[] = token === RESTRICTED_TOKEN ? [] : options.scopes
  const needed = needs.find(([pattern]) => pattern.test(path))?.[1]
  if (needed !== undefined && !needed.some((scope) => scopes.includes(scope)))
    return path.includes('/v2/')
      ? v2Error(403, 'Your access token does not have the required scope.')
      : v3Error(403, 'You do not have the required scope(s).')
  const store = Reflect.get(params, 'store')
  return store === undefined || store === account ? undefined : v3Error(404, 'Store not found')
}

const rateHeaders = (limit: number, left: number, resetMs: number): Record<string, string> => ({
  'x-rate-limit-time-window-ms': '30000',
  'x-rate-limit-time-reset-ms': String(resetMs),
  'x-rate-limit-requests-quota': String(limit),
  'x-rate-limit-requests-left': String(left),
})

/** A BigCommerce store: orders, refunds, stock, prices, discounts and webhooks, as bigcommerce/docs of 2026-04-01 describes them. */
export const simulator = defineSimulator<World, Options>({
  id: 'bigcommerce',
  title: 'BigCommerce',
  options: Options,
  world: makeWorld,
  limits: ({ quota }) => [{ ...QUOTA, limit: quota, match: () => true }],
  before,
  after({ limits }, answer) {
    const state = limits.find(({ name }) => name === QUOTA.name)
    if (state === undefined) return answer
    return { ...answer, headers: { ...rateHeaders(state.limit, state.remaining, state.resetMs), ...answer.headers } }
  },
  // With headers: the quota is used up. Without: the platform is under load, and says nothing about when.
  throttled: ({ retryAfterMs }) => ({
    status: 429,
    headers:
      retryAfterMs === undefined
        ? {}
        : { ...rateHeaders(0, 0, Math.ceil(retryAfterMs)), 'x-retry-after': String(Math.ceil(retryAfterMs / 1000)) },
    json: { status: 429, title: 'Too many requests', type: '' },
  }),
  notFound: ({ path }) =>
    path.includes('/v2/') ? v2Error(404, 'The requested resource was not found.') : v3Error(404, 'Not found'),
  routes: [...orderRoutes, ...refundRoutes, ...catalogRoutes, ...discountRoutes, ...hookRoutes],
  actions,
  describe: ({ url, world }) =>
    `${world.orders.size} orders. In kontor.yaml: config: { apiUrl: "${url}" }, credentials: { storeHash: ${STORE}, accessToken: ${TOKEN}, clientSecret: ${CLIENT_SECRET} }`,
})
