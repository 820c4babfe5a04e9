import { money, type Order, type Points } from '@kontor/core'
import { accountOf, type Account } from './bookings.ts'
import { earnStatement, furtherEarnStatement, frozenTotal } from './earn.ts'
import type { Explanation } from './explanation.ts'
import { memberOf } from './member.ts'
import { moveStatement, type Reckoned, reckon } from './move.ts'
import type { LedgerInput } from './ledger-input.ts'
import { mayEarn, statusWithoutEffect } from './order-state.ts'
import { pointsToText } from './points-text.ts'
import { sumRefunds } from './refunds.ts'
import { valueOfOrder } from './value.ts'

export interface Recomputed {
  /** At most one: what is to be booked next. None where something is under way, or nothing is to be done. */
  statements: readonly Points[]
  explanation: Explanation
}

/**
 * Where an order's points should be, and what is to be booked so that they are. Pure: the same input gives the same statements under the
 * same ids, whoever reckons, and however often. To be called again for every new revision of the order or of a refund about it, and
 * whenever a booking has settled.
 */
export function recompute(input: LedgerInput): Recomputed {
  const { key, order, refunds, returned = [], issued, rules, now } = input
  const account = accountOf(issued, rules.decimals)
  const explanation = begin(key, order, account)
  const value = valueOfOrder(order, rules.earn.value)
  if (value === undefined) return ended(explanation, 'waiting', 'the total of the order is not told')
  explanation.value = { basis: rules.earn.value, now: money.fromMinor(value.base, value.currency) }

  const frozen = frozenTotal(account.earns)
  const currency = frozen?.currency ?? value.currency
  const refunded = sumRefunds(order, input, { ...value, currency }, rules)
  explanation.refunds = refunded.explained
  explanation.problems.push(...refunded.problems)
  const idle = statusWithoutEffect(order, rules, refunds.length + returned.length)
  if (idle !== undefined) explanation.problems.push(idle)

  if (frozen === undefined) {
    explanation.refunded = money.fromMinor(limited(refunded.sum, value.base), currency)
    return earn({ input, explanation, value, refunded: refunded.sum })
  }
  explanation.value.frozen = money.fromMinor(frozen.total, frozen.currency)
  explanation.value.rate = frozen.rate
  if (value.currency !== frozen.currency) {
    explanation.problems.push(`the order is in ${value.currency} now and has earned in ${frozen.currency}`)
    return ended(explanation, 'stuck', 'its currency has changed')
  }
  if (account.open !== undefined) return ended(explanation, 'waiting', `${account.open.record.id} is under way`)
  if (!account.earns.some(({ state }) => state === 'done'))
    return ended(explanation, 'stuck', 'the programme refused its points')

  const grown = value.base - frozen.total
  if (grown !== 0n) {
    explanation.problems.push(
      `the total was ${money.fromMinor(frozen.total, currency).amount} when it earned and is ${money.fromMinor(value.base, currency).amount} now (reverse.onTotalChange: ${rules.reverse.onTotalChange})`,
    )
    if (grown > 0n && rules.reverse.onTotalChange === 'adjust' && mayEarn(order, rules, now).is === 'yes') {
      const further = furtherEarnStatement(input, account, value, grown)
      if (!isRefused(account, further)) return stated(explanation, [further])
    }
  }
  const shrunk = grown < 0n && rules.reverse.onTotalChange === 'adjust' ? -grown : 0n
  return settle(
    input,
    account,
    explanation,
    reckon({ input, account, total: frozen.total, refunded: refunded.sum + shrunk, currency }),
  )
}

const isRefused = (account: Account, { id }: Points): boolean => account.refused.some(({ record }) => record.id === id)
const limited = (sum: bigint, most: bigint): bigint => (sum > most ? most : sum)

function begin(key: string, order: Order, account: Account): Explanation {
  const say = (points: bigint): string => pointsToText(points, account.scale)
  return {
    order: { key, id: order.id, number: order.numbers?.[0], orderedAt: order.orderedAt ?? undefined },
    state: 'settled',
    because: '',
    refunds: [],
    points: {
      issued: say(account.issued),
      target: '0',
      taken: say(account.taken),
      shortfall: say(account.forgone),
      left: say(account.issued - account.taken),
    },
    stated: [],
    problems: [],
  }
}

interface Earning {
  input: LedgerInput
  explanation: Explanation
  value: { currency: string; base: bigint }
  refunded: bigint
}

function earn({ input, explanation, value, refunded }: Earning): Recomputed {
  const { order, rules, now } = input
  const may = mayEarn(order, rules, now)
  if (may.is === 'never') return ended(explanation, 'never', may.reason)
  if (value.base <= 0n) return ended(explanation, 'never', 'its value is zero')
  if (refunded >= value.base) return ended(explanation, 'never', 'it was refunded in full before it earned')
  if (may.is === 'not_yet') return ended({ ...explanation, at: may.at }, 'waiting', may.reason)
  const whose = memberOf(order, rules)
  if (whose.is === 'none') return ended(explanation, 'never', withoutMember[whose.reason])
  const statement = earnStatement(input, whose, value)
  if (statement.is === 'no') return ended(explanation, 'never', statement.reason)
  return stated(explanation, [statement.record])
}

const withoutMember = {
  no_identity: 'no_identity: the order has no e-mail address',
  ignored_address: 'its e-mail address is a mailbox of a marketplace (earn.ignoreEmails)',
  guest: 'it is an order of a guest (earn.guests)',
} as const

function settle(input: LedgerInput, account: Account, explanation: Explanation, reckoned: Reckoned): Recomputed {
  explanation.refunded = reckoned.refunded
  explanation.points.target = pointsToText(reckoned.target, account.scale)
  explanation.points.arithmetic = reckoned.arithmetic
  const move = moveStatement(input, account, reckoned)
  if (move === undefined) return ended(explanation, 'settled', 'what is booked is what should be')
  if (isRefused(account, move)) return ended(explanation, 'stuck', `the programme refused ${move.id}`)
  return stated(explanation, [move])
}

function ended(explanation: Explanation, state: Explanation['state'], because: string): Recomputed {
  return { statements: [], explanation: { ...explanation, state, because } }
}

function stated(explanation: Explanation, statements: readonly Points[]): Recomputed {
  const list = statements.map(({ id, kind, points }) => ({ id, kind, points }))
  const because = `${list.map(({ kind }) => kind).join(', ')} to be booked`
  return { statements, explanation: { ...explanation, state: 'stated', because, stated: list } }
}
