import type { Limits } from '@kontor/core'

/** No limit is published. This is our own modesty, one call at a time; `Retry-After` is honoured should it ever come. */
export const limits = {
  requests: {
    burst: 2,
    per: '1s',
    atOnce: 1,
    source: 'assumption of ours: nothing is published (looked for on 2026-11-22)',
  },
} as const satisfies Limits
export type Bucket = Extract<keyof typeof limits, string>
