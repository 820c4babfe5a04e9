import { KontorError, type Delivery, type Outcome, type Writer } from '@kontor/core'
import { batchSizes, type CatalogClient, type StockItem } from '../client/index.ts'
import type { BigCommerceConfig } from '../config/index.ts'
import { refused } from './outcomes.ts'
import { chunks, writeInHalves, type Row } from './halves.ts'

/** Sets what is on hand at a place, as an absolute number, one place after another and one request at a time. */
export function stockWriter(client: CatalogClient, config: BigCommerceConfig): Writer<'stock'> {
  function placeOf({ record }: Delivery<'stock'>): number | undefined {
    if (!record.location) return config.defaultLocation
    return config.locations[record.location] ?? (/^\d+$/.test(record.location) ? Number(record.location) : undefined)
  }

  return {
    async *write(batch, signal): AsyncIterable<Outcome> {
      const byPlace = new Map<number, Row<'stock', StockItem>[]>()
      for (const delivery of batch) {
        const place = placeOf(delivery)
        if (place === undefined) {
          yield refused(delivery, unknownPlace(delivery.record.location ?? ''))
          continue
        }
        const row = { location_id: place, sku: delivery.record.sku, quantity: delivery.record.available }
        byPlace.set(place, [...(byPlace.get(place) ?? []), { delivery, row }])
      }
      for (const rows of byPlace.values())
        for (const chunk of chunks(rows, batchSizes.stock))
          yield* writeInHalves(chunk, (some) =>
            client.setStock(
              some.map(({ row }) => row),
              some.map(({ delivery }) => delivery),
              signal,
            ),
          )
    },
  }
}

const unknownPlace = (name: string): KontorError =>
  new KontorError('REQUEST_REJECTED', {
    message: `No location of BigCommerce is known for ${JSON.stringify(name)}. Add it to config.locations with its id (Settings, Locations).`,
    key: 'config.locations',
  })
