import { marketplacesOf } from '../marketplaces.ts'
import { nextId, type Listing, type WorldScene } from '../world.ts'

export interface NewListing {
  readonly sku: string
  readonly title?: string | undefined
  /** Hundredths, in every marketplace of the region. */
  readonly price?: number | undefined
  readonly quantity?: number | undefined
  /** Stock in Amazon's warehouses in place of own stock. */
  readonly fba?: boolean | undefined
}

const CHANNEL = { eu: 'AMAZON_EU', na: 'AMAZON_NA', fe: 'AMAZON_JP' } as const

/** Puts a listing into the world, on offer in every marketplace of the region. */
export function makeListing({ world, options, clock }: WorldScene, given: NewListing): Listing {
  const number = nextId(world)
  const fba =
    given.fba === true ? { fulfillable: given.quantity ?? 12, reserved: 2, inbound: 5, damaged: 1 } : undefined
  const offers = marketplacesOf(options.region).map(({ id, currency }) => ({
    marketplace_id: id,
    currency,
    audience: 'ALL',
    our_price: [{ schedule: [{ value_with_tax: (given.price ?? 1990) / (currency === 'JPY' ? 1 : 100) }] }],
  }))
  const listing: Listing = {
    sku: given.sku,
    asin: `B0EX${String(number).padStart(6, '0')}`,
    title: given.title ?? `Muster article ${given.sku}`,
    productType: 'HOME',
    created: clock.now(),
    updated: clock.now(),
    attributes: {
      purchasable_offer: offers,
      fulfillment_availability:
        fba === undefined
          ? [{ fulfillment_channel_code: 'DEFAULT', quantity: given.quantity ?? 10, lead_time_to_ship_max_days: 2 }]
          : [{ fulfillment_channel_code: CHANNEL[options.region] }],
    },
    incomplete: false,
    issues: [],
    fba,
    damaged: false,
  }
  world.listings.set(given.sku, listing)
  return listing
}
