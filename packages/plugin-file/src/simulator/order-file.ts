import { csvRows } from './csv-rows.ts'

/** An order as a packer reads it. */
export interface PackOrder {
  readonly key: string
  readonly revision: string
  readonly status: string
  readonly acceptance: string
  readonly lines: readonly PackLine[]
}
interface PackLine {
  readonly id: string
  readonly sku: string
  readonly title: string
  readonly quantity: number
  /** How many of them are still to be shipped. */
  readonly toShip: number
}

/** The orders in a file: CSV with the columns it comes with, JSON, or JSON Lines. */
export function readOrderFile(name: string, text: string): PackOrder[] {
  if (name.endsWith('.csv')) return fromCsv(text)
  const documents: unknown[] = name.endsWith('.jsonl')
    ? text.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]))
    : [JSON.parse(text)].flat()
  return documents.map(fromDocument)
}

function fromCsv(text: string): PackOrder[] {
  const orders = Map.groupBy(csvRows(text), (row) => `${row['order']} ${row['revision']}`)
  return [...orders.values()].map((same) => {
    const of = (column: string): string => same[0]?.[column] ?? ''
    const lines = same.filter((row) => (row['line'] ?? '') !== '').map(lineOf)
    return { key: of('order'), revision: of('revision'), status: of('status'), acceptance: of('acceptance'), lines }
  })
}

const lineOf = (row: Readonly<Record<string, string>>): PackLine => ({
  id: row['line'] ?? '',
  sku: row['sku'] ?? '',
  title: row['title'] ?? '',
  quantity: Number(row['quantity'] ?? 0),
  toShip: Number(row['to_ship'] ?? 0),
})

const textAt = (value: unknown, ...path: string[]): string => {
  const found = path.reduce<unknown>(
    (here, name) => (typeof here === 'object' && here !== null ? Reflect.get(here, name) : undefined),
    value,
  )
  return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
}

function fromDocument(document: unknown): PackOrder {
  const status = textAt(document, 'lifecycle', 'value')
  const acceptance = textAt(document, 'acceptance', 'value')
  const stopped =
    status === 'cancelled' ||
    acceptance === 'awaiting' ||
    acceptance === 'refused' ||
    textAt(document, 'payment', 'value') === 'pending'
  const lines: unknown = typeof document === 'object' && document !== null ? Reflect.get(document, 'lines') : []
  return {
    key: textAt(document, 'key'),
    revision: textAt(document, 'revision'),
    status,
    acceptance,
    lines: (Array.isArray(lines) ? lines : []).map((line: unknown) => {
      const quantity = Number(textAt(line, 'quantity'))
      const gone = Number(textAt(line, 'quantityShipped')) + Number(textAt(line, 'quantityCancelled'))
      const closed = ['shipped', 'delivered', 'cancelled', 'refunded', 'returned'].includes(
        textAt(line, 'status', 'value'),
      )
      return {
        id: textAt(line, 'id'),
        sku: textAt(line, 'sku'),
        title: textAt(line, 'title'),
        quantity,
        toShip: stopped || closed ? 0 : quantity - gone,
      }
    }),
  }
}
