import type { Address, Order, Party, PickupPoint } from '@kontor/core'
import type { WireAddress, WireOrder } from '../wire/index.ts'
import { textOrNull } from './values.ts'

/** An address as lines. What Amazon keeps apart beyond them (district, municipality, neighbourhood) joins the last line, so that it is on the parcel. */
function toAddress(wire: WireAddress): Address {
  const code = textOrNull(wire.countryCode)?.toUpperCase()
  const region = textOrNull(wire.stateOrRegion)
  const city = textOrNull(wire.city)
  const more = [wire.addressLine3, wire.extendedFields?.neighborhood, wire.municipality, wire.districtOrCounty]
    .map(textOrNull)
    .filter((each, index, all) => each !== null && each !== city && each !== region && all.indexOf(each) === index)
  return {
    company: textOrNull(wire.companyName),
    line1: textOrNull(wire.addressLine1),
    line2: textOrNull(wire.addressLine2),
    line3: more.length > 0 ? more.join(', ') : null,
    houseNumber: textOrNull(wire.extendedFields?.streetNumber),
    postalCode: textOrNull(wire.postalCode),
    city,
    region,
    ...(code !== undefined && /^[A-Z]{2}$/.test(code)
      ? { countryCode: code }
      : { country: textOrNull(wire.countryCode) }),
  }
}

export const toParty = (wire: WireAddress): Party => ({
  fullName: textOrNull(wire.name),
  phone: textOrNull(wire.phone),
  address: toAddress(wire),
})

/** Who bought, as far as the roles of the app let us see. Absent parts say nothing: a later reading may know less, and must not erase. */
export function buyerOf({ buyer, tax }: WireOrder): Party | undefined {
  const registration = buyerRegistration(tax)
  const vatId = textOrNull(registration?.taxRegistrationNumber)
  if (!buyer && vatId === null) return undefined
  const [name, email, company] = [buyer?.buyerName, buyer?.buyerEmail, buyer?.buyerCompanyName].map(textOrNull)
  return {
    ...(name ? { fullName: name } : {}),
    ...(email ? { email, emailIsRelay: true } : {}),
    ...(company ? { address: { company } } : {}),
    ...(vatId === null ? {} : { vatId }),
  }
}

/** To whom an invoice goes, where the buyer has registered a business or a tax number. */
export function billToOf({ tax }: WireOrder): Party | undefined {
  const registration = buyerRegistration(tax)
  if (!registration?.taxRegistrationAddress && !registration?.legalName) return undefined
  const party = registration.taxRegistrationAddress ? toParty(registration.taxRegistrationAddress) : {}
  return {
    ...party,
    vatId: textOrNull(registration.taxRegistrationNumber),
    address: { ...party.address, company: textOrNull(registration.legalName) ?? party.address?.company ?? null },
  }
}

const buyerRegistration = (tax: WireOrder['tax']) =>
  tax?.taxRegistrations?.find(({ entityType }) => entityType === 'BUYER')

/** A locker or parcel shop (an access point), or the seller's own store. */
export function pickupOf(order: WireOrder): PickupPoint | null {
  const wire = order.recipient?.deliveryAddress
  const store = order.programs?.includes('IN_STORE_PICK_UP') ?? false
  if (!wire || (!store && wire.addressType !== 'PICKUP_POINT')) return null
  return {
    kind: store ? 'store' : 'unknown',
    name: textOrNull(wire.companyName) ?? textOrNull(wire.name),
    address: toAddress(wire),
  }
}

/** What the buyer says about where to put the parcel. */
export function deliveryNote({ recipient }: WireOrder): Order['buyerNote'] {
  const preference = recipient?.deliveryPreference
  const parts = [preference?.dropOffLocation, preference?.addressInstruction]
    .map(textOrNull)
    .filter((each) => each !== null)
  return parts.length > 0 ? parts.join('; ') : null
}
