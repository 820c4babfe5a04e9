import { inventAddress, inventPerson } from '@kontor/testkit/simulator'
import {
  nextId,
  wholeSeconds,
  type Line,
  type Person,
  type SimulatedOrder,
  type Variant,
  type World,
  type WorldScene,
} from './world.ts'

const GOODS = [
  'Linen towel',
  'Oak board',
  'Tea pot',
  'Wool blanket',
  'Copper pan',
  'Paper lamp',
  'Field notes',
  'Rain coat',
]

type MakeScene = Omit<WorldScene, 'world'>

export function makeWorld(scene: MakeScene): World {
  const { options, clock } = scene
  const world: World = {
    orders: new Map(),
    refunds: new Map(),
    shipments: [],
    variants: [],
    coupons: [],
    promotions: [],
    hooks: [],
    blockedDomains: [],
    priceLists: new Map(),
    nextId: 99,
    disordered: false,
  }
  for (const [index, name] of GOODS.entries()) world.variants.push(variant(index, name, clock.now()))
  const began = clock.now() - options.orders * 60_000
  for (let index = 0; index < options.orders; index++) placeOrder({ ...scene, world }, { at: began + index * 60_000 })
  if (options.newEvery > 0) clock.every(options.newEvery, () => void placeOrder({ ...scene, world }, {}))
  return world
}

export function variant(index: number, name: string, now: number): Variant {
  return {
    id: 70 + index,
    productId: 110 + index,
    sku: `SKU-${index + 1}`,
    name,
    price: 900 + index * 550,
    salePrice: index === 2 ? 1500 : null,
    modified: wholeSeconds(now),
    stock: new Map([[1, 10 + index]]),
    safety: index === 3 ? 2 : 0,
    trackedByProduct: index === 7,
    condition: 'New',
    damaged: false,
  }
}

/** What may be said about a new order; the rest is invented. */
export interface NewOrder {
  at?: number | undefined
  id?: number | undefined
  statusId?: number | undefined
  paymentStatus?: string | undefined
  person?: Partial<Person> | undefined
  email?: string | undefined
  guest?: boolean | undefined
  currency?: string | undefined
  shipping?: number | undefined
  discount?: number | undefined
  externalSource?: string | undefined
  deleted?: boolean | undefined
  channelId?: number | undefined
  /** SKU and quantity of each line. */
  lines?: { sku: string; quantity: number }[] | undefined
  /** Two addresses: the lines take turns. */
  addresses?: number | undefined
  digital?: boolean | undefined
}

export function placeOrder(scene: WorldScene, given: NewOrder): SimulatedOrder {
  const { world, random, clock, truth } = scene
  const id = given.id ?? nextId(world)
  const at = wholeSeconds(given.at ?? clock.now())
  const addresses = given.digital ? [] : Array.from({ length: given.addresses ?? 1 }, () => nextId(world))
  const chosen =
    given.lines ??
    random.sample(world.variants, random.int(1, 3)).map(({ sku }) => ({ sku, quantity: random.int(1, 2) }))
  const order: SimulatedOrder = {
    id,
    statusId: given.statusId ?? 11,
    paymentStatus: given.paymentStatus ?? 'captured',
    paymentMethod: 'Credit Card',
    created: at,
    modified: at,
    customerId: given.guest ? 0 : 1000 + id,
    person: { ...person(scene), ...given.person, ...(given.email === undefined ? {} : { email: given.email }) },
    currency: given.currency ?? scene.options.currency,
    displayCurrency: given.currency ?? scene.options.currency,
    lines: chosen.map((line, index) =>
      makeLine(world, line, given.digital ? 0 : (addresses[index % addresses.length] ?? 0)),
    ),
    addresses,
    shipping: given.digital ? 0 : (given.shipping ?? 490),
    discount: given.discount ?? 0,
    couponCode: (given.discount ?? 0) > 0 ? 'WELCOME' : '',
    externalSource: given.externalSource ?? null,
    deleted: given.deleted ?? false,
    damaged: false,
    channelId: given.channelId ?? 1,
  }
  world.orders.set(id, order)
  truth.add('order-placed', String(id))
  return order
}

function makeLine(world: World, { sku, quantity }: { sku: string; quantity: number }, addressId: number): Line {
  const found = world.variants.find((each) => each.sku === sku)
  return {
    id: nextId(world),
    productId: found?.productId ?? 0,
    variantId: found?.id ?? 0,
    sku,
    name: found?.name ?? sku,
    unit: found?.salePrice ?? found?.price ?? 1000,
    quantity,
    shipped: 0,
    refunded: 0,
    type: addressId === 0 ? 'digital' : 'physical',
    addressId,
  }
}

function person({ random }: MakeScene): Person {
  const { firstName, lastName, email, phone } = inventPerson(random, 'DE')
  const { street, houseNumber, city, postcode, country } = inventAddress(random, 'DE')
  return {
    first: firstName,
    last: lastName,
    email,
    phone,
    street: `${street} ${houseNumber}`,
    city,
    zip: postcode,
    country: 'Germany',
    code: country,
  }
}
