import { cut, oneLine, pad, width, type Paint } from './text.ts'

export interface Column<Row> {
  title: string
  value: (row: Row) => string | number | undefined
  /** Numbers are aligned to the right unless said otherwise. */
  align?: 'left' | 'right'
  /** Least width this column may be cut to where the table does not fit; without it, it is never cut. */
  shrinkTo?: number
  paint?: (row: Row) => keyof Paint | undefined
}

export interface TableOptions {
  /** Columns of the screen; without, nothing is cut. */
  columns?: number | undefined
  paint: Paint
}

const gap = '  '

/** A table with aligned columns. Columns in which no row has anything are left out. */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], options: TableOptions): string {
  const cells = rows.map((row) => columns.map(({ value }) => textOf(value(row))))
  const shown = columns
    .map((column, index) => ({ column, index }))
    .filter(({ index }) => cells.some((line) => line[index] !== ''))
  const natural = shown.map(({ column, index }) =>
    Math.max(width(column.title), ...cells.map((line) => width(line[index] ?? ''))),
  )
  const widths = fitted(
    natural,
    shown.map(({ column }) => column.shrinkTo),
    options.columns,
  )
  const right = shown.map(
    ({ column, index }) => (column.align ?? (isNumeric(rows, columns[index]) ? 'right' : 'left')) === 'right',
  )
  const line = (texts: readonly string[], colour?: (text: string, at: number) => string): string =>
    texts
      .map((text, at) => {
        const fitting = cut(text, widths[at] ?? 0)
        const last = at === texts.length - 1 && !right[at]
        const padded = last ? fitting : pad(fitting, widths[at] ?? 0, right[at] ?? false)
        return colour ? colour(padded, at) : padded
      })
      .join(gap)
      .trimEnd()
  const head = line(
    shown.map(({ column }) => column.title),
    (text) => options.paint.dim(text),
  )
  const body = rows.map((row, number) =>
    line(
      shown.map(({ index }) => cells[number]?.[index] ?? ''),
      (text, at) => {
        const style = shown[at]?.column.paint?.(row)
        return style ? options.paint[style](text) : text
      },
    ),
  )
  return [head, ...body].join('\n')
}

const textOf = (value: string | number | undefined): string => (value === undefined ? '' : oneLine(String(value)))

const isNumeric = <Row>(rows: readonly Row[], column: Column<Row> | undefined): boolean =>
  column !== undefined &&
  rows.some((row) => typeof column.value(row) === 'number') &&
  rows.every((row) => typeof column.value(row) !== 'string')

/** Takes from the widest columns that may be cut, until all fit. */
function fitted(
  natural: readonly number[],
  least: readonly (number | undefined)[],
  columns: number | undefined,
): number[] {
  const widths = [...natural]
  if (columns === undefined) return widths
  let excess = widths.reduce((sum, each) => sum + each, 0) + gap.length * (widths.length - 1) - columns
  while (excess > 0) {
    const spare = widths.map((each, at) => each - Math.max(least[at] ?? each, 1))
    const widest = Math.max(...widths.filter((_, at) => (spare[at] ?? 0) > 0))
    const at = widths.findIndex((each, index) => each === widest && (spare[index] ?? 0) > 0)
    if (at < 0) break
    widths[at] = widest - 1
    excess--
  }
  return widths
}
