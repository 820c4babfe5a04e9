import { expandTracking, type Carrier, type TrackingValues } from '../canonical/index.ts'
import { KontorError } from '../errors/index.ts'

/**
 * The address of a parcel's tracking page, for a destination that demands one.
 * @throws TRACKING_INVALID with what is missing; `key`: where the operator can give an address of their own
 */
export function requireTrackingUrl(carrier: Carrier | string, values: TrackingValues, key?: string): string {
  const expanded = expandTracking(carrier, values)
  if ('url' in expanded) return expanded.url
  throw new KontorError('TRACKING_INVALID', {
    message: `No tracking address can be made for the parcel: ${expanded.problem}. Correct the shipment at its source${key === undefined ? '' : ', or give this carrier an address of its own'}.`,
    ...(key === undefined ? {} : { key }),
  })
}
