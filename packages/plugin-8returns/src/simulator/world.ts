import { inventAddress, inventEan, inventPerson, type Random, type SimulatorClock } from '@kontor/testkit/simulator'

/** The permissions of a token, by our own short names; the menu of the dashboard calls them otherwise. */
export type Scope = 'returns' | 'customers' | 'labels' | 'orders'

export interface SimulatedItem {
  id: number
  name: string
  sku: string
  ean: string
  quantity: number
  /** Cents for one piece. */
  cents: number
  wants: string | null
  condition: string | null
  restocked: boolean
  reason: { internal: string; text: string } | null
  pictures: string[]
  notes: string | null
  registered: number
  arrived: number | null
  inspected: number | null
  refunded: number | null
  cancelled: number | null
  held: number | null
  /** Seen nowhere in the answers. */
  missing: boolean
}

export interface SimulatedReturn {
  id: number
  orderId: string
  orderNumber: string
  rma: number
  status: string
  currency: string
  registered: boolean
  hold: boolean
  /** Somebody else is changing it: bookings are put off without a word about when. */
  busy: boolean
  fetched: boolean
  created: number
  updated: number
  customer: { fullName: string; email: string; country: string; notes: string | null }
  items: SimulatedItem[]
  labels: { id: number }[]
  /** Given out as they stand, over the real ones: what a tester breaks. */
  broken?: Readonly<Record<string, unknown>>
}

export interface World {
  readonly returns: Map<number, SimulatedReturn>
  nextId: number
  nextItemId: number
}

export const emptyWorld = (): World => ({ returns: new Map(), nextId: 900_101, nextItemId: 7001 })

const goods = ['Shirt blau M', 'Hose schwarz 32', 'Kleid rot 38', 'Jacke grau L', 'Schal grün'] as const
const reasons = [
  { internal: 'too_small', text: 'zu klein' },
  { internal: 'too_big', text: 'zu groß' },
  { internal: 'dislike', text: 'gefällt nicht' },
] as const

export interface NewItem {
  sku: string
  quantity: number
}

/** A customer registers a return in the portal. Without items it has one or two, of made-up goods. */
export function registerReturn(
  world: World,
  random: Random,
  clock: SimulatorClock,
  wanted: { orderNumber?: string; items?: readonly NewItem[]; at?: number } = {},
): SimulatedReturn {
  const id = world.nextId++
  const at = wanted.at ?? clock.now()
  const person = inventPerson(random, 'DE')
  const items =
    wanted.items ??
    Array.from({ length: random.int(1, 2) }, (_, index) => ({
      sku: `SKU-${id}-${index + 1}`,
      quantity: random.int(1, 3),
    }))
  const made: SimulatedReturn = {
    id,
    orderId: `555${String(id).padStart(10, '0')}`,
    orderNumber: wanted.orderNumber ?? `R${id - 895_000}`,
    rma: id - 800_000,
    status: 'open',
    currency: 'EUR',
    registered: true,
    hold: false,
    busy: false,
    fetched: false,
    created: at,
    updated: at,
    customer: {
      fullName: `${person.firstName} ${person.lastName}`,
      email: person.email,
      country: inventAddress(random, 'DE').country,
      notes: null,
    },
    items: items.map((item) => newItem(world, random, item, at)),
    labels: [],
  }
  world.returns.set(id, made)
  return made
}

function newItem(world: World, random: Random, { sku, quantity }: NewItem, at: number): SimulatedItem {
  return {
    id: world.nextItemId++,
    name: random.pick(goods),
    sku,
    ean: inventEan(random),
    quantity,
    cents: random.int(500, 9_999),
    wants: random.pick(['refund', 'exchange', 'store_credit']),
    condition: null,
    restocked: false,
    reason: random.pick(reasons),
    pictures: random.chance(0.3) ? ['https://example.com/picture.jpg'] : [],
    notes: null,
    registered: at,
    arrived: null,
    inspected: null,
    refunded: null,
    cancelled: null,
    held: null,
    missing: false,
  }
}
