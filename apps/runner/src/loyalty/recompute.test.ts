import { Points } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { accountOf, type Booking } from './bookings.ts'
import { compareBookings, recordOf } from './compare.ts'
import { explanationLines } from './explanation.ts'
import { anOrder, aRefund, Programme, worth } from '../../test/loyalty/ledger.fixture.ts'

const kinds = (records: readonly Points[]): string[] => records.map(({ kind, points, id }) => `${kind} ${points} ${id}`)

describe('an order', () => {
  it('earns once for its whole value, and a repeated run does nothing', () => {
    const programme = new Programme('80')
    const [earn] = programme.settle(anOrder())
    expect(Points.parse(earn)).toMatchObject({
      id: 'shop/218:earn',
      kind: 'earn',
      points: '0',
      value: { amount: '50.00', currency: 'EUR' },
      member: { email: 'erika.muster@example.com' },
    })
    expect(programme.settle(anOrder())).toEqual([])
    expect(programme.ask(anOrder()).explanation).toMatchObject({
      state: 'settled',
      points: { issued: '80', left: '80' },
    })
  })

  it('states the same record under the same id whoever reckons', () => {
    expect(new Programme('80').ask(anOrder())).toEqual(new Programme('80').ask(anOrder()))
  })

  it('waits while its earning is under way, whatever is refunded meanwhile', () => {
    const programme = new Programme('80')
    const [record] = programme.ask(anOrder()).statements
    programme.bookings.push({ record: Points.parse(record), state: 'open' })
    const { statements, explanation } = programme.ask(anOrder(), [aRefund('r1', 2000)])
    expect(statements).toEqual([])
    expect(explanation).toMatchObject({ state: 'waiting', because: 'shop/218:earn is under way' })
  })

  it('that the programme refused loses nothing and is shown', () => {
    const programme = new Programme('80')
    const [record] = programme.ask(anOrder()).statements
    programme.bookings.push({ record: Points.parse(record), state: 'refused' })
    expect(programme.ask(anOrder(), [aRefund('r1', 2000)])).toMatchObject({
      statements: [],
      explanation: { state: 'stuck' },
    })
  })

  it('reckons points itself where a rate is given, rounded down', () => {
    expect(new Programme('0', { earn: { rate: '1.5' } }).ask(anOrder(worth(3331))).statements[0]?.points).toBe('49')
    expect(new Programme('0', { earn: { rate: '0.015' }, decimals: 2 }).ask(anOrder()).statements[0]?.points).toBe(
      '0.75',
    )
  })

  it('in yen has no minor unit', () => {
    const programme = new Programme('100')
    const [earn] = programme.settle(anOrder(worth(9999, 'JPY')))
    expect(earn?.value).toEqual({ amount: '9999', currency: 'JPY' })
    const refund = aRefund('r1', 0, { total: { amount: '3333', currency: 'JPY' } })
    expect(kinds(programme.settle(anOrder(worth(9999, 'JPY')), [refund]))).toEqual(['reverse 33 shop/218:mv:0:0-33'])
  })

  it('rounds a total of four digits once', () => {
    expect(
      new Programme('1').ask(anOrder({ totals: { grand: { amount: '69.8450', currency: 'EUR' } } })).statements[0]
        ?.value?.amount,
    ).toBe('69.85')
  })
})

