import type { Clock, KontorError, Log } from '@kontor/core'
import type { DecideRule } from '../config/config.ts'
import type { Store } from '../store/store.ts'
import type { Flow, Office } from './office.ts'
import type { LoyaltyPlan } from './ledger-facts.ts'
import type { Notify } from './notices.ts'

/** What every job of the engine works with. */
export interface Engine {
  store: Store
  clock: Clock
  log: Log
  /** Name of this process among those that share the store. */
  owner: string
  offices: ReadonlyMap<string, Office>
  flows: readonly Flow[]
  /** Policies for orders that wait for acceptance, by connection. */
  decide: ReadonlyMap<string, DecideRule>
  /** Loyalty flows: whose orders earn points, and where they are kept. */
  loyalty: readonly LoyaltyPlan[]
  /** Connections that stand still, and why; what is due for them waits. */
  paused: Map<string, KontorError>
  /** Connections of which a person was told that they stand still, until something of them goes well. */
  troubled: Set<string>
  /** Tells the address of `notify`, where there is one. */
  notify: Notify
  /** How long a lease lives without being renewed. */
  ttlMs: number
  /** Attempts of this process that are under way: what *begun* is noted for. */
  claims: Map<string, number>
  /** By writer: the source whose turn it was last in this process. */
  turns: Map<string, string>
  /** Runs of this process that are under way. */
  runs: Set<number>
  /** In plan mode: the keys of deliveries whose calls were shown. */
  shown: () => ReadonlySet<string>
}

/** How long after it started a look may hold an order back. */
export const lookGraceMs = 3_600_000
