import { money, toInstant, type Instant, type Money } from '@kontor/core'

/** Text that says something, or `null`: BigCommerce writes the empty text for none. */
export const textOrNull = (value: string | null | undefined): string | null => (value?.trim() ? value.trim() : null)

/** An RFC 2822 or RFC 3339 date; `null` for the empty text and for what is none. */
export function instantOf(text: string | null | undefined): Instant | null {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? null : toInstant(at)
}

/** Amounts have up to four digits; each figure is rounded half up, once, to its currency. Empty is none. */
export function moneyOf(amount: string | null | undefined, currency: string): Money | null {
  return amount ? money.round({ amount, currency }, 'half-up') : null
}

export function isPositive(amount: string | null | undefined): boolean {
  return amount !== null && amount !== undefined && !amount.startsWith('-') && /[1-9]/.test(amount)
}
