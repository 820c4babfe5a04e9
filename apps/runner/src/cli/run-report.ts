import { needsPerson } from '../store/needs-person.ts'
import type { KontorError } from '@kontor/core'
import type { RunReport } from '../engine/runner.ts'
import type { Store } from '../store/store.ts'
import { readStatus, type Status } from '../store/status.ts'
import { exitCodeOfAll, type ExitCode } from './exit-codes.ts'
import type { Column } from './table.ts'

/** What one job did since a point in time. */
export interface RunRow {
  kind: string
  connection: string
  part: string
  read: number
  changed: number
  rejected: number
  written: number
  refused: number
  error: string | undefined
}

export async function runsSince(store: Store, since: number): Promise<RunRow[]> {
  const rows = await store.db
    .selectFrom('runs')
    .selectAll()
    .where('started_at', '>=', since)
    .orderBy('connection')
    .orderBy('kind', 'desc')
    .orderBy('part')
    .execute()
  const sums = new Map<string, RunRow>()
  for (const { kind, connection, part, read, changed, rejected, written, refused, error } of rows) {
    const key = `${connection}|${kind}|${part}`
    const sum = sums.get(key) ?? {
      kind,
      connection,
      part,
      read: 0,
      changed: 0,
      rejected: 0,
      written: 0,
      refused: 0,
      error: undefined,
    }
    sums.set(key, {
      ...sum,
      read: sum.read + read,
      changed: sum.changed + changed,
      rejected: sum.rejected + rejected,
      written: sum.written + written,
      refused: sum.refused + refused,
      error: error === null ? sum.error : codeIn(error),
    })
  }
  return [...sums.values()]
}

/** It may have read, but nothing came of it. */
export const didNothing = ({ changed, rejected, written, refused, error }: RunRow): boolean =>
  changed + rejected + written + refused === 0 && error === undefined

/** Errors are stored as JSON. */
const codeIn = (text: string): string => /"code":"([A-Z_]+)"/.exec(text)?.[1] ?? 'INTERNAL'

export const runColumns: readonly Column<RunRow>[] = [
  { title: 'CONNECTION', value: (row) => row.connection },
  { title: 'JOB', value: (row) => `${row.kind} ${row.part}`, shrinkTo: 10 },
  { title: 'READ', value: (row) => row.read },
  { title: 'CHANGED', value: (row) => row.changed },
  { title: 'REJECTED', value: (row) => row.rejected, paint: (row) => (row.rejected > 0 ? 'yellow' : undefined) },
  { title: 'WRITTEN', value: (row) => row.written },
  { title: 'REFUSED', value: (row) => row.refused, paint: (row) => (row.refused > 0 ? 'yellow' : undefined) },
  { title: 'ERROR', value: (row) => row.error, paint: () => 'red' },
]

/** How a run ended: by its failures; else 4 where something needs a person. */
export function exitCodeOfRun(report: RunReport, status: Status): ExitCode {
  const standing = [...report.paused.values()].filter((error) => !isWish(error))
  return exitCodeOfAll([...report.failures, ...standing]) || (needsPerson(status) > 0 ? 4 : 0)
}

/** Paused because the config says so. */
const isWish = ({ key }: KontorError): boolean => key?.endsWith('.paused') ?? false

export { needsPerson, readStatus }
