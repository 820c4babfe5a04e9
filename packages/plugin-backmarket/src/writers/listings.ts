import type { Client } from '../client.ts'
import type { BackMarketConfig } from '../config.ts'
import { toOwnSku } from '../mapping/sku.ts'
import { WireListing } from '../wire.ts'

/** Up to so many SKUs are asked for one by one without looking how long the list is. */
const fewSkus = 10

interface Needs {
  client: Client
  config: BackMarketConfig
}
/** What is looked for: Back Market's SKU as far as we can tell, and the merchant's own. */
export interface Wanted {
  sku: string
  ownSku: string
}

/**
 * Offers as one market sees them. One by one, or 50 at a time through the list, whichever needs fewer calls; what is missing has no offer.
 * Back Market ignores the case of SKUs. Where `skuMap` has an expression, which cannot be turned round, the list is gone through to see which of
 * its SKUs become the merchant's.
 */
export async function readListings<W extends Wanted>(
  { client, config }: Needs,
  wanted: readonly W[],
  market: string,
  signal: AbortSignal,
): Promise<Map<W, WireListing>> {
  const found = new Map<W, WireListing>()
  const open = new Set(wanted)
  const byExpression = config.skuMap.pattern !== undefined
  const bySku = new Map(wanted.map((each) => [each.sku.toLowerCase(), each]))
  const byOwnSku = new Map(wanted.map((each) => [each.ownSku.toLowerCase(), each]))
  const take = (listing: WireListing): void => {
    const own = byExpression ? byOwnSku.get(toOwnSku(listing.sku, config.skuMap).toLowerCase()) : undefined
    const each = own ?? bySku.get(listing.sku.toLowerCase())
    if (each !== undefined && open.delete(each)) found.set(each, listing)
  }
  for (let page = 1; (wanted.length > fewSkus || byExpression) && open.size > 0; page++) {
    const answer = await client.listListings({ page, market }, signal)
    for (const raw of answer?.results ?? []) {
      const listing = WireListing.safeParse(raw).data
      if (listing !== undefined) take(listing)
    }
    // The list may move while it is read: what is missing at its end is asked for by itself.
    if (answer === undefined || !answer.next || answer.results.length === 0) break
    const pagesLeft = Math.ceil((answer.count ?? Number.POSITIVE_INFINITY) / answer.results.length) - page
    if (open.size <= pagesLeft && !byExpression) break
  }
  for (const each of open) {
    const listing = await client.findListing({ sku: each.sku, market }, signal)
    if (listing !== undefined) found.set(each, listing)
  }
  return found
}
