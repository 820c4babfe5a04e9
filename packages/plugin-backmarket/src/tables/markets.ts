/**
 * The three platforms. One platform is one seller account with one token; preprod is an account of its own.
 * Source: API guidelines, "Account" and "Country code" (OpenAPI 0.1.1, copy of 2026-08-22).
 */
export const platforms = {
  eu: {
    production: 'https://www.backmarket.fr',
    preprod: 'https://preprod.backmarket.fr',
    market: 'fr-fr',
    others: 'na (www.backmarket.com), ap (www.backmarket.co.jp)',
  },
  na: {
    production: 'https://www.backmarket.com',
    preprod: 'https://preprod.backmarket.com',
    market: 'en-us',
    others: 'eu (www.backmarket.fr), ap (www.backmarket.co.jp)',
  },
  ap: {
    production: 'https://www.backmarket.co.jp',
    preprod: 'https://preprod.backmarket.co.jp',
    market: 'ja-jp',
    others: 'eu (www.backmarket.fr), na (www.backmarket.com)',
  },
} as const
export type Region = keyof typeof platforms

/** Every market with its platform and the currency its prices are in. Same source; currencies: POST /ws/listings/{id}, `currency`. */
export const markets = {
  'fr-fr': { region: 'eu', currency: 'EUR' },
  'fr-be': { region: 'eu', currency: 'EUR' },
  'es-es': { region: 'eu', currency: 'EUR' },
  'de-de': { region: 'eu', currency: 'EUR' },
  'de-at': { region: 'eu', currency: 'EUR' },
  'it-it': { region: 'eu', currency: 'EUR' },
  'en-gb': { region: 'eu', currency: 'GBP' },
  'nl-nl': { region: 'eu', currency: 'EUR' },
  'pt-pt': { region: 'eu', currency: 'EUR' },
  'en-ie': { region: 'eu', currency: 'EUR' },
  'el-gr': { region: 'eu', currency: 'EUR' },
  'sk-sk': { region: 'eu', currency: 'EUR' },
  'sv-se': { region: 'eu', currency: 'SEK' },
  'en-us': { region: 'na', currency: 'USD' },
  'ja-jp': { region: 'ap', currency: 'JPY' },
  'en-au': { region: 'ap', currency: 'AUD' },
} as const satisfies Record<string, { region: Region; currency: string }>
export type Market = keyof typeof markets

export const isMarket = (text: string): text is Market => Object.hasOwn(markets, text)
export const marketNames: readonly Market[] = Object.keys(markets).filter(isMarket)
