import { sql, type Generated, type RawBuilder } from 'kysely'

/** Times are whole milliseconds since 1970, documents JSON text: the same in every database we use. */
export interface Tables {
  meta: { key: string; value: string }
  connections: {
    name: string
    plugin: string
    account: string | null
    fingerprint: string | null
    first_seen: number
    paused_by: string | null
    checked_at: number | null
  }
  leases: { key: string; owner: string; fence: number; until: number }
  streams: {
    connection: string
    reader: string
    checkpoint: string | null
    depends_on: string
    version: number
    resume_at: number | null
    caught_up_at: number | null
    failures: number
    due_at: number
    error: string | null
  }
  records: RecordRow
  numbers: { number: string; connection: string; entity: string; id: string }
  deliveries: DeliveryRow
  links: { destination: string; entity: string; reference: string; source: string; id: string; at: number }
  /** Pieces of open orders, by SKU: what is sold and not yet out of the house. */
  open_lines: { sku: string; connection: string; id: string; quantity: number }
  /** By when orders with pieces to ship have to leave, as they were when last looked through. */
  ship_bys: { connection: string; id: string; ship_by: number }
  /** Records about an order that the ledger has to know, whether they are delivered anywhere or not. */
  mentions: { lane: string; connection: string; entity: string; id: string }
  unmatched: { connection: string; entity: string; id: string; flow: string; reason: string; since: number }
  rejections: {
    id: Generated<number>
    connection: string
    reader: string
    entity: string | null
    ref: string | null
    path: string
    error: string
    raw: string | null
    fingerprint: string
    at: number
    settled: string | null
  }
  looks: {
    connection: string
    entity: string
    id: string
    numbers: string | null
    due_at: number
    reason: string | null
    since: number
    tries: number
    /** 0 a live reading, 1 a backfill that delivers, 2 one that only reads: the lowest goes first. */
    asked_by: number
  }
  runs: {
    id: Generated<number>
    kind: string
    connection: string
    part: string
    owner: string
    started_at: number
    ended_at: number | null
    state: string
    read: number
    changed: number
    rejected: number
    written: number
    refused: number
    error: string | null
  }
  flows: { id: string; first_run_at: number }
  runners: { owner: string; started_at: number; about: string }
  credentials: { connection: string; sealed: string; version: number; updated_at: number }
  buckets: { key: string; state: string; updated_at: number }
  /** What a destination held of a state when it was last looked at as a whole. `market`: empty for its own. */
  holdings: { destination: string; entity: string; sku: string; market: string; content: string; seen_at: number }
  notices: NoticeRow
  cache: { connection: string; key: string; value: string; until: number }
}

export interface RecordRow {
  connection: string
  entity: string
  id: string
  revision: number
  /** Of the content without its circumstances, keyed with the store's own secret. */
  hash: string
  version: string | null
  /** When the request began whose answer this is. */
  asked_at: number
  content: string
  /** Schema version the content was stored with. */
  schema: number
  /** 1 where a backfill brought it and nothing newer has come since. */
  backfilled: number
  first_seen: number
  updated_at: number
  vanished_at: number | null
}

/** What a person should know as long as it lasts. */
export interface NoticeRow {
  key: string
  connection: string | null
  kind: 'stopped' | 'warning' | 'hints' | 'open'
  message: string
  /** When a warning comes true. */
  until: number | null
  count: number
  since: number
  told_at: number
}

export const deliveryStates = ['held', 'pending', 'waiting', 'sent', 'done', 'refused', 'parked', 'skipped'] as const
export type DeliveryState = (typeof deliveryStates)[number]
/** Not at their end: something is still to happen with them. */
export const openStates = ['held', 'pending', 'waiting', 'sent', 'parked'] as const satisfies readonly DeliveryState[]
/** Become due at their time, and are then taken up by a runner. */
export const dueStates = ['pending', 'waiting', 'sent'] as const satisfies readonly DeliveryState[]

/** States as part of a statement's text: SQLite uses an index over some states for no statement that only binds them. */
export const written = (states: readonly DeliveryState[]): RawBuilder<DeliveryState>[] =>
  states.map((state) => sql.lit(state))

/**
 * One wish: `destination` shall hold the newest revision of this record. `wanted_*` is the wish, `try_*` the attempt under way or in doubt,
 * `known_*` what the destination last confirmed.
 */
export interface DeliveryRow {
  destination: string
  source: string
  entity: string
  id: string
  flow: string
  lane: string
  /** 0 live, 1 backfill. */
  priority: number
  rank: number
  state: DeliveryState
  wanted_revision: number
  wanted_hash: string
  wanted_key: string
  try_revision: number | null
  try_hash: string | null
  try_key: string | null
  /** The content of the attempt, kept only where the record has changed since. */
  try_content: string | null
  /** When a call with an effect had begun for the attempt; null: certainly not sent. */
  begun_at: number | null
  ticket: string | null
  item: string | null
  /** What the destination will tell of it under an id of its own that is not known yet: JSON. */
  echo: string | null
  known_hash: string | null
  known_content: string | null
  reference: string | null
  /** What the destination told beside its reference: JSON. */
  detail: string | null
  due_at: number
  tries: number
  error: string | null
  /** The run that holds it back until its set is complete. */
  held_by: number | null
  owner: string | null
  /** Raised at every claim; an attempt is settled only with the number it was claimed with. */
  fence: number
  claim_until: number
  created_at: number
  updated_at: number
  done_at: number | null
}
