import { z } from 'zod'
import { Count, Text } from './values.ts'

export const WireSummary = z.object({
  sellerSku: z.string().min(1),
  lastUpdatedTime: Text,
  totalQuantity: Count,
  inventoryDetails: z.object({
    fulfillableQuantity: Count,
    inboundShippedQuantity: Count.nullish(),
    reservedQuantity: z.object({ totalReservedQuantity: Count.nullish() }).nullish(),
    unfulfillableQuantity: z.object({ totalUnfulfillableQuantity: Count.nullish() }).nullish(),
  }),
})
export type WireSummary = z.infer<typeof WireSummary>
export const SummaryHead = z.object({ sellerSku: z.string().min(1) })

/** The token stands beside the payload and holds for 30 seconds (fbaInventory.json). */
export const Summaries = z.object({
  payload: z.object({ inventorySummaries: z.array(z.unknown()) }).nullish(),
  pagination: z.object({ nextToken: Text }).nullish(),
})
