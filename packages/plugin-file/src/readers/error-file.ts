import { guarded } from '../wire/formula.ts'
import { csvText } from '../wire/csv-write.ts'
import type { Fault } from '../wire/fault.ts'

/** What was wrong with a file, for the people who wrote it: no more of their data than the cells in question. */
export function errorFile(faults: readonly Fault[]): Uint8Array {
  const rows = faults.map(({ line, column, found, expected }) => [
    line > 0 ? String(line) : '',
    column,
    guarded(found),
    expected,
  ])
  const text = csvText(['line', 'column', 'found', 'expected'], rows, {
    delimiter: ';',
    lineEnd: '\r\n',
    guardFormulas: false,
  })
  return Buffer.from(`\uFEFF${text}`, 'utf8')
}
