import { readFileSync } from 'node:fs'
import { Return, returnStage } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { EightReturnsConfig } from '../src/config.ts'
import { toReturn } from '../src/mapping/index.ts'
import { returnFlags } from '../src/tables/flags.ts'
import { WireReturn } from '../src/wire/index.ts'

const item = {
  id: 7001,
  name: 'Shirt blau M',
  sku: 'SH-BL-M',
  ean: 4006381333931,
  quantity: 2,
  amount: '19.90',
  total_amount: '39.80',
  currency: 'EUR',
  return_type: 'refund',
  item_condition: null,
  restocked: false,
  return_reason_text: 'zu klein',
  return_reason: { reason_internal: 'too_small' },
  return_reason_pictures: [{ image_url: 'https://example.com/p.jpg' }],
  notes: null,
  registered_date: '2026-10-02T09:14:00.000+02:00',
  arrived_date: null,
  inspected_date: null,
  refunded_date: null,
  cancelled_date: null,
  hold_date: null,
}
const told = {
  id: 900101,
  order_id: '5550001112223',
  order_number: 'R5982',
  order_name: '#R5982',
  rma: 100234,
  status: 'open',
  total_amount: '39.80',
  currency: 'EUR',
  is_registered: true,
  is_arrived: false,
  is_inspected: false,
  is_refunded: false,
  on_hold: false,
  fetched_via_api: false,
  registered_date: '2026-10-02T09:14:00.000+02:00',
  created_at: '2026-10-02T09:14:00.000+02:00',
  updated_at: '2026-10-05T16:40:12.000+02:00',
  customer: { full_name: 'Erika Muster', email: 'erika@example.com', country: 'DE', notes: 'bitte schnell' },
  items: [item],
}
const at = '2026-10-05T16:40:12.000+02:00'

function map(changes: object, config: z.input<typeof EightReturnsConfig> = {}): Return {
  const record = toReturn(WireReturn.parse({ ...told, ...changes }), EightReturnsConfig.parse(config))
  expect(Return.safeParse(record).error).toBeUndefined()
  return record
}
const mapped = { reasonMap: { too_small: 'size_too_small' as const } }
const withItem = (changes: object, config: z.input<typeof EightReturnsConfig> = {}) =>
  map({ items: [{ ...item, ...changes }] }, config)

