import { csvRows } from './csv-rows.ts'

/** A return as the one who opens the parcel reads it. */
export interface ReturnedGoods {
  readonly key: string
  /** The order by its key or number, as the file has it. */
  readonly order: string
  /** What the buyer wants: `refund`, `exchange`, … */
  readonly resolution: string
  readonly lines: readonly { readonly line: string; readonly sku: string; readonly quantity: number }[]
}

/** The returns in a CSV file with the columns it comes with. */
export function readReturnFile(text: string): ReturnedGoods[] {
  return [...Map.groupBy(csvRows(text), (row) => row['return'] ?? '')].map(([key, same]) => ({
    key,
    order: same[0]?.['order'] ?? '',
    resolution: same[0]?.['resolution'] ?? '',
    lines: same.map((row) => ({
      line: row['line'] ?? '',
      sku: row['sku'] ?? '',
      quantity: Number(row['quantity'] ?? 0),
    })),
  }))
}
