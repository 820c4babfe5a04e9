import type { Entity, Instant, Json, Money, Order, RecordOf, Return } from '../canonical/index.ts'
import type { KontorError } from '../errors/index.ts'
import type { Look } from './reader.ts'

/** A wish: this destination shall hold the newest revision of this record. */
export interface Delivery<E extends Entity = Entity> {
  /** Of destination account, record and revision; the same in every attempt: the idempotency key. 32 hexadecimal digits. */
  key: string
  /** Kontor's key of the record, `connection/id`: what the other side may be given as our reference. */
  name: string
  record: RecordOf<E>
  /** The order it is about, as its own system told it. */
  order?: Order
  /** The return it is about, as its own system told it. */
  return?: Return
  /** What this destination last confirmed; the record for states only. */
  known?: { reference?: string; record?: RecordOf<E> }
  /** An attempt that is not settled: it may have taken effect. */
  sent?: { at: Instant; ticket?: string; item?: string }
}

/**
 * What the system will tell of an effect as a record of its own: later, and under an id that nobody knows yet. By it that record is known as ours,
 * whenever it is read. A refund is told once, in one record or in several.
 */
export interface Echo {
  /** It happened no earlier, by the system's own clock. */
  since: Instant
  /** By then it is told. What resembles it and does not say the same waits until then for the one that does, and afterwards for a person. */
  until: Instant
  /** What it says: how much of which SKU, with all that was paid back for it. None: nobody knows what it will say. */
  lines: readonly EchoLine[]
}
/** `taxOnTop`: the system may add the tax that belongs to the amount. */
export interface EchoLine {
  sku: string
  amount: Money
  taxOnTop?: boolean
}

/** `echo`: with what is done, or was sent, where the system tells of it later under an id of its own. */
export type Outcome = { key: string; look?: readonly Look[]; echo?: Echo } &
  /** Done by this call, or found done already. `reference`: the id the destination gave. */
  (
    | { is: 'done' | 'already'; reference?: string; detail?: Json }
    /** Left our hands, effect unknown: `readBack` is asked at `askAt`. */
    | { is: 'sent'; ticket?: string; item?: string; askAt?: Instant }
    /** Nothing was sent; again at `until`, or when its order changes. */
    | { is: 'waiting'; error: KontorError; until?: Instant }
    /** For good, until the record changes. `applied`: lines that did take effect. IN_DOUBT of a writer that is never to send again: a person decides. */
    | { is: 'refused'; error: KontorError; applied?: readonly string[] }
    /** Only from `readBack`: no effect was found. */
    | { is: 'absent' }
  )

export interface Writer<E extends Entity = Entity> {
  /** Yields one outcome per delivery, each stored at once. A missing one counts as not sent, or in doubt where its call had begun. */
  write(batch: readonly Delivery<E>[], signal: AbortSignal): AsyncIterable<Outcome>
  /** What became of these? Sends nothing. */
  readBack?(batch: readonly Delivery<E>[], signal: AbortSignal): AsyncIterable<Outcome>
  /**
   * Everything this system holds now of the states it takes, each SKU in the merchant's own words, page by page. Changes nothing. The nightly
   * reconcile compares it with what was wished for; a writer without it is not reconciled.
   */
  holds?(request: HoldsRequest<E>): AsyncIterable<readonly RecordOf<E>[]>
}

export interface HoldsRequest<E extends Entity = Entity> {
  entities: readonly E[]
  /** The words for markets that prices are wished for; a price without one is of the connection's own market. Each is told under its word. */
  markets: readonly string[]
  signal: AbortSignal
}
