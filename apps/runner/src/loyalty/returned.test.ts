import type { Return, ReturnLine } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { refundsOfReturn } from './returned.ts'

const euros = (amount: string) => ({ amount, currency: 'EUR' })
const line = (id: string, more: Partial<ReturnLine> = {}): ReturnLine => ({
  id,
  sku: `SKU-${id}`,
  orderLineId: `line-${id}`,
  quantity: { requested: 2 },
  unitPrice: euros('10.00'),
  ...more,
})
const returned = (
  financial: NonNullable<Return['financial']>['value'],
  lines: ReturnLine[],
  more: Partial<Return> = {},
): Return => ({
  entity: 'returns',
  id: 'r1',
  about: { entity: 'orders', number: '218' },
  financial: { value: financial },
  lines,
  ...more,
})
const totals = (record: Return) =>
  refundsOfReturn(record).map(({ id, total, destination }) => [id, total?.amount, destination?.value])

describe('the refund a return tells of', () => {
  it.each(['none', 'pending', 'not_refunded', 'failed', 'unknown'] as const)('%s: there is none', (state) => {
    expect(refundsOfReturn(returned(state, [line('1')]))).toEqual([])
  })

  it('is what its lines say: what was refunded of each, at its price or as a share of its total', () => {
    const lines = [
      line('1', { quantity: { requested: 2, refunded: 1 } }),
      line('2', { quantity: { requested: 3, refunded: 2 }, unitPrice: undefined, total: euros('10.00') }),
      line('3', { quantity: { requested: 1, refunded: 1 }, refundAmount: euros('4.00') }),
      line('4', { quantity: { requested: 1, refunded: 0 } }),
    ]
    expect(totals(returned('partially_refunded', lines))).toEqual([['r1', '20.67', undefined]])
    expect(refundsOfReturn(returned('partially_refunded', lines))[0]?.lines).toEqual([
      { lineId: 'line-1', quantity: 1 },
      { lineId: 'line-2', quantity: 2 },
      { lineId: 'line-3', quantity: 1 },
    ])
  })

  it('is the whole return where no line says more, without what was taken back', () => {
    expect(totals(returned('refunded', [line('1', { quantity: { requested: 2, cancelled: 1 } }), line('2')]))).toEqual([
      ['r1', '30.00', undefined],
    ])
  })

  it('has the shipping that was paid back, and not the fees that were kept; a total of the vendor wins', () => {
    const more = { totals: { shippingRefund: euros('4.90'), fees: euros('2.00') } }
    expect(totals(returned('refunded', [line('1')], more))).toEqual([['r1', '22.90', undefined]])
    expect(totals(returned('refunded', [line('1')], { totals: { refund: euros('18.00') } }))).toEqual([
      ['r1', '18.00', undefined],
    ])
  })

  it('keeps money and store credit apart, and counts no exchange', () => {
    const wants = (value: 'store_credit' | 'exchange') => ({ requestedResolution: { value } })
    expect(
      totals(returned('refunded', [line('1'), line('2', wants('store_credit')), line('3', wants('exchange'))])),
    ).toEqual([
      ['r1', '20.00', undefined],
      ['r1/credit', '20.00', 'store_credit'],
    ])
  })

  it('says that it does not know, rather than nothing', () => {
    expect(totals(returned('partially_refunded', [line('1')]))).toEqual([['r1', undefined, undefined]])
    expect(totals(returned('refunded', [line('1', { unitPrice: undefined })]))).toEqual([['r1', undefined, undefined]])
    expect(
      totals(returned('refunded', [line('1'), line('2', { unitPrice: { amount: '1.00', currency: 'CHF' } })])),
    ).toEqual([['r1', undefined, undefined]])
  })
})
