import {
  Instant,
  toInstant,
  toMilliseconds,
  toMs,
  type Clock,
  type Entity,
  type Page,
  type Reader,
  type RecordOf,
  type Rejection,
} from '@kontor/core'
import { z } from 'zod'
import type { CatalogClient } from '../client/index.ts'
import type { BigCommerceConfig } from '../config/index.ts'
import { toOfferPrice, toProducts, toStockLevels } from '../mapping/index.ts'
import { WireInventoryItem, WireProduct, WireVariant, type V3List } from '../wire/index.ts'
import type { StoreCurrency } from './store-currency.ts'
import { pieces, scan } from './scan.ts'
import { attempt, understand } from './understand.ts'

/** Stock and prices have no date to ask by: each reading is a full scan, and a broken one goes on at its page. */
export const ScanCheckpoint = z.strictObject({ page: z.int().positive() })
type ScanCheckpoint = z.infer<typeof ScanCheckpoint>

export const ProductsCheckpoint = z.strictObject({
  modified: Instant,
  page: z.int().positive(),
  newest: Instant.optional(),
})
type ProductsCheckpoint = z.infer<typeof ProductsCheckpoint>

type Request<C> = { since: Instant; until?: Instant; checkpoint?: C; signal: AbortSignal }

async function understood<E extends Entity, S extends z.ZodType>(
  entity: E,
  schema: S,
  rows: readonly unknown[],
  make: (value: z.output<S>) => readonly RecordOf<E>[],
): Promise<{ records: RecordOf<E>[]; rejected: Rejection[] }> {
  const records: RecordOf<E>[] = []
  const rejected: Rejection[] = []
  for (const raw of rows) {
    const row = understand(schema, entity, raw)
    const made = 'rejection' in row ? row : await attempt(entity, raw, () => make(row.value))
    if ('rejection' in made) rejected.push(made.rejection)
    else records.push(...made.value)
  }
  return { records, rejected }
}

async function* scanned<E extends Entity, S extends z.ZodType>(
  entity: E,
  schema: S,
  list: (page: number) => Promise<V3List>,
  first: number,
  make: (value: z.output<S>) => readonly RecordOf<E>[],
): AsyncIterable<Page<E, ScanCheckpoint>> {
  for await (const { rows, next, page } of scan(list, first)) {
    const { records, rejected } = await understood(entity, schema, rows, make)
    for (const piece of pieces(records))
      yield {
        records: piece.records,
        rejected: piece.last ? rejected : [],
        checkpoint: { page: piece.last ? next : page },
      }
  }
}

export function stockReader(
  client: CatalogClient,
  config: BigCommerceConfig,
  clock: Clock,
): Reader<'stock', ScanCheckpoint> {
  const names = new Map(Object.entries(config.locations).map(([name, id]) => [String(id), name]))
  return {
    async *read({ checkpoint, signal }: Request<ScanCheckpoint>) {
      const asOf = toInstant(clock.now())
      const toRecords = (item: WireInventoryItem): RecordOf<'stock'>[] =>
        toStockLevels(item, (id) => names.get(id) ?? id).map((level) => ({ ...level, asOf }))
      yield* scanned(
        'stock',
        WireInventoryItem,
        (page) => client.inventory({ page }, signal),
        checkpoint?.page ?? 1,
        toRecords,
      )
    },
  }
}

export function pricesReader(
  client: CatalogClient,
  config: BigCommerceConfig,
  currency: StoreCurrency,
): Reader<'prices', ScanCheckpoint> {
  return {
    async *read({ checkpoint, signal }: Request<ScanCheckpoint>) {
      const code = await currency.get(signal)
      const toRecords = (variant: WireVariant): RecordOf<'prices'>[] =>
        [toOfferPrice(variant, code, config.pricesIncludeTax)].flatMap((price) => price ?? [])
      yield* scanned(
        'prices',
        WireVariant,
        (page) => client.variants({ page }, signal),
        checkpoint?.page ?? 1,
        toRecords,
      )
    },
  }
}

export function productsReader(
  client: CatalogClient,
  config: BigCommerceConfig,
): Reader<'products', ProductsCheckpoint> {
  return {
    async *read({ since, until, checkpoint, signal }: Request<ProductsCheckpoint>) {
      const modified = checkpoint?.modified ?? since
      const from = toInstant(toMs(modified) - (checkpoint ? toMilliseconds(config.overlap) : 0))
      let newest = checkpoint?.newest ?? modified
      const list = (page: number): Promise<V3List> =>
        client.products({ modifiedFrom: from, modifiedTo: until, page }, signal)
      for await (const { rows, next, page } of scan(list, checkpoint?.page ?? 1)) {
        const { records, rejected } = await understood('products', WireProduct, rows, (product) =>
          toProducts(product, config.currency, config.pricesIncludeTax),
        )
        for (const { updatedAt } of records) if (updatedAt && toMs(updatedAt) > toMs(newest)) newest = updatedAt
        // Sorted by id: the newest is only sure once all pages are read.
        const over: ProductsCheckpoint = next === 1 ? { modified: newest, page: 1 } : { modified, page: next, newest }
        for (const piece of pieces(records))
          yield {
            records: piece.records,
            rejected: piece.last ? rejected : [],
            checkpoint: piece.last ? over : { modified, page, newest },
          }
      }
    },
  }
}
