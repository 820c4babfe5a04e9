import type { Limits } from '@kontor/core'

const guidelines = 'API guidelines, "Traffic limitation" and "Data limitation" (OpenAPI 0.1.1, copy of 2026-08-22)'
const care = (operation: string): string => `${operation}, "Rate limiting" (OpenAPI 0.1.1, copy of 2026-08-22)`

/**
 * The account's budgets, a quarter below what is published where the publication says "usually": above it the address is blocked for 10 seconds.
 * A call draws from every bucket it falls under.
 */
export const limits = {
  /** Every call. Published: above 200 in 10 s. */
  requests: { burst: 150, per: '10s', source: guidelines },
  /** Calls about listings, beside `requests`. Published: above 20 in 10 s for "more sensible endpoints". */
  offers: { burst: 15, per: '10s', source: guidelines },
  /** SKU lines written, by single updates and CSV files together. */
  offerRows: { burst: 2000, per: '1h', source: guidelines },
  careList: { burst: 520, per: '1m', source: care('GET /ws/sav') },
  careListDay: { burst: 4000, per: '1d', source: care('GET /ws/sav') },
  careDetail: { burst: 600, per: '1m', source: care('GET /ws/sav/{careFolderId}') },
  careDetailDay: { burst: 40_000, per: '1d', source: care('GET /ws/sav/{careFolderId}') },
  careProblem: { burst: 750, per: '1m', source: care('POST /ws/sav/{careFolderId}/problem') },
  careProblemDay: { burst: 1000, per: '1d', source: care('POST /ws/sav/{careFolderId}/problem') },
  careMessage: { burst: 560, per: '1m', source: care('POST /ws/sav/{careFolderId}/msg') },
  careMessageDay: { burst: 40_000, per: '1d', source: care('POST /ws/sav/{careFolderId}/msg') },
  itemTransfer: { burst: 292, per: '1m', source: care('POST /ws/sav/{careFolderId}/item-transfer') },
  itemTransferDay: { burst: 500, per: '1d', source: care('POST /ws/sav/{careFolderId}/item-transfer') },
  refundsDay: { burst: 500, per: '1d', source: care('POST /ws/sav/refund') },
} as const satisfies Limits
export type Bucket = Extract<keyof typeof limits, string>