describe('refunds', () => {
  it('of half the value take half the points', () => {
    const programme = new Programme('80')
    programme.settle(anOrder())
    expect(kinds(programme.settle(anOrder(), [aRefund('r1', 2500)]))).toEqual(['reverse 40 shop/218:mv:0:0-40'])
    expect(programme.settle(anOrder(), [aRefund('r1', 2500)])).toEqual([])
    expect(programme.balance).toBe(40n)
  })

  it('in three thirds take everything, one after another', () => {
    const order = anOrder(worth(9999))
    const programme = new Programme('100')
    programme.settle(order)
    const refunds = ['a', 'b', 'c'].map((id) => aRefund(id, 3333))
    const booked = [1, 2, 3].flatMap((count) => programme.settle(order, refunds.slice(0, count)))
    expect(kinds(booked)).toEqual([
      'reverse 33 shop/218:mv:0:0-33',
      'reverse 34 shop/218:mv:1:33-67',
      'reverse 33 shop/218:mv:2:67-100',
    ])
    expect(booked.at(-1)?.extensions).toEqual({ 'kontor.closes': true })
    expect(programme.balance).toBe(0n)
  })

  it('that are declined afterwards give the points back, and a new one is a new booking', () => {
    const programme = new Programme('80')
    programme.settle(anOrder())
    programme.settle(anOrder(), [aRefund('r1', 2000)])
    const declined = aRefund('r1', 2000, { status: { value: 'declined' } })
    expect(kinds(programme.settle(anOrder(), [declined]))).toEqual(['restore 32 shop/218:mv:1:32-0'])
    expect(kinds(programme.settle(anOrder(), [declined, aRefund('r2', 2000)]))).toEqual([
      'reverse 32 shop/218:mv:2:0-32',
    ])
    expect(programme.balance).toBe(48n)
  })

  it('before the order earned: in part, it earns in full and is then reversed; in full, nothing is booked', () => {
    const part = new Programme('80')
    expect(kinds(part.settle(anOrder(), [aRefund('r1', 2000)]))).toEqual([
      'earn 0 shop/218:earn',
      'reverse 32 shop/218:mv:0:0-32',
    ])
    const full = new Programme('80').ask(anOrder(), [aRefund('r1', 5000)])
    expect(full).toMatchObject({
      statements: [],
      explanation: { state: 'never', because: 'it was refunded in full before it earned' },
    })
  })

  it('larger than the order take what was issued and no more', () => {
    const programme = new Programme('10')
    programme.settle(anOrder())
    programme.settle(anOrder(), [aRefund('r1', 2500), aRefund('r2', 9000)])
    expect(programme.balance).toBe(0n)
    expect(programme.ask(anOrder(), [aRefund('r1', 2500), aRefund('r2', 9000)]).explanation.refunded?.amount).toBe(
      '50.00',
    )
  })

  it('in another currency do not count, and are shown', () => {
    const programme = new Programme('80')
    programme.settle(anOrder())
    const { statements, explanation } = programme.ask(anOrder(), [
      aRefund('r1', 0, { total: { amount: '10.00', currency: 'USD' } }),
    ])
    expect(statements).toEqual([])
    expect(explanation.problems).toEqual(['refund r1 does not count: it is in USD, the order in EUR'])
  })

  it('not done yet, without amount, or negative do not count', () => {
    const programme = new Programme('80')
    programme.settle(anOrder())
    const refunds = [
      aRefund('r1', 100, { status: { value: 'pending' } }),
      aRefund('r2', 100, { total: null }),
      aRefund('r3', -100),
      aRefund('r4', 100, { status: { value: 'unknown', source: 'odd' } }),
    ]
    const { statements, explanation } = programme.ask(anOrder(), refunds)
    expect(statements).toEqual([])
    expect(explanation.refunds.map(({ because }) => because)).toEqual([
      'it is only pending',
      'its amount is not told',
      'its amount is negative',
      'nobody knows what its status odd means',
    ])
  })

  it('as store credit count unless switched off', () => {
    const refund = aRefund('r1', 2000, { destination: { value: 'store_credit' } })
    const [on, off] = [new Programme('80'), new Programme('80', { reverse: { storeCredit: false } })]
    expect(on.settle(anOrder(), [refund]).length).toBe(2)
    expect(off.settle(anOrder(), [refund]).length).toBe(1)
  })

  it('of shipping alone take nothing where shipping earned nothing, and their share where it did', () => {
    const order = anOrder({
      totals: { grand: { amount: '50.00', currency: 'EUR' }, shipping: { amount: '10.00', currency: 'EUR' } },
    })
    const refund = aRefund('r1', 1000, { shipping: { amount: '10.00', currency: 'EUR' } })
    expect(kinds(new Programme('80', { earn: { value: 'without_shipping' } }).settle(order, [refund]))).toEqual([
      'earn 0 shop/218:earn',
    ])
    expect(kinds(new Programme('80').settle(order, [refund]))[1]).toBe('reverse 16 shop/218:mv:0:0-16')
  })

  it('of every piece and all shipping count as full although tax rounding lost a cent; kept shipping does not', () => {
    const lines = [{ id: '1', quantity: 2 }]
    const order = anOrder({
      lines,
      totals: { grand: { amount: '50.00', currency: 'EUR' }, shipping: { amount: '5.00', currency: 'EUR' } },
    })
    const shipping = { amount: '5.00', currency: 'EUR' }
    const full = new Programme('80')
    full.settle(order, [aRefund('r1', 4999, { lines: [{ lineId: '1', quantity: 2 }], shipping })])
    expect(full.balance).toBe(0n)
    const kept = new Programme('5000')
    kept.settle(order, [aRefund('r1', 4999, { lines: [{ lineId: '1', quantity: 2 }] })])
    expect(kept.balance).toBe(1n)
  })

  it('that the balance cannot give are remembered as a shortfall and not asked for again', () => {
    const programme = new Programme('80')
    programme.settle(anOrder())
    const refunds = [aRefund('r1', 2000)]
    const [move] = programme.ask(anOrder(), refunds).statements
    programme.bookings.push({ record: Points.parse(move), state: 'done', points: '10', shortfall: '22' })
    expect(programme.ask(anOrder(), refunds)).toMatchObject({
      statements: [],
      explanation: { state: 'settled', points: { taken: '10', shortfall: '22' } },
    })
    expect(kinds(programme.settle(anOrder(), []))).toEqual(['restore 10 shop/218:mv:1:10-0'])
  })

  it('that the programme refused are shown and not stated again; a changed target is', () => {
    const programme = new Programme('80')
    programme.settle(anOrder())
    const [move] = programme.ask(anOrder(), [aRefund('r1', 2000)]).statements
    programme.bookings.push({ record: Points.parse(move), state: 'refused' })
    expect(programme.ask(anOrder(), [aRefund('r1', 2000)])).toMatchObject({
      statements: [],
      explanation: { state: 'stuck' },
    })
    expect(programme.ask(anOrder(), [aRefund('r1', 2500)]).statements[0]?.id).toBe('shop/218:mv:0:0-40')
  })
})

