import { seedAftermath } from './aftermath.ts'
import { makeListing } from './listings/listing.ts'
import { marketplacesOf } from './marketplaces.ts'
import type { Options } from './options.ts'
import { live } from './orders/life.ts'
import { placeOrder, type NewOrder } from './orders/place-order.ts'
import {
  CLIENT_SECRET,
  DAY,
  MINUTE,
  OTHER_REFRESH_TOKEN,
  OTHER_SELLER_ID,
  REFRESH_TOKEN,
  RESTRICTED_REFRESH_TOKEN,
  SELLER_ID,
  type World,
  type WorldScene,
} from './world.ts'

/** The last two are what a path and a JSON feed must carry without harm. */
const GOODS = [
  ['MUG-RED', 'Red mug', 1290],
  ['TOWEL-LINEN', 'Linen towel', 2450],
  ['BOARD-OAK', 'Oak board', 3900],
  ['POT-TEA', 'Tea pot', 4450],
  ['LAMP-PAPER', 'Paper lamp', 2990],
  ['COAT-RAIN', 'Rain coat', 7900],
  ['SET/50% +ß', 'Set of cups, 50 % larger', 1990],
  ['Größe 42 & mehr', 'Shoes', 5990],
] as const

export const FBA_SKU = 'FBA-BLANKET'

export function makeWorld(scene: Omit<WorldScene, 'world'>): World {
  const { options, clock } = scene
  const authorizedAt = clock.now() - options.authorizedDaysAgo * DAY
  const authorization = { authorizedAt, roles: undefined, revoked: false }
  const world: World = {
    authorizations: new Map([
      [REFRESH_TOKEN, { ...authorization, refreshToken: REFRESH_TOKEN, sellerId: SELLER_ID }],
      [
        RESTRICTED_REFRESH_TOKEN,
        {
          ...authorization,
          refreshToken: RESTRICTED_REFRESH_TOKEN,
          sellerId: SELLER_ID,
          roles: ['Inventory and Order Tracking'],
        },
      ],
      [OTHER_REFRESH_TOKEN, { ...authorization, refreshToken: OTHER_REFRESH_TOKEN, sellerId: OTHER_SELLER_ID }],
    ]),
    accessTokens: new Map(),
    restrictedTokens: new Map(),
    codes: new Map(),
    secrets: [{ value: CLIENT_SECRET, expiresAt: secretEnd(options, clock.now() - options.secretDaysAgo * DAY) }],
    dormant: false,
    suspendedListings: false,
    orders: new Map(),
    listings: new Map(),
    documents: new Map(),
    presigned: new Map(),
    feeds: new Map(),
    reports: new Map(),
    returns: [],
    transactions: [],
    orderPages: new Map(),
    offsets: new Map(),
    tokensIssued: new Map(),
    destinations: new Map(),
    subscriptions: new Map(),
    queue: { messages: [], state: 'up', waiting: new Set() },
    nextId: 100,
    disordered: false,
    repeatToken: false,
  }
  fill({ ...scene, world })
  return world
}

/** When a client secret ends that was made at this instant. */
export const secretEnd = ({ secretDays }: Options, made: number): number =>
  secretDays === 0 ? Number.POSITIVE_INFINITY : made + secretDays * DAY

function fill(scene: WorldScene): void {
  const { options, clock } = scene
  for (const [sku, title, price] of GOODS) makeListing(scene, { sku, title, price })
  makeListing(scene, { sku: FBA_SKU, title: 'Wool blanket', price: 6900, fba: true })
  const began = clock.now() - (options.orders + 2) * MINUTE
  for (let index = 0; index < options.orders; index += 1) {
    const order = placeOrder(scene, {
      ...(options.plainOrders ? {} : kindOf(scene, index)),
      at: began + index * MINUTE,
    })
    if (options.lively) live(scene, order)
  }
  seedAftermath(scene)
  if (options.newEvery > 0)
    clock.every(options.newEvery, () => {
      const order = placeOrder(scene, kindOf(scene, scene.world.orders.size))
      if (options.lively) live(scene, order)
    })
}

/** All kinds of orders by turns, half of them plain. */
function kindOf({ world, options }: WorldScene, index: number): NewOrder {
  const marketplaces = marketplacesOf(options.region)
  const marketplaceId = marketplaces[index % marketplaces.length]?.id
  const earlier = [...world.orders.keys()].at(-5)
  const kinds: readonly NewOrder[] = [
    {},
    { status: 'PENDING' },
    {},
    { fulfilledBy: 'AMAZON', status: index % 2 === 0 ? 'SHIPPED' : 'UNSHIPPED', lines: [{ sku: FBA_SKU, unit: 6900 }] },
    { lines: [{ sku: 'MUG-RED', quantity: 3, unit: 1290, shipping: 399, discount: 300 }] },
    { status: 'SHIPPED' },
    { programs: ['AMAZON_BUSINESS'] },
    { status: 'CANCELLED' },
    {},
    earlier === undefined ? {} : { replaces: earlier },
    { programs: ['PRIME'], lines: [{ sku: 'POT-TEA', unit: 4450, giftMessage: 'Alles Gute' }] },
    { buyer: { addressType: 'PICKUP_POINT', company: 'Muster Paketshop' } },
    { channel: 'NON_AMAZON', fulfilledBy: 'AMAZON', status: 'UNFULFILLABLE', lines: [{ sku: FBA_SKU }] },
    { lines: [{ sku: 'BOARD-OAK', unit: 3900, ioss: true }] },
    { programs: ['IN_STORE_PICK_UP'] },
    { status: 'PENDING_AVAILABILITY', programs: ['PREORDER'] },
  ]
  return { ...kinds[index % kinds.length], ...(marketplaceId === undefined ? {} : { marketplaceId }) }
}
