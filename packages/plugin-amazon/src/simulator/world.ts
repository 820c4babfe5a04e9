import type { Call, Scene } from '@kontor/testkit/simulator'
import type { Options, Role } from './options.ts'

export const CLIENT_ID = 'amzn1.application-oa2-client.example0000000000000000000000000'
export const CLIENT_SECRET = 'amzn1.oa2-cs.v1.example000000000000000000000000000000000'
export const APPLICATION_ID = 'amzn1.sp.solution.example0000-0000-0000-0000-000000000000'
/** Has `|` like all of Amazon's: form bodies must encode it. */
export const REFRESH_TOKEN = 'Atzr|exampleRefresh'
export const SELLER_ID = 'A1EXAMPLESELLER'
/** The same seller, authorized for `Inventory and Order Tracking` alone. */
export const RESTRICTED_REFRESH_TOKEN = 'Atzr|exampleLimited'
/** Another seller, with nothing of his own but the same goods. */
export const OTHER_REFRESH_TOKEN = 'Atzr|exampleOther'
export const OTHER_SELLER_ID = 'A2EXAMPLESELLER'

/** The queue of changed orders, and who may read it. */
export const QUEUE_PATH = '/123456789012/order-changes'
export const AWS_ACCESS_KEY_ID = 'EXAMPLEKEYID00000000'
export const AWS_SECRET_ACCESS_KEY = 'exampleAwsSecret/0000000000000000000'

/** A seller's consent to the application. */
export interface Authorization {
  refreshToken: string
  sellerId: string
  /** Absent: those of the switch `roles`. */
  roles: readonly Role[] | undefined
  authorizedAt: number
  /** The seller took it back. */
  revoked: boolean
}

export interface AccessToken {
  readonly authorization: Authorization | undefined
  /** Of a grantless token. */
  readonly scope: string | undefined
  expiresAt: number
}

interface OAuthCode {
  readonly sellerId: string
  readonly redirectUri: string | undefined
  readonly expiresAt: number
}

interface Secret {
  readonly value: string
  expiresAt: number
}

/** The buyer and where it goes; all of it invented. */
export interface Buyer {
  name: string
  email: string
  company?: string | undefined
  purchaseOrder?: string | undefined
  street: string
  city: string
  postcode: string
  country: string
  phone: string
  addressType: 'RESIDENTIAL' | 'COMMERCIAL' | 'PICKUP_POINT'
}

export interface Line {
  id: string
  sku: string
  asin: string
  title: string
  quantity: number
  /** Hundredths, with tax. */
  unit: number
  shipping: number
  discount: number
  shipped: number
  promotionId: string | undefined
  giftMessage: string | undefined
  programs: string[]
  cancellationRequest: string | undefined
  cancelledBy: string | undefined
  ioss: boolean
}

export interface Package {
  reference: string
  created: number
  /** Before this instant the order does not show it. */
  showsAt: number
  status: 'PENDING' | 'IN_TRANSIT' | 'SHIPPED' | 'DELIVERED'
  carrier: string
  service: string | undefined
  tracking: string
  shipTime: number
  items: { orderItemId: string; quantity: number }[]
}

export type OrderStatus =
  | 'PENDING_AVAILABILITY'
  | 'PENDING'
  | 'UNSHIPPED'
  | 'PARTIALLY_SHIPPED'
  | 'SHIPPED'
  | 'CANCELLED'
  | 'UNFULFILLABLE'

export interface SimulatedOrder {
  id: string
  sellerId: string
  marketplaceId: string
  created: number
  updated: number
  status: OrderStatus
  /** A status nobody has heard of, told in place of the real one. */
  statusText: string | undefined
  fulfilledBy: 'MERCHANT' | 'AMAZON'
  channel: 'AMAZON' | 'NON_AMAZON'
  serviceLevel: string
  programs: string[]
  sellerOrderId: string | undefined
  replaces: string | undefined
  buyer: Buyer
  lines: Line[]
  packages: Package[]
  shipBy: number
  deliverBy: number
  /** Its answer lacks what it must have, and has a total that is none; the id stays readable. */
  damaged: boolean
}

/** A listing: the attributes as the Listings Items API keeps them. */
export interface Listing {
  sku: string
  asin: string
  title: string
  productType: string
  created: number
  updated: number
  attributes: Record<string, unknown[]>
  /** Made by a patch of a SKU that did not exist. */
  incomplete: boolean
  /** What Amazon finds wrong with it. */
  issues: Issue[]
  fba: { fulfillable: number; reserved: number; inbound: number; damaged: number } | undefined
  /** The summary of its stock lacks what it must have. */
  damaged: boolean
}

export interface Issue {
  code: string
  message: string
  severity: 'ERROR' | 'WARNING' | 'INFO'
  attributeNames: string[]
  categories: string[]
}

