import type { Random } from '@kontor/testkit/simulator'
import { amountText, marketsOf, type Options } from './options.ts'

export interface Listing {
  /** UUID, the preferred id. */
  readonly id: string
  readonly number: number
  readonly productId: string
  readonly product: number
  readonly sku: string
  readonly title: string
  readonly brand: string
  readonly grade: (typeof grades)[number]
  /** One number for all markets. */
  quantity: number
  /** Minor units, market by market. */
  readonly prices: Map<string, number>
  readonly minimum: Map<string, number>
  online: boolean
}

/** A CSV file being worked through; see GET /ws/tasks/{taskId}. */
export interface Task {
  readonly id: number
  status: 0 | 2 | 8 | 9
  error: string | null
  result: Record<string, unknown>
}

/** Grade with its number on the scale of listings, which is another one than that of order lines. */
const grades = [
  ['EXCELLENT', 0],
  ['VERY_GOOD', 1],
  ['GOOD', 2],
  ['FAIR', 3],
] as const

const models = [
  ['IP13-128', 'iPhone 13 128GB - Black - Unlocked', 'apple', 32_900],
  ['IP12-64', 'iPhone 12 64GB - Blue - Unlocked', 'apple', 24_900],
  ['GS21-128', 'Galaxy S21 128GB - Grey - Unlocked', 'samsung', 21_900],
  ['PX6-128', 'Google Pixel 6 128GB - Black', 'google', 19_900],
  ['MBA-M1', 'MacBook Air 13" M1 8GB 256GB', 'apple', 61_900],
  ['IPAD9-64', 'iPad 9 64GB - WiFi - Silver', 'apple', 23_900],
  ['AP2', 'AirPods 2', 'apple', 7_900],
] as const

export function createListings(options: Options, random: Random): Map<string, Listing> {
  const listings = Array.from({ length: options.listings }, (_, index): Listing => {
    const [key, title, brand, price] = models[index % models.length] ?? models[0]
    const grade = grades[Math.trunc(index / models.length) % grades.length] ?? grades[0]
    const sku = `${key}-${grade[0].slice(0, 2)}${index >= models.length * grades.length ? `-${index}` : ''}`
    const markets = marketsOf[options.platform]
    return {
      id: random.uuid(),
      number: 142 + index,
      productId: random.uuid(),
      product: 1141 + (index % models.length),
      sku,
      title,
      brand,
      grade,
      quantity: random.int(0, 40),
      prices: new Map(markets.map(([market]) => [market, price + random.int(-20, 20) * 100])),
      minimum: new Map(),
      online: true,
    }
  })
  // SKUs are unique without regard to case.
  return new Map(listings.map((listing) => [listing.sku.toLowerCase(), listing]))
}

/** Currency of a market, on any platform. */
export const currencyOf = (market: string): string =>
  Object.values(marketsOf)
    .flat()
    .find(([name]) => name === market)?.[1] ?? (market === 'sv-se' ? 'SEK' : 'EUR')

/** An offer as one market sees it. */
export function listingJson(listing: Listing, market: string) {
  const currency = currencyOf(market)
  const price = listing.prices.get(market) ?? 0
  const minimum = listing.minimum.get(market)
  return {
    id: listing.id,
    listing_id: listing.number,
    product_id: listing.productId,
    backmarket_id: listing.product,
    sku: listing.sku,
    title: listing.title,
    state: listing.grade[1],
    grade: listing.grade[0],
    quantity: listing.quantity,
    price: amountText(price, currency),
    min_price: minimum === undefined ? null : amountText(minimum, currency),
    max_price: amountText(Math.round(price * 1.3), currency),
    currency,
    publication_state: listing.online && listing.quantity > 0 ? 2 : 3,
    warranty_delay: 12,
    comment: null,
    shippings: [],
  }
}