describe('the state of an order', () => {
  it.each([
    [{ lifecycle: { value: 'draft' } }, 'waiting'],
    [{ lifecycle: { value: 'cancelled' } }, 'waiting'],
    [{ payment: { value: 'failed' } }, 'waiting'],
    [{ test: true }, 'never'],
    [{ flags: ['migrated'] }, 'never'],
    [{ flags: ['archived'] }, 'never'],
    [{ buyer: { id: '7' } }, 'never'],
    [{ buyer: { id: '7', email: 'abc@marketplace.example.com' } }, 'never'],
    [{ buyer: { id: '7', email: 'x@example.com', emailIsRelay: true } }, 'never'],
    [worth(0), 'never'],
    [{ totals: null }, 'waiting'],
    [{ payment: { value: 'pending' } }, 'stated'],
  ] satisfies [Parameters<typeof anOrder>[0], string][])('%j: %s', (over, state) => {
    expect(new Programme('80').ask(anOrder(over)).explanation.state).toBe(state)
  })

  it('paid and completed wait for what they say', () => {
    const ask = (when: string, over: object) =>
      new Programme('8', { earn: { when } }).ask(anOrder(over)).explanation.state
    expect(ask('paid', { payment: { value: 'pending' } })).toBe('waiting')
    expect(ask('paid', { hold: { reason: 'disputed' } })).toBe('waiting')
    expect(ask('paid', {})).toBe('stated')
    expect(ask('completed', {})).toBe('waiting')
    expect(ask('completed', { fulfilment: { value: 'shipped' } })).toBe('stated')
  })

  it('waits for the days of return, and says until when', () => {
    const { explanation } = new Programme('8', { earn: { delayDays: 60 } }).ask(anOrder())
    expect(explanation).toMatchObject({ state: 'waiting', at: '2026-06-30T10:00:00.000Z' })
  })

  it('before the start never earns', () => {
    expect(new Programme('8', { earn: { startAt: '2026-05-02T00:00:00Z' } }).ask(anOrder()).explanation.state).toBe(
      'never',
    )
  })

  it('cancelled after earning loses all, and gets it back when opened again', () => {
    const programme = new Programme('80')
    programme.settle(anOrder())
    programme.settle(anOrder({ lifecycle: { value: 'cancelled' } }))
    expect(programme.balance).toBe(0n)
    programme.settle(anOrder())
    expect(programme.balance).toBe(80n)
    expect(programme.bookings.at(-1)?.record.id).toBe('shop/218:mv:1:80-0')
  })

  it('keeps its points when cancelled where the rule is off', () => {
    const programme = new Programme('80', { reverse: { onCancel: false } })
    programme.settle(anOrder())
    expect(programme.settle(anOrder({ lifecycle: { value: 'cancelled' } }))).toEqual([])
  })

  it('set to refunded by hand has no effect, is said, and has one where the rule is on', () => {
    const order = anOrder({ payment: { value: 'refunded' } })
    const programme = new Programme('80')
    programme.settle(anOrder())
    expect(programme.settle(order)).toEqual([])
    expect(programme.ask(order).explanation.problems[0]).toContain('a status alone takes no points back')
    programme.rules.reverse.onStatus.push('refunded')
    programme.settle(order)
    expect(programme.balance).toBe(0n)
  })

  it('changed in total after earning is reported, and adjusted where told', () => {
    const reported = new Programme('80')
    reported.settle(anOrder())
    expect(reported.settle(anOrder(worth(4000)))).toEqual([])
    expect(reported.ask(anOrder(worth(4000))).explanation.problems[0]).toContain(
      'the total was 50.00 when it earned and is 40.00 now',
    )
    const adjusted = new Programme('80', { reverse: { onTotalChange: 'adjust' } })
    adjusted.settle(anOrder())
    expect(kinds(adjusted.settle(anOrder(worth(4000))))).toEqual(['reverse 16 shop/218:mv:0:0-16'])
    const grown = new Programme('80', { reverse: { onTotalChange: 'adjust' } })
    grown.settle(anOrder())
    expect(kinds(grown.settle(anOrder(worth(6000))))).toEqual(['earn 0 shop/218:earn:1'])
    expect(grown.settle(anOrder(worth(6000)))).toEqual([])
  })

  it('moved to another member reverses at the one who earned', () => {
    const programme = new Programme('80')
    programme.settle(anOrder())
    const [move] = programme.settle(anOrder({ buyer: { id: '8', email: 'max.muster@example.com' } }), [
      aRefund('r1', 2000),
    ])
    expect(move?.member).toEqual({ email: 'erika.muster@example.com', id: 'm-1' })
  })
})

