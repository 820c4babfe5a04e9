import { money, type Payout } from '@kontor/core'
import type { CompensationWire, OperationWire } from '../wire/index.ts'
import { toMoney } from './order.ts'
import { parseParisTime } from './paris-time.ts'
import { told } from './told.ts'

type PayoutLine = NonNullable<Payout['lines']>[number]

/** A transfer of the wallet, with the lines it is made of where they could be read. Amounts are positive; `kind` gives the direction. */
export function toPayout(operation: OperationWire, details: CompensationWire | undefined): Payout {
  const debit = operation.operationtype?.toLowerCase() === 'debit'
  const total = toMoney(operation.operationamount)
  return told<Payout>({
    entity: 'payouts',
    id: operation.operationid,
    numbers: [
      ...new Set(
        [operation.operationid, operation.compensationid, details?.invoicenumber].filter((one) => one !== undefined),
      ),
    ],
    kind: debit ? 'charge' : 'payout',
    total: total.amount.startsWith('-') ? money.negate(total) : total,
    paidAt: parseParisTime(operation.operationdate)?.instant,
    invoiceNumber: details?.invoicenumber,
    lines: details && linesOf(details),
    extensions: told({ 'rakuten.state': operation.operationstate, 'rakuten.compensationId': operation.compensationid }),
  })
}

/** What came to the seller is positive, what was taken is negative. */
function linesOf(details: CompensationWire): PayoutLine[] {
  const of = (kind: 'sale' | 'cancellation' | 'adjustment', payments: CompensationWire['itempayment']): PayoutLine[] =>
    payments.flatMap(({ purchaseid, item }) =>
      item.flatMap((one): PayoutLine[] => {
        const amount =
          kind === 'sale'
            ? one.paymentamount
            : kind === 'cancellation'
              ? one.totalcancellationamount
              : one.itemadjustmentamount
        if (amount === undefined) return []
        const value = toMoney(amount)
        return [
          {
            id: `${kind}:${one.itemid}`,
            kind,
            amount: kind === 'sale' ? value : money.negate(value),
            ...(purchaseid === undefined
              ? {}
              : { order: { entity: 'orders' as const, id: purchaseid, number: purchaseid } }),
          },
        ]
      }),
    )
  const fee = (kind: 'subscription' | 'subscription_refund', fees: CompensationWire['licensefee']): PayoutLine[] =>
    fees.flatMap((one): PayoutLine[] => {
      const amount = kind === 'subscription' ? one.licensefeeamountincltax : one.licensefeeassetamountincltax
      if (amount === undefined) return []
      const value = toMoney(amount)
      return [
        {
          id: `${kind}:${one.licensefeeid ?? one.licensefeeperiod ?? '1'}`,
          kind,
          amount: kind === 'subscription' ? money.negate(value) : value,
        },
      ]
    })
  return [
    ...of('sale', details.itempayment),
    ...of('cancellation', details.cancelleditempayment),
    ...of('adjustment', details.itemadjustmentpayment),
    ...fee('subscription', details.licensefee),
    ...fee('subscription_refund', details.licensefeeasset),
  ]
}
