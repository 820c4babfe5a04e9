import { money, type HoldsRequest, type OfferPrice, type StockLevel } from '@kontor/core'
import type { Client } from '../client.ts'
import { marketNamed, marketOf, type BackMarketConfig } from '../config.ts'
import { toOwnSku } from '../mapping/sku.ts'
import { markets, type Market } from '../tables/markets.ts'
import { WireListing } from '../wire.ts'

type Held = StockLevel | OfferPrice

/**
 * Everything the account offers, as the merchant's own SKUs: the quantity, which is one for all markets, and the price of each market asked for.
 * One reading of the list for each market, 50 offers a call.
 */
export async function* readHoldings(
  { client, config }: { client: Client; config: BackMarketConfig },
  { entities, markets: words, signal }: HoldsRequest<'stock' | 'prices'>,
): AsyncGenerator<readonly Held[]> {
  const own = marketOf(config)
  const wordsOf = Map.groupBy<Market | undefined, string | undefined>([undefined, ...words], (word) =>
    word === undefined ? own : marketNamed(word, config.region),
  )
  for (const [market, asked] of wordsOf) {
    if (market === undefined) continue
    for (let page = 1; ; page++) {
      const answer = await client.listListings({ page, market }, signal)
      const listings = (answer?.results ?? []).flatMap((raw) => WireListing.safeParse(raw).data ?? [])
      yield listings.flatMap((listing) => {
        const sku = toOwnSku(listing.sku, config.skuMap)
        return [
          ...(market === own && entities.includes('stock') && listing.quantity !== null
            ? [stockOf(sku, listing.quantity)]
            : []),
          ...(entities.includes('prices') ? asked.flatMap((word) => priceOf(sku, listing, market, word) ?? []) : []),
        ]
      })
      if (answer === undefined || !answer.next || answer.results.length === 0) break
    }
  }
}

const stockOf = (sku: string, quantity: number): StockLevel => ({
  entity: 'stock',
  id: sku,
  sku,
  available: Math.max(0, Math.trunc(quantity)),
})

/** The price of one market under the word it was asked by; nothing where the offer has none there. */
function priceOf(
  sku: string,
  { price, min_price: minimum, currency }: WireListing,
  market: Market,
  word: string | undefined,
): OfferPrice | undefined {
  const told = currency ?? markets[market].currency
  const value = amountOf(price, told)
  const least = amountOf(minimum, told)
  if (value === undefined) return undefined
  return {
    entity: 'prices',
    id: word === undefined ? sku : `${sku} ${word}`,
    sku,
    ...(word === undefined ? {} : { market: word }),
    price: { value, taxIncluded: true },
    minimum: least ?? null,
  }
}

const amountOf = (text: string | null, currency: string) =>
  text !== null && /^\d+(\.\d+)?$/.test(text) && /^[A-Z]{3}$/.test(currency)
    ? money.round({ amount: text, currency }, 'half-even')
    : undefined
