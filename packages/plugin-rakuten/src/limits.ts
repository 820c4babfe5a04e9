import type { Limits } from '@kontor/core'

/**
 * The hourly quota is real but its figure is not published; 600 is our own cautious choice, and the true one is learned when Rakuten says
 * "Quota exceeded". Ten files an hour stand in the import documentation.
 */
export const limits = {
  calls: { burst: 1, per: '1s', source: 'own choice; no rate per second is documented' },
  quota: {
    burst: 600,
    per: '1h',
    kind: 'clock',
    source: 'own choice: error "Quota exceeded … per hour" of the web services, figure unpublished',
  },
  files: { burst: 10, per: '1h', source: 'guides of two integrators for genericimportfile, 2022 and 2025' },
} as const satisfies Limits
