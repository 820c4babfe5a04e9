import { inventAddress, inventPerson } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { makeListing } from '../listings/listing.ts'
import { marketplaceAt, marketplacesOf } from '../marketplaces.ts'
import { tellChange } from '../notifications/tell-change.ts'
import { DAY, nextId, SELLER_ID, type Buyer, type Line, type SimulatedOrder, type WorldScene } from '../world.ts'

const statuses = [
  'PENDING_AVAILABILITY',
  'PENDING',
  'UNSHIPPED',
  'PARTIALLY_SHIPPED',
  'SHIPPED',
  'CANCELLED',
  'UNFULFILLABLE',
] as const

/** What may be said about a new order; the rest is invented. */
export const NewOrder = z.strictObject({
  id: z.string().optional(),
  /** Whose it is. Default: the seller of `REFRESH_TOKEN`. */
  sellerId: z.string().default(SELLER_ID),
  /** Default: the first of the region. */
  marketplaceId: z.string().optional(),
  status: z.enum(statuses).default('UNSHIPPED'),
  fulfilledBy: z.enum(['MERCHANT', 'AMAZON']).default('MERCHANT'),
  /** `NON_AMAZON` is a multi-channel order of another shop. */
  channel: z.enum(['AMAZON', 'NON_AMAZON']).default('AMAZON'),
  /** `AMAZON_BUSINESS`, `PRIME`, `IN_STORE_PICK_UP`, ... */
  programs: z.array(z.string()).default([]),
  /** The id of the order that this one replaces free of charge. */
  replaces: z.string().optional(),
  sellerOrderId: z.string().optional(),
  /** Default: one to three listings by chance. Amounts are hundredths, with tax; `shipping` and `discount` of the whole line. */
  lines: z
    .array(
      z.strictObject({
        sku: z.string(),
        quantity: z.int().positive().default(1),
        unit: z.int().min(0).optional(),
        shipping: z.int().min(0).default(0),
        discount: z.int().min(0).default(0),
        giftMessage: z.string().optional(),
        ioss: z.boolean().default(false),
      }),
    )
    .min(1)
    .optional(),
  buyer: z
    .strictObject({
      name: z.string(),
      email: z.string(),
      company: z.string(),
      purchaseOrder: z.string(),
      street: z.string(),
      city: z.string(),
      postcode: z.string(),
      country: z.string(),
      phone: z.string(),
      addressType: z.enum(['RESIDENTIAL', 'COMMERCIAL', 'PICKUP_POINT']),
    })
    .partial()
    .optional()
    .transform((buyer): Partial<Buyer> =>
      Object.fromEntries(Object.entries(buyer ?? {}).filter(([, value]) => value !== undefined)),
    ),
  /** Milliseconds since 1970. Default: now. */
  at: z.number().optional(),
})
export type NewOrder = z.input<typeof NewOrder>

/** Puts an order into the world. */
export function placeOrder(scene: WorldScene, input: NewOrder): SimulatedOrder {
  const { world, clock, truth, options } = scene
  const given = NewOrder.parse(input)
  const at = given.at ?? clock.now()
  const marketplaceId = given.marketplaceId ?? marketplacesOf(options.region)[0]?.id ?? ''
  const order: SimulatedOrder = {
    id: given.id ?? orderId(scene),
    sellerId: given.sellerId,
    marketplaceId,
    created: at,
    updated: at,
    status: given.status,
    statusText: undefined,
    fulfilledBy: given.fulfilledBy,
    channel: given.channel,
    serviceLevel: given.programs.includes('PRIME') ? 'NEXT_DAY' : 'STANDARD',
    programs: given.programs,
    sellerOrderId: given.sellerOrderId,
    replaces: given.replaces,
    buyer: { ...inventBuyer(scene, marketplaceId, given.programs), ...given.buyer },
    lines: linesOf(scene, given.lines).map((line) => (given.replaces === undefined ? line : free(line))),
    packages: [],
    shipBy: at + 2 * DAY,
    deliverBy: at + 5 * DAY,
    damaged: false,
  }
  if (given.programs.includes('AMAZON_BUSINESS')) order.buyer.addressType = 'COMMERCIAL'
  if (order.status === 'SHIPPED') shipWhole(scene, order, at)
  if (order.status === 'CANCELLED') for (const line of order.lines) line.cancelledBy = 'AMAZON'
  world.orders.set(order.id, order)
  truth.add('order-placed', order.id)
  tellChange(scene, order)
  return order
}

/** Everything of it leaves in one parcel, as Amazon's warehouse or another program of the seller would have it. */
export function shipWhole(scene: WorldScene, order: SimulatedOrder, at: number): void {
  const open = order.lines.filter((line) => line.shipped < line.quantity)
  order.packages.push({
    reference: String(order.packages.length + 1),
    created: at,
    showsAt: at,
    status: 'SHIPPED',
    carrier: 'DHL',
    service: 'DHL Paket',
    tracking: `00340${scene.random.digits(15)}`,
    shipTime: at,
    items: open.map((line) => ({ orderItemId: line.id, quantity: line.quantity - line.shipped })),
  })
  for (const line of open) line.shipped = line.quantity
  order.status = 'SHIPPED'
  order.updated = Math.max(order.updated, at)
  tellChange(scene, order)
}

/** `028-1234567-0000042`: the last part counts, so that ids sort by age. */
function orderId({ world, random }: WorldScene): string {
  return `${random.int(100, 899)}-${random.digits(7)}-${String(nextId(world)).padStart(7, '0')}`
}

function linesOf(scene: WorldScene, given: z.output<typeof NewOrder>['lines']): Line[] {
  const { world, random } = scene
  const chosen =
    given ??
    random
      .sample([...world.listings.keys()].slice(0, 8), random.int(1, 3))
      .map((sku) => ({ sku, quantity: random.int(1, 2), shipping: 0, discount: 0, ioss: false }))
  return chosen.map((line) => {
    const listing = world.listings.get(line.sku) ?? makeListing(scene, { sku: line.sku })
    return {
      id: `${random.digits(10)}${String(nextId(world)).padStart(4, '0')}`,
      sku: line.sku,
      asin: listing.asin,
      title: listing.title,
      quantity: line.quantity,
      unit: ('unit' in line ? line.unit : undefined) ?? 1990,
      shipping: line.shipping,
      discount: line.discount,
      shipped: 0,
      promotionId: line.discount > 0 ? 'Muster Promotion 10' : undefined,
      giftMessage: 'giftMessage' in line ? line.giftMessage : undefined,
      programs: [],
      cancellationRequest: undefined,
      cancelledBy: undefined,
      ioss: line.ioss,
    }
  })
}

const free = (line: Line): Line => ({ ...line, unit: 0, shipping: 0, discount: 0, promotionId: undefined })

function inventBuyer({ random, world }: WorldScene, marketplaceId: string, programs: readonly string[]): Buyer {
  const { people } = marketplaceAt(marketplaceId)
  const person = inventPerson(random, people)
  const address = inventAddress(random, people)
  const business = programs.includes('AMAZON_BUSINESS')
  return {
    name: `${person.firstName} ${person.lastName}`,
    // Amazon hands out a relay address, never the buyer's own.
    email: `${random.string(14, 'abcdefghijkmnpqrstuvwxyz23456789')}@marketplace.example.com`,
    company: business ? 'Muster Handels GmbH' : undefined,
    purchaseOrder: business ? `PO-${nextId(world)}` : undefined,
    street: `${address.street} ${address.houseNumber}`,
    city: address.city,
    postcode: address.postcode,
    country: address.country,
    phone: person.phone,
    addressType: 'RESIDENTIAL',
  }
}
