import { KontorError, money, type Money, type OfferPrice, type StockLevel } from '@kontor/core'
import { marketplaces, netMarkets, type CountryCode } from '../tables/index.ts'
import type { ListingPatch, WireListing } from '../wire/index.ts'

/** What an offer shall hold. */
export interface Wanted {
  quantity?: number
  price?: { value: Money; minimum?: Money | undefined; maximum?: Money | undefined }
}

const problem = (message: string): { problem: KontorError } => ({
  problem: new KontorError('PRICE_INVALID', { message }),
})

export function toWantedPrice(record: OfferPrice, country: CountryCode): { problem: KontorError } | { wanted: Wanted } {
  const { currency } = marketplaces[country]
  const { value, taxIncluded } = record.price
  const what = `The price of ${record.sku} for Amazon ${country}`
  if (value.currency !== currency)
    return problem(`${what} is in ${value.currency}, and Amazon wants ${currency}. Nothing is converted.`)
  if (money.compare(value, money.zero(currency)) <= 0) return problem(`${what} is not above zero.`)
  if (!taxIncluded && !netMarkets.has(country))
    return problem(`${what} is without tax, and Amazon shows prices with it. Send it with tax.`)
  if ((record.minimumQuantity ?? 1) > 1)
    return problem(
      `${what} is for ${record.minimumQuantity} pieces and more: quantity prices are set in Seller Central.`,
    )
  try {
    money.toMinor(value)
  } catch {
    return problem(`${what} has more digits than ${currency} has.`)
  }
  return { wanted: { price: { value, minimum: record.minimum ?? undefined, maximum: record.maximum ?? undefined } } }
}

export const toWantedStock = (record: StockLevel): Wanted => ({ quantity: record.available })

/** `value_with_tax` is a number there: our decimal text is its shortest form, so no digit changes. */
const schedule = ({ amount }: Money): object[] => [{ schedule: [{ value_with_tax: Number(amount) }] }]

export function toPatches({ quantity, price }: Wanted, country: CountryCode): ListingPatch[] {
  const { id, currency } = marketplaces[country]
  return [
    ...(quantity === undefined
      ? []
      : [
          {
            op: 'merge' as const,
            path: '/attributes/fulfillment_availability' as const,
            value: [{ fulfillment_channel_code: 'DEFAULT', quantity }],
          },
        ]),
    ...(price === undefined
      ? []
      : [
          {
            op: 'merge' as const,
            path: '/attributes/purchasable_offer' as const,
            value: [
              {
                marketplace_id: id,
                currency,
                audience: 'ALL',
                our_price: schedule(price.value),
                ...(price.minimum ? { minimum_seller_allowed_price: schedule(price.minimum) } : {}),
                ...(price.maximum ? { maximum_seller_allowed_price: schedule(price.maximum) } : {}),
              },
            ],
          },
        ]),
  ]
}

/** Whether the offer holds it already. Bounds of a price are not told back, so a price with bounds is always sent. */
export function holds(listing: WireListing, { quantity, price }: Wanted, country: CountryCode): boolean {
  const own = listing.fulfillmentAvailability?.find(({ fulfillmentChannelCode: code }) => code === 'DEFAULT')
  if (quantity !== undefined && own?.quantity !== quantity) return false
  if (price === undefined) return true
  if (price.minimum || price.maximum) return false
  const { id } = marketplaces[country]
  const offer = listing.offers?.find((each) => each.marketplaceId === id && each.offerType === 'B2C')
  return (
    offer?.price !== undefined &&
    offer.price !== null &&
    money.equal({ amount: offer.price.amount, currency: offer.price.currencyCode }, price.value)
  )
}

/** Amazon keeps its stock: a quantity would turn the offer into one the merchant ships. */
export const isFulfilledByAmazon = ({ fulfillmentAvailability }: WireListing): boolean =>
  (fulfillmentAvailability ?? []).some(({ fulfillmentChannelCode }) => fulfillmentChannelCode.startsWith('AMAZON'))

/** The real type where Amazon tells it; `PRODUCT` stands for any in patches of an offer alone. */
export const productTypeOf = ({ summaries }: WireListing): string =>
  summaries?.find(({ productType }) => productType)?.productType ?? 'PRODUCT'