describe('a return of 8returns', () => {
  it('is told with its order, its number and its lines', () => {
    expect(map({}, { reasonMap: { too_small: 'size_too_small' } })).toMatchObject({
      entity: 'returns',
      id: '900101',
      version: at,
      numbers: ['100234', 'R5982'],
      about: { entity: 'orders', number: 'R5982' },
      rmaNumber: '100234',
      lifecycle: { value: 'approved', source: 'open' },
      logistics: { value: 'unknown' },
      inspection: 'none',
      financial: { value: 'none' },
      hold: null,
      totals: { items: { amount: '39.80', currency: 'EUR' } },
      flags: [],
      lines: [
        {
          id: '7001',
          sku: 'SH-BL-M',
          gtin: '4006381333931',
          title: 'Shirt blau M',
          quantity: { requested: 2, cancelled: 0, received: 0, restocked: 0, refunded: 0 },
          reason: { value: 'size_too_small', source: 'too_small' },
          customerText: 'zu klein',
          requestedResolution: { value: 'refund', source: 'refund' },
          unitPrice: { amount: '19.90', currency: 'EUR' },
          total: { amount: '39.80', currency: 'EUR' },
          inspection: null,
        },
      ],
    })
  })

  it.each([
    ['registered and open', {}, 'approved'],
    ['open and not registered', { is_registered: false }, 'requested'],
    ['closed', { status: 'closed' }, 'closed'],
    ['every item cancelled', { items: [{ ...item, cancelled_date: at }] }, 'cancelled'],
    ['a word nobody told us about', { status: 'in_review' }, 'unknown'],
    ['no status, registered', { status: null }, 'approved'],
  ])('has the lifecycle of %s', (_title, changes, value) => {
    expect(map(changes).lifecycle?.value).toBe(value)
  })

  it('keeps an unknown status in its own words, and flags it; a map can say what it means', () => {
    expect(map({ status: 'in_review' }, mapped)).toMatchObject({
      lifecycle: { value: 'unknown', source: 'in_review' },
      flags: ['unknown-status'],
    })
    expect(map({ status: 'in_review' }, { ...mapped, lifecycleMap: { in_review: 'requested' } })).toMatchObject({
      lifecycle: { value: 'requested', source: 'in_review' },
      flags: [],
    })
  })

  it.each([
    ['none arrived', [{}, {}], 'unknown', 'none', 'none'],
    ['one of two arrived', [{ arrived_date: at }, {}], 'partially_received', 'none', 'none'],
    ['all arrived, one inspected', [{ arrived_date: at }, { inspected_date: at }], 'received', 'partial', 'none'],
    ['all inspected', [{ inspected_date: at }, { inspected_date: at }], 'received', 'complete', 'none'],
    ['one arrived, the other cancelled', [{ arrived_date: at }, { cancelled_date: at }], 'received', 'none', 'none'],
    ['one refunded', [{ refunded_date: at }, {}], 'unknown', 'none', 'partially_refunded'],
    ['all refunded, nothing arrived', [{ refunded_date: at }, { refunded_date: at }], 'unknown', 'none', 'refunded'],
  ])('has its axes: %s', (_title, changes, logistics, inspection, financial) => {
    const record = map({ items: changes.map((change, index) => ({ ...item, id: index + 1, ...change })) })
    expect([record.logistics?.value, record.inspection, record.financial?.value]).toEqual([
      logistics,
      inspection,
      financial,
    ])
  })

  it('shows its stage for people', () => {
    expect(returnStage(map({}))).toBe('approved')
    expect(returnStage(withItem({ arrived_date: at }))).toBe('received')
    expect(returnStage(withItem({ inspected_date: at }))).toBe('inspected')
    expect(returnStage(map({ is_refunded: true }))).toBe('refunded')
  })

  it('has quantities line by line', () => {
    expect(withItem({ arrived_date: at, refunded_date: at, restocked: true }).lines?.[0]?.quantity).toEqual({
      requested: 2,
      cancelled: 0,
      received: 2,
      rejected: undefined,
      restocked: 2,
      refunded: 2,
    })
    expect(withItem({ cancelled_date: at }).lines?.[0]?.quantity).toMatchObject({ requested: 2, cancelled: 2 })
  })

  it('is on hold whatever else it is, since the first item was held', () => {
    expect(
      map({
        on_hold: true,
        items: [
          { ...item, hold_date: at },
          { ...item, id: 2, hold_date: '2026-10-03T00:00:00Z' },
        ],
      }).hold,
    ).toEqual({ since: '2026-10-03T00:00:00Z' })
    expect(map({ on_hold: true }).hold).toEqual({})
  })

  it('reads conditions as grades by `gradeMap`, and the condition that means rejected', () => {
    const config = { gradeMap: { a: 'A-Ware' }, rejectedCondition: 'Abgelehnt' }
    expect(withItem({ inspected_date: at, item_condition: 'a-ware' }, config).lines?.[0]?.inspection?.grade).toEqual({
      value: 'a',
      source: 'a-ware',
    })
    expect(withItem({ inspected_date: at, item_condition: 'Fleck' }, config).lines?.[0]?.inspection?.grade).toEqual({
      value: 'unknown',
      source: 'Fleck',
    })
    expect(withItem({ inspected_date: at, item_condition: 'Abgelehnt' }, config).lines?.[0]?.quantity.rejected).toBe(2)
  })

  it('keeps reasons and return types nobody mapped in their own words', () => {
    expect(map({ items: [{ ...item, return_type: 'tombola' }] })).toMatchObject({
      flags: ['unknown-return-type', 'unmapped-reason'],
      lines: [
        {
          reason: { value: 'unknown', source: 'too_small' },
          requestedResolution: { value: 'unknown', source: 'tombola' },
        },
      ],
    })
    expect(withItem({ return_type: 'Store credit' }).lines?.[0]?.requestedResolution?.value).toBe('store_credit')
    expect(
      withItem({ return_reason: null }, { reasonMap: { 'Zu klein': 'size_too_small' } }).lines?.[0]?.reason,
    ).toEqual({ value: 'size_too_small', source: 'zu klein' })
  })

  it('flags two open lines with one SKU', () => {
    expect(map({ items: [item, { ...item, id: 2 }] }).flags).toContain('sku-twice')
    expect(map({ items: [item, { ...item, id: 2, inspected_date: at }] }).flags).not.toContain('sku-twice')
  })
})

it('every flag stands in the README', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  for (const flag of Object.keys(returnFlags)) expect(readme).toContain(`\`${flag}\``)
})

