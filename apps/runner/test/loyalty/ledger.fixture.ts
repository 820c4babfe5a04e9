import { money, Order, Refund, type Points } from '@kontor/core'
import type { Booking } from '../../src/loyalty/bookings.ts'
import { recompute, type Recomputed } from '../../src/loyalty/recompute.ts'
import { LoyaltyRules } from '../../src/loyalty/rules.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')

/** An order of 50.00 EUR by a customer, unless said otherwise. */
export const anOrder = (over: Partial<Order> = {}): Order =>
  Order.parse({
    entity: 'orders',
    id: '218',
    numbers: ['218'],
    orderedAt: '2026-05-01T10:00:00Z',
    lifecycle: { value: 'open' },
    payment: { value: 'paid' },
    fulfilment: { value: 'unfulfilled' },
    buyer: { id: '7', email: 'Erika.Muster@example.com' },
    totals: { grand: { amount: '50.00', currency: 'EUR' } },
    ...over,
  })

export const worth = (minor: bigint | number, currency = 'EUR'): Pick<Order, 'totals'> => ({
  totals: { grand: money.fromMinor(BigInt(minor), currency) },
})

export const aRefund = (id: string, minor: bigint | number, over: Partial<Refund> = {}): Refund =>
  Refund.parse({
    entity: 'refunds',
    id,
    about: { id: '218' },
    status: { value: 'done' },
    total: money.fromMinor(BigInt(minor), 'EUR'),
    ...over,
  })

/** A programme that books what it is told, and answers like one; and the ledger run against it until nothing is left to book. */
export class Programme {
  readonly bookings: Booking[] = []
  readonly pointsFor: (record: Points) => Pick<Booking, 'points' | 'shortfall' | 'state'>
  balance = 0n
  rules: LoyaltyRules

  constructor(points: string, rules: Parameters<typeof LoyaltyRules.parse>[0] = {}) {
    this.rules = LoyaltyRules.parse(rules)
    this.pointsFor = (record) => ({ state: 'done', points: record.kind === 'earn' ? points : record.points })
  }

  ask(order: Order, refunds: readonly Refund[] = [], now = NOW): Recomputed {
    return recompute({ key: 'shop/218', order, refunds, issued: this.bookings, rules: this.rules, now })
  }

  /** Books every statement, one after another; answers what was booked. */
  settle(order: Order, refunds: readonly Refund[] = [], now = NOW): Points[] {
    const booked: Points[] = []
    for (let step = 0; step < 10; step++) {
      const { statements } = this.ask(order, refunds, now)
      if (statements.length === 0) return booked
      for (const record of statements) this.book(record)
      booked.push(...statements)
    }
    throw new Error('the ledger does not come to rest')
  }

  book(record: Points): void {
    const answer = this.pointsFor(record)
    this.bookings.push({ record, member: 'm-1', ...answer })
    const points = answer.state === 'done' ? BigInt(answer.points ?? '0') : 0n
    this.balance += record.kind === 'reverse' ? -points : points
  }
}
