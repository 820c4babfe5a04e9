import { z } from 'zod'
import { Amount, amountOrNothing, flag, id, many, text } from './fields.ts'

export const OperationWire = z.object({
  operationid: id,
  operationdate: text,
  operationtype: text,
  operationstate: text,
  operationamount: Amount,
  compensationid: text,
})
export type OperationWire = z.infer<typeof OperationWire>
export const OperationsWire = z
  .object({ operations: z.unknown(), hasmoreoperations: flag })
  .transform(({ operations, hasmoreoperations }) => {
    // The flag stands inside `operations`, beside the list.
    const inside = z.object({ operation: many(z.unknown()), hasmoreoperations: flag }).safeParse(operations)
    return {
      operations: inside.success ? inside.data.operation : [],
      hasMore: (inside.success ? inside.data.hasmoreoperations : undefined) ?? hasmoreoperations ?? false,
    }
  })

const paidItem = z.object({
  itemid: id,
  sku: text,
  itemsaleprice: amountOrNothing,
  shippingsaleprice: amountOrNothing,
  itemcommissionexcltax: amountOrNothing,
  itemcommissionvat: amountOrNothing,
  shippingcommissionexcltax: amountOrNothing,
  shippingcommissionvat: amountOrNothing,
  paymentamount: amountOrNothing,
  totalcancellationamount: amountOrNothing,
  itemadjustmentamount: amountOrNothing,
})
const payment = z.object({ purchaseid: text, item: many(paidItem) })
const license = z.object({
  licensefeeid: text,
  licensefeeperiod: text,
  licensefeeamountincltax: amountOrNothing,
  licensefeeassetamountincltax: amountOrNothing,
})
export const CompensationWire = z.object({
  compensationdetails: z.object({
    compensationid: id,
    compensationdate: text,
    invoicenumber: text,
    itempayment: many(payment),
    cancelleditempayment: many(payment),
    itemadjustmentpayment: many(payment),
    licensefee: many(license),
    licensefeeasset: many(license),
  }),
})
export type CompensationWire = z.infer<typeof CompensationWire>['compensationdetails']
