import { z } from 'zod'
import { Amount, Count, Text, WireId } from './values.ts'

export const WireVariant = z.object({
  id: WireId,
  product_id: WireId,
  sku: Text,
  upc: Text,
  price: Amount.nullish(),
  sale_price: Amount.nullish(),
  calculated_price: Amount.nullish(),
  inventory_level: Count.optional(),
  purchasing_disabled: z.boolean().nullish(),
})
export type WireVariant = z.infer<typeof WireVariant>

export const WireProduct = z.object({
  id: WireId,
  name: z.string(),
  sku: Text,
  upc: Text,
  gtin: Text,
  condition: Text,
  is_visible: z.boolean().nullish(),
  price: Amount.nullish(),
  date_modified: z.string(),
  variants: z.array(WireVariant).nullish(),
})
export type WireProduct = z.infer<typeof WireProduct>

export const WireInventoryItem = z.object({
  identity: z.object({ sku: Text, variant_id: WireId.nullish(), product_id: WireId.nullish() }),
  locations: z.array(
    z.object({
      location_id: WireId,
      location_code: Text,
      available_to_sell: z.coerce.number().int(),
      total_inventory_onhand: z.coerce.number().int().nullish(),
    }),
  ),
})
export type WireInventoryItem = z.infer<typeof WireInventoryItem>

export const WireStore = z.object({ name: Text, currency: z.string(), secure_url: Text })

/** What names a row of these lists, readable even where the rest of it is not. */
export const ProductRowId = z.object({ variants: z.array(z.object({ id: WireId })) })
export const PriceRowId = z.object({ sku: z.string().min(1) })
export const StockRowId = z.object({
  identity: z.object({ sku: z.string().min(1) }),
  locations: z.array(z.object({ location_id: WireId })),
})
