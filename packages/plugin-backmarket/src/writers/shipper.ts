import { findCarrier, KontorError, trackingUrl, type Shipment } from '@kontor/core'
import type { BackMarketConfig } from '../config.ts'
import { foldName, otherShipper, shipperNamed, shipperOfCarrier } from '../tables/shippers.ts'
import type { WireOrder } from '../wire.ts'

/** What Back Market is told about the carrier. Without `shipper` it keeps the one the buyer chose. */
export interface Carriage {
  shipper?: string
  tracking_url?: string
}

/** Longest link the API takes. Source: UpdateOrder.tracking_url. */
const longestUrl = 300

/**
 * The carrier in Back Market's exact words and the tracking page, or why the parcel cannot be told. The configuration's own names come
 * first, then Back Market's list, then our carrier table; a carrier Back Market does not list is `Other`, and then the link has to say who it is.
 */
export function planCarriage(
  shipment: Shipment,
  order: WireOrder,
  number: string,
  config: BackMarketConfig,
): Carriage | { error: KontorError } {
  const { countryCode, postalCode } = destinationOf(order)
  const word = shipment.carrier?.trim() ?? ''
  const own = overrideOf(word, config)
  const carrier = findCarrier(own === undefined || own.shipper === otherShipper ? word : own.shipper, countryCode)
  const given = shipment.trackingUrl?.trim() || own?.trackingUrl?.replaceAll('{number}', encodeURIComponent(number))
  if (given !== undefined && !isLink(given))
    return {
      error: new KontorError('TRACKING_INVALID', {
        message: `The tracking link of the shipment for order ${order.order_id} is no http address of at most ${longestUrl} characters. Correct it at its source, or leave it out.`,
      }),
    }
  const url =
    given ?? (carrier === undefined ? undefined : trackingUrl(carrier, { number, country: countryCode, postalCode }))
  const tracking_url = url === undefined || !isLink(url) ? {} : { tracking_url: url }
  if (word === '') return tracking_url

  const shipper =
    own?.shipper ?? shipperNamed(word) ?? (carrier === undefined ? undefined : shipperOfCarrier[carrier.id])
  if (shipper !== undefined && shipper !== otherShipper) return { shipper, ...tracking_url }
  if ('tracking_url' in tracking_url) return { shipper: otherShipper, ...tracking_url }
  return {
    error: new KontorError('CARRIER_UNKNOWN', {
      message: `Back Market does not know the carrier “${word.slice(0, 60)}”, and no tracking link says who brings the parcel of order ${order.order_id}. Add it to \`carriers\` (with Back Market's name, or with a \`trackingUrl\`), or send a tracking link with the shipment.`,
      key: 'config.carriers',
    }),
  }
}

interface Override {
  shipper: string
  trackingUrl?: string | undefined
}

function overrideOf(word: string, { carriers }: BackMarketConfig): Override | undefined {
  const found = Object.entries(carriers).find(([name]) => word !== '' && foldName(name) === foldName(word))?.[1]
  if (found === undefined) return undefined
  const told: Override = typeof found === 'string' ? { shipper: found } : found
  return { ...told, shipper: shipperNamed(told.shipper) ?? told.shipper }
}

const isLink = (text: string): boolean => text.length <= longestUrl && URL.canParse(text) && /^https?:\/\//i.test(text)

function destinationOf({ shipping_address: address }: WireOrder): { countryCode?: string; postalCode?: string } {
  const { country, postalCode } = address ?? { country: null, postalCode: null }
  return {
    ...(country !== null && /^[A-Za-z]{2}$/.test(country) ? { countryCode: country.toUpperCase() } : {}),
    ...(postalCode === null ? {} : { postalCode }),
  }
}

/** Without blanks; `undefined` for none, or for more than the API takes (200 characters). */
export function toTrackingNumber(text: string | null | undefined): string | undefined {
  const number = (text ?? '').replaceAll(/\s/g, '')
  return number === '' || number.length > 200 ? undefined : number
}
