import { z } from 'zod'
import { Count, Text } from './values.ts'

/** Amounts are JSON numbers here, and `http` hands them over as the text they were. */
const Amount = z.object({
  currencyCode: z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code'),
  currencyAmount: z
    .union([z.string(), z.number()])
    .transform(String)
    .pipe(z.string().regex(/^-?\d+(\.\d+)?$/, 'a decimal number')),
})

/** Recursive in the model; the first level is all we read. */
const Breakdowns = z
  .array(
    z.object({
      breakdownType: Text,
      breakdownAmount: Amount.nullish(),
      breakdowns: z.array(z.object({ breakdownType: Text, breakdownAmount: Amount.nullish() })).nullish(),
    }),
  )
  .nullish()

export const WireTransaction = z.object({
  transactionId: z.string().min(1),
  transactionType: z.string(),
  transactionStatus: Text,
  description: Text,
  postedDate: z.string(),
  totalAmount: Amount,
  relatedIdentifiers: z.array(z.object({ relatedIdentifierName: z.string(), relatedIdentifierValue: Text })).nullish(),
  items: z
    .array(
      z.object({
        description: Text,
        totalAmount: Amount.nullish(),
        contexts: z
          .array(z.object({ contextType: Text, sku: Text, asin: Text, quantityShipped: Count.nullish() }))
          .nullish(),
        breakdowns: Breakdowns,
      }),
    )
    .nullish(),
  breakdowns: Breakdowns,
})
export type WireTransaction = z.infer<typeof WireTransaction>
/** Readable even where the transaction is not. */
export const TransactionHead = z.object({ transactionId: z.string().min(1), transactionType: z.string() })

/** Whose it is: no other answer says whose token the call was made with. */
export const TransactionSeller = z.object({ sellingPartnerMetadata: z.object({ sellingPartnerId: z.string().min(1) }) })

export const Transactions = z.object({
  payload: z.object({ transactions: z.array(z.unknown()).nullish(), nextToken: Text }),
})
