import type { Limits } from '@kontor/core'

const learn = {
  limit: 'x-rate-limit-requests-quota',
  remaining: 'x-rate-limit-requests-left',
  reset: { header: 'x-rate-limit-time-reset-ms', as: 'milliseconds' },
} as const
const source = 'developer.bigcommerce.com, getting-started/api-rate-limits (bigcommerce/docs, 2026-04-01)'

/**
 * 150 calls in 30 seconds (plans Standard and Plus), taken as 50 in 10: the same in any 30 seconds, without half a minute of silence after a burst.
 * All apps of a store share its quota, so what is left is learnt from every answer. Plans above Standard and Plus allow more; we do not use it.
 * Some endpoints refuse parallel calls of their own, whatever the quota says.
 */
export const limits = {
  api: { burst: 50, per: '10s', atOnce: 4, learn, source },
  /** Bulk writes of stock and prices: one under way. */
  bulk: { burst: 50, per: '10s', atOnce: 1, source: `${source}; inventory-adjustments: one request at a time` },
  /** POST and DELETE of promotion codes: 40 at once; ours are few. */
  codes: { burst: 50, per: '10s', atOnce: 10, source: `${source}; promotions/codes: 40 concurrent` },
} as const satisfies Limits
export type Bucket = keyof typeof limits
