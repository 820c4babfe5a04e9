import type { Refund } from '@kontor/core'
import { words } from '../tables/words.ts'
import { lineOf } from './lines.ts'
import { missingCurrency } from './offer-price.ts'
import { aboutOf, contentOf, idFrom, referenceOf, toldId } from './reference.ts'
import { amount, codedBy, currency, identifier, instant, text, type Group } from './values.ts'

/** One refund: all rows with the same order and return, or with the same `id`. */
export function toRefund(
  group: Group<'refunds'>,
  defaults: { readonly currency?: string | undefined },
): Refund | undefined {
  const returnId = group.one('return', identifier)
  const about = aboutOf(group)
  const unit = group.one('currency', currency) ?? defaults.currency
  const money = (value: string | undefined) =>
    value === undefined || unit === undefined ? undefined : { amount: value, currency: unit }
  const total = group.one('total', amount)
  const shipping = group.one('shipping', amount)
  const reason = group.one('reason', codedBy(words.refundReason))
  const status = group.one('status', codedBy(words.refundStatus))
  const rest = { message: group.one('message', text), refundedAt: group.one('refunded_at', instant) }
  const lines = group.rows.flatMap((row) => {
    const line = lineOf(group, row)
    const value = group.of(row, 'amount', amount)
    const tax = group.of(row, 'tax', amount)
    if (line !== undefined) return [{ ...line, amount: money(value), tax: money(tax) }]
    if (value !== undefined)
      group.fault(
        row,
        'amount',
        'a `sku` or `line` beside it; what is given back for the whole order goes into `total`',
      )
    return []
  })
  sameRowTwice(group)
  const amounts = total !== undefined || shipping !== undefined || lines.some((line) => line.amount !== undefined)
  if (unit === undefined && amounts) missingCurrency(group)
  if (about === undefined) {
    if (returnId !== undefined && group.rows[0] !== undefined)
      group.fault(group.rows[0], 'order', 'the order as well as the return', 'ORDER_UNKNOWN')
    return undefined
  }
  return {
    entity: 'refunds',
    id: toldId(group) ?? idFrom(referenceOf(about), returnId, contentOf(group.rows)),
    about,
    returnId,
    status,
    reason,
    ...(lines.length === 0 ? {} : { lines }),
    shipping: money(shipping),
    total: money(total),
    ...rest,
  }
}

/** Money is not added up from rows that may be one row written twice. */
function sameRowTwice(group: Group<'refunds'>): void {
  const seen = new Map<string, number>()
  for (const row of group.rows) {
    const content = contentOf([row])
    const before = seen.get(content)
    if (before !== undefined)
      group.fault(row, 'amount', `another refund than in line ${before}; give each an \`id\` if both are meant`)
    seen.set(content, before ?? row.line)
  }
}
