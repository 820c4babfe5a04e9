import { channelsOf, pricesOf, stockOf } from '../listings/patch.ts'
import { iso, type Report, type World } from '../world.ts'
import type { Row } from './report-types.ts'

/** Every listing, with the price of the first marketplace asked for. */
export function listingRows(world: World, { marketplaceIds }: Report): Row[] {
  return [...world.listings.values()].map((listing) => ({
    'item-name': listing.title,
    'item-description': '',
    'listing-id': `0101X${listing.asin.slice(4)}`,
    'seller-sku': listing.sku,
    price: pricesOf(listing).get(marketplaceIds[0] ?? '') ?? '',
    quantity: stockOf(listing) ?? '',
    'open-date': iso(listing.created),
    asin1: listing.asin,
    'fulfillment-channel': channelsOf(listing)[0] ?? 'DEFAULT',
    status: listing.incomplete ? 'Incomplete' : 'Active',
  }))
}
