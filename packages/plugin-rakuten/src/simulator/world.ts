import type { Random } from '@kontor/testkit/simulator'

/** `itemstatus` as the web services spell it. */
type UnitStatus =
  | 'TO_CONFIRM'
  | 'REQUESTED'
  | 'REMINDED'
  | 'ACCEPTED'
  | 'COMMITTED'
  | 'PENDING'
  | 'REFUSED'
  | 'CANCELLED'
  | 'ON_HOLD'
  | 'CLOSED'

export interface Unit {
  readonly itemId: string
  readonly sku: string
  readonly advertId: string
  readonly headline: string
  readonly price: string
  readonly listedPrice: string
  readonly negotiated: boolean
  readonly byRakuten: boolean
  readonly preorder: boolean
  readonly ean: string
  status: UnitStatus
  tracking?: { transporter: string; number: string; url: string }
  shipped: boolean
}

export interface Person {
  readonly civility: string
  readonly lastName: string
  readonly firstName: string
  readonly street: string
  readonly zip: string
  readonly city: string
  readonly country: string
  readonly alpha2: string
  readonly phone: string
}

export interface Sale {
  readonly purchaseId: string
  readonly soldAt: number
  readonly shippingType: string
  readonly buyer: string
  readonly email: string
  readonly delivery?: Person
  readonly relay?: Person & { readonly relayId: string; readonly name: string }
  readonly billing: Person
  readonly units: Unit[]
  /** Told with an amount that is none. */
  damaged?: boolean
}

export interface Advert {
  readonly advertId: string
  readonly sku: string
  price: string
  quantity: number
}

interface OfferImport {
  readonly importId: string
  readonly fileName: string
  readonly at: number
  readonly lines: readonly { readonly sku: string; readonly error?: string }[]
}

interface Claim {
  readonly itemId: string
  readonly type: string
  readonly comment: string
  readonly at: number
  unread: boolean
  open: boolean
  /** Told in a form nobody knows. */
  damaged?: boolean
}

interface Operation {
  readonly operationId: string
  readonly at: number
  readonly amount: string
  readonly compensationId: string
}

export interface RakutenWorld {
  readonly sales: Map<string, Sale>
  readonly adverts: Map<string, Advert>
  readonly imports: Map<string, OfferImport>
  readonly claims: Map<string, Claim>
  readonly operations: Operation[]
  nextId: number
  /** Lists come backwards, and some sales twice. */
  disordered: boolean
}

const people: readonly Omit<Person, 'phone'>[] = [
  {
    civility: 'Mme',
    lastName: 'Muster',
    firstName: 'Erika',
    street: '1 rue de l’Exemple',
    zip: '75010',
    city: 'Paris',
    country: 'France métro.',
    alpha2: 'FX',
  },
  {
    civility: 'M.',
    lastName: 'Modèle',
    firstName: 'Gaël',
    street: '2 allée des Échantillons',
    zip: '69001',
    city: 'Lyon',
    country: 'France',
    alpha2: 'FX',
  },
  {
    civility: 'M.',
    lastName: 'Voorbeeld',
    firstName: 'Jan',
    street: 'Teststraat 3',
    zip: '1000',
    city: 'Bruxelles',
    country: 'Belgique',
    alpha2: 'BE',
  },
]

/** The kinds of sale that occur, in turn. */
const kinds = [
  'tracked',
  'twins',
  'relay',
  'pickup',
  'normal',
  'negotiated',
  'without-sku',
  'rakuten-logistics',
  'preorder',
  'express',
] as const
type SaleKind = (typeof kinds)[number]

const shippingTypes: Readonly<Record<SaleKind, string>> = {
  tracked: 'Suivi',
  twins: 'Suivi',
  relay: 'Point relais Mondial Relay',
  pickup: 'Retrait chez le vendeur',
  normal: 'Normal',
  negotiated: 'Suivi',
  'without-sku': 'Suivi',
  'rakuten-logistics': 'Suivi',
  preorder: 'Suivi',
  express: 'Livraison express',
}

export interface SaleWish {
  readonly kind?: SaleKind
  readonly sku?: string
  readonly quantity?: number
  readonly price?: string
  readonly status?: UnitStatus
  readonly shippingType?: string
  readonly soldAt?: number
  readonly person?: number
  /** Over the person: a buyer of one's own. */
  readonly buyer?: Partial<Person> & { readonly email?: string }
}

export function placeSale(world: RakutenWorld, now: number, random: Random, wish: SaleWish = {}): Sale {
  const number = world.sales.size
  const kind = wish.kind ?? kinds[number % kinds.length] ?? 'tracked'
  const base = people[(wish.person ?? number) % people.length] ?? people[0]
  if (base === undefined) throw new Error('there are people')
  const { email, ...own } = wish.buyer ?? {}
  const person: Person = { ...base, phone: `0600${String(100_000 + number).padStart(6, '0')}`, ...own }
  const purchaseId = String(700_000_000 + world.nextId)
  const advert = advertFor(world, wish.sku ?? `SKU-${String((number % 7) + 1).padStart(3, '0')}`, wish.price)
  const quantity = wish.quantity ?? (kind === 'twins' ? 2 : 1)
  const sale: Sale = {
    purchaseId,
    soldAt: wish.soldAt ?? now - random.int(90, 3000) * 60_000,
    shippingType: wish.shippingType ?? shippingTypes[kind],
    buyer: `acheteur${number}`,
    email: email ?? `acheteur${number}@example.com`,
    billing: person,
    ...(kind === 'pickup'
      ? {}
      : kind === 'relay'
        ? {
            relay: {
              ...person,
              relayId: `FR-0${84_000 + number}`,
              name: 'Tabac des Modèles',
              street: '9 place du Relais',
              country: 'France',
              alpha2: '',
            },
          }
        : { delivery: person }),
    units: Array.from({ length: quantity }, (): Unit => ({
      itemId: String(1_510_000_000 + (world.nextId += 1)),
      sku: kind === 'without-sku' ? '' : advert.sku,
      advertId: advert.advertId,
      headline: `Téléphone « Modèle » ${advert.sku}`,
      price: kind === 'negotiated' ? '20.5' : advert.price,
      listedPrice: advert.price,
      negotiated: kind === 'negotiated',
      byRakuten: kind === 'rakuten-logistics',
      preorder: kind === 'preorder',
      ean: '4006381333931',
      status: wish.status ?? (kind === 'preorder' ? 'PENDING' : 'TO_CONFIRM'),
      shipped: false,
    })),
  }
  world.nextId += 1
  world.sales.set(purchaseId, sale)
  advert.quantity = Math.max(0, advert.quantity - quantity)
  return sale
}

export function advertFor(world: RakutenWorld, sku: string, price?: string): Advert {
  const known = world.adverts.get(sku)
  if (known !== undefined) return known
  const advert: Advert = {
    advertId: String(690_000_000 + world.adverts.size),
    sku,
    price: price ?? `${20 + world.adverts.size}.9`,
    quantity: 10,
  }
  world.adverts.set(sku, advert)
  return advert
}

export function unitOf(world: RakutenWorld, itemId: string): { sale: Sale; unit: Unit } | undefined {
  for (const sale of world.sales.values())
    for (const unit of sale.units) if (unit.itemId === itemId) return { sale, unit }
  return undefined
}

export const isAwaiting = ({ status }: Unit): boolean =>
  status === 'TO_CONFIRM' || status === 'REQUESTED' || status === 'REMINDED'
export const isAccepted = ({ status }: Unit): boolean => status === 'ACCEPTED' || status === 'COMMITTED'
