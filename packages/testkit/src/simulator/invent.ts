import type { Random } from './random.ts'

/** A buyer that nobody can take for a real one: sample names, an example.com address, a telephone number reserved for fiction. */
export interface InventedPerson {
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly phone: string
}

export interface InventedAddress {
  readonly street: string
  readonly houseNumber: string
  readonly postcode: string
  readonly city: string
  /** ISO 3166-1 alpha-2. */
  readonly country: InventedCountry
}

export type InventedCountry = keyof typeof COUNTRIES

/** Phone ranges set aside for films: DE (030) 23125, FR 01 99 00, GB 020 7946 0; the others borrow the German one. */
const COUNTRIES = {
  DE: {
    names: [
      ['Erika', 'Muster'],
      ['Max', 'Mustermann'],
      ['Jörg', 'Beispiel'],
    ],
    streets: ['Musterstraße', 'Beispielweg', 'Hafengasse'],
    cities: [
      ['20095', 'Hamburg'],
      ['50667', 'Köln'],
      ['80331', 'München'],
    ],
    phone: '+493023125',
  },
  AT: {
    names: [
      ['Maria', 'Muster'],
      ['Jörg', 'Beispiel'],
    ],
    streets: ['Musterstraße', 'Beispielgasse'],
    cities: [
      ['1010', 'Wien'],
      ['8010', 'Graz'],
    ],
    phone: '+493023125',
  },
  FR: {
    names: [
      ['Anne', 'Exemple'],
      ['Jean', 'Modèle'],
      ['Zoë', 'Échantillon'],
    ],
    streets: ["rue de l'Exemple", 'avenue du Modèle'],
    cities: [
      ['75001', 'Paris'],
      ['33000', 'Bordeaux'],
      ['67000', 'Strasbourg'],
    ],
    phone: '+33199000',
  },
  ES: {
    names: [
      ['Ana', 'Ejemplo'],
      ['José', 'Muestra'],
    ],
    streets: ['Calle del Ejemplo', 'Avenida de la Muestra'],
    cities: [
      ['28001', 'Madrid'],
      ['15001', 'A Coruña'],
    ],
    phone: '+493023125',
  },
  IT: {
    names: [
      ['Anna', 'Esempio'],
      ['Nicolò', 'Campione'],
    ],
    streets: ["Via dell'Esempio", 'Corso Campione'],
    cities: [
      ['20121', 'Milano'],
      ['47521', 'Cesena'],
    ],
    phone: '+493023125',
  },
  NL: {
    names: [
      ['Jan', 'Voorbeeld'],
      ['Noël', 'Monster'],
    ],
    streets: ['Voorbeeldstraat', 'Monsterlaan'],
    cities: [
      ['1011 AB', 'Amsterdam'],
      ['3011 AA', 'Rotterdam'],
    ],
    phone: '+493023125',
  },
  GB: {
    names: [
      ['Jane', 'Sample'],
      ['John', 'Specimen'],
    ],
    streets: ['Sample Street', 'Specimen Road'],
    cities: [
      ['EC1A 1BB', 'London'],
      ['M1 1AE', 'Manchester'],
    ],
    phone: '+442079460',
  },
} as const satisfies Record<
  string,
  { names: readonly Pair[]; streets: readonly string[]; cities: readonly Pair[]; phone: string }
>

type Pair = readonly [string, string]

export function inventPerson(random: Random, country: InventedCountry = 'DE'): InventedPerson {
  const { names, phone } = COUNTRIES[country]
  const [firstName, lastName] = random.pick<Pair>(names)
  const email = `${plain(firstName)}.${plain(lastName)}.${random.digits(4)}@example.com`
  return { firstName, lastName, email, phone: `${phone}${random.digits(3)}` }
}

export function inventAddress(random: Random, country: InventedCountry = 'DE'): InventedAddress {
  const { streets, cities } = COUNTRIES[country]
  const [postcode, city] = random.pick<Pair>(cities)
  return { street: random.pick<string>(streets), houseNumber: String(random.int(1, 199)), postcode, city, country }
}

/** An IMEI with a true check digit (Luhn), under the type allocation code 00 that no device has. */
export function inventImei(random: Random): string {
  const digits = `00${random.digits(12)}`
  return digits + checkDigit(digits, (digit, place) => luhn(place % 2 === 0 ? digit * 2 : digit))
}

/** An EAN-13 with a true check digit, in the range 20-29 that is kept for use inside a shop. */
export function inventEan(random: Random): string {
  const digits = `2${random.digits(11)}`
  return digits + checkDigit(digits, (digit, place) => (place % 2 === 0 ? digit * 3 : digit))
}

/** What brings the weighed sum to a multiple of ten; places count from the right, from 0. */
function checkDigit(digits: string, weigh: (digit: number, place: number) => number): string {
  const sum = digits
    .split('')
    .toReversed()
    .reduce((total, digit, place) => total + weigh(Number(digit), place), 0)
  return String((10 - (sum % 10)) % 10)
}

function luhn(doubled: number): number {
  return doubled > 9 ? doubled - 9 : doubled
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[^a-zA-Z]/g, '')
    .toLowerCase()
}
