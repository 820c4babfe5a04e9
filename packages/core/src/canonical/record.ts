import type { z } from 'zod'
import type { Entity } from './base.ts'
import { Coupon, Payout, Points } from './loyalty.ts'
import { OfferPrice, Product, StockLevel } from './offer.ts'
import { Order } from './order.ts'
import { Decision, Invoice, Refund, Shipment } from './order-documents.ts'
import { Receipt, Return } from './return.ts'

/** The schema of each entity. */
export const recordSchemas = {
  products: Product,
  orders: Order,
  decisions: Decision,
  shipments: Shipment,
  invoices: Invoice,
  returns: Return,
  receipts: Receipt,
  refunds: Refund,
  points: Points,
  coupons: Coupon,
  stock: StockLevel,
  prices: OfferPrice,
  payouts: Payout,
} satisfies Record<Entity, z.ZodType>

export interface RecordByEntity {
  products: Product
  orders: Order
  decisions: Decision
  shipments: Shipment
  invoices: Invoice
  returns: Return
  receipts: Receipt
  refunds: Refund
  points: Points
  coupons: Coupon
  stock: StockLevel
  prices: OfferPrice
  payouts: Payout
}

/** One canonical document: a statement about one thing in one system. */
export type RecordOf<E extends Entity> = E extends Entity ? RecordByEntity[E] : never
export type AnyRecord = RecordOf<Entity>

/** Version of each entity's schema, kept beside a stored record; an additive field does not raise it. */
export const schemaVersions: Readonly<Record<Entity, number>> = {
  products: 1,
  orders: 1,
  decisions: 1,
  shipments: 1,
  invoices: 1,
  returns: 1,
  receipts: 1,
  refunds: 1,
  points: 1,
  coupons: 1,
  stock: 1,
  prices: 1,
  payouts: 1,
}

/** Entities that are states (only the newest value counts), not events. */
export const isState = (entity: Entity): boolean => entity === 'stock' || entity === 'prices' || entity === 'products'
