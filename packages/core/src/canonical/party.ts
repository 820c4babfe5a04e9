import { z } from 'zod'
import { pii, told } from './primitives.ts'

/** A postal address. Streets come as lines; house numbers apart only where the vendor keeps them apart. */
export const Address = z.object({
  company: told(pii(z.string(), 'name')),
  line1: told(pii(z.string(), 'address')),
  line2: told(pii(z.string(), 'address')),
  line3: told(pii(z.string(), 'address')),
  houseNumber: told(pii(z.string(), 'address')),
  postalCode: told(pii(z.string(), 'address')),
  city: told(pii(z.string(), 'address')),
  region: told(pii(z.string(), 'address')),
  /** ISO 3166-1 alpha-2. Text that is no country code goes to `country`. */
  countryCode: told(z.string().regex(/^[A-Z]{2}$/)),
  country: told(z.string()),
})
export type Address = z.infer<typeof Address>

/** A person or company in a role: buyer, recipient, invoice recipient. */
export const Party = z.object({
  id: told(z.string()),
  firstName: told(pii(z.string(), 'name')),
  lastName: told(pii(z.string(), 'name')),
  fullName: told(pii(z.string(), 'name')),
  /** Names as they are spoken (Japan). */
  firstNamePronunciation: told(pii(z.string(), 'name')),
  lastNamePronunciation: told(pii(z.string(), 'name')),
  email: told(pii(z.string(), 'email')),
  /** True where the marketplace hides the real address behind its own mailbox. */
  emailIsRelay: told(z.boolean()),
  phone: told(pii(z.string(), 'phone')),
  vatId: told(pii(z.string(), 'taxId')),
  /** A national customer or tax number some markets require on the parcel. */
  nationalId: told(pii(z.string(), 'taxId')),
  address: told(Address),
})
export type Party = z.infer<typeof Party>

/** A place where the buyer fetches the goods: a parcel shop, a locker, the seller's own counter. */
export const PickupPoint = z.object({
  kind: z.enum(['relay', 'locker', 'store', 'unknown']),
  id: told(z.string()),
  name: told(z.string()),
  address: told(Address),
})
export type PickupPoint = z.infer<typeof PickupPoint>
