import { money, type Money, type Refund } from '@kontor/core'
import type { WireTransaction } from '../wire/index.ts'
import { instantOf, textOrNull } from './values.ts'

type Amount = WireTransaction['totalAmount']
type Breakdowns = WireTransaction['breakdowns']

/**
 * Money that was paid back. A deferred transaction is told again when it is released: the second one names the first, and has its id here.
 * Amounts are what the buyer got: fees that Amazon returns to the seller are not part of it.
 */
export function toRefund(transaction: WireTransaction): Refund {
  const identifier = (name: string): string | null =>
    textOrNull(
      transaction.relatedIdentifiers?.find((each) => each.relatedIdentifierName === name)?.relatedIdentifierValue,
    )
  const orderId = identifier('ORDER_ID')
  const deferred = identifier('DEFERRED_TRANSACTION_ID')
  const total = buyerAmount(transaction.breakdowns, transaction.totalAmount)
  const posted = instantOf(transaction.postedDate)
  if (posted === null) throw new RangeError(`its date is ${JSON.stringify(transaction.postedDate.slice(0, 40))}`)
  return {
    entity: 'refunds',
    id: deferred ?? transaction.transactionId,
    about: { entity: 'orders', ...(orderId === null ? {} : { id: orderId, number: orderId }) },
    // Deferred means that the seller's account is settled later; the buyer has the money.
    status: { value: 'done', source: transaction.transactionType },
    destination: { value: 'original_payment' },
    lines: (transaction.items ?? []).flatMap((item) => {
      const product = item.contexts?.find(({ sku }) => textOrNull(sku) !== null)
      const sku = textOrNull(product?.sku)
      if (sku === null || !item.totalAmount) return []
      return [
        {
          sku,
          quantity: product?.quantityShipped ?? null,
          amount: buyerAmount(item.breakdowns, item.totalAmount),
          tax: partOf(item.breakdowns, /^tax/i),
          shipping: partOf(item.breakdowns, /^shipping$/i),
        },
      ]
    }),
    total,
    refundedAt: posted,
    extensions: {
      ...(identifier('REFUND_ID') ? { 'amazon.refundId': identifier('REFUND_ID') } : {}),
      'amazon.net': positive(transaction.totalAmount),
    },
  }
}

/** What Amazon calls sales, where it says; else the whole. */
const buyerAmount = (breakdowns: Breakdowns, total: Amount): Money =>
  positive(breakdowns?.find(({ breakdownType }) => /^sales$/i.test(breakdownType ?? ''))?.breakdownAmount ?? total)

function partOf(breakdowns: Breakdowns, type: RegExp): Money | null {
  const sales = breakdowns?.find(({ breakdownType }) => /^sales$/i.test(breakdownType ?? ''))
  const amount = [...(sales?.breakdowns ?? []), ...(breakdowns ?? [])].find(({ breakdownType }) =>
    type.test(breakdownType ?? ''),
  )?.breakdownAmount
  return amount ? positive(amount) : null
}

/** A refund is told as a negative amount. */
function positive({ currencyAmount, currencyCode }: Amount): Money {
  const value = { amount: currencyAmount, currency: currencyCode }
  return money.compare(value, money.zero(currencyCode)) < 0 ? money.negate(value) : value
}
