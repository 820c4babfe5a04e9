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

/** The transporter a name was probably meant to be: one that begins it or that it begins, or one that differs by a slip of the pen. */
export function nearestTransporter(name: string): Transporter | undefined {
  const wanted = fold(name)
  const scored = transporters
    .filter((one) => one !== otherTransporter)
    .map((one) => ({ one, distance: distance(wanted, fold(one)) }))
    .toSorted((a, b) => a.distance - b.distance)
  const [best] = scored
  if (best !== undefined && best.distance <= slips(wanted)) return best.one
  // "DPD Deutschland" and "Mondial Relay Point" begin with a name; the longest such name is meant.
  return transporters
    .filter(
      (one) =>
        fold(one).length >= 3 && (wanted.startsWith(fold(one)) || (wanted.length >= 4 && fold(one).startsWith(wanted))),
    )
    .toSorted((a, b) => b.length - a.length)[0]
}

/** So many letters may be wrong: none in a name of three, one in four, two in eight. */
const slips = (folded: string): number => Math.floor(folded.length / 4)

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