describe('guests and currencies', () => {
  const guest = anOrder({ buyer: { email: 'gast@example.com' } })

  it('guests earn, earn only as known members, or do not', () => {
    expect(new Programme('8').ask(guest).statements[0]?.extensions).toBeUndefined()
    expect(new Programme('8', { earn: { guests: 'known_only' } }).ask(guest).statements[0]?.extensions).toEqual({
      'kontor.createMember': false,
    })
    expect(new Programme('8', { earn: { guests: 'skip' } }).ask(guest).explanation.because).toContain('guest')
  })

  it('other currencies are skipped or converted, with the rate kept', () => {
    const dollars = anOrder(worth(5000, 'USD'))
    expect(
      new Programme('8', { currency: { policy: 'only', currencies: ['EUR'] } }).ask(dollars).explanation.because,
    ).toBe('orders in USD do not earn (currency.currencies)')
    const programme = new Programme('46', { currency: { policy: 'convert', to: 'EUR', rates: { USD: '0.925' } } })
    const [earn] = programme.settle(dollars)
    expect(earn).toMatchObject({
      value: { amount: '46.25', currency: 'EUR' },
      extensions: { 'kontor.total': { amount: '50.00', currency: 'USD' }, 'kontor.rate': '0.925' },
    })
    programme.settle(dollars, [aRefund('r1', 0, { total: { amount: '25.00', currency: 'USD' } })])
    expect(programme.balance).toBe(23n)
    expect(
      new Programme('8', { currency: { policy: 'convert', to: 'EUR', rates: {} } }).ask(dollars).explanation.because,
    ).toBe('there is no rate for USD (currency.rates)')
  })
})

describe('the ledger', () => {
  it('is rebuilt from what the programme remembers', () => {
    const programme = new Programme('80')
    programme.settle(anOrder(), [aRefund('r1', 2000)])
    const remembered = programme.bookings.map(({ record, points }) => ({
      id: record.id,
      orderKey: 'shop/218',
      kind: record.kind,
      points: points ?? record.points,
      ...(record.value ? { value: record.value } : {}),
    }))
    const { differences } = compareBookings(
      'shop/218',
      true,
      [],
      [...remembered, { id: 'shop/2180:earn', orderKey: 'shop/218', kind: 'earn', points: '5' }],
    )
    expect(differences.map(({ difference }) => difference)).toEqual(['missing_here', 'missing_here'])
    const rebuilt = differences.flatMap(({ booked }): Booking[] =>
      booked ? [{ state: 'done', points: booked.points, ...recordOf(booked, 'shop/218', anOrder()) }] : [],
    )
    expect(accountOf(rebuilt, 0)).toMatchObject({ issued: 80n, taken: 32n, finished: 1 })
    programme.bookings.splice(0, Infinity, ...rebuilt)
    expect(programme.settle(anOrder(), [aRefund('r1', 2000)])).toEqual([])
  })

  it('explains every figure, and says nothing about the buyer', () => {
    const programme = new Programme('80')
    programme.settle(anOrder())
    const { explanation } = programme.ask(anOrder(), [
      aRefund('r1', 2000),
      aRefund('r2', 500, { status: { value: 'declined' } }),
    ])
    expect(explanationLines(explanation)).toEqual([
      'shop/218: 80 points (stated: reverse to be booked)',
      '  value      50.00 EUR (total)',
      '  issued     80',
      '  refund     r1  20.00 EUR  counts 20.00 EUR',
      '  refund     r2  5.00 EUR  does not count (it was declined)',
      '  refunded   20.00 EUR',
      '  to be gone 80 × 20.00 / 50.00 = 32 (half_up)',
      '  gone       0',
      '  now        reverse 32  shop/218:mv:0:0-32',
    ])
    expect(JSON.stringify(explanation)).not.toContain('example.com')
  })
})
