import type { Answer } from '@kontor/testkit/simulator'
import { marketplacesOf, NON_AMAZON } from './marketplaces.ts'
import type { AmazonCall } from './world.ts'

/** The marketplaces of the region, and one more that is none of Amazon's. */
export function participations({ world, options }: AmazonCall): Answer {
  const participation = { isParticipating: true, hasSuspendedListings: world.suspendedListings }
  const own = marketplacesOf(options.region).map(({ id, country, name, currency, language }) => ({
    marketplace: {
      id,
      countryCode: country,
      name,
      defaultCurrencyCode: currency,
      defaultLanguageCode: language,
      domainName: `www.${name.toLowerCase()}`,
    },
    storeName: 'Muster Shop',
    participation,
  }))
  const first = own[0]
  const none = {
    marketplace: {
      id: NON_AMAZON[options.region],
      countryCode: first?.marketplace.countryCode,
      name: 'Non-Amazon',
      defaultCurrencyCode: first?.marketplace.defaultCurrencyCode,
      defaultLanguageCode: first?.marketplace.defaultLanguageCode,
      domainName: 'siprod.stores.example.com',
    },
    storeName: 'Muster Shop',
    participation: { isParticipating: true, hasSuspendedListings: false },
  }
  return { json: { payload: [...own, none] } }
}
