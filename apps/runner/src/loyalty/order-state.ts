import { toInstant, toMs, type Instant, type Order } from '@kontor/core'
import type { LoyaltyRules } from './rules.ts'

/** Whether an order may earn now. `not_yet` is asked again when the order changes, or at `at`. */
export type MayEarn = { is: 'yes' } | { is: 'not_yet'; reason: string; at?: Instant } | { is: 'never'; reason: string }

const DAY_MS = 86_400_000

/** Flags of a record that say it is no sale of this shop. */
const foreignFlags: Readonly<Record<string, string>> = {
  migrated: 'it was brought over from another system',
  archived: 'it is archived',
}

export function mayEarn(order: Order, rules: LoyaltyRules, now: number): MayEarn {
  const { earn } = rules
  if (order.test) return { is: 'never', reason: 'it is a test order' }
  const flag = order.flags?.find((one) => one in foreignFlags)
  if (flag !== undefined) return { is: 'never', reason: foreignFlags[flag] ?? flag }
  if (earn.startAt && order.orderedAt && toMs(order.orderedAt) < toMs(earn.startAt))
    return { is: 'never', reason: `it was placed before ${earn.startAt} (earn.startAt)` }
  const state = whyNotYet(order, earn.when)
  if (state !== undefined) return { is: 'not_yet', reason: state }
  if (earn.delayDays > 0 && order.orderedAt) {
    const due = toMs(order.orderedAt) + earn.delayDays * DAY_MS
    if (due > now)
      return { is: 'not_yet', reason: `its ${earn.delayDays} days are not over (earn.delayDays)`, at: toInstant(due) }
  }
  return { is: 'yes' }
}

function whyNotYet(order: Order, when: LoyaltyRules['earn']['when']): string | undefined {
  if (order.lifecycle?.value === 'draft') return 'it is not placed yet'
  if (order.lifecycle?.value === 'cancelled') return 'it is cancelled'
  if (order.payment?.value === 'failed') return 'its payment failed'
  if (when === 'created') return undefined
  if (order.hold) return 'it is on hold'
  const under = order.fulfilment?.value
  const over = order.lifecycle?.value === 'completed' || under === 'shipped' || under === 'delivered'
  if (when === 'completed') return over ? undefined : 'it is not completed (earn.when)'
  const payment = order.payment?.value
  const paid =
    payment === 'paid' || payment === 'partially_refunded' || payment === 'refunded' || payment === 'not_required'
  return paid || over || under === 'partially_shipped' ? undefined : 'it is not paid (earn.when)'
}

/** Why the whole order counts as taken back although no refund says so; `undefined` where it does not. */
export function whyUndone(order: Order, rules: LoyaltyRules): string | undefined {
  if (rules.reverse.onCancel && (order.lifecycle?.value === 'cancelled' || order.payment?.value === 'failed'))
    return 'the order is cancelled (reverse.onCancel)'
  if (rules.reverse.onStatus.includes('refunded') && order.payment?.value === 'refunded')
    return 'its status is refunded (reverse.onStatus)'
  return undefined
}

/** What a status says that has no effect by these rules, for people who wonder. */
export function statusWithoutEffect(order: Order, rules: LoyaltyRules, refunds: number): string | undefined {
  const payment = order.payment?.value
  if (refunds > 0 || (payment !== 'refunded' && payment !== 'partially_refunded')) return undefined
  if (payment === 'refunded' && rules.reverse.onStatus.includes('refunded')) return undefined
  return `the status says ${payment}, but the shop has no refund: a status alone takes no points back`
}
