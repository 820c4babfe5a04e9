import type { LimitSpec } from '../contract/index.ts'

/** A draw of `n` from the bucket `key` (account or app, plugin and name). */
export interface Draw {
  key: string
  spec: LimitSpec
  n: number
}

/**
 * The buckets of a deployment. All draws of a call are granted together or not at all.
 * In-process for a library, in the store for a runner: then all processes share them, and an hourly budget survives a restart.
 */
export interface Buckets {
  /** Takes all or nothing. `waitMs` 0: granted; else when to ask again at the earliest. `first`: live work; `last`: backfill, which takes only above half. */
  take(draws: readonly Draw[], now: number, priority: 'first' | 'last'): Promise<{ waitMs: number }>
  /** The system asked for silence until `until` (milliseconds since 1970). Honoured by all. */
  block(keys: readonly string[], until: number): Promise<void>
  /** What an answer told: how much is left, and when it is full again. Never raises a limit above its `spec`, unless that says so (`raises`). */
  learn(
    key: string,
    spec: LimitSpec,
    told: { limit?: number; remaining?: number; resetAt?: number },
    now: number,
  ): Promise<void>
}
