/** A report of text: a row of names, then the rows, between tabs. What a cell must not hold becomes a blank. */
export function flatFile(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const names = Object.keys(rows[0] ?? {})
  return `${[line(names), ...rows.map((row) => line(names.map((name) => row[name] ?? '')))].join('\r\n')}\r\n`
}

const line = (cells: readonly (string | number)[]): string =>
  cells.map((cell) => String(cell).replaceAll(/[\t\r\n]/g, ' ')).join('\t')

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `10-Jul-2025`, as the report of returns writes days. */
export function dayOf(ms: number): string {
  const at = new Date(ms)
  return `${String(at.getUTCDate()).padStart(2, '0')}-${MONTHS[at.getUTCMonth()] ?? ''}-${at.getUTCFullYear()}`
}
