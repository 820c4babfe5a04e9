import { currencyExponent, KontorError, money, type Money, type OfferPrice, type StockLevel } from '@kontor/core'
import type { BackMarketConfig } from '../config.ts'
import type { ListingUpdate, WireListing } from '../wire.ts'

type Checked<T> = T | { error: KontorError }

/** How many pieces, as the API takes it; one number counts for all markets. */
export const toStockUpdate = ({ available }: StockLevel, config: BackMarketConfig): ListingUpdate => ({
  quantity: available,
  ...(config.publishWithStock && available > 0 ? { pub_state: 2 } : {}),
})

/** A price as the API takes it: gross, in the currency of its market, with the digits that currency has. */
export function toPriceUpdate(
  { sku, price, minimum }: OfferPrice,
  currency: string,
  market: string,
): Checked<ListingUpdate> {
  if (!price.taxIncluded)
    return invalid(`The price of ${sku} is without tax, and Back Market takes prices with tax. Send it with tax.`)
  const wrong = [price.value, minimum].find((each) => each !== undefined && each !== null && each.currency !== currency)
  if (wrong)
    return invalid(
      `The price of ${sku} is in ${wrong.currency}, and the market ${market} has ${currency}. Nothing is converted: send it in ${currency}, or for another market.`,
    )
  if (money.compare(price.value, money.zero(currency)) <= 0)
    return invalid(`The price of ${sku} for ${market} is ${price.value.amount} ${currency}; it must be above zero.`)
  const value = amountOf(price.value)
  const least = minimum === undefined || minimum === null ? null : amountOf(minimum)
  if (value === undefined || least === undefined)
    return invalid(`The price of ${sku} for ${market} has more than ${currencyExponent(currency)} decimals.`)
  return { price: value, currency, ...(least === null ? {} : { min_price: least }) }
}

/** Decimal text with the currency's digits; `undefined` where some would be lost. */
function amountOf(value: Money): string | undefined {
  const rounded = money.round(value, 'half-even')
  return money.equal(rounded, value) ? rounded.amount : undefined
}

/** Whether the offer has all that already. */
export function isSame(listing: WireListing, update: ListingUpdate): boolean {
  return (
    (update.quantity === undefined || update.quantity === listing.quantity) &&
    isSameAmount(listing.price, update.price) &&
    isSameAmount(listing.min_price, update.min_price)
  )
}

/** `12.3` is `12.30`; both are in the currency of the market. */
const isSameAmount = (there: string | null, wanted: string | undefined): boolean =>
  wanted === undefined ||
  (there !== null &&
    /^\d+(\.\d+)?$/.test(there) &&
    money.equal({ amount: there, currency: 'XXX' }, { amount: wanted, currency: 'XXX' }))

const csvColumns = ['quantity', 'pub_state', 'price', 'currency', 'min_price'] as const

/** The columns a change needs in a file. */
export const columnsOf = (update: ListingUpdate): (typeof csvColumns)[number][] =>
  csvColumns.filter((name) => update[name] !== undefined)

/** One file for one market, of changes that need the same columns. Every field quoted, lines ended by LF, as the guidelines ask. */
export function toCsv(rows: readonly { sku: string; update: ListingUpdate }[], delimiter: string): string {
  const columns = columnsOf(rows[0]?.update ?? {})
  const lines = rows.map(({ sku, update }) => [sku, ...columns.map((name) => String(update[name] ?? ''))])
  return (
    [['sku', ...columns], ...lines]
      .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter))
      .join('\n') + '\n'
  )
}

const invalid = (message: string): { error: KontorError } => ({ error: new KontorError('PRICE_INVALID', { message }) })
