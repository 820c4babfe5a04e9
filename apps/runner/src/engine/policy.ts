import { money, type Money, type Order, type OrderLine } from '@kontor/core'
import type { DecideCase } from '../config/config.ts'

/** What is known of the stock for some lines of an order: enough for it after the orders before it, not enough, or neither can be said. */
export type StockWord = 'enough' | 'short' | 'unknown'

export interface Judged {
  decision?: 'accept' | 'refuse'
  /** Why this decision; without one, why no rule fits: for people. */
  why: string
}

/** What the first rule that fits says about the lines of an order that wait. */
export function judge(
  rules: readonly DecideCase[],
  order: Order,
  lines: readonly OrderLine[],
  stock: StockWord,
): Judged {
  const misses: string[] = []
  for (const [index, rule] of rules.entries()) {
    const miss = whyNot(rule, order, lines, stock)
    if (miss === undefined) return { decision: rule.decide, why: `rule ${index + 1} fits` }
    misses.push(`rule ${index + 1}: ${miss}`)
  }
  return { why: misses.join('; ') }
}

/** Why a rule does not fit; `undefined` where it does. What is not known never fits. */
function whyNot(rule: DecideCase, order: Order, lines: readonly OrderLine[], stock: StockWord): string | undefined {
  const skus = lines.map(({ sku }) => sku ?? undefined)
  if (rule.skus) {
    const patterns = rule.skus
    const stranger = skus.findIndex((sku) => sku === undefined || !matchesAny(patterns, sku))
    if (skus.length === 0 || stranger >= 0) return `SKU ${skus[stranger] ?? '(no SKU)'} is none of its \`skus\``
  }
  const excepted = skus.find((sku) => sku !== undefined && matchesAny(rule.exceptSkus ?? [], sku))
  if (excepted !== undefined) return `SKU ${excepted} is among its \`exceptSkus\``
  if (rule.exceptSkus && skus.includes(undefined)) return 'a line has no SKU'
  if (rule.countries) {
    const country = (order.shipTo?.address ?? order.pickup?.address)?.countryCode ?? undefined
    if (country === undefined) return 'the country it goes to is not known'
    if (!rule.countries.includes(country)) return `${country} is none of its \`countries\``
  }
  const amount = amountMiss(rule, lines)
  if (amount !== undefined) return amount
  const pieces = lines.reduce((sum, line) => sum + line.quantity, 0)
  if (rule.pieces !== undefined && pieces > rule.pieces) return `${pieces} pieces are more than ${rule.pieces}`
  if (rule.stock !== undefined && stock !== rule.stock)
    return stock === 'unknown'
      ? 'its stock is not known'
      : stock === 'short'
        ? 'there is not enough stock'
        : 'there is enough stock'
  return undefined
}

function amountMiss({ amountFrom, amountTo }: DecideCase, lines: readonly OrderLine[]): string | undefined {
  if (!amountFrom && !amountTo) return undefined
  const goods = valueOf(lines)
  if (goods === undefined) return 'what its goods cost is not known'
  for (const [limits, over] of [
    [amountTo, true],
    [amountFrom, false],
  ] as const) {
    if (limits === undefined) continue
    const limit = limits[goods.currency]
    if (limit === undefined)
      return `its goods cost ${goods.amount} ${goods.currency}, a currency the rule does not name`
    const difference = money.compare(goods, money.of(limit, goods.currency))
    if (over ? difference > 0 : difference < 0)
      return `its goods cost ${goods.amount} ${goods.currency}, ${over ? 'more' : 'less'} than ${limit}`
  }
  return undefined
}

/** What the buyer pays for these lines, without shipping; `undefined` where one has no price, or they are in several currencies. */
function valueOf(lines: readonly OrderLine[]): Money | undefined {
  const values = lines.map((line) =>
    line.total ? line.total.value : line.unitPrice ? money.times(line.unitPrice.value, line.quantity) : undefined,
  )
  const told = values.filter((value) => value !== undefined)
  const [first] = told
  return first === undefined || told.length < values.length || told.some(({ currency }) => currency !== first.currency)
    ? undefined
    : money.sum(told, first.currency)
}

const matchesAny = (patterns: readonly string[], sku: string): boolean =>
  patterns.some((pattern) => matches(pattern, sku))

/** `*` stands for any characters; everything else is itself, in its own case. Steps through the parts, so that no pattern is slow. */
export function matches(pattern: string, text: string): boolean {
  const [head = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === text
  const tail = rest.pop() ?? ''
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false
  let at = head.length
  const end = text.length - tail.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
