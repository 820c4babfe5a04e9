import type { Address, Party } from '@kontor/core'
import type { WireAddress } from '../wire.ts'
import type { Flags } from './amounts.ts'

/** A person at an address. What is missing is `null`; nothing is made up. */
export function toParty(address: WireAddress, flags: Flags): Party {
  return { ...toPerson(address), address: toAddress(address, flags) }
}

export function toPerson({
  firstName,
  lastName,
  firstNamePronunciation,
  lastNamePronunciation,
  email,
  phone,
  customerIdNumber,
}: WireAddress): Party {
  return {
    firstName,
    lastName,
    firstNamePronunciation,
    lastNamePronunciation,
    email,
    phone,
    nationalId: customerIdNumber,
  }
}

function toAddress(
  { company, street, street2, postalCode, city, region, country }: WireAddress,
  flags: Flags,
): Address {
  const isCode = country !== null && /^[A-Za-z]{2}$/.test(country)
  if (country !== null && !isCode) flags.add('country-not-iso')
  return {
    company,
    line1: street,
    line2: street2,
    postalCode,
    city,
    region,
    countryCode: isCode ? country.toUpperCase() : null,
    country: isCode ? null : country,
  }
}

/** True where there is nothing a parcel could be sent to. */
export const isEmptyAddress = (address: WireAddress | null): boolean =>
  address === null || (address.street === null && address.postalCode === null && address.city === null)
