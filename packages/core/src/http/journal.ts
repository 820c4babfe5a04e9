/** A call with an effect, as it is noted before its first byte. For an effect that is no HTTP call: method `LOCAL`, empty `url`. */
export interface BegunCall {
  doing: string
  method: string
  /** Redacted. */
  url: string
  effect: 'repeatable' | 'once'
}

/** Notes durably that a call for some deliveries has begun; throws FENCED where the work is no longer ours, PLAN_MODE in plan mode. */
export interface Journal {
  /**
   * Called after the buckets have let the call through, before its first byte; once more before each repetition, and again where the
   * process was paused in between. `keys` may be empty (set-up in the account).
   */
  begin(keys: readonly string[], call: BegunCall): Promise<void>
}
