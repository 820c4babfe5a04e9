import {
  KontorError,
  type Clock,
  type Delivery,
  type Log,
  type OfferPrice,
  type Outcome,
  type StockLevel,
} from '@kontor/core'
import type { Client } from '../client.ts'
import { marketNamed, marketOf, type BackMarketConfig } from '../config.ts'
import { isSame, toPriceUpdate, toStockUpdate } from '../mapping/offer.ts'
import { toTheirSku } from '../mapping/sku.ts'
import { markets, type Market } from '../tables/markets.ts'
import type { ListingUpdate, WireListing } from '../wire.ts'
import { readListings } from './listings.ts'

export type OfferDelivery = Delivery<'stock' | 'prices'>
export interface Needs {
  client: Client
  config: BackMarketConfig
  clock: Clock
  log: Log
}

/** What an offer shall hold in one market, for one or more deliveries. */
export interface Change {
  /** Back Market's SKU, as far as it can be told before the offer was read. */
  sku: string
  ownSku: string
  market: Market
  update: ListingUpdate
  deliveries: readonly OfferDelivery[]
}

/** Stock and price of one SKU in one market are one line; a stock without a price goes to the market of the connection. */
export function planChanges(
  batch: readonly OfferDelivery[],
  config: BackMarketConfig,
): { changes: Change[]; outcomes: Outcome[] } {
  const changes = new Map<string, Change>()
  const outcomes: Outcome[] = []
  const add = (delivery: OfferDelivery, market: Market, update: ListingUpdate): void => {
    // In a file the offer had its SKU of Back Market, which was read then.
    const sku = delivery.sent?.item ?? toTheirSku(delivery.record.sku, config.skuMap)
    const key = `${market} ${sku.toLowerCase()}`
    const there = changes.get(key)
    const twice = there?.deliveries.find(({ record }) => record.entity === delivery.record.entity)
    if (twice === undefined)
      changes.set(key, {
        sku,
        ownSku: delivery.record.sku,
        market,
        update: { ...there?.update, ...update },
        deliveries: [...(there?.deliveries ?? []), delivery],
      })
    else
      outcomes.push({
        key: delivery.key,
        is: 'refused',
        error: new KontorError('UNSUPPORTED', {
          message: `Back Market has one number for the SKU ${sku} (${market}) and two were sent at once: ${twice.record.id} and ${delivery.record.id}. Send one, with all places added up.`,
        }),
      })
  }
  for (const delivery of batch) {
    const { record } = delivery
    if (isStock(record)) {
      add(delivery, marketOf(config), toStockUpdate(record, config))
      continue
    }
    const market =
      record.market === undefined || record.market === null
        ? marketOf(config)
        : marketNamed(record.market, config.region)
    const update =
      market === undefined
        ? { error: noMarket(record, config) }
        : toPriceUpdate(record, markets[market].currency, market)
    if ('error' in update || market === undefined)
      outcomes.push({
        key: delivery.key,
        is: 'refused',
        error: 'error' in update ? update.error : noMarket(record, config),
      })
    else add(delivery, market, update)
  }
  return { changes: [...changes.values()], outcomes }
}

const isStock = (record: StockLevel | OfferPrice): record is StockLevel => record.entity === 'stock'
const noMarket = ({ sku, market }: OfferPrice, { region }: BackMarketConfig): KontorError =>
  new KontorError('PRICE_INVALID', {
    message: `The price of ${sku} is for the market “${market ?? ''}”, which is none of the platform ${region}, or more than one. Name it as Back Market does, e.g. de-de.`,
  })

/** Whether Back Market says that an offer is not online; what it does not tell is no answer. */
export const isOffline = (listing: Partial<WireListing> | undefined): boolean =>
  listing?.publication_state !== undefined && listing.publication_state !== null && listing.publication_state !== 2

export function* settle(
  { deliveries }: Change,
  listing: Pick<WireListing, 'id'> & Partial<WireListing>,
  is: 'done' | 'already',
): Generator<Outcome> {
  const offline = isOffline(listing) && (listing.quantity ?? 0) > 0
  for (const { key } of deliveries)
    yield { key, is, reference: listing.id, ...(offline ? { detail: { online: false } } : {}) }
}

export function* refuse({ deliveries }: Change, error: KontorError): Generator<Outcome> {
  for (const { key } of deliveries) yield { key, is: 'refused', error }
}

/** Whether the offers hold what was wanted. */
export async function* compare(
  { client, config }: Needs,
  changes: readonly Change[],
  signal: AbortSignal,
  otherwise?: (change: Change) => KontorError,
): AsyncGenerator<Outcome> {
  for (const [market, some] of Map.groupBy(changes, (change) => change.market)) {
    const listings = await readListings({ client, config }, some, market, signal)
    for (const change of some) {
      const listing = listings.get(change)
      if (listing !== undefined && isSame(listing, change.update)) yield* settle(change, listing, 'done')
      else if (otherwise !== undefined) yield* refuse(change, otherwise(change))
      else for (const { key } of change.deliveries) yield { key, is: 'absent' }
    }
  }
}
