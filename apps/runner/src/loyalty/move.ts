import { money, type Money, type Points } from '@kontor/core'
import type { Account } from './bookings.ts'
import { whyUndone } from './order-state.ts'
import { pointsToText } from './points-text.ts'
import type { LedgerInput } from './ledger-input.ts'
import { pointsToBeGone } from './target.ts'

export interface Reckoned {
  target: bigint
  refunded: Money
  arithmetic: string
  reason: string
}

/** What should be gone by now. */
export function reckon(given: {
  input: LedgerInput
  account: Account
  total: bigint
  refunded: bigint
  currency: string
}): Reckoned {
  const { input, account, total, currency } = given
  const rounding = input.rules.reverse.rounding
  const undone = whyUndone(input.order, input.rules)
  const refunded = undone !== undefined || given.refunded > total ? total : given.refunded
  const target = pointsToBeGone({ issued: account.issued, total, refunded, rounding })
  const [gone, of] = [money.fromMinor(refunded, currency), money.fromMinor(total, currency)]
  const say = (points: bigint): string => pointsToText(points, account.scale)
  return {
    target,
    refunded: gone,
    arithmetic:
      undone !== undefined
        ? `all ${say(account.issued)}: ${undone}`
        : `${say(account.issued)} × ${gone.amount} / ${of.amount} = ${say(target)} (${rounding})`,
    reason: undone ?? `${gone.amount} of ${of.amount} ${currency} refunded`,
  }
}

/**
 * The booking that brings the account to its target, or none. What could not be taken for want of balance counts as taken until points are
 * given back: nobody is asked for it again.
 */
export function moveStatement(input: LedgerInput, account: Account, { target, reason }: Reckoned): Points | undefined {
  const covered = account.taken + account.forgone
  if (target > covered) return move(input, account, 'reverse', covered, target, reason)
  if (target < account.taken) return move(input, account, 'restore', account.taken, target, reason)
  return undefined
}

function move(
  input: LedgerInput,
  account: Account,
  kind: 'reverse' | 'restore',
  from: bigint,
  to: bigint,
  reason: string,
): Points {
  const say = (points: bigint): string => pointsToText(points, account.scale)
  const earned = account.earns[0]?.record
  return {
    entity: 'points',
    id: `${input.key}:mv:${account.finished}:${say(from)}-${say(to)}`,
    about: earned?.about ?? { entity: 'orders', key: input.key, id: input.order.id },
    kind,
    points: say(kind === 'reverse' ? to - from : from - to),
    member: { ...earned?.member, ...(account.member === undefined ? {} : { id: account.member }) },
    reverses: earned?.id ?? `${input.key}:earn`,
    reason,
    extensions: { 'kontor.closes': to === account.issued },
  }
}
