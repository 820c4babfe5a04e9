import { findCarrier, KontorError, trackingUrl, type Order, type Shipment } from '@kontor/core'
import { transporterOf, type CarrierRule, type RakutenConfig } from '../config.ts'
import { fold, otherTransporter, shippingMode, transporterByCarrier, transporterNamed } from '../tables/index.ts'

/** What Rakuten is told about a parcel. */
export interface Transport {
  readonly transporter: string
  readonly trackingNumber: string
  readonly trackingUrl: string
}

/** Own cautious choice; no length is documented. */
const longestUrl = 255
/** The page of a service that knows most carriers. */
const universalPage = 'https://t.17track.net/en#nums={number}'

type Carriers = Pick<
  RakutenConfig,
  'carriers' | 'unknownCarrier' | 'universalTracking' | 'untrackedWord' | 'shippingModes'
>

/**
 * Transporter, number and URL for a parcel, by the mode of shipping the buyer chose; or why it cannot be told. A tracked parcel always gets a
 * URL: Rakuten demands one for `Autre`, and operators report that it takes no tracked shipment without.
 */
export function planTransport(shipment: Shipment, order: Order, config: Carriers): Transport | { error: KontorError } {
  const mode = shippingMode(order.shippingService?.source ?? undefined, config.shippingModes)
  const number = (shipment.trackingNumber ?? '').replace(/\s/g, '')
  if (mode.tracking === 'none') return { transporter: '', trackingNumber: config.untrackedWord, trackingUrl: '' }
  if (mode.tracking === 'prepaid' && (number === '' || order.label?.prepaid === true)) {
    const named =
      mode.transporter ??
      (shipment.carrier == null ? undefined : transporterFor(shipment.carrier, config, countryOf(order)))
    return { transporter: named ?? '', trackingNumber: config.untrackedWord, trackingUrl: '' }
  }
  if (number === '' || number.length > 100)
    return {
      error: new KontorError('TRACKING_INVALID', {
        message: `The sale is shipped as "${order.shippingService?.source ?? 'tracked'}", and the shipment has no usable tracking number. Correct it at its source.`,
      }),
    }
  const carrier = shipment.carrier?.trim() || mode.transporter
  if (carrier === undefined)
    return {
      error: new KontorError('CARRIER_UNKNOWN', {
        message:
          'The shipment names no carrier. Rakuten needs one for a tracked parcel; the number alone does not tell it.',
        key: 'carriers',
      }),
    }
  const transporter = transporterFor(carrier, config, countryOf(order))
  if (transporter === undefined) return { error: unsupported(carrier) }
  const url = urlFor(shipment, carrier, number, order, config)
  return typeof url === 'string' ? { transporter, trackingNumber: number, trackingUrl: url } : url
}

const unsupported = (carrier: string): KontorError =>
  new KontorError('CARRIER_UNKNOWN', {
    message: `Rakuten has no transporter for the carrier "${carrier.slice(0, 60)}". Add it to \`carriers\` with one of Rakuten's names, or with \`Autre\` and a \`trackingUrl\`; or set \`unknownCarrier: autre\`.`,
    key: `carriers.${carrier.slice(0, 60)}`,
  })

/** The rule of the configuration for a carrier, by its name without case and accents. */
const ruleFor = (carrier: string, { carriers }: Pick<Carriers, 'carriers'>): CarrierRule | undefined =>
  Object.entries(carriers).find(([name]) => fold(name) === fold(carrier))?.[1]

/** The configuration first, then Rakuten's own list, then the carrier table; at last `Autre`, where it is allowed. */
export function transporterFor(
  carrier: string,
  config: Pick<Carriers, 'carriers' | 'unknownCarrier'>,
  country?: string,
): string | undefined {
  const rule = ruleFor(carrier, config)
  const own = rule === undefined ? {} : transporterOf(rule)
  if (own.transporter !== undefined) return own.transporter
  const known = findCarrier(carrier, country)
  const named = transporterNamed(carrier) ?? (known === undefined ? undefined : transporterByCarrier[known.id])
  // Who gives a URL of their own for a carrier Rakuten does not know means it to be sent.
  return named ?? (config.unknownCarrier === 'autre' || own.trackingUrl !== undefined ? otherTransporter : undefined)
}

function urlFor(
  shipment: Shipment,
  carrier: string,
  number: string,
  order: Order,
  config: Carriers,
): string | { error: KontorError } {
  const country = countryOf(order)
  const postalCode = (order.pickup?.address ?? order.shipTo?.address)?.postalCode ?? undefined
  const rule = ruleFor(carrier, config)
  const own = rule === undefined ? {} : transporterOf(rule)
  const given = shipment.trackingUrl?.trim()
  const values = { number, country, postalCode }
  const known =
    findCarrier(carrier, country) ?? (own.transporter === undefined ? undefined : findCarrier(own.transporter, country))
  const url =
    (given !== undefined && given !== '' ? given : undefined) ??
    (own.trackingUrl === undefined ? undefined : trackingUrl(own.trackingUrl, values)) ??
    (known === undefined ? undefined : trackingUrl(known, values)) ??
    (config.universalTracking ? trackingUrl(universalPage, values) : undefined)
  if (url === undefined)
    return {
      error: new KontorError('TRACKING_INVALID', {
        message: `No tracking URL is known for the carrier "${carrier.slice(0, 60)}", and Rakuten demands one. Add \`trackingUrl\` with {number} to this carrier in \`carriers\`, or set \`universalTracking: true\`.`,
        key: `carriers.${carrier.slice(0, 60)}`,
      }),
    }
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || url.length > longestUrl)
    return {
      error: new KontorError('TRACKING_INVALID', {
        message: `The tracking URL of the shipment is no absolute http address of at most ${longestUrl} characters. Correct it at its source, or leave it out.`,
      }),
    }
  return url
}

const countryOf = (order: Order): string | undefined =>
  (order.pickup?.address ?? order.shipTo?.address)?.countryCode ?? undefined
