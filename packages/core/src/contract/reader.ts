import type { Entity, Instant, RecordOf } from '../canonical/index.ts'
import type { KontorError } from '../errors/index.ts'

/** Names one thing in the account of this connection. */
export interface Ref {
  entity: Entity
  id: string
  numbers?: readonly string[]
}

/** An id to read, now or at a time: a hint of a webhook, an order not yet paid, a refund not yet final. */
export interface Look {
  ref: Ref
  at?: Instant
  reason?: string
}

/** One thing that could not be understood. Its neighbours arrive. */
export interface Rejection {
  ref?: Ref
  /** Path of what is wrong, inside the raw value. */
  path: string
  error: KontorError
  /** The raw value; sealed at rest, redacted when shown. */
  raw: unknown
}

/** What came in: as a page, by id, by webhook. */
export interface Intake<E extends Entity = Entity> {
  records: readonly RecordOf<E>[]
  rejected?: readonly Rejection[]
  look?: readonly Look[]
}

export interface Page<E extends Entity = Entity, C = unknown> extends Intake<E> {
  /** Where to go on after this page. Works at any age. */
  checkpoint: C
  /** Ends the run; the next begins then. Nobody sleeps. */
  resumeAt?: Instant
}

export interface ReadRequest<C> {
  /** Where to begin when there is no checkpoint. */
  since: Instant
  until?: Instant
  checkpoint?: C
  signal: AbortSignal
}

export interface Reader<E extends Entity = Entity, C = unknown> {
  /**
   * Yields pages of at most 500 records and is suspended after each. What stands after a `yield` runs after the page is durably ours:
   * acknowledge there. The runner always drains the generator after a commit.
   */
  read(request: ReadRequest<C>): AsyncIterable<Page<E, C>>
  /** The same records by id; an id that is left out has vanished. */
  fetch?(refs: readonly Ref[], signal: AbortSignal): AsyncIterable<Intake<E>>
}
