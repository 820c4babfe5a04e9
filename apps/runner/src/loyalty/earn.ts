import { Money, money, toExact, type Points } from '@kontor/core'
import type { Account, Booking } from './bookings.ts'
import type { MemberOf } from './member.ts'
import { pointsToText } from './points-text.ts'
import type { LedgerInput } from './ledger-input.ts'
import type { LoyaltyRules } from './rules.ts'

/**
 * Extensions of an `earn` record:
 * - `kontor.total`: what the order was worth in its own currency, where `value` is converted
 * - `kontor.rate`: the rate it was converted with
 * - `kontor.createMember`: false where only a known member earns
 */
const TOTAL = 'kontor.total'
const RATE = 'kontor.rate'
const CREATE_MEMBER = 'kontor.createMember'

interface Value {
  currency: string
  base: bigint
}

/** The first statement about an order. `points` is "0" where the programme reckons from `value` itself. */
export function earnStatement(
  input: LedgerInput,
  whose: Extract<MemberOf, { is: 'member' }>,
  value: Value,
): { is: 'record'; record: Points } | { is: 'no'; reason: string } {
  const { key, rules } = input
  const priced = pricedBy(rules, value)
  if (typeof priced === 'string') return { is: 'no', reason: priced }
  const known = whose.guest && rules.earn.guests === 'known_only'
  const extensions = { ...priced.extensions, ...(known ? { [CREATE_MEMBER]: false } : {}) }
  const record = statement(input, `${key}:earn`, whose.member, priced.value, `order ${input.order.id}`)
  return { is: 'record', record: { ...record, ...(Object.keys(extensions).length > 0 ? { extensions } : {}) } }
}

/** What an order earns on top when it has grown after it earned. To the member that earned. */
export function furtherEarnStatement(input: LedgerInput, account: Account, value: Value, grown: bigint): Points {
  const first = account.earns[0]
  const priced = pricedBy(input.rules, { ...value, base: grown })
  const member = { ...first?.record.member, ...(account.member === undefined ? {} : { id: account.member }) }
  const worth = typeof priced === 'string' ? money.fromMinor(grown, value.currency) : priced.value
  const record = statement(
    input,
    `${input.key}:earn:${account.earns.filter(({ state }) => state === 'done').length}`,
    member,
    worth,
    `order ${input.order.id} has grown`,
  )
  return typeof priced === 'string' || Object.keys(priced.extensions).length === 0
    ? record
    : { ...record, extensions: priced.extensions }
}

function statement(
  { key, order, rules }: LedgerInput,
  id: string,
  member: Points['member'],
  value: Money,
  reason: string,
): Points {
  return {
    entity: 'points',
    id,
    about: { entity: 'orders', key, id: order.id, ...(order.numbers?.[0] ? { number: order.numbers[0] } : {}) },
    kind: 'earn',
    points: pointsFor(value, rules),
    member,
    value,
    reason,
    ...(order.orderedAt ? { occurredAt: order.orderedAt } : {}),
  }
}

/** Whole points for an amount, rounded down: nobody gets a point for half of what it costs. */
function pointsFor(value: Money, { earn: { rate }, decimals }: LoyaltyRules): string {
  if (rate === undefined) return '0'
  const [amount, factor] = [toExact(value.amount), toExact(rate)]
  const scale = amount.scale + factor.scale
  return pointsToText((amount.digits * factor.digits * 10n ** BigInt(decimals)) / 10n ** BigInt(scale), decimals)
}

function pricedBy(
  { currency: rules }: LoyaltyRules,
  { currency, base }: Value,
): { value: Money; extensions: Record<string, string | Money> } | string {
  const value = money.fromMinor(base, currency)
  if (rules.policy === 'order') return { value, extensions: {} }
  if (rules.policy === 'only')
    return rules.currencies.includes(currency)
      ? { value, extensions: {} }
      : `orders in ${currency} do not earn (currency.currencies)`
  if (currency === rules.to) return { value, extensions: {} }
  const rate = rules.rates[currency]
  if (rate === undefined) return `there is no rate for ${currency} (currency.rates)`
  const [amount, factor] = [toExact(value.amount), toExact(rate)]
  const product = money.of(decimalOf(amount.digits * factor.digits, amount.scale + factor.scale), rules.to)
  return { value: money.round(product, 'half-up'), extensions: { [TOTAL]: value, [RATE]: rate } }
}

/** At most ten digits after the point, as decimals are written; what is cut off is far below any currency's smallest unit. */
function decimalOf(digits: bigint, scale: number): string {
  const cut = Math.max(0, scale - 10)
  return pointsToText(digits / 10n ** BigInt(cut), scale - cut)
}

/** What the points of an order were given for, in its own currency: fixed when they were stated. */
export function frozenTotal(
  earns: readonly Booking[],
): { total: bigint; currency: string; rate?: string | undefined } | undefined {
  const totals = earns
    .filter(({ state }) => state !== 'refused' || earns.length === 1)
    .flatMap(({ record }) => totalOf(record) ?? [])
  const currency = totals[0]?.currency
  if (currency === undefined) return undefined
  const rate = earns[0]?.record.extensions?.[RATE]
  const total = totals.reduce((sum, each) => sum + money.toMinor(each, 'half-up'), 0n)
  return { total, currency, rate: typeof rate === 'string' ? rate : undefined }
}

function totalOf(record: Points): Money | undefined {
  const own = Money.safeParse(record.extensions?.[TOTAL])
  if (own.success) return own.data
  return record.value ?? undefined
}
