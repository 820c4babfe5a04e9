import { fold } from './fold.ts'

export const services = ['standard', 'express', 'relay', 'pickup', 'registered', 'unknown'] as const
export const trackings = ['none', 'prepaid', 'tracked'] as const

/** What a mode of shipping asks of a confirmation. */
export interface ShippingMode {
  readonly service: (typeof services)[number]
  /** `none`: no transporter, no number; `prepaid`: a name, Rakuten knows the number; `tracked`: name, number and URL. */
  readonly tracking: (typeof trackings)[number]
  /** The transporter of a prepaid mode. */
  readonly transporter?: string
}

/**
 * `shippingtype` is free French text, compared without case and accents; the first pattern that fits. From the shipping documentation as
 * two public connectors follow it (2022 to 2025). A mode that is not here is one of the seller's own: tracked.
 */
const modes: readonly [RegExp, ShippingMode][] = [
  [/retraitchezlevendeur|instorepickup/, { service: 'pickup', tracking: 'none' }],
  [/click(and|et)?collect/, { service: 'pickup', tracking: 'prepaid' }],
  [/mondialrelayprepaye/, { service: 'relay', tracking: 'prepaid', transporter: 'Mondial Relay prépayé' }],
  [/^socolissimo/, { service: 'standard', tracking: 'prepaid', transporter: 'So Colissimo' }],
  [/shop2shop/, { service: 'relay', tracking: 'prepaid', transporter: 'Chronopost' }],
  [/^chronopost$/, { service: 'express', tracking: 'prepaid', transporter: 'Chronopost' }],
  [/relai|kiala|point/, { service: 'relay', tracking: 'tracked' }],
  [/recommande/, { service: 'registered', tracking: 'tracked' }],
  [/express|chrono/, { service: 'express', tracking: 'tracked' }],
  [/^normal$/, { service: 'standard', tracking: 'none' }],
  [/suivi/, { service: 'standard', tracking: 'tracked' }],
]

export function shippingMode(shippingType: string | undefined, own: OwnModes): ShippingMode {
  const folded = fold(shippingType ?? '')
  const known = modes.find(([pattern]) => pattern.test(folded))?.[1] ?? { service: 'unknown', tracking: 'tracked' }
  const stated = Object.entries(own).find(([name]) => fold(name) === folded)?.[1]
  return {
    ...known,
    service: stated?.service ?? known.service,
    tracking: stated?.tracking ?? known.tracking,
  }
}
/** What the configuration says of modes of shipping, by their French name. */
export type OwnModes = Readonly<
  Record<string, { service?: ShippingMode['service'] | undefined; tracking?: ShippingMode['tracking'] | undefined }>
>

export const isPickup = (shippingType: string | undefined, own: OwnModes): boolean =>
  shippingMode(shippingType, own).service === 'pickup'
