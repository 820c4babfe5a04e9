import { findCarrier, foldCarrier } from '@kontor/core'

/**
 * Values of `carrierCode`, exact in case and blanks: amzn-base.xsd as quoted in selling-partner-api-docs#712. The current list stands in
 * Seller Central alone (Orders, Upload shipping confirmation, template); this one is old. Whatever is not here goes as `Other` with its name.
 */
const codes = [
  'AFL/Fedex',
  'Aramex',
  'Blue Package',
  'BlueDart',
  'Canada Post',
  'Chronopost',
  'City Link',
  'DHL',
  'DHL Global Mail',
  'DPD',
  'DTDC',
  'Delhivery',
  'Deutsche Post',
  'FEDEX_JP',
  'Fastway',
  'FedEx',
  'FedEx SmartPost',
  'First Flight',
  'GLS',
  'GO!',
  'Hermes Logistik Gruppe',
  'India Post',
  'JP_EXPRESS',
  'La Poste',
  'Lasership',
  'NITTSU',
  'Newgistics',
  'NipponExpress',
  'OSM',
  'OnTrac',
  'Overnite Express',
  'Parcelforce',
  'Parcelnet',
  'Poste Italiane',
  'Professional',
  'Royal Mail',
  'SAGAWA',
  'SDA',
  'SagawaExpress',
  'Smartmail',
  'Streamlite',
  'TNT',
  'Target',
  'UPS',
  'UPS Mail Innovations',
  'UPSMI',
  'USPS',
  'YAMATO',
  'YamatoTransport',
  'Yodel',
] as const

/** What the carrier table of core calls them. */
const byCarrier: Readonly<Record<string, (typeof codes)[number]>> = {
  laposte: 'La Poste',
  chronopost: 'Chronopost',
  dpd: 'DPD',
  'dpd-fr': 'DPD',
  'dpd-de': 'DPD',
  'dpd-uk': 'DPD',
  'gls-de': 'GLS',
  'gls-fr': 'GLS',
  'gls-es': 'GLS',
  'gls-it': 'GLS',
  gls: 'GLS',
  'dhl-de': 'DHL',
  'dhl-express': 'DHL',
  'dhl-parcel': 'DHL',
  'deutsche-post': 'Deutsche Post',
  'hermes-de': 'Hermes Logistik Gruppe',
  'royal-mail': 'Royal Mail',
  yodel: 'Yodel',
  tnt: 'TNT',
  ups: 'UPS',
  fedex: 'FedEx',
  usps: 'USPS',
  'poste-italiane': 'Poste Italiane',
}
const folded = new Map(codes.map((code) => [foldCarrier(code), code]))

/** Amazon's code for a carrier as the warehouse writes it; `Other` with the name where it has none. */
export function carrierFor(
  name: string,
  configured: Readonly<Record<string, string>>,
  country: string | undefined,
): { carrierCode: string; carrierName?: string } {
  const own = Object.entries(configured).find(([each]) => foldCarrier(each) === foldCarrier(name))?.[1]
  if (own !== undefined)
    return own.startsWith('Other:') ? { carrierCode: 'Other', carrierName: own.slice(6).trim() } : { carrierCode: own }
  const known = folded.get(foldCarrier(name)) ?? byCarrier[findCarrier(name, country)?.id ?? '']
  return known === undefined ? { carrierCode: 'Other', carrierName: name.slice(0, 50) } : { carrierCode: known }
}
