import { canonicalText, compareVersions, mergeStatements, withoutPersonalData, type AnyRecord } from '@kontor/core'
import { schemaOf } from '../store/records.ts'
import type { RecordRow } from '../store/schema.ts'
import type { Engine } from './engine.ts'
import type { IntakeContext } from './intake.ts'
import { keptKinds } from './retention.ts'

/** The row after this statement; `undefined` where it is older than what we have or says nothing new. */
export function mergeInto(
  engine: Engine,
  context: Pick<IntakeContext, 'connection' | 'askedAt' | 'backfill'>,
  row: RecordRow | undefined,
  record: AnyRecord,
  now: number,
): { row: RecordRow; changed: boolean } | undefined {
  const version = record.version ?? null
  const fresh = {
    connection: context.connection,
    entity: record.entity,
    id: record.id,
    version,
    asked_at: context.askedAt,
    schema: schemaOf(record.entity),
    updated_at: now,
    vanished_at: null,
  }
  if (!row) {
    const hash = engine.store.sealer.digest(canonicalText(record, { circumstances: false }))
    return {
      row: {
        ...fresh,
        revision: 1,
        hash,
        content: JSON.stringify(record),
        backfilled: context.backfill ? 1 : 0,
        first_seen: now,
      },
      changed: true,
    }
  }
  const order = compareVersions(record.version, row.version ?? undefined)
  if (order !== undefined ? order < 0 : context.askedAt < row.asked_at) return undefined
  const older = JSON.parse(row.content) as AnyRecord
  // What was emptied stays empty: a buyer's data is not taken up again from an answer that still has it.
  const told = older.redactedAt ? withoutPersonalData(record, keptKinds(engine.loyalty, context.connection)) : record
  const merged = mergeStatements(older, told)
  const hash = engine.store.sealer.digest(canonicalText(merged, { circumstances: false }))
  const live = row.backfilled === 1 && !context.backfill
  if (hash === row.hash && row.vanished_at === null) {
    // Nothing new. The version is kept up so that an older answer cannot win later; a live reading ends the backfill's hold.
    return order === 1 || live
      ? { row: { ...row, version, asked_at: context.askedAt, backfilled: live ? 0 : row.backfilled }, changed: live }
      : undefined
  }
  const revision = hash === row.hash ? row.revision : row.revision + 1
  return {
    row: {
      ...fresh,
      revision,
      hash,
      content: JSON.stringify(merged),
      backfilled: live ? 0 : row.backfilled,
      first_seen: row.first_seen,
    },
    changed: true,
  }
}
