import type { Order, Points } from '@kontor/core'
import type { LoyaltyRules } from './rules.ts'

export type MemberOf =
  | { is: 'member'; member: Points['member']; guest: boolean }
  | { is: 'none'; reason: 'no_identity' | 'ignored_address' | 'guest' }

/** Whose points they are: the buyer, by e-mail. Nobody becomes a member through a marketplace's mailbox. */
export function memberOf(order: Order, rules: LoyaltyRules): MemberOf {
  const email = normalizeEmail(order.buyer?.email)
  if (email === undefined) return { is: 'none', reason: 'no_identity' }
  if (order.buyer?.emailIsRelay || rules.earn.ignoreEmails.some((pattern) => matches(pattern, email)))
    return { is: 'none', reason: 'ignored_address' }
  const guest = !order.buyer?.id
  if (guest && rules.earn.guests === 'skip') return { is: 'none', reason: 'guest' }
  return { is: 'member', member: { email }, guest }
}

/** Trimmed, lower case, composed; `undefined` for what is no address. */
export function normalizeEmail(text: string | null | undefined): string | undefined {
  const email = (text ?? '').trim().toLowerCase().normalize('NFC')
  return /^[^@\s]+@[^@\s]+$/.test(email) ? email : undefined
}

/** `*` stands for anything; everything else for itself. Without backtracking: patterns come from a config, addresses from anybody. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.toLowerCase().split('*')
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (parts.length === 1) return text === first
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let from = first.length
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return from <= text.length - last.length
}
