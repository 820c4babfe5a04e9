import { KontorError, type Decision } from '@kontor/core'
import type { BackMarketConfig } from '../config.ts'
import { lineState, otherReason, reasonOfCancellation } from '../tables/states.ts'
import type { UpdateOrder, WireOrder, WireOrderLine } from '../wire.ts'
import { isIn, isNotYet, isUnknown, lineUnknown, linesMeant, nameOfLine, namesOfLines, standing } from './lines.ts'
import type { Plan } from './plan.ts'

interface DecisionStep {
  body: UpdateOrder
  doing: string
}
type DecisionPlan = Plan<DecisionStep>

/**
 * The next call for a decision, or why there is none. One call moves all lines of one SKU:
 * accept 1→2; cancel 1→4 before acceptance, 2→5 after it. Source: POST /ws/orders/{order_id} and table 6.
 */
export function planDecision(order: WireOrder, decision: Decision, config: BackMarketConfig): DecisionPlan {
  if (decision.decision === 'confirm_preorder')
    return refused('UNSUPPORTED', 'Back Market has no preorders; there is nothing to confirm.')
  const named = decision.lines ?? []
  const lines = named.length === 0 ? order.orderlines : []
  for (const ref of named) {
    const meant = linesMeant(order, ref, config)
    if (meant.length === 0) return { is: 'refused', error: lineUnknown(order, ref) }
    const [first] = meant
    if (
      first !== undefined &&
      typeof ref.quantity === 'number' &&
      ref.quantity < meant.reduce((sum, line) => sum + line.quantity, 0)
    )
      return refused(
        'UNSUPPORTED',
        `Back Market answers a line as a whole; ${nameOfLine(first)} has ${first.quantity} pieces and ${ref.quantity} were named. Name the whole line.`,
      )
    lines.push(...meant.filter((line) => !lines.includes(line)))
  }
  const strange = lines.find(isUnknown)
  if (strange !== undefined)
    return refused(
      'UNSUPPORTED',
      `${standing(strange)}, which this version does not know. Answer it in the back office, or update the plugin.`,
    )
  if (order.state === 0 || order.state === 10)
    return notYet(`Order ${order.order_id} is not paid yet; Back Market takes no answer before.`)
  const held = lines.find(isNotYet)
  if (held !== undefined) return notYet(`${standing(held)}; Back Market takes no answer before.`)
  return decision.decision === 'accept'
    ? planAccept(order, lines, named.length > 0, config)
    : planCancel(order, lines, decision)
}

function planAccept(order: WireOrder, lines: WireOrderLine[], named: boolean, config: BackMarketConfig): DecisionPlan {
  const gone = lines.filter(isIn(lineState.cancelled, lineState.refundedBeforeShipping, lineState.notPaid))
  if (gone.length > 0 && (named || gone.length === lines.length))
    return refused(
      'ALREADY_DIFFERENT',
      `${namesOfLines(gone)} of order ${order.order_id} cannot be accepted: cancelled or never paid. A cancellation is final.`,
    )
  const vat = config.vatType === undefined ? {} : { vat_type: config.vatType }
  return planMove(order, lines, [
    { from: lineState.paid, body: { new_state: 2, ...vat }, doing: 'accept lines of an order' },
  ])
}

function planCancel(order: WireOrder, lines: WireOrderLine[], decision: Decision): DecisionPlan {
  const shipped = lines.filter(isIn(lineState.shipped, lineState.refundedAfterShipping))
  if (shipped.length > 0)
    return refused(
      'ALREADY_DIFFERENT',
      `${namesOfLines(shipped)} of order ${order.order_id} cannot be cancelled: already shipped. Refund it instead.`,
    )
  const accepted = lines.filter(isIn(lineState.accepted))
  if (decision.decision === 'refuse' && accepted.length > 0)
    return refused(
      'ALREADY_DIFFERENT',
      `${namesOfLines(accepted)} of order ${order.order_id} cannot be refused: already accepted. Send the decision \`cancel\` to cancel and refund it.`,
    )
  const return_reason = reasonOfCancellation[decision.reason?.value ?? ''] ?? otherReason
  return planMove(order, lines, [
    {
      from: lineState.paid,
      body: { new_state: 4, return_reason },
      doing: 'cancel lines of an order before acceptance',
    },
    {
      from: lineState.accepted,
      body: { new_state: 5, return_reason },
      doing: 'cancel and refund accepted lines of an order',
    },
  ])
}

interface Move {
  from: number
  body: Omit<UpdateOrder, 'order_id' | 'sku'>
  doing: string
}

/** The first SKU that still has to move; `already` where none has. */
function planMove(order: WireOrder, lines: readonly WireOrderLine[], moves: readonly Move[]): DecisionPlan {
  for (const { from, body, doing } of moves) {
    const line = lines.find(isIn(from))
    if (line === undefined) continue
    if (line.listing === null)
      return refused(
        'UNSUPPORTED',
        `${nameOfLine(line)} of order ${order.order_id} has no SKU, and Back Market addresses lines by SKU. Answer it in the back office.`,
      )
    const twin = order.orderlines.find(
      (other) => other.listing === line.listing && isIn(from)(other) && !lines.includes(other),
    )
    if (twin !== undefined)
      return refused(
        'UNSUPPORTED',
        `${nameOfLine(line)} and ${nameOfLine(twin)} of order ${order.order_id} share a SKU; Back Market would answer both. Name both, or do it in the back office.`,
      )
    return { is: 'act', step: { body: { order_id: Number(order.order_id), sku: line.listing, ...body }, doing } }
  }
  return { is: 'already' }
}

const refused = (code: 'UNSUPPORTED' | 'ALREADY_DIFFERENT', message: string): DecisionPlan => ({
  is: 'refused',
  error: new KontorError(code, { message }),
})
const notYet = (message: string): DecisionPlan => ({ is: 'waiting', error: new KontorError('NOT_YET', { message }) })
