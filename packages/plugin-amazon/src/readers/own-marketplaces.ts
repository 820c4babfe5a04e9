import type { Cache } from '@kontor/core'
import type { SellersClient } from '../client/index.ts'
import { marketplacesOf, type AmazonConfig } from '../config.ts'
import { countryOf, isCountryCode, marketplaces, type CountryCode } from '../tables/index.ts'

const rememberedMs = 86_400_000

/**
 * The countries of a connection: those it names, else those the account takes part in. Reports refuse a marketplace one does not sell in. Asked
 * for once a day; ids that are none of Amazon's, which the account takes part in too, are left out.
 */
export async function ownMarketplaces(
  sellers: SellersClient,
  config: AmazonConfig,
  cache: Cache,
  signal: AbortSignal,
): Promise<readonly CountryCode[]> {
  if (config.marketplaces !== undefined) return config.marketplaces
  const kept = await cache.get('marketplaces')
  if (Array.isArray(kept)) {
    const known = kept.filter((code) => typeof code === 'string' && isCountryCode(code))
    if (known.length > 0) return known
  }
  const rows = await sellers.participations(signal)
  const own = rows.flatMap(({ marketplace, participation }) => {
    const code = participation.isParticipating ? countryOf(marketplace.id) : undefined
    return code !== undefined && marketplaces[code].region === config.region ? [code] : []
  })
  if (own.length === 0) return marketplacesOf(config)
  await cache.set('marketplaces', own, rememberedMs)
  return own
}
