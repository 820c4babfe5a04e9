import { z } from 'zod'

/** Numbers come as the text they were. */
const Points = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine((text) => /^-?\d+(\.\d+)?$/.test(text), 'a number of points')
const Text = z.string().nullish()

export const LeatContact = z.object({ data: z.object({ uuid: z.string().min(1), email: Text }) })
export const LeatBalance = z.object({ data: z.object({ balance: Points }) })
export const LeatQuote = z.object({ data: z.object({ credits: Points }) })

const Balanced = z.object({ credit_balance: z.object({ balance: Points }).nullish() }).nullish()

/** A booking, of points or of a reward. */
export const LeatReception = z.object({
  data: z.object({ uuid: z.string().min(1), credits: Points, contact: Balanced }),
})
export type LeatReception = z.infer<typeof LeatReception>

/** A row of the list of bookings; its attributes stand beside the rest. */
export const LeatTransaction = z.looseObject({
  uuid: z.string().min(1),
  type: z.string(),
  credits: Points,
  created_at: z.string(),
  unit_value: Points.nullish(),
  contact: z.object({ uuid: z.string(), credit_balance: z.object({ balance: Points }).nullish() }).nullish(),
  reward: z.object({ uuid: z.string() }).nullish(),
})
export type LeatTransaction = z.infer<typeof LeatTransaction>

export const LeatTransactions = z.object({
  data: z.array(LeatTransaction),
  meta: z
    .object({ last_page: z.coerce.number().int().optional() })
    .or(z.array(z.unknown()).transform(() => ({ last_page: undefined })))
    .optional(),
})

export const LeatShops = z.object({ data: z.array(z.object({ uuid: z.string(), name: Text })) })
export const LeatRewards = z.object({
  data: z.array(
    z.object({
      uuid: z.string(),
      title: z.string(),
      required_credits: Points,
      is_active: z.boolean().nullish(),
      stock: z.union([z.string(), z.number()]).nullish(),
    }),
  ),
})

/** `result` is missing where the account has no order action: then nothing was earned. */
export const LeatProcessedOrder = z.object({
  data: z.object({
    order: z.object({ uuid: z.string() }),
    result: z
      .object({ data: z.object({ points: Points, new_balance: Points.nullish() }).nullish() })
      .or(z.array(z.unknown()).transform(() => undefined))
      .nullish(),
  }),
})
export const LeatFoundOrder = z.object({ data: z.object({ uuid: z.string(), status: Text }) })
export const LeatAttributes = z.object({ data: z.array(z.object({ name: z.string() })) })

/** What an error says. */
export const LeatFailure = z.object({
  code: z.union([z.string(), z.number()]).transform(String),
  errors: z.record(z.string(), z.unknown()).optional(),
})

export interface NewReception {
  contact_uuid: string
  shop_uuid: string
  /** Exactly one of the two: `credits` is taken as it is, `unit_value` goes through the rules of the programme. */
  credits?: number
  unit_value?: number
  unit_name?: string
  [attribute: `kontor_${string}`]: string
}

/** All amounts are whole minor units. */
export interface NewLeatOrder {
  external_identifier: string
  reference: string
  status: 'PENDING' | 'COMPLETED' | 'CANCELLED'
  payment_status: 'UNPAID' | 'PENDING' | 'PAID'
  total_order_amount: number
  currency: string
  paid_at?: string
  contact: { uuid: string }
  business_profile: { uuid: string }
  line_items: {
    external_identifier: string
    name: string
    quantity: number
    price: number
    total_amount: number
    product?: { external_identifier: string }
  }[]
  charges: {
    external_identifier: string
    name: string
    total_amount: number
    charge_definition?: { external_identifier: 'SHIPPING' | 'SERVICE_CHARGE' | 'WRAPPING' }
  }[]
  applied_discounts: { external_identifier: string; name: string; amount: number; applied_to: 'ORDER' }[]
}
