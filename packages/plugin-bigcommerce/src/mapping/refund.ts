import { money, toExact, type Money, type Refund } from '@kontor/core'
import type { WireRefund } from '../wire/index.ts'
import { instantOf, moneyOf, textOrNull } from './values.ts'

/**
 * A refund, for what is confirmed of it: the smaller of its total and the payments that were not declined. `offline` payments count: the
 * merchant paid them back elsewhere. A refund whose payments were all declined afterwards is `declined`.
 */
export function toRefund(refund: WireRefund, currency: string): Refund {
  const total = moneyOf(refund.total_amount, currency) ?? money.zero(currency)
  const payments = refund.payments ?? []
  const standing = payments.filter((payment) => !payment.is_declined)
  const declined = payments.length > 0 && standing.length === 0
  return {
    entity: 'refunds',
    id: refund.id,
    about: { entity: 'orders', id: refund.order_id, number: refund.order_id },
    status: { value: declined ? 'declined' : 'done' },
    destination: destinationOf(standing.length > 0 ? standing : payments),
    lines: linesOf(refund, currency),
    shipping: sumOf(refund, ['SHIPPING', 'HANDLING'], currency),
    total: declined ? total : confirmed(total, standing, payments.length),
    message: textOrNull(refund.reason),
    refundedAt: instantOf(refund.created),
    extensions: {
      'bigcommerce.total': total,
      'bigcommerce.declined': payments.length - standing.length,
    },
  }
}

function confirmed(total: Money, standing: NonNullable<WireRefund['payments']>, payments: number): Money {
  if (payments === 0) return total
  const paid = money.round(
    money.sum(
      standing.map(({ amount }) => ({ amount: amount || '0', currency: total.currency })),
      total.currency,
    ),
    'half-up',
  )
  return money.compare(paid, total) < 0 ? paid : total
}

function destinationOf(payments: NonNullable<WireRefund['payments']>): Refund['destination'] {
  const kinds = [...new Set(payments.map(({ provider_id: provider }) => provider ?? ''))]
  const source = kinds.join(', ').slice(0, 200)
  if (payments.length > 0 && kinds.every((kind) => kind === 'storecredit')) return { value: 'store_credit', source }
  if (payments.length > 0 && kinds.every((kind) => kind === 'giftcertificate')) return { value: 'gift_card', source }
  if (payments.length > 0 && payments.every(({ offline }) => offline)) return { value: 'manual', source }
  return { value: 'original_payment', source }
}

/** Only products name a line; a product has no amount with tax of its own, so none is made up. */
function linesOf(refund: WireRefund, currency: string): Refund['lines'] {
  return (refund.items ?? []).flatMap((item) => {
    if (item.item_type !== 'PRODUCT' || !item.item_id) return []
    const amount = moneyOf(item.requested_amount, currency)
    return [{ lineId: item.item_id, quantity: item.quantity ?? 0, ...(amount ? { amount } : {}) }]
  })
}

function sumOf(refund: WireRefund, types: readonly string[], currency: string): Money | null {
  const amounts = (refund.items ?? []).flatMap((item) => {
    const amount = types.includes(item.item_type) ? moneyOf(item.requested_amount, currency) : null
    return amount && toExact(amount.amount).digits > 0n ? [amount] : []
  })
  return amounts.length === 0 ? null : money.sum(amounts, currency)
}
