import { renderTable, type Column } from './table.ts'
import { createPaint, type Paint } from './text.ts'

/** Standard output: for people, or one JSON document, never both. */
export interface Output {
  readonly json: boolean
  readonly paint: Paint
  /** Columns of the screen; `undefined` where nobody looks. */
  readonly columns: number | undefined
  /** For people; says nothing with `--json`. */
  print(text?: string): void
  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void
  /** The result of the command, once: with `--json` as a document, otherwise in the words of `show`. */
  result(document: unknown, show: () => void): void
  /** One line of a stream of JSON; nothing for people. */
  line(document: unknown): void
}

export interface OutputOptions {
  json: boolean
  colour: boolean
  columns: number | undefined
  write: (text: string) => void
}

export function createOutput({ json, colour, columns, write }: OutputOptions): Output {
  const paint = createPaint(colour)
  const print = (text = ''): void => {
    if (!json) write(`${text}\n`)
  }
  return {
    json,
    paint,
    columns,
    print,
    table: (rows, described) => print(renderTable(rows, described, { columns, paint })),
    result(document, show) {
      if (json) write(`${JSON.stringify(document, undefined, 2)}\n`)
      else show()
    },
    line(document) {
      if (json) write(`${JSON.stringify(document)}\n`)
    },
  }
}
