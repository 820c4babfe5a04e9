import type { Order, Refund } from '@kontor/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anOrder, aRefund, Programme, worth } from '../../test/loyalty/ledger.fixture.ts'

const cases = { numRuns: 2000 }

/** A refund that may be declined later. */
const refundPlan = fc.record({ minor: fc.integer({ min: 0, max: 6000 }), declined: fc.boolean() })
const plan = fc.record({
  points: fc.integer({ min: 0, max: 5000 }),
  total: fc.integer({ min: 1, max: 20_000 }),
  refunds: fc.array(refundPlan, { maxLength: 6 }),
  rounding: fc.constantFrom('half_up', 'down', 'up'),
})

const toRefunds = (refunds: readonly { minor: number; declined: boolean }[], declined: boolean): Refund[] =>
  refunds.map((refund, index) =>
    aRefund(`r${index}`, refund.minor, { status: { value: declined && refund.declined ? 'declined' : 'done' } }),
  )

describe('the ledger, in any case', () => {
  it('ends at the same balance for every order, repetition and grouping of what it hears', () => {
    fc.assert(
      fc.property(
        plan,
        fc.array(fc.nat({ max: 20 }), { maxLength: 12 }),
        ({ points, total, refunds, rounding }, steps) => {
          const order: Order = anOrder(worth(total))
          const final = toRefunds(refunds, true)
          const straight = new Programme(String(points), { reverse: { rounding } })
          straight.settle(order)
          straight.settle(order, final)
          // Hears of the refunds in a jumble: some early, some twice, declined ones first as done.
          const jumbled = new Programme(String(points), { reverse: { rounding } })
          jumbled.settle(order)
          const early = toRefunds(refunds, false)
          for (const step of steps) {
            const heard = early.slice(0, step % (early.length + 1)).toReversed()
            jumbled.settle(order, heard)
            expect(jumbled.balance >= 0n && jumbled.balance <= BigInt(points)).toBe(true)
          }
          jumbled.settle(order, final)
          const counted = final
            .filter(({ status }) => status?.value === 'done')
            .reduce((sum, { total: amount }) => sum + Number(amount?.amount ?? 0), 0)
          // An order refunded in full from the start earns and loses, or does neither: both leave nothing.
          expect(counted * 100 < total || jumbled.balance === 0n).toBe(true)
          expect(jumbled.balance).toBe(straight.balance)
          expect(jumbled.settle(order, final)).toEqual([])
        },
      ),
      cases,
    )
  })

  it('never uses an id twice', () => {
    fc.assert(
      fc.property(plan, ({ points, total, refunds, rounding }) => {
        const programme = new Programme(String(points), { reverse: { rounding } })
        const order = anOrder(worth(total))
        programme.settle(order)
        for (const declined of [false, true, false, true]) programme.settle(order, toRefunds(refunds, declined))
        const ids = programme.bookings.map(({ record }) => record.id)
        expect(new Set(ids).size).toBe(ids.length)
      }),
      cases,
    )
  })

  it('ends at the same balance when it dies after any booking and begins anew from what is stored', () => {
    fc.assert(
      fc.property(plan, fc.nat({ max: 8 }), ({ points, total, refunds, rounding }, dies) => {
        const order = anOrder(worth(total))
        const all = toRefunds(refunds, true)
        const whole = new Programme(String(points), { reverse: { rounding } })
        whole.settle(order, all)
        const first = new Programme(String(points), { reverse: { rounding } })
        for (let step = 0; step < dies; step++)
          for (const record of first.ask(order, all.slice(0, step)).statements) first.book(record)
        const second = new Programme(String(points), { reverse: { rounding } })
        second.bookings.push(...structuredClone(first.bookings))
        second.balance = first.balance
        second.settle(order, all)
        expect(second.balance).toBe(whole.balance)
      }),
      cases,
    )
  })
})
