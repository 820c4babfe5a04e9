import { z } from 'zod'
import { Amount, Count, Text, WireId } from './values.ts'

export const WireRefund = z.object({
  id: WireId,
  order_id: WireId,
  created: Text,
  reason: Text,
  total_amount: Amount,
  total_tax: Amount.nullish(),
  items: z
    .array(
      z.object({
        item_type: z.string(),
        item_id: WireId.nullish(),
        quantity: Count.optional(),
        requested_amount: Amount.nullish(),
      }),
    )
    .nullish(),
  payments: z
    .array(
      z.object({
        provider_id: Text,
        amount: Amount,
        offline: z.boolean().nullish(),
        is_declined: z.boolean().nullish(),
      }),
    )
    .nullish(),
})
export type WireRefund = z.infer<typeof WireRefund>
