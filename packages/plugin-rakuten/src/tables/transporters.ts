import { fold } from './fold.ts'

/**
 * Transporter names Rakuten accepts, exact in case and accents. No action returns this list: the union of two published lists of connectors
 * (2022 to 2025); those after the blank line stand in one of them only.
 */
const transporters = [
  '4PX',
  'Autre',
  'B2C Europe',
  'Bpost',
  'CNE Express',
  'China EMS',
  'Chronopost',
  'Colis Prive',
  'Colissimo',
  'Courrier Suivi',
  'Cubyn',
  'DHL',
  'DPD',
  'DPD Germany',
  'DPD UK',
  'Fedex',
  'France Express',
  'GLS',
  'Geodis',
  'Hong Kong Post',
  'Kiala',
  'Mondial Relay',
  'Mondial Relay prépayé',
  'PostNL International',
  'Royal Mail',
  'S.F. Express',
  'Singapore Post',
  'So Colissimo',
  'Swiss Post',
  'TNT',
  'Tatex',
  'TrackYourParcel',
  'UPS',
  'WeDo Logistics',
  'Yun Express',

  'Bluecare',
  'China Post',
  'Continental',
  'Exapaq',
  'GLS-ITALY',
  'SFC Service',
] as const
export type Transporter = (typeof transporters)[number]

/** The one for every carrier Rakuten does not know; a tracking URL is mandatory with it, as with Kiala. */
export const otherTransporter: Transporter = 'Autre'

const exact: ReadonlySet<string> = new Set(transporters)
const folded = new Map<string, Transporter>(transporters.map((name) => [fold(name), name]))

export const isTransporter = (name: string): name is Transporter => exact.has(name)
/** The transporter a name means, without regard to case, accents and punctuation. */
export const transporterNamed = (name: string): Transporter | undefined => folded.get(fold(name))

/** The carrier table's ids, with Rakuten's name for each. A carrier that is not here has none: `Autre`, or refused. */
export const transporterByCarrier: Readonly<Record<string, Transporter>> = {
  laposte: 'Colissimo',
  chronopost: 'Chronopost',
  'mondial-relay': 'Mondial Relay',
  'colis-prive': 'Colis Prive',
  'dpd-fr': 'DPD',
  'dpd-de': 'DPD Germany',
  'dpd-uk': 'DPD UK',
  dpd: 'DPD',
  'gls-de': 'GLS',
  'gls-fr': 'GLS',
  'gls-es': 'GLS',
  'gls-it': 'GLS-ITALY',
  gls: 'GLS',
  'dhl-de': 'DHL',
  'dhl-express': 'DHL',
  'dhl-parcel': 'DHL',
  dhl: 'DHL',
  ups: 'UPS',
  fedex: 'Fedex',
  tnt: 'TNT',
  'royal-mail': 'Royal Mail',
  postnl: 'PostNL International',
  bpost: 'Bpost',
  yunexpress: 'Yun Express',
  geodis: 'Geodis',
}

/** The transporter whose name differs least, for a message. */
export function nearestTransporter(name: string): Transporter {
  const wanted = fold(name)
  const scored = transporters.map((one) => ({ one, distance: distance(wanted, fold(one)) }))
  return scored.toSorted((a, b) => a.distance - b.distance)[0]?.one ?? otherTransporter
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same))
    }
    row = next
  }
  return row[b.length] ?? 0
}
