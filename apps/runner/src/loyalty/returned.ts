import {
  divideRounded,
  money,
  type Money,
  type Refund,
  type Resolution,
  type Return,
  type ReturnLine,
} from '@kontor/core'
import type { z } from 'zod'

type Wanted = z.infer<typeof Resolution>['value']

/** What the buyer gets for these is no money. */
const withoutMoney: readonly (Wanted | undefined)[] = ['exchange', 'replacement', 'repair', 'none']
const asCredit: readonly (Wanted | undefined)[] = ['store_credit', 'gift_card']

/**
 * The money a return says was given back, as refunds: some systems tell of a refund only there. Money and store credit apart, since a programme
 * may treat them differently. Empty where the return tells of none; a total that cannot be told is left open, for a person to see.
 */
export function refundsOfReturn(record: Return): Refund[] {
  const state = record.financial?.value
  if (!record.about || (state !== 'refunded' && state !== 'partially_refunded')) return []
  const lines = (record.lines ?? []).filter((line) => !withoutMoney.includes(wantedOf(line)))
  const told = lines.filter((line) => (line.quantity.refunded ?? 0) > 0)
  // Where a whole return is refunded and no line says so, every line that was not taken back is.
  const paid = told.length > 0 || state === 'partially_refunded' ? told : lines
  const credit = paid.filter((line) => asCredit.includes(wantedOf(line)))
  const cash = paid.filter((line) => !credit.includes(line))
  if (record.totals?.refund && (credit.length === 0 || cash.length === 0))
    return [refundOf(record, paid, record.totals.refund, credit.length > 0)]
  return [
    ...(cash.length > 0 ? [refundOf(record, cash, sumOf(record, cash, true), false)] : []),
    ...(credit.length > 0 ? [refundOf(record, credit, sumOf(record, credit, cash.length === 0), true)] : []),
    // A part was paid back, and nobody says of what.
    ...(paid.length === 0 && state === 'partially_refunded' ? [refundOf(record, [], undefined, false)] : []),
  ]
}

const wantedOf = (line: ReturnLine): Wanted | undefined => (line.resolution ?? line.requestedResolution)?.value

const refundedPieces = ({ quantity }: ReturnLine): number =>
  (quantity.refunded ?? 0) > 0 ? (quantity.refunded ?? 0) : quantity.requested - (quantity.cancelled ?? 0)

function refundOf(record: Return, lines: readonly ReturnLine[], total: Money | undefined, credit: boolean): Refund {
  return {
    entity: 'refunds',
    id: `${record.id}${credit ? '/credit' : ''}`,
    about: record.about ?? { entity: 'orders' },
    returnId: record.id,
    status: { value: 'done', ...(record.financial?.source === undefined ? {} : { source: record.financial.source }) },
    ...(credit ? { destination: { value: 'store_credit' as const } } : {}),
    reason: { value: 'return' },
    lines: lines.flatMap((line) =>
      typeof line.orderLineId === 'string' ? [{ lineId: line.orderLineId, quantity: refundedPieces(line) }] : [],
    ),
    total,
    refundedAt: record.refundedAt,
  }
}

/** Of the lines, with what was paid for shipping and without the fees that were kept. `undefined` where one of them is not told. */
function sumOf(record: Return, lines: readonly ReturnLine[], withShipping: boolean): Money | undefined {
  const parts = lines.flatMap((line) => [amountOf(line), ...(line.fees ?? []).map(({ amount }) => negative(amount))])
  const { shippingRefund, fees } = record.totals ?? {}
  if (withShipping && shippingRefund) parts.push(shippingRefund)
  if (withShipping && fees && lines.every((line) => !line.fees?.length)) parts.push(negative(fees))
  const currency = parts[0]?.currency
  let sum = 0n
  for (const part of parts) {
    if (!part || currency === undefined || part.currency !== currency) return undefined
    sum += minor(part)
  }
  return currency === undefined ? undefined : money.fromMinor(sum < 0n ? 0n : sum, currency)
}

const minor = (amount: Money): bigint => money.toMinor(amount, 'half-up')
const negative = (amount: Money): Money => money.fromMinor(-minor(amount), amount.currency)

function amountOf(line: ReturnLine): Money | undefined {
  if (line.refundAmount) return line.refundAmount
  const pieces = BigInt(refundedPieces(line))
  if (line.unitPrice) return money.fromMinor(minor(line.unitPrice) * pieces, line.unitPrice.currency)
  if (!line.total || line.quantity.requested <= 0) return undefined
  return money.fromMinor(
    divideRounded(minor(line.total) * pieces, BigInt(line.quantity.requested), 'half-up'),
    line.total.currency,
  )
}