/** A file behind presigned URLs. */
export interface StoredDocument {
  id: string
  contentType: string
  bytes: Buffer | undefined
  gzip: boolean
  created: number
  /** What a download needs: a restricted data token, for a report with buyers' data. */
  restricted: boolean
}

type JobStatus = 'IN_QUEUE' | 'IN_PROGRESS' | 'DONE' | 'CANCELLED' | 'FATAL'

export interface Feed {
  id: string
  sellerId: string
  type: string
  marketplaceIds: string[]
  inputDocumentId: string
  created: number
  started: number | undefined
  ended: number | undefined
  status: JobStatus
  resultDocumentId: string | undefined
}

export interface Report {
  id: string
  sellerId: string
  type: string
  marketplaceIds: string[]
  from: number | undefined
  until: number | undefined
  created: number
  started: number | undefined
  ended: number | undefined
  status: JobStatus
  documentId: string | undefined
}

interface ReturnRequest {
  rma: string
  orderId: string
  lineId: string
  sku: string
  quantity: number
  reason: string
  status: string
  resolution: string
  requested: number
  /** When it reached the seller. */
  delivered: number | undefined
  carrier: string
  tracking: string
  /** Hundredths. */
  refunded: number
  /** Its row has a quantity that is none. */
  damaged: boolean
}

export interface Transaction {
  id: string
  type: string
  status: 'DEFERRED' | 'RELEASED' | 'DEFERRED_RELEASED'
  orderId: string
  refundId: string
  posted: number
  showsAt: number
  marketplaceId: string
  /** Amounts in the smallest unit of the currency. */
  items: {
    lineId: string
    sku: string
    asin: string
    quantity: number
    principal: number
    tax: number
    shipping: number
  }[]
  description: string
  /** The deferred transaction that this one releases. */
  releases: string | undefined
  damaged: boolean
}

/** Which instants of orders a search is about. */
export interface Window {
  readonly axis: 'created' | 'updated'
  readonly from: number
  readonly until: number
}

/** Where the next page of a search begins: behind this order. */
export interface OrderPage {
  readonly expiresAt: number
  /** What the next call must repeat. */
  readonly parameters: string
  readonly window: Window
  readonly after: readonly [at: number, id: string]
}

/** A message in the queue. */
export interface QueuedMessage {
  readonly id: string
  readonly body: string
  /** Nobody is given it before. */
  visibleAt: number
  /** Changes with each time it is given. */
  receipt: string | undefined
}

interface Subscription {
  readonly id: string
  readonly destinationId: string
  readonly changes: readonly string[]
  /** Empty: all. */
  readonly marketplaceIds: readonly string[]
}

export interface World {
  readonly authorizations: Map<string, Authorization>
  readonly accessTokens: Map<string, AccessToken>
  readonly restrictedTokens: Map<string, { expiresAt: number; paths: string[]; base: AccessToken }>
  readonly codes: Map<string, OAuthCode>
  secrets: Secret[]
  /** Every operation of a dormant account is refused. */
  dormant: boolean
  suspendedListings: boolean
  readonly orders: Map<string, SimulatedOrder>
  readonly listings: Map<string, Listing>
  readonly documents: Map<string, StoredDocument>
  /** By the secret part of their URL. */
  readonly presigned: Map<string, { documentId: string; method: 'PUT' | 'GET'; expiresAt: number }>
  readonly feeds: Map<string, Feed>
  readonly reports: Map<string, Report>
  readonly returns: ReturnRequest[]
  readonly transactions: Transaction[]
  /** Page tokens of searchOrders by their text. */
  readonly orderPages: Map<string, OrderPage>
  /** Page tokens of the lists that count. */
  readonly offsets: Map<string, { expiresAt: number; parameters: string; offset: number }>
  /** Access tokens handed out, by refresh token or scope: single flight shows here. */
  readonly tokensIssued: Map<string, number>
  readonly destinations: Map<string, { id: string; name: string; arn: string }>
  /** To ORDER_CHANGE, by seller. */
  readonly subscriptions: Map<string, Subscription>
  readonly queue: {
    messages: QueuedMessage[]
    state: 'up' | 'down' | 'denied' | 'gone'
    /** Those who wait for a message. */
    readonly waiting: Set<() => void>
  }
  nextId: number
  /** Lists tell some things twice, and in another order. */
  disordered: boolean
  /** Every page names the same next one. */
  repeatToken: boolean
}

export type AmazonCall = Call<World, Options>
export type AmazonScene = Scene<World, Options>
/** What a change to the world needs; there is no address before the server listens. */
export type WorldScene = Pick<AmazonScene, 'world' | 'options' | 'clock' | 'random' | 'truth'>

export const nextId = (world: World): number => (world.nextId += 1)

/** The API writes whole seconds. */
export const iso = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
