import { z } from 'zod'
import { Count, Text, WireId } from './values.ts'

export const WireHook = z.object({ id: WireId, scope: z.string(), destination: z.string(), is_active: z.boolean() })
export type WireHook = z.infer<typeof WireHook>
export const WireHooks = z.object({ data: z.array(WireHook) })

export const WireHookAdmin = z.object({
  data: z.object({ blocked_domains: z.array(z.object({ destination: Text, time_left: Count })).nullish() }).nullish(),
})

/** The body of a webhook: names and ids only. */
export const WireEvent = z.object({
  scope: z.string(),
  producer: z.string(),
  data: z.object({ id: WireId, refund: z.object({ refund_id: WireId }).optional() }),
})
