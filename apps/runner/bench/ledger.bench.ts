/**
 * 100,000 orders with 20,000 refunds through the loyalty ledger, and beside it the loop most connectors have: each refund rounded on its
 * own. Prints operations a second, memory, and how often and by how much the loop is wrong. Then 100,000 random cases of the properties.
 */
import { money, type Order, type Points, type Refund } from '@kontor/core'
import * as fc from 'fast-check'
import type { Booking } from '../src/loyalty/bookings.ts'
import { LoyaltyRules, pointsToBeGone, recompute } from '../src/loyalty/index.ts'

const ORDERS = 100_000
const REFUNDS = 20_000
const NOW = Date.parse('2026-06-01T12:00:00Z')

/** A small fixed generator (mulberry32): every run measures the same work. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

interface Case {
  order: Order
  total: number
  points: bigint
  refunds: Refund[]
}

function makeCases(): Case[] {
  const below = generator(7)
  const cases = Array.from({ length: ORDERS }, (_, index): Case => {
    const total = 500 + below(40_000)
    const order: Order = {
      entity: 'orders',
      id: String(index),
      lifecycle: { value: 'open' },
      buyer: { id: '1', email: 'erika.muster@example.com' },
      totals: { grand: money.fromMinor(BigInt(total), 'EUR') },
    }
    return { order, total, points: BigInt(Math.floor(total / 100) + below(40)), refunds: [] }
  })
  let made = 0
  while (made < REFUNDS) {
    const one = cases[below(ORDERS)]
    if (one === undefined || one.refunds.length > 0) continue
    const parts = Math.min(1 + below(4), REFUNDS - made)
    // Every other refunded order is refunded in full, in `parts` parts.
    let left = below(2) === 0 ? one.total : Math.floor(one.total * 0.6)
    for (let part = 0; part < parts; part++) {
      const minor = part === parts - 1 ? left : Math.floor(left / (parts - part)) + below(3)
      left -= minor
      one.refunds.push({
        entity: 'refunds',
        id: `${one.order.id}-${part}`,
        about: { entity: 'orders', id: one.order.id },
        status: { value: 'done' },
        total: money.fromMinor(BigInt(minor), 'EUR'),
      })
      made += 1
    }
  }
  return cases
}

const rules = LoyaltyRules.parse({})
const report = (what: string, value: string): void => console.log(`${what.padEnd(44)} ${value}`)
const perSecond = (count: number, ms: number): string => `${Math.round((count / ms) * 1000).toLocaleString('en')}/s`

/** Every order and every refund as it comes in, each booking confirmed before the next question. */
function throughLedger(cases: readonly Case[]): { asked: number; booked: number; left: Map<string, bigint> } {
  const left = new Map<string, bigint>()
  let [asked, booked] = [0, 0]
  for (const { order, points, refunds } of cases) {
    const issued: Booking[] = []
    let balance = 0n
    for (let heard = 0; heard <= refunds.length; heard++) {
      for (;;) {
        const input = { key: `shop/${order.id}`, order, refunds: refunds.slice(0, heard), issued, rules, now: NOW }
        const [record] = recompute(input).statements
        asked += 1
        if (record === undefined) break
        issued.push(settled(record, points))
        balance +=
          record.kind === 'earn' ? points : record.kind === 'reverse' ? -BigInt(record.points) : BigInt(record.points)
        booked += 1
      }
    }
    left.set(order.id, balance)
  }
  return { asked, booked, left }
}

const settled = (record: Points, points: bigint): Booking => ({
  record,
  state: 'done',
  points: record.kind === 'earn' ? String(points) : record.points,
})

/** What a connector does that looks at one refund at a time, in floating point: `round(points * refund / total)`. */
function naively({ points, total, refunds }: Case): number {
  return refunds.reduce(
    (left, refund) => left - Math.round((Number(points) * Number(refund.total?.amount)) / (total / 100)),
    Number(points),
  )
}

const before = process.memoryUsage().rss
const cases = makeCases()
report('orders, refunds', `${ORDERS.toLocaleString('en')}, ${REFUNDS.toLocaleString('en')}`)
let began = performance.now()
const { asked, booked, left } = throughLedger(cases)
let took = performance.now() - began
report(
  'ledger: questions answered',
  `${asked.toLocaleString('en')} in ${Math.round(took)} ms, ${perSecond(asked, took)}`,
)
report('ledger: points records stated', `${booked.toLocaleString('en')}, ${perSecond(booked, took)}`)
report('memory, orders and balances included', `${Math.round((process.memoryUsage().rss - before) / 2 ** 20)} MB`)

const refunded = cases.filter(({ refunds }) => refunds.length > 0)
began = performance.now()
const loop = refunded.map((each) => naively(each))
took = performance.now() - began
report('naive loop: refunds', perSecond(REFUNDS, took))
const wrong = refunded.filter((each, index) => BigInt(loop[index] ?? 0) !== left.get(each.order.id))
const negative = loop.filter((points) => points < 0).length
const full = refunded.filter(
  ({ total, refunds }) =>
    refunds.reduce((sum, { total: amount }) => sum + Math.round(Number(amount?.amount) * 100), 0) >= total,
)
const ledgerNotZero = full.filter(({ order }) => left.get(order.id) !== 0n).length
const naiveNotZero = full.filter((each) => naively(each) !== 0).length
report('naive loop: orders with another balance', `${wrong.length} of ${refunded.length} refunded`)
report('naive loop: more taken than issued', String(negative))
report(
  'fully refunded, not exactly zero left',
  `ledger ${ledgerNotZero}, naive loop ${naiveNotZero}, of ${full.length}`,
)
if (ledgerNotZero > 0) throw new Error('a full refund has to leave exactly zero')

const amounts = fc.array(fc.bigInt(1n, 10n ** 6n), { minLength: 1, maxLength: 8 })
began = performance.now()
fc.assert(
  fc.property(
    fc.bigInt(0n, 10n ** 7n),
    amounts,
    fc.constantFrom('half_up', 'down', 'up'),
    (issued, refunds, rounding) => {
      const total = refunds.reduce((sum, refund) => sum + refund, 0n)
      let [sum, gone] = [0n, 0n]
      for (const refund of refunds) {
        sum += refund
        const target = pointsToBeGone({ issued, total, refunded: sum, rounding })
        if (target < gone || target > issued) return false
        gone = target
      }
      return gone === issued
    },
  ),
  { numRuns: 100_000 },
)
took = performance.now() - began
report('random cases of the properties', `100,000 hold, ${perSecond(100_000, took)}`)
