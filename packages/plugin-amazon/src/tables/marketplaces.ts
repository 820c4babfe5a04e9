/** The three addresses of the Selling Partner API. An account belongs to one of them. */
export const regions = ['na', 'eu', 'fe'] as const
export type Region = (typeof regions)[number]

/** developer-docs.amazon.com/sp-api, sp-api-endpoints (2026-08). Sandboxes take the same tokens. */
export const endpoints: Readonly<Record<Region, { production: string; sandbox: string; aws: string }>> = {
  na: {
    production: 'https://sellingpartnerapi-na.amazon.com',
    sandbox: 'https://sandbox.sellingpartnerapi-na.amazon.com',
    aws: 'us-east-1',
  },
  eu: {
    production: 'https://sellingpartnerapi-eu.amazon.com',
    sandbox: 'https://sandbox.sellingpartnerapi-eu.amazon.com',
    aws: 'eu-west-1',
  },
  fe: {
    production: 'https://sellingpartnerapi-fe.amazon.com',
    sandbox: 'https://sandbox.sellingpartnerapi-fe.amazon.com',
    aws: 'us-west-2',
  },
}

export interface Marketplace {
  id: string
  region: Region
  currency: string
  /** Where its seller signs in and gives consent. */
  sellerCentral: string
  /** In which issues and reports are written. */
  language: string
}

const europe = 'sellercentral-europe.amazon.com'

/** By ISO country code. developer-docs.amazon.com/sp-api, marketplace-ids and seller-central-urls (2026-08); hosts of IE and ZA are not Amazon's own word. */
export const marketplaces = {
  US: {
    id: 'ATVPDKIKX0DER',
    region: 'na',
    currency: 'USD',
    sellerCentral: 'sellercentral.amazon.com',
    language: 'en_US',
  },
  CA: {
    id: 'A2EUQ1WTGCTBG2',
    region: 'na',
    currency: 'CAD',
    sellerCentral: 'sellercentral.amazon.ca',
    language: 'en_CA',
  },
  MX: {
    id: 'A1AM78C64UM0Y8',
    region: 'na',
    currency: 'MXN',
    sellerCentral: 'sellercentral.amazon.com.mx',
    language: 'es_MX',
  },
  BR: {
    id: 'A2Q3Y263D00KWC',
    region: 'na',
    currency: 'BRL',
    sellerCentral: 'sellercentral.amazon.com.br',
    language: 'pt_BR',
  },
  DE: { id: 'A1PA6795UKMFR9', region: 'eu', currency: 'EUR', sellerCentral: europe, language: 'de_DE' },
  FR: { id: 'A13V1IB3VIYZZH', region: 'eu', currency: 'EUR', sellerCentral: europe, language: 'fr_FR' },
  IT: { id: 'APJ6JRA9NG5V4', region: 'eu', currency: 'EUR', sellerCentral: europe, language: 'it_IT' },
  ES: { id: 'A1RKKUPIHCS9HS', region: 'eu', currency: 'EUR', sellerCentral: europe, language: 'es_ES' },
  GB: { id: 'A1F83G8C2ARO7P', region: 'eu', currency: 'GBP', sellerCentral: europe, language: 'en_GB' },
  NL: {
    id: 'A1805IZSGTT6HS',
    region: 'eu',
    currency: 'EUR',
    sellerCentral: 'sellercentral.amazon.nl',
    language: 'nl_NL',
  },
  BE: {
    id: 'AMEN7PMS3EDWL',
    region: 'eu',
    currency: 'EUR',
    sellerCentral: 'sellercentral.amazon.com.be',
    language: 'fr_BE',
  },
  IE: {
    id: 'A28R8C7NBKEWEA',
    region: 'eu',
    currency: 'EUR',
    sellerCentral: 'sellercentral.amazon.ie',
    language: 'en_IE',
  },
  SE: {
    id: 'A2NODRKZP88ZB9',
    region: 'eu',
    currency: 'SEK',
    sellerCentral: 'sellercentral.amazon.se',
    language: 'sv_SE',
  },
  PL: {
    id: 'A1C3SOZRARQ6R3',
    region: 'eu',
    currency: 'PLN',
    sellerCentral: 'sellercentral.amazon.pl',
    language: 'pl_PL',
  },
  TR: {
    id: 'A33AVAJ2PDY3EV',
    region: 'eu',
    currency: 'TRY',
    sellerCentral: 'sellercentral.amazon.com.tr',
    language: 'tr_TR',
  },
  AE: {
    id: 'A2VIGQ35RCS4UG',
    region: 'eu',
    currency: 'AED',
    sellerCentral: 'sellercentral.amazon.ae',
    language: 'en_AE',
  },
  SA: {
    id: 'A17E79C6D8DWNP',
    region: 'eu',
    currency: 'SAR',
    sellerCentral: 'sellercentral.amazon.sa',
    language: 'ar_AE',
  },
  EG: {
    id: 'ARBP9OOSHTCHU',
    region: 'eu',
    currency: 'EGP',
    sellerCentral: 'sellercentral.amazon.eg',
    language: 'ar_AE',
  },
  ZA: {
    id: 'AE08WJ6YKNBMC',
    region: 'eu',
    currency: 'ZAR',
    sellerCentral: 'sellercentral.amazon.co.za',
    language: 'en_ZA',
  },
  IN: {
    id: 'A21TJRUUN4KGV',
    region: 'eu',
    currency: 'INR',
    sellerCentral: 'sellercentral.amazon.in',
    language: 'en_IN',
  },
  JP: {
    id: 'A1VC38T7YXB528',
    region: 'fe',
    currency: 'JPY',
    sellerCentral: 'sellercentral.amazon.co.jp',
    language: 'ja_JP',
  },
  AU: {
    id: 'A39IBJ37TRP1C6',
    region: 'fe',
    currency: 'AUD',
    sellerCentral: 'sellercentral.amazon.com.au',
    language: 'en_AU',
  },
  SG: {
    id: 'A19VAU5U5O7RUS',
    region: 'fe',
    currency: 'SGD',
    sellerCentral: 'sellercentral.amazon.sg',
    language: 'en_SG',
  },
} as const satisfies Readonly<Record<string, Marketplace>>
export type CountryCode = keyof typeof marketplaces

export const isCountryCode = (text: string): text is CountryCode => Object.hasOwn(marketplaces, text)
export const countryCodes = Object.keys(marketplaces).filter(isCountryCode)
const byId = new Map<string, CountryCode>(countryCodes.map((code) => [marketplaces[code].id, code]))

/** The country of a marketplace id; `undefined` for ids that are no marketplace of Amazon's (which `participations` lists too). */
export const countryOf = (marketplaceId: string): CountryCode | undefined => byId.get(marketplaceId)
