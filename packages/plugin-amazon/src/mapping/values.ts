import { toInstant, type Instant, type Money } from '@kontor/core'
import type { WireMoney } from '../wire/index.ts'

/** Text that says something, or `null`. */
export const textOrNull = (value: string | null | undefined): string | null => (value?.trim() ? value.trim() : null)

/** `null` for what is no date. */
export function instantOf(text: string | null | undefined): Instant | null {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? null : toInstant(at)
}

export const moneyOf = (wire: WireMoney | null | undefined): Money | null =>
  wire ? { amount: wire.amount, currency: wire.currencyCode } : null

/** Only what says something: for extensions. */
export const present = <T>(facts: Readonly<Record<string, T | null | undefined>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(facts).flatMap(([key, value]) => (value === null || value === undefined ? [] : [[key, value]])),
  )