describe('what is personal', () => {
  it('stays away unless it is wanted', () => {
    const record = JSON.stringify(map({}))
    for (const value of ['Erika', 'erika@', 'schnell', 'p.jpg']) expect(record).not.toContain(value)
  })

  it('comes when it is wanted', () => {
    expect(map({}, { pii: { customer: true, pictures: true } })).toMatchObject({
      customer: { fullName: 'Erika Muster', email: 'erika@example.com', address: { countryCode: 'DE' } },
      messages: [{ from: 'buyer', text: 'bitte schnell' }],
      lines: [{ pictures: ['https://example.com/p.jpg'] }],
    })
  })

  it('says nothing of a customer that was not shown, so that one known before stays', () => {
    expect('customer' in map({ customer: null }, { pii: { customer: true } })).toBe(false)
  })

  it('keeps what people wrote away too, where that is wanted', () => {
    expect(withItem({ notes: 'vom Kunden', inspected_date: at }, { pii: { texts: false } }).lines?.[0]).toMatchObject({
      customerText: undefined,
      inspection: { note: undefined },
    })
  })
})

describe('values in another form', () => {
  it.each([
    ['a number', 19.9, '19.9'],
    ['a number with all its digits as text', '19.90', '19.90'],
    ['a whole number', 20, '20'],
  ])('takes an amount as %s', (_title, amount, text) => {
    expect(withItem({ amount }).lines?.[0]?.unitPrice).toEqual({ amount: text, currency: 'EUR' })
  })

  it('leaves out an amount that is none, or has no currency, and says so', () => {
    expect(withItem({ amount: '19,90 €' })).toMatchObject({ flags: expect.arrayContaining(['unreadable-amount']) })
    expect(map({ currency: null, items: [{ ...item, currency: null }] }).flags).toContain('no-currency')
  })

  it.each([
    [4006381333931, '4006381333931'],
    ['96385074', '96385074'],
    [36000291452, '0036000291452'],
    ['036000291452', '0036000291452'],
    [12345670, '12345670'],
    [5901234123450, null],
  ])('takes the EAN %s as %s', (ean, gtin) => {
    expect(withItem({ ean }).lines?.[0]?.gtin).toBe(gtin)
  })

  it('keeps an EAN that cannot be right', () => {
    expect(withItem({ ean: 5901234123450 })).toMatchObject({
      flags: expect.arrayContaining(['gtin-unreadable']),
      extensions: { '8returns.ean.7001': '5901234123450' },
    })
  })

  it('reads a country that is no code as text', () => {
    expect(map({ customer: { country: 'Deutschland' } }, { pii: { customer: true } })).toMatchObject({
      customer: { address: { country: 'Deutschland' } },
      flags: expect.arrayContaining(['country-not-iso']),
    })
  })

  it.each([
    ['2026-10-05 16:40:12', '2026-10-05T14:40:12.000Z', 'zone-assumed'],
    ['2026-10-05 16:40:12 UTC', '2026-10-05T16:40:12Z', undefined],
    ['2026-10-05', '2026-10-04T22:00:00.000Z', 'zone-assumed'],
    ['gestern', undefined, 'unreadable-date'],
  ])('reads the time %s', (text, instant, flag) => {
    const record = map({ created_at: text })
    expect(record.createdAt).toBe(instant)
    expect(record.flags?.filter((each) => each.includes('zone') || each.includes('date'))).toEqual(
      flag === undefined ? [] : [flag],
    )
  })

  it('lets a detail that cannot be read cost nothing but itself', () => {
    expect(map({ is_arrived: 'perhaps', rma: { a: 1 }, customer: 7 })).toMatchObject({
      id: '900101',
      rmaNumber: undefined,
    })
  })

  it('leaves out what was not told, so that an older statement keeps it', () => {
    const record = toReturn(
      WireReturn.parse({ id: 1, items: [{ id: 2, sku: 'A', quantity: 1 }] }),
      EightReturnsConfig.parse({}),
    )
    expect(JSON.parse(JSON.stringify(record))).toEqual({
      entity: 'returns',
      id: '1',
      numbers: [],
      lifecycle: { value: 'unknown' },
      logistics: { value: 'unknown' },
      lines: [{ id: '2', sku: 'A', quantity: { requested: 1, cancelled: 0 } }],
      flags: [],
      extensions: {},
    })
  })
})
