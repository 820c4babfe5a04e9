import { z } from 'zod'
import { Amount, Count, Text, WireId } from './values.ts'

export const WireCoupon = z.object({
  id: WireId,
  name: z.string(),
  code: z.string(),
  type: z.string(),
  amount: Amount,
  min_purchase: Amount.nullish(),
  enabled: z.boolean(),
  num_uses: Count.optional(),
})
export type WireCoupon = z.infer<typeof WireCoupon>
export const WireCoupons = z
  .union([z.array(WireCoupon), z.null(), z.undefined(), z.literal('')])
  .transform((rows) => rows || [])

/** The answer to a creation; `undefined` for the refusal of a name or code that is taken. */
export const WireCouponCreated = WireCoupon.or(z.unknown().transform(() => undefined))

/** `amount` and `min_purchase` are text; `applies_to` category 0 is everything. */
export interface NewCoupon {
  name: string
  code: string
  type: 'per_total_discount' | 'percentage_discount' | 'free_shipping'
  amount: string
  min_purchase?: string
  /** RFC 2822. */
  expires?: string
  enabled: boolean
  applies_to: { entity: 'categories'; ids: number[] }
  max_uses: number
  max_uses_per_customer: number
}

export const WirePromotion = z.object({ id: WireId, name: z.string(), redemption_type: Text, status: Text })
export type WirePromotion = z.infer<typeof WirePromotion>
export const WirePromotions = z.object({ data: z.array(WirePromotion) })
export const WirePromotionCreated = z.object({ data: WirePromotion })

export const WireCode = z.object({ id: WireId, code: z.string(), current_uses: Count })
export type WireCode = z.infer<typeof WireCode>
export const WireCodes = z.object({ data: z.array(WireCode) })
export const WireCodeCreated = z.object({ data: WireCode }).or(z.unknown().transform(() => undefined))

type Action =
  | { cart_value: { discount: { fixed_amount: string } | { percentage_amount: string } } }
  | { shipping: { free_shipping: boolean; zone_ids: '*' } }

export interface NewPromotion {
  name: string
  redemption_type: 'COUPON'
  coupon_type: 'BULK'
  status: 'ENABLED'
  currency_code: string
  channels: { id: number }[]
  rules: { action: Action; apply_once: boolean; stop: boolean; condition?: { cart: { minimum_spend: string } } }[]
}
