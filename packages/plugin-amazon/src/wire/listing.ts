import { z } from 'zod'
import { Count, Text, WireMoney } from './values.ts'

/** One listing with what an offer needs of it (`includedData=summaries,offers,fulfillmentAvailability`). */
export const WireListing = z.object({
  sku: z.string(),
  summaries: z
    .array(z.object({ marketplaceId: Text, productType: Text, status: z.array(z.string()).nullish() }))
    .nullish(),
  offers: z
    .array(
      z.object({
        marketplaceId: z.string(),
        offerType: z.string(),
        price: WireMoney.nullish(),
        audience: z.object({ value: Text }).nullish(),
      }),
    )
    .nullish(),
  fulfillmentAvailability: z
    .array(z.object({ fulfillmentChannelCode: z.string(), quantity: Count.nullish() }))
    .nullish(),
})
export type WireListing = z.infer<typeof WireListing>
export const ListingsFound = z.object({ items: z.array(WireListing) })

const Issue = z.object({
  code: z.string(),
  message: z.string(),
  severity: z.string(),
  attributeNames: z.array(z.string()).nullish(),
})
/** HTTP 200 with the status INVALID is a refusal; ACCEPTED is taken, and not yet live. */
export const ListingSubmission = z.object({
  sku: z.string(),
  status: z.string(),
  submissionId: z.string(),
  issues: z.array(Issue).nullish(),
})
export type ListingSubmission = z.infer<typeof ListingSubmission>

/** What became of each message of a JSON_LISTINGS_FEED (listings-feed-processing-report-schema-v2). */
export const ListingsReport = z.object({
  issues: z
    .array(
      z.object({ messageId: Count.nullish(), sku: Text, code: z.string(), severity: z.string(), message: z.string() }),
    )
    .nullish(),
  summary: z
    .object({ messagesProcessed: Count.nullish(), messagesAccepted: Count.nullish(), messagesInvalid: Count.nullish() })
    .nullish(),
})
export type ListingsReport = z.infer<typeof ListingsReport>

/** `merge` keeps what a seller has set beside it: lead time and restock date, sale and business prices. */
export interface ListingPatch {
  op: 'merge'
  path: '/attributes/fulfillment_availability' | '/attributes/purchasable_offer'
  value: readonly object[]
}
/** One message of a JSON_LISTINGS_FEED (listings-feed-message-schema-v2). */
export interface ListingMessage {
  messageId: number
  sku: string
  operationType: 'PATCH'
  productType: string
  patches: readonly ListingPatch[]
}
