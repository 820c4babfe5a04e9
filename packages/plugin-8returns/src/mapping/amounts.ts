import type { Money } from '@kontor/core'
import type { ReturnFlag } from '../tables/flags.ts'

/** An amount as money: the vendor's digits as they are, whether they came as text or as a number. */
export function toMoney(
  amount: string | null | undefined,
  currency: string | null | undefined,
  flags: Set<ReturnFlag>,
): Money | undefined {
  if (amount === null || amount === undefined) return undefined
  if (currency === null || currency === undefined || !/^[A-Za-z]{3}$/.test(currency)) {
    flags.add('no-currency')
    return undefined
  }
  if (!/^-?\d{1,20}(\.\d{1,10})?$/.test(amount)) {
    flags.add('unreadable-amount')
    return undefined
  }
  return { amount, currency: currency.toUpperCase() }
}
