import {
  KontorError,
  money,
  type Decision,
  type Delivery,
  type LineRef,
  type Money,
  type Order,
  type OrderLine,
  type Refund,
} from '@kontor/core'

/**
 * A refund as the cancellation it is at Rakuten: of whole articles, each paid back in full. What is less than that cannot be sent: a discount
 * ("remise") exists in the back office alone. So it is refused with words that say what a person has to do.
 */
export function toCancellation({
  record,
  order,
  ...delivery
}: Delivery<'refunds'>): Delivery<'decisions'> | KontorError {
  const decision = order === undefined ? cancellation(record, []) : decisionFor(record, order)
  if (decision instanceof Error) return decision
  const { known: _, ...others } = delivery
  return { ...others, record: decision, ...(order === undefined ? {} : { order }) }
}

function decisionFor(refund: Refund, order: Order): Decision | KontorError {
  const status = refund.status?.value
  if (status === 'declined' || status === 'failed')
    return new KontorError('UNSUPPORTED', { message: `The refund is ${status} at its source; nothing is paid back.` })
  const destination = refund.destination?.value ?? 'original_payment'
  if (destination !== 'original_payment' && destination !== 'unknown')
    return new KontorError('UNSUPPORTED', {
      message: `Rakuten pays back the way the buyer paid; it cannot refund as ${destination}. Do it by hand, then skip this delivery.`,
    })
  const refs = refund.lines ?? []
  if (refs.length === 0) return wholeOrder(refund, order)
  const lines: LineRef[] = []
  for (const ref of refs) {
    const line = (order.lines ?? []).find((each) =>
      ref.lineId == null ? each.sku === ref.sku : each.id === ref.lineId,
    )
    if (line === undefined)
      return new KontorError('REQUEST_REJECTED', {
        message: `The order has no line ${ref.lineId ?? `with SKU ${ref.sku ?? '(none)'}`}. Correct the line of the refund at its source.`,
      })
    // Without a number of pieces the whole line is meant, also what cannot be cancelled any more: that is said then.
    const quantity = ref.quantity ?? line.quantity
    const paid = paidFor(line, quantity)
    if (ref.amount != null && (paid === undefined || !isAll(ref.amount, paid, line.shipping?.value)))
      return partial(ref.amount, paid)
    lines.push({ lineId: line.id, quantity })
  }
  return cancellation(refund, lines)
}

function wholeOrder(refund: Refund, order: Order): Decision | KontorError {
  const { total } = refund
  if (total == null) return cancellation(refund, [])
  const paid = (order.lines ?? []).map((line) => paidFor(line, line.quantity))
  const goods = paid.every((each) => each !== undefined) ? money.sum(paid, total.currency) : undefined
  const all = [goods, order.totals?.grand ?? undefined].some((each) => each !== undefined && same(each, total))
  return all ? cancellation(refund, []) : partial(total, goods)
}

const cancellation = ({ id, about, message }: Refund, lines: readonly LineRef[]): Decision => ({
  entity: 'decisions',
  id,
  about: about ?? { entity: 'orders' },
  decision: 'cancel',
  ...(lines.length === 0 ? {} : { lines: [...lines] }),
  ...(message == null ? {} : { message }),
})

/** What the buyer paid for so many pieces of a line; units of a line have one price. */
const paidFor = (line: OrderLine, pieces: number): Money | undefined => {
  const { total, unitPrice, quantity } = line
  if (total == null) return unitPrice == null ? undefined : money.times(unitPrice.value, pieces)
  if (pieces === quantity) return total.value
  const cents = money.toMinor(total.value, 'half-up')
  return cents % BigInt(quantity) === 0n
    ? money.fromMinor((cents / BigInt(quantity)) * BigInt(pieces), total.value.currency)
    : undefined
}

const same = (a: Money, b: Money): boolean => a.currency === b.currency && money.equal(a, b)
/** The goods, or the goods with what shipping them cost, which Rakuten pays back with them. */
const isAll = (amount: Money, paid: Money, shipping: Money | undefined): boolean =>
  same(amount, paid) || (shipping?.currency === paid.currency && same(amount, money.add(paid, shipping)))

const shown = (value: Money | undefined): string =>
  value === undefined ? 'an unknown price' : `${value.amount} ${value.currency}`
const partial = (amount: Money, paid: Money | undefined): KontorError =>
  new KontorError('UNSUPPORTED', {
    message: `Rakuten pays back whole articles only: ${shown(amount)} of ${shown(paid)} cannot be sent. Give it as a discount ("remise", at most 50 %) in the back office, then skip this delivery.`,
  })
