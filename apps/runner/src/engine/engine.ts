import type { Clock, Log } from '@kontor/core'
import type { Store } from '../store/store.ts'
import type { Flow, Office } from './office.ts'

/** What every job of the engine works with. */
export interface Engine {
  store: Store
  clock: Clock
  log: Log
  /** Name of this process among those that share the store. */
  owner: string
  offices: ReadonlyMap<string, Office>
  flows: readonly Flow[]
  /** How long a lease lives without being renewed. */
  ttlMs: number
  /** Attempts of this process that are under way: what *begun* is noted for. */
  claims: Map<string, number>
}

/** How long after it started a look may hold an order back. */
export const lookGraceMs = 3_600_000
