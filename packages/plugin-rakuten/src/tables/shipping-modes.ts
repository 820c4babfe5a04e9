import { fold } from './fold.ts'

/** What a mode of shipping asks of a confirmation. */
export interface ShippingMode {
  readonly service: 'standard' | 'express' | 'relay' | 'pickup' | 'registered' | 'unknown'
  /** `none`: no transporter, no number; `prepaid`: a name, Rakuten knows the number; `tracked`: name, number and URL. */
  readonly tracking: 'none' | 'prepaid' | 'tracked'
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

export function shippingMode(shippingType: string | undefined): ShippingMode {
  const folded = fold(shippingType ?? '')
  return modes.find(([pattern]) => pattern.test(folded))?.[1] ?? { service: 'unknown', tracking: 'tracked' }
}

export const isPickup = (shippingType: string | undefined): boolean => shippingMode(shippingType).service === 'pickup'
