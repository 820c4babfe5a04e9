import type { Address, Party, PickupPoint } from '@kontor/core'
import { countryCode } from '../tables/index.ts'
import type { AddressWire } from '../wire/index.ts'
import { told } from './told.ts'

/** An address as Rakuten tells it. Empty fields are left out: before acceptance much is empty, and empty says nothing. */
function toAddress(wire: AddressWire): Address {
  return told({
    line1: wire.address1 ?? wire.address,
    line2: wire.address2,
    postalCode: wire.zipcode,
    city: wire.city,
    countryCode: countryCode(wire.countryalpha2, wire.country),
    country: wire.country,
  })
}

/** A person with an address; the phone is the first of the two that is told. The civility (`Mme`) is dropped. */
export function toParty(wire: AddressWire): Party {
  return told({ ...toName(wire), phone: wire.phonenumber1 ?? wire.phonenumber2, address: toAddress(wire) })
}

const toName = (wire: AddressWire): Party =>
  told({
    firstName: wire.firstname,
    lastName: wire.lastname,
    fullName: [wire.firstname, wire.lastname].filter((part) => part !== undefined).join(' ') || undefined,
  })

/** The parcel shop a buyer chose: its id must stand on the parcel. */
export function toRelay(wire: AddressWire): PickupPoint {
  return { kind: 'relay', ...told({ id: wire.id, name: wire.name, address: toAddress(wire) }) }
}
