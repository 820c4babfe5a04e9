import { z } from 'zod'
import { base } from './base.ts'
import { Money } from './money.ts'
import { Condition, Price } from './order.ts'
import { Instant, Quantity, told } from './primitives.ts'

/** How many pieces can be sold: an absolute number, never a difference. Absence of a SKU is never zero. */
export const StockLevel = z.object({
  ...base('stock'),
  sku: z.string().min(1),
  available: Quantity,
  location: told(z.string()),
  onHand: told(Quantity),
  reserved: told(Quantity),
  /** When it was counted; orders the source had not seen by then are reserved on top. */
  asOf: told(Instant),
})
export type StockLevel = z.infer<typeof StockLevel>

/** What a product costs in one market. */
export const OfferPrice = z.object({
  ...base('prices'),
  sku: z.string().min(1),
  /** Market of the destination this price is for (`de-de`, `DE`); absent: the connection's default. */
  market: told(z.string()),
  price: Price,
  compareAt: told(Money),
  minimum: told(Money),
  maximum: told(Money),
  validFrom: told(Instant),
  validTo: told(Instant),
  minimumQuantity: told(Quantity),
})
export type OfferPrice = z.infer<typeof OfferPrice>

/** A product of the catalogue, as far as offers need it. */
export const Product = z.object({
  ...base('products'),
  sku: told(z.string()),
  title: told(z.string()),
  brand: told(z.string()),
  gtin: told(z.string()),
  parentId: told(z.string()),
  condition: told(Condition),
  weightGrams: told(z.number().nonnegative()),
  price: told(Price),
  available: told(Quantity),
  active: told(z.boolean()),
  updatedAt: told(Instant),
})
export type Product = z.infer<typeof Product>
