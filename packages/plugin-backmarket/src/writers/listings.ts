import type { Client } from '../client.ts'
import { WireListing } from '../wire.ts'

/** Up to so many SKUs are asked for one by one without looking how long the list is. */
const fewSkus = 10

/**
 * Offers by SKU (in small letters: Back Market ignores case) as one market sees them. One by one, or 50 at a time through the list,
 * whichever needs fewer calls; a SKU that is missing has no offer.
 */
export async function readListings(
  client: Client,
  skus: readonly string[],
  market: string,
  signal: AbortSignal,
): Promise<Map<string, WireListing>> {
  const found = new Map<string, WireListing>()
  const open = new Set(skus.map((sku) => sku.toLowerCase()))
  for (let page = 1; skus.length > fewSkus && open.size > 0; page++) {
    const answer = await client.listListings({ page, market }, signal)
    for (const raw of answer?.results ?? []) {
      const listing = WireListing.safeParse(raw).data
      if (listing !== undefined && open.delete(listing.sku.toLowerCase())) found.set(listing.sku.toLowerCase(), listing)
    }
    // The list may move while it is read: what is missing at its end is asked for by itself.
    if (answer === undefined || !answer.next || answer.results.length === 0) break
    const pagesLeft = Math.ceil((answer.count ?? Number.POSITIVE_INFINITY) / answer.results.length) - page
    if (open.size <= pagesLeft) break
  }
  for (const key of open) {
    const sku = skus.find((each) => each.toLowerCase() === key) ?? key
    const listing = await client.findListing({ sku, market }, signal)
    if (listing !== undefined) found.set(key, listing)
  }
  return found
}
