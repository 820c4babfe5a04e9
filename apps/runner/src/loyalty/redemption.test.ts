import { Coupon, Points } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { advanceRedemption, type Redemption, type RedemptionFacts } from './redemption.ts'

const redemption: Redemption = {
  key: 'points/r-1',
  reward: { id: 'w-5', points: '50' },
  member: { id: 'm-1' },
  discount: { kind: 'amount', amount: { amount: '5.00', currency: 'EUR' } },
}
const step = (facts: RedemptionFacts = {}) => advanceRedemption(redemption, facts)
const redeemed = { record: Points.parse(step().statements[0]), state: 'done' as const, reference: 'rr-1' }
const coupon = (active: boolean): Coupon =>
  Coupon.parse(
    active
      ? step({ redeemed }).statements[0]
      : step({ redeemed, coupon: { record: coupon(true), state: 'done' }, withdraw: 'expired' }).statements[0],
  )

describe('a redemption', () => {
  it('takes the points first, then makes the code, each under an id of its own', () => {
    expect(redeemed.record).toMatchObject({
      id: 'points/r-1:redeem',
      kind: 'redeem',
      points: '50',
      extensions: { 'kontor.reward': 'w-5' },
    })
    expect(coupon(true)).toMatchObject({ id: 'points/r-1:coupon', name: 'LOY points/r-1', uses: 1, active: true })
    expect(step({ redeemed, coupon: { record: coupon(true), state: 'done' } }).state).toBe('issued')
  })

  it('waits while a step is under way, and states nothing twice', () => {
    expect(step({ redeemed: { ...redeemed, state: 'open' } })).toMatchObject({ state: 'redeeming', statements: [] })
    expect(step({ redeemed, coupon: { record: coupon(true), state: 'open' } })).toMatchObject({
      state: 'issuing',
      statements: [],
    })
  })

  it('gives the points back when the code cannot be made', () => {
    const [back] = step({ redeemed, coupon: { record: coupon(true), state: 'refused' } }).statements
    expect(back).toMatchObject({
      id: 'points/r-1:give-back',
      kind: 'restore',
      points: '50',
      reverses: 'points/r-1:redeem',
    })
  })

  it('withdraws an unused code before it gives the points back, and leaves a used one alone', () => {
    expect(coupon(false).active).toBe(false)
    const withdrawn = step({ redeemed, coupon: { record: coupon(false), state: 'done' }, withdraw: 'expired' })
    expect(withdrawn.statements[0]).toMatchObject({ kind: 'restore' })
    const used = step({ redeemed, coupon: { record: coupon(true), state: 'done', used: true }, withdraw: 'expired' })
    expect(used).toMatchObject({ state: 'issued', statements: [] })
    expect(step({ redeemed, coupon: { record: coupon(false), state: 'refused' } }).state).toBe('issued')
    expect(step({ redeemed, withdraw: 'the order was refunded' }).statements[0]).toMatchObject({ kind: 'restore' })
  })

  it('ends when the programme refuses, and when the points are back', () => {
    expect(step({ redeemed: { ...redeemed, state: 'refused' } })).toMatchObject({ state: 'refused', statements: [] })
    const [back] = step({ redeemed, coupon: { record: coupon(true), state: 'refused' } }).statements
    expect(step({ redeemed, givenBack: { record: Points.parse(back), state: 'done' } })).toMatchObject({
      state: 'given_back',
      statements: [],
    })
    expect(step({ redeemed, givenBack: { record: Points.parse(back), state: 'open' } })).toMatchObject({
      state: 'giving_back',
      statements: [],
    })
  })
})
