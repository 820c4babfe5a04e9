import type { BookedPoints } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { anOrder, aRefund, Programme } from '../../test/loyalty/ledger.fixture.ts'
import { compareBookings, recordOf } from './compare.ts'
import { forecast } from './forecast.ts'
import { LoyaltyRules } from './rules.ts'

const KEY = 'shop/218'
const booked = (id: string, points: string, more: Partial<BookedPoints> = {}): BookedPoints => ({
  id: `${KEY}:${id}`,
  orderKey: KEY,
  kind: id.startsWith('earn') ? 'earn' : 'reverse',
  points,
  ...more,
})

describe('the ledger beside the programme', () => {
  const programme = new Programme('80')
  programme.settle(anOrder(), [aRefund('r1', 2000)])
  const here = programme.bookings
  const words = (there: BookedPoints[], some = here): string[] =>
    compareBookings(KEY, true, some, there).differences.map(({ id, difference }) => `${difference} ${id}`)

  it('says nothing where both agree, however the points are written', () => {
    expect(compareBookings(KEY, true, here, [booked('earn', '80.0'), booked('mv:0:0-32', '32')])).toEqual({
      same: 2,
      differences: [],
    })
  })

  it('names what is missing on either side, different, or booked twice', () => {
    expect(words([booked('earn', '80'), booked('mv:0:0-32', '32'), booked('mv:1:32-40', '8')])).toEqual([
      `missing_here ${KEY}:mv:1:32-40`,
    ])
    expect(words([booked('earn', '80')])).toEqual([`missing_there ${KEY}:mv:0:0-32`])
    expect(words([booked('earn', '70'), booked('mv:0:0-32', '32')])).toEqual([`different ${KEY}:earn`])
    expect(words([booked('earn', '80'), booked('earn', '80'), booked('mv:0:0-32', '32')])).toEqual([
      `twice ${KEY}:earn`,
    ])
    expect(
      words(
        [booked('earn', '80')],
        here.slice(0, 1).map((each) => ({ ...each, state: 'open' })),
      ),
    ).toEqual([`open_here ${KEY}:earn`])
    expect(compareBookings(KEY, false, [], [booked('earn', '80')]).differences).toMatchObject([
      { difference: 'order_unknown', there: '80' },
    ])
  })

  it('reads what was wanted, and what could not be taken, out of the id of a reversal', () => {
    const { record, shortfall } = recordOf(booked('mv:0:0-32', '30', { member: 'm-1' }), KEY, anOrder())
    expect(record).toMatchObject({ kind: 'reverse', points: '32', member: { id: 'm-1' } })
    expect(shortfall).toBe('2')
    expect(recordOf(booked('earn', '80'), KEY, anOrder()).record.value).toEqual({ amount: '50.00', currency: 'EUR' })
  })
})

describe('a forecast', () => {
  const ask = (rules: Parameters<typeof LoyaltyRules.parse>[0], refunds = [aRefund('r1', 2000)]) =>
    forecast({
      key: KEY,
      order: anOrder(),
      refunds,
      issued: [],
      rules: LoyaltyRules.parse(rules),
      now: Date.parse('2026-06-01T12:00:00Z'),
    })

  it('says what would be earned and taken back, where the points are reckoned here', () => {
    expect(ask({ earn: { rate: '1.6' } }).bookings).toEqual([
      { id: `${KEY}:earn`, kind: 'earn', points: '80' },
      { id: `${KEY}:mv:0:0-32`, kind: 'reverse', points: '32' },
    ])
  })

  it('says which share, where the programme decides how many there are', () => {
    expect(ask({}).bookings).toMatchObject([
      { kind: 'earn', points: undefined },
      { kind: 'reverse', points: undefined, share: { refunded: '20.00', of: '50.00' } },
    ])
    expect(ask({}, []).bookings).toHaveLength(1)
  })

  it('has nothing to book for an order that was refunded in full', () => {
    expect(ask({}, [aRefund('r1', 5000)])).toMatchObject({ bookings: [], state: 'never' })
  })
})
