/** A marketplace as `getMarketplaceParticipations` tells it. */
export interface Marketplace {
  readonly id: string
  readonly region: Region
  readonly country: string
  readonly name: string
  readonly currency: string
  readonly language: string
  /** Where the simulated buyers of it live. */
  readonly people: 'DE' | 'FR' | 'IT' | 'ES' | 'NL' | 'GB'
}

export type Region = 'na' | 'eu' | 'fe'

type Row = readonly [
  region: Region,
  country: string,
  id: string,
  domain: string,
  currency: string,
  language: string,
  people: Marketplace['people'],
]

/** The marketplaces a simulated seller may have (SP-API documentation "Marketplace IDs", read 2026-11). */
const rows: readonly Row[] = [
  ['eu', 'DE', 'A1PA6795UKMFR9', 'amazon.de', 'EUR', 'de_DE', 'DE'],
  ['eu', 'FR', 'A13V1IB3VIYZZH', 'amazon.fr', 'EUR', 'fr_FR', 'FR'],
  ['eu', 'IT', 'APJ6JRA9NG5V4', 'amazon.it', 'EUR', 'it_IT', 'IT'],
  ['eu', 'ES', 'A1RKKUPIHCS9HS', 'amazon.es', 'EUR', 'es_ES', 'ES'],
  ['eu', 'NL', 'A1805IZSGTT6HS', 'amazon.nl', 'EUR', 'nl_NL', 'NL'],
  ['eu', 'GB', 'A1F83G8C2ARO7P', 'amazon.co.uk', 'GBP', 'en_GB', 'GB'],
  ['eu', 'SE', 'A2NODRKZP88ZB9', 'amazon.se', 'SEK', 'sv_SE', 'NL'],
  ['eu', 'PL', 'A1C3SOZRARQ6R3', 'amazon.pl', 'PLN', 'pl_PL', 'DE'],
  ['na', 'US', 'ATVPDKIKX0DER', 'amazon.com', 'USD', 'en_US', 'GB'],
  ['na', 'CA', 'A2EUQ1WTGCTBG2', 'amazon.ca', 'CAD', 'en_CA', 'GB'],
  ['na', 'MX', 'A1AM78C64UM0Y8', 'amazon.com.mx', 'MXN', 'es_MX', 'ES'],
  ['fe', 'JP', 'A1VC38T7YXB528', 'amazon.co.jp', 'JPY', 'ja_JP', 'GB'],
  ['fe', 'AU', 'A39IBJ37TRP1C6', 'amazon.com.au', 'AUD', 'en_AU', 'GB'],
]

export const marketplaces: readonly Marketplace[] = rows.map(
  ([region, country, id, domain, currency, language, people]) => ({
    id,
    region,
    country,
    name: `A${domain.slice(1)}`,
    currency,
    language,
    people,
  }),
)

/** What the participations name beside the real ones, and every other operation answers 403 to (models#5295, sdk#764). */
export const NON_AMAZON: Readonly<Record<Region, string>> = {
  eu: 'A38D8NSA03LJTC',
  na: 'A2ZV50J4W1RKNI',
  fe: 'A2ZV50J4W1RKNJ',
}

export const marketplacesOf = (region: Region): readonly Marketplace[] =>
  marketplaces.filter((one) => one.region === region)

export function marketplaceAt(id: string): Marketplace {
  const found = marketplaces.find((one) => one.id === id)
  if (found === undefined) throw new RangeError(`the simulator knows no marketplace ${id}`)
  return found
}

/** Yen have no hundredths. */
export const inSmallestUnit = (hundredths: number, currency: string): number =>
  currency === 'JPY' ? Math.round(hundredths / 100) : hundredths

/** An amount in the smallest unit of its currency as Amazon writes money: text, with the decimals of the currency. */
export const money = (amount: number, currency: string): { amount: string; currencyCode: string } => ({
  amount: currency === 'JPY' ? String(amount) : (amount / 100).toFixed(2),
  currencyCode: currency,
})
