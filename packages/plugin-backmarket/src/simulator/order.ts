import { inventAddress, inventPerson, type Random } from '@kontor/testkit/simulator'
import { marketsOf, type Options } from './options.ts'
import type { Wanted, World } from './world.ts'

export interface Line {
  readonly id: number
  readonly sku: string
  readonly listing: number
  readonly product: number
  readonly title: string
  readonly brand: string
  readonly quantity: number
  /** Minor units, for one piece. */
  readonly price: number
  readonly condition: number
  readonly backcare: boolean
  state: number
  imei: string
  serial: string
  returnReason: number | null
  returnMessage: string
  /** Minor units given back so far. */
  refunded: number
}

export interface Order {
  readonly id: number
  readonly market: string
  readonly currency: string
  readonly country: string
  readonly created: number
  readonly lines: Line[]
  readonly shipping: number
  readonly person: { firstName: string; lastName: string; email: string; phone: string }
  readonly address: { street: string; postcode: string; city: string; country: string } | null
  /** How the address is spelled: live payloads are snake_case, the OpenAPI component is camelCase. */
  readonly spelling: 'snake' | 'camel'
  /** Digits of a second's fraction in its dates: 0, 3 and 6 occur. */
  readonly fraction: 0 | 3 | 6
  readonly backship: boolean
  readonly payment: string
  /** A state that no documentation names, in place of the one that the lines give. */
  readonly undocumented: number | undefined
  modified: number
  paid: number | null
  shipped: number | null
  tracking: { number: string; url: string; shipper: string }
  invoice: { provided: number; bytes: number } | null
}

const oddities = ['no-address', 'free', 'order-state', 'line-state', 'no-sku'] as const

type Market = (typeof marketsOf)[Options['platform']][number]

export function inventOrder(
  world: World,
  options: Options,
  random: Random,
  wanted: Omit<Wanted, 'market'> & { market: Market },
): Order {
  const [market, currency, country] = wanted.market
  const id = world.next.order++
  const odd =
    options.odd && wanted.skus === undefined && id % 11 === 0 ? oddities[(id / 11) % oddities.length] : undefined
  const invented = country === 'US' || country === 'JP' || country === 'AU' ? 'GB' : country
  const place = inventAddress(random, invented)
  const lines = linesOf(world, random, wanted, odd)
  return {
    id,
    market,
    currency,
    country,
    created: wanted.created,
    lines,
    shipping: random.chance(0.3) ? 399 : 0,
    person: inventPerson(random, invented),
    address:
      odd === 'no-address'
        ? null
        : { street: `${place.street} ${place.houseNumber}`, postcode: place.postcode, city: place.city, country },
    spelling: id % 7 === 0 ? 'camel' : 'snake',
    fraction: ([6, 0, 3] as const)[id % 3] ?? 0,
    backship: random.chance(options.backshipShare),
    payment: random.pick(['CARD', 'PAYPAL', 'CARD']),
    undocumented: odd === 'order-state' ? 42 : undefined,
    modified: wanted.created,
    paid: null,
    shipped: null,
    tracking: { number: '', url: '', shipper: random.pick(shippersIn[country] ?? ['UPS']) },
    invoice: null,
  }
}

/** The carrier that Back Market names with the order. */
const shippersIn: Readonly<Record<string, readonly string[]>> = {
  DE: ['DHL DE', 'DPD DE', 'DHL Express'],
  FR: ['Colissimo', 'Chronopost Express'],
  ES: ['Correos', 'Seur'],
  GB: ['Royal Mail', 'DPD UK'],
  US: ['UPS Ground', 'USPS'],
  JP: ['Yamato', 'Sagawa'],
}

function linesOf(
  world: World,
  random: Random,
  wanted: Pick<Wanted, 'skus' | 'quantity'>,
  odd: (typeof oddities)[number] | undefined,
): Line[] {
  const all = [...world.listings.values()]
  const chosen =
    wanted.skus === undefined
      ? random.sample(
          all,
          random.weighted([
            [1, 8],
            [2, 2],
          ]),
        )
      : wanted.skus.map((sku) => world.listings.get(sku.toLowerCase()) ?? random.pick(all))
  return chosen.map((listing) => ({
    id: world.next.line++,
    sku: odd === 'no-sku' ? '' : listing.sku,
    listing: listing.number,
    product: listing.product,
    title: listing.title,
    brand: listing.brand,
    quantity: wanted.quantity ?? (wanted.skus === undefined && random.chance(0.1) ? 2 : 1),
    price: odd === 'free' ? 0 : (listing.prices.values().next().value ?? 19_900),
    condition: random.pick([9, 10, 11, 12]),
    backcare: random.chance(0.2),
    state: odd === 'line-state' ? 77 : 0,
    imei: '',
    serial: '',
    returnReason: null,
    returnMessage: '',
    refunded: 0,
  }))
}

/** Back Market derives the order's state from its lines; the seller never sets it. */
export function stateOf({ lines, undocumented }: Order): number {
  if (undocumented !== undefined) return undocumented
  const some = (...states: number[]): boolean => lines.some(({ state }) => states.includes(state))
  if (some(0)) return 0
  if (some(8)) return 10
  if (lines.length > 0 && lines.every(({ state }) => state === 7)) return 8
  if (some(1, 9)) return 1
  return some(2) ? 3 : 9
}
