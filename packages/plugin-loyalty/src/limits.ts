import type { Limits } from '@kontor/core'

/** Leat documents no rate; its own Magento module keeps to five calls a second, and so do we, with either provider. */
export const limits = {
  api: {
    burst: 5,
    per: '1s',
    atOnce: 2,
    source: "the throttle in Leat's Magento module (github.com/the-line/piggy-loyalty-magento, 2026-06-24)",
  },
} as const satisfies Limits
export type Bucket = keyof typeof limits
