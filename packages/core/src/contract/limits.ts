export type Duration = `${number}ms` | `${number}s` | `${number}m` | `${number}h` | `${number}d`

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
/** A duration in milliseconds: `10s` is 10 000. A RangeError for anything else. */
export function toMilliseconds(duration: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration)
  const unit = match ? units[match[2] ?? ''] : undefined
  if (!match || unit === undefined)
    throw new RangeError(`not a duration: ${JSON.stringify(duration)} (write 500ms, 10s, 5m, 1h or 1d)`)
  return Number(match[1]) * unit
}

/**
 * One named bucket of an account.
 * - `sliding` (default): at most `burst` in *any* stretch of `per`; right for the fixed and sliding windows of vendors
 * - `token`: a bucket of `burst` that refills with `refill` (default `burst`) every `per`; for vendors that document one
 * - `clock`: at most `burst` within each full `per` of the clock (an hourly quota that starts anew at :00)
 */
export interface LimitSpec {
  burst: number
  per: Duration
  kind?: 'sliding' | 'token' | 'clock'
  refill?: number
  /** Calls under way at one time. */
  atOnce?: number
  /** `app`: shared by all accounts of this installation. */
  scope?: 'account' | 'app'
  /**
   * Where the vendor's answer tells the real limit: names of response headers. `limit` of a token bucket is a rate, per second. `raises`: what is told
   * holds also where it is more than stated here, until a connection states its own.
   */
  learn?: {
    limit?: string
    raises?: boolean
    remaining?: string
    reset?: { header: string; as: 'seconds' | 'milliseconds' | 'epoch-seconds' }
  }
  /** Document and date of the fact. */
  source: string
}
export type Limits = Readonly<Record<string, LimitSpec>>
