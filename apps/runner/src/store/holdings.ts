import type { AnyRecord, OfferPrice, StockLevel } from '@kontor/core'
import type { Db, Store } from './store.ts'

/** What a destination held of a SKU when it was last looked at as a whole. */
export type Holding = StockLevel | OfferPrice

const isHolding = (record: AnyRecord): record is Holding => record.entity === 'stock' || record.entity === 'prices'
const marketOf = (record: Holding): string => (record.entity === 'prices' ? (record.market ?? '') : '')

/** Keeps what a page of a look told. Answers how many states were in it. */
export async function saveHoldings(store: Store, destination: string, page: readonly AnyRecord[]): Promise<number> {
  const held = page.filter(isHolding)
  await store.write(async (tx) => {
    const seen = store.clock.now()
    for (const record of held)
      await tx
        .insertInto('holdings')
        .values({
          destination,
          entity: record.entity,
          sku: record.sku,
          market: marketOf(record),
          content: JSON.stringify(record),
          seen_at: seen,
        })
        .onConflict((clash) =>
          clash
            .columns(['destination', 'entity', 'sku', 'market'])
            .doUpdateSet({ content: JSON.stringify(record), seen_at: seen }),
        )
        .execute()
  })
  return held.length
}

/** After a look that told everything: what it did not tell is there no more. */
export async function forgetOlderHoldings(store: Store, destination: string, before: number): Promise<void> {
  await store.write((tx) =>
    tx.deleteFrom('holdings').where('destination', '=', destination).where('seen_at', '<', before).execute(),
  )
}

/** Finds what a destination holds of a wish: by the SKU as it is, else whatever its case, as some systems ignore it. */
export async function holdingsOf(db: Db, destination: string): Promise<(record: AnyRecord) => Holding | undefined> {
  const rows = await db.selectFrom('holdings').selectAll().where('destination', '=', destination).execute()
  const exact = new Map<string, Holding>()
  const folded = new Map<string, Holding>()
  for (const { content } of rows) {
    const held = JSON.parse(content) as Holding
    const key = keyOf(held)
    exact.set(key, held)
    folded.set(key.toLowerCase(), held)
  }
  return (record) =>
    isHolding(record) ? (exact.get(keyOf(record)) ?? folded.get(keyOf(record).toLowerCase())) : undefined
}

const keyOf = (record: Holding): string => JSON.stringify([record.entity, marketOf(record), record.sku])
