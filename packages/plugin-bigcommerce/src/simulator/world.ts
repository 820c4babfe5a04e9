import type { Scene } from '@kontor/testkit/simulator'
import type { Options } from './options.ts'

export const STORE = 'abc123example'
export const TOKEN = 'exampletoken0exampletoken0example'
/** An account of the same store that has no scopes. */
export const RESTRICTED_TOKEN = 'restrictedtoken0restrictedtoken0'
/** Another store, with the same goods. */
export const OTHER_STORE = 'zyx987example'
export const OTHER_TOKEN = 'othertoken0othertoken0othertoken0'
export const CLIENT_ID = 'exampleclientid0exampleclientid'
export const CLIENT_SECRET = 'examplesecret0examplesecret0examplesecret'

export interface Line {
  id: number
  productId: number
  variantId: number
  sku: string
  name: string
  /** With tax, in hundredths. */
  unit: number
  quantity: number
  shipped: number
  refunded: number
  type: 'physical' | 'digital'
  addressId: number
}

export interface Person {
  first: string
  last: string
  email: string
  street: string
  city: string
  zip: string
  country: string
  code: string
  phone: string
}

export interface SimulatedOrder {
  id: number
  statusId: number
  paymentStatus: string
  paymentMethod: string
  created: number
  modified: number
  customerId: number
  person: Person
  currency: string
  /** What the shopper looked at. */
  displayCurrency: string
  lines: Line[]
  addresses: number[]
  shipping: number
  discount: number
  couponCode: string
  externalSource: string | null
  deleted: boolean
  /** Its answer has a currency that is none. */
  damaged: boolean
  channelId: number
}

export interface SimulatedRefund {
  id: number
  orderId: number
  created: number
  reason: string
  total: number
  damaged: boolean
  tax: number
  items: {
    item_type: string
    item_id: number
    quantity?: number
    requested_amount: number | string | null
    reason: string
  }[]
  payments: {
    id: number
    provider_id: string
    amount: number
    offline: boolean
    is_declined: boolean
    declined_message: string
  }[]
}

export interface SimulatedShipment {
  id: number
  orderId: number
  addressId: number
  created: number
  showsAt: number
  tracking: string
  carrier: string
  link: string
  method: string
  items: { order_product_id: number; product_id: number; quantity: number }[]
}

export interface Variant {
  id: number
  productId: number
  sku: string
  name: string
  price: number | null
  salePrice: number | null
  modified: number
  /** On hand by location. */
  stock: Map<number, number>
  safety: number
  trackedByProduct: boolean
  condition: string
  damaged: boolean
}

export interface StoredCoupon {
  id: number
  created: number
  uses: number
  body: Record<string, unknown> & { name: string; code: string }
}

export interface Promotion {
  id: number
  body: Record<string, unknown> & { name: string }
  codes: {
    id: number
    code: string
    max_uses: number
    max_uses_per_customer: number
    current_uses: number
    created: number
  }[]
}

export interface Hook {
  id: number
  scope: string
  destination: string
  is_active: boolean
  headers: Record<string, string>
  created: number
}

export interface World {
  orders: Map<number, SimulatedOrder>
  refunds: Map<number, SimulatedRefund>
  shipments: SimulatedShipment[]
  variants: Variant[]
  coupons: StoredCoupon[]
  promotions: Promotion[]
  hooks: Hook[]
  blockedDomains: string[]
  /** Price list records by list and SKU. */
  priceLists: Map<string, unknown>
  nextId: number
  /** Lists tell some things twice. */
  disordered: boolean
}

export type WorldScene = Pick<Scene<World, Options>, 'clock' | 'random' | 'truth' | 'options'> & { world: World }

export const nextId = (world: World): number => (world.nextId += 1)

/** BigCommerce keeps whole seconds. */
export const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000

/** Tax of 19 % within an amount. */
export const taxWithin = (gross: number): number => Math.round((gross * 19) / 119)

export const lineTotal = (line: Line): number => line.unit * line.quantity
export const orderTotal = (order: SimulatedOrder): number =>
  order.lines.reduce((sum, line) => sum + lineTotal(line), 0) + order.shipping - order.discount
export const touch = (order: SimulatedOrder, now: number): void => void (order.modified = wholeSeconds(now))
