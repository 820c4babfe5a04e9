import { createHash } from 'node:crypto'
import {
  canonicalText,
  isState,
  toInstant,
  type AnyRecord,
  type Delivery,
  type Echo,
  type Entity,
  type Order,
  type Return,
} from '@kontor/core'
import type { DeskEntry, StoredOutcome } from './desk-log.ts'
import { given } from './desk-log.ts'

/** A wish with everything that a delivery needs beside its state. */
export interface PreparedWish {
  readonly key: string
  readonly name: string
  readonly lane: string
  readonly record: AnyRecord
  readonly order?: Order
  readonly return?: Return
  readonly known?: { reference?: string; record?: AnyRecord }
}

type RowState = 'pending' | 'begun' | 'sent' | 'waiting' | 'done' | 'refused' | 'parked'

export interface Row {
  readonly wish: PreparedWish
  state: RowState
  /** When its call began, in milliseconds; kept while it is not settled. */
  begunAt?: number | undefined
  ticket?: string | undefined
  item?: string | undefined
  /** When to ask, or to write again. */
  dueAt?: number | undefined
  reference?: string | undefined
  /** What the system is to tell of it under an id of its own. */
  echo?: Echo | undefined
  outcome?: StoredOutcome | undefined
}

/** Of destination account, record and revision: the same in every attempt and after every restart. */
export const deliveryKey = (record: AnyRecord): string =>
  createHash('sha256')
    .update(`conformance|${canonicalText(record)}`)
    .digest('hex')
    .slice(0, 32)

/** The order, return or SKU that a record is about. */
export function laneOf(record: AnyRecord): string {
  if ('sku' in record && typeof record.sku === 'string') return `sku/${record.sku}`
  const about = 'about' in record ? record.about : undefined
  return about === undefined
    ? `${record.entity}/${record.id}`
    : `${about.entity}/${about.id ?? about.key ?? about.number ?? record.id}`
}

export interface DeskRules {
  readonly again: 'safe' | 'ask' | 'never'
  readonly settlesMs: number
  readonly readsBack: boolean
}

/** The state of each delivery, from what was kept of it. */
export function foldRows(wishes: readonly PreparedWish[], entries: readonly DeskEntry[], rules: DeskRules): Row[] {
  const rows = new Map(wishes.map((wish): [string, Row] => [wish.key, { wish, state: 'pending' }]))
  for (const entry of entries) {
    for (const key of entry.kind === 'begun'
      ? entry.keys
      : [entry.kind === 'outcome' ? entry.outcome.key : entry.key]) {
      const row = rows.get(key)
      if (row !== undefined) applyEntry(row, entry, rules)
    }
  }
  return [...rows.values()]
}

export function applyEntry(row: Row, entry: DeskEntry, rules: DeskRules): void {
  if (entry.kind === 'begun') {
    row.state = 'begun'
    row.begunAt ??= entry.at
  } else if (entry.kind === 'parked') row.state = 'parked'
  else if (entry.kind === 'woken') {
    row.state = 'pending'
    row.dueAt = undefined
  } else applyOutcome(row, entry, rules)
}

function applyOutcome(row: Row, { outcome, at }: Extract<DeskEntry, { kind: 'outcome' }>, rules: DeskRules): void {
  row.outcome = outcome
  row.echo = outcome.echo ?? row.echo
  row.dueAt = undefined
  switch (outcome.is) {
    case 'done':
    case 'already':
      row.state = 'done'
      row.reference = outcome.reference ?? row.reference
      return
    case 'refused':
      row.state = 'refused'
      return
    case 'waiting':
      Object.assign(row, {
        state: 'waiting',
        dueAt: outcome.until,
        begunAt: undefined,
        ticket: undefined,
        item: undefined,
      })
      return
    case 'sent':
      row.state = 'sent'
      row.begunAt ??= at
      row.ticket = outcome.ticket ?? row.ticket
      row.item = outcome.item ?? row.item
      row.dueAt = outcome.askAt ?? at + 60_000
      return
    case 'absent':
      return applyAbsence(row, at, rules)
  }
}

/** An absence counts only `settles` after the call: systems show what they did late. */
function applyAbsence(row: Row, at: number, rules: DeskRules): void {
  const believedFrom = (row.begunAt ?? at) + rules.settlesMs
  if (at < believedFrom) row.dueAt = believedFrom
  else if (rules.again === 'never') row.state = 'parked'
  else Object.assign(row, { state: 'pending', begunAt: undefined, ticket: undefined, item: undefined })
}

export function deliveryOf(row: Row): Delivery {
  const { key, name, record, order, known } = row.wish
  const sent =
    row.begunAt === undefined
      ? undefined
      : { at: toInstant(row.begunAt), ...given({ ticket: row.ticket, item: row.item }) }
  return {
    key,
    name,
    record,
    ...given({ order, return: row.wish.return, known: knownOf(record.entity, known), sent }),
  } as Delivery
}

/** The record only for states: of an event, only what the destination calls it. */
function knownOf(entity: Entity, known: PreparedWish['known']): PreparedWish['known'] {
  if (known === undefined || isState(entity)) return known
  return known.reference === undefined ? {} : { reference: known.reference }
}
