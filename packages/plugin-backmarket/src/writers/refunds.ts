import {
  isKontorError,
  KontorError,
  money,
  toInstant,
  type Delivery,
  type Money,
  type Outcome,
  type Refund,
} from '@kontor/core'
import type { RefundRequest, WireOrder, WireOrderLine } from '../wire.ts'
import { lineState, lineStates } from '../tables/states.ts'
import { orderIdOf, orderUnknown } from './about-order.ts'
import { lineUnknown, linesMeant, nameOfLine } from './lines.ts'
import { lookAgain, orderNow, refusedAfter, type Needs } from './one-order.ts'

type RefundDelivery = Delivery<'refunds'>

/**
 * Money back, line by line. Nobody can be asked whether a refund took place, so nothing is ever sent twice: everything is checked
 * before the first call, and a call in doubt has no outcome, so that a person looks.
 */
export function createRefundsWriter(needs: Needs) {
  return { write: (batch: readonly RefundDelivery[], signal: AbortSignal) => writeRefunds(needs, batch, signal) }
}

async function* writeRefunds(
  needs: Needs,
  batch: readonly RefundDelivery[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  for (const delivery of batch) {
    const id = orderIdOf(delivery)
    // Read anew for each: the one before may have changed the same order.
    const order = id === undefined ? orderUnknown(id) : await orderNow(needs, id, signal)
    const outcome = isKontorError(order)
      ? refusedAfter(delivery.key, order)
      : await writeRefund(needs, order, delivery, signal)
    if (outcome !== undefined) yield outcome
  }
}

async function writeRefund(
  needs: Needs,
  order: WireOrder,
  delivery: RefundDelivery,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const { key, record, known } = delivery
  const reference = referenceOf(record)
  // A revision of what was paid: a word about it that changes, or an amount, which cannot be taken back or paid again.
  if (known !== undefined)
    return known.reference === reference
      ? { key, is: 'already', reference }
      : refusedAfter(key, paidBefore(order, known.reference))
  const plan = planRefund(order, record, needs)
  if (plan.is === 'refused') return refusedAfter(key, plan.error)
  if (plan.is === 'waiting') return { key, is: 'waiting', error: plan.error }
  if (plan.is === 'already') return { key, is: 'already', reference }
  const applied: string[] = []
  for (const request of plan.requests) {
    try {
      await needs.client.refundLine(request, { for: [delivery] }, signal)
      applied.push(String(request.orderline_pk))
    } catch (error) {
      if (!isKontorError(error)) throw error
      if (isAnswer(error)) return refusedAfter(key, error, applied)
      if (error.code === 'RATE_LIMITED' && applied.length === 0)
        return { key, is: 'waiting', error, until: toInstant(needs.clock.now() + (error.retryAfterMs ?? 0)) }
      if (!mayHavePaid(error)) throw error
      needs.log.error('A refund is in doubt: look in the back office before anything else is done about it.', {
        order: order.order_id,
        line: request.orderline_pk,
        before: applied.join(' '),
      })
      return undefined
    }
  }
  return { key, is: 'done', reference, detail: { lines: applied }, ...lookAgain(order) }
}

/** What was paid, to know it again: lines with their amounts, under the id of the refund. */
function referenceOf({ id, lines, total, shipping }: Refund): string {
  const parts = (lines ?? []).map(
    ({ lineId, sku, quantity, amount }) =>
      `${lineId ?? sku ?? ''}${quantity === undefined || quantity === null ? '' : `x${quantity}`}=${amount?.amount ?? 'all'}`,
  )
  return [
    id,
    ...parts,
    ...(shipping ? [`shipping=${shipping.amount}`] : []),
    ...(total ? [`total=${total.amount}`] : []),
  ].join(' ')
}

const paidBefore = (order: WireOrder, reference: string | undefined): KontorError =>
  new KontorError('ALREADY_DIFFERENT', {
    message: `This refund about order ${order.order_id} was paid before${reference === undefined ? '' : ` (${reference})`}, and now says something else. Money cannot be taken back or paid in its place: send what is missing as a refund of its own.`,
  })

/** Back Market has answered that it did not do it. */
const isAnswer = ({ code, scope }: KontorError): boolean => scope === 'record' && code !== 'IN_DOUBT'
/** No answer, a broken one, or a fault on its side: nobody knows. */
const mayHavePaid = ({ code }: KontorError): boolean =>
  ['TIMEOUT', 'UPSTREAM_UNAVAILABLE', 'WIRE_MISMATCH', 'ANSWER_TOO_LARGE'].includes(code)

type Plan =
  | { is: 'act'; requests: RefundRequest[] }
  | { is: 'already' }
  | { is: 'waiting'; error: KontorError }
  | { is: 'refused'; error: KontorError }

function planRefund(order: WireOrder, refund: Refund, { config }: Pick<Needs, 'config'>): Plan {
  const status = refund.status?.value ?? 'requested'
  if (status === 'declined' || status === 'failed')
    return refused('UNSUPPORTED', `The refund is ${status} at its source; nothing is paid back.`)
  const destination = refund.destination?.value ?? 'original_payment'
  if (destination !== 'original_payment' && destination !== 'unknown')
    return refused(
      'UNSUPPORTED',
      `Back Market pays back the way the buyer paid; it cannot refund as ${destination}. Do it by hand.`,
    )
  if (order.currency === null)
    return refused('UNSUPPORTED', `Order ${order.order_id} names no currency; refund it in the back office.`)
  const parts = partsOf(order, refund, order.currency, config)
  if ('error' in parts) return { is: 'refused', error: parts.error }
  const requests: RefundRequest[] = []
  for (const { line, amount } of parts) {
    const step = planLine(order, line, amount, order.currency)
    if (step === 'already') continue
    if ('error' in step) return step
    requests.push(step)
  }
  return requests.length === 0 ? { is: 'already' } : { is: 'act', requests }
}

interface Part {
  line: WireOrderLine
  /** `null`: all of the line. */
  amount: Money | null
}

/**
 * Which lines, and how much of each. The API knows lines alone, so shipping is paid back with the first one. Money that does not add up
 * to the refund's own total is not sent: too little can be sent later, too much never comes back.
 */
function partsOf(
  order: WireOrder,
  { lines, total, shipping, fees }: Refund,
  currency: string,
  config: Needs['config'],
): Part[] | { error: KontorError } {
  const told = [total, shipping, ...(lines ?? []).flatMap(({ amount, shipping: ofLine }) => [amount, ofLine])]
  const foreign = told.find((each) => each !== undefined && each !== null && each.currency !== currency)
  if (foreign)
    return wrong(
      `The refund is in ${foreign.currency} and order ${order.order_id} was paid in ${currency}. Nothing is converted; correct it at its source.`,
    )
  const parts: Part[] = []
  for (const ref of lines ?? []) {
    const [line, ...more] = linesMeant(order, ref, config)
    if (line === undefined) return { error: lineUnknown(order, ref) }
    if (more.length > 0)
      return wrong(
        `${nameOfLine(line)} is one of several lines of order ${order.order_id} with that SKU. Name the line by its id.`,
      )
    const amount = add(ref.amount ?? null, ref.shipping ?? null)
    if (amount === null && !total && typeof ref.quantity === 'number' && ref.quantity < line.quantity)
      return wrong(
        `The refund names ${ref.quantity} of ${line.quantity} pieces of ${nameOfLine(line)} and no amount. Back Market refunds amounts: say how much.`,
      )
    parts.push({ line, amount })
  }
  if (parts.length === 0) parts.push(...order.orderlines.map((line) => ({ line, amount: null })))
  const [first, ...rest] = parts
  if (first === undefined) return wrong(`Order ${order.order_id} has no lines; there is nothing to refund.`)
  const all = [{ ...first, amount: add(first.amount, shipping ?? null) }, ...rest]
  if (!total) return all
  if (rest.length === 0 && (first.amount === null || (fees ?? []).length > 0))
    return [{ line: first.line, amount: total }]
  const amounts = all.map(({ amount }) => amount).filter((amount) => amount !== null)
  if (amounts.length < all.length)
    return wrong(
      `The refund names a total for several lines of order ${order.order_id}, and not how much of each. Back Market refunds lines: say the amount of each.`,
    )
  const sum = money.sum(amounts, currency)
  return money.equal(sum, total)
    ? all
    : wrong(
        `The lines of the refund come to ${sum.amount} ${currency}, and it says ${total.amount} in all. Correct it at its source.`,
      )
}

const wrong = (message: string): { error: KontorError } => ({ error: new KontorError('REQUEST_REJECTED', { message }) })
const add = (a: Money | null, b: Money | null): Money | null => (a === null || b === null ? a : money.add(a, b))

function planLine(
  order: WireOrder,
  line: WireOrderLine,
  amount: Money | null,
  currency: string,
): RefundRequest | 'already' | Exclude<Plan, { is: 'act' | 'already' }> {
  const facts = lineStates[line.state ?? -1]
  const orderline_pk = Number(line.id)
  if (facts?.refunded === true) {
    return amount === null || line.state !== lineState.refundedAfterShipping
      ? 'already'
      : refused(
          'ALREADY_DIFFERENT',
          `${nameOfLine(line)} of order ${order.order_id} is refunded in full; there is nothing left to pay back.`,
        )
  }
  if (amount !== null && money.compare(amount, money.zero(currency)) <= 0)
    return refused(
      'REQUEST_REJECTED',
      `The refund of ${nameOfLine(line)} is ${amount.amount} ${currency}; it must be above zero.`,
    )
  if (line.state === lineState.shipped)
    return {
      orderline_pk,
      refund_type: 6,
      ...(amount === null ? {} : { amount: Number(money.round(amount, 'half-up').amount) }),
    }
  if (line.state === lineState.paid || line.state === lineState.accepted) {
    const whole = wholeOf(line, currency)
    if (amount !== null && (whole === undefined || money.compare(amount, whole) < 0))
      return refused(
        'UNSUPPORTED',
        `${nameOfLine(line)} of order ${order.order_id} is not shipped yet, and before shipping Back Market refunds a line in full only. Wait until it is shipped, or cancel it.`,
      )
    return { orderline_pk, refund_type: line.state === lineState.paid ? 4 : 5 }
  }
  const error = new KontorError(line.state === lineState.notPaid ? 'REQUEST_REJECTED' : 'NOT_YET', {
    message: `${nameOfLine(line)} of order ${order.order_id} is in state ${line.state ?? 'none'} (${facts?.name ?? 'unknown'}); nothing was paid that could be paid back.`,
  })
  return line.state === lineState.notPaid ? { is: 'refused', error } : { is: 'waiting', error }
}

function wholeOf({ price, quantity }: WireOrderLine, currency: string): Money | undefined {
  return price !== null && /^\d+(\.\d+)?$/.test(price) ? money.times({ amount: price, currency }, quantity) : undefined
}

const refused = (
  code: 'UNSUPPORTED' | 'REQUEST_REJECTED' | 'ALREADY_DIFFERENT',
  message: string,
): { is: 'refused'; error: KontorError } => ({ is: 'refused', error: new KontorError(code, { message }) })
