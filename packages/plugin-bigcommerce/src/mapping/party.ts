import type { Address, Party } from '@kontor/core'
import type { WireAddress } from '../wire/index.ts'
import { textOrNull } from './values.ts'

export function toParty(address: WireAddress): Party {
  return {
    firstName: textOrNull(address.first_name),
    lastName: textOrNull(address.last_name),
    email: textOrNull(address.email),
    phone: textOrNull(address.phone),
    address: toAddress(address),
  }
}

function toAddress(address: WireAddress): Address {
  const code = textOrNull(address.country_iso2)?.toUpperCase()
  return {
    company: textOrNull(address.company),
    line1: textOrNull(address.street_1),
    line2: textOrNull(address.street_2),
    postalCode: textOrNull(address.zip),
    city: textOrNull(address.city),
    region: textOrNull(address.state),
    ...(code !== undefined && /^[A-Z]{2}$/.test(code) ? { countryCode: code } : {}),
    country: textOrNull(address.country),
  }
}
