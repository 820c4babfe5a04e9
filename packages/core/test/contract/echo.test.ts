import { describe, expect, it } from 'vitest'
import { compareEcho, toInstant, type Echo, type Refund } from '../../src/index.ts'

const start = Date.parse('2026-05-04T08:00:00Z')
const hour = 3_600_000
const at = toInstant
const euro = (amount: string) => ({ amount, currency: 'EUR' })

function refund(id: string, amount: string, more: Partial<Refund> = {}): Refund {
  return {
    entity: 'refunds',
    id,
    about: { entity: 'orders', id: 'O-1' },
    status: { value: 'done' },
    lines: [{ sku: 'SKU-1', amount: euro(amount) }],
    total: euro(amount),
    ...more,
  }
}
const expected = (more: Partial<Echo> = {}): Echo => ({
  since: at(start),
  until: at(start + 96 * hour),
  lines: [{ sku: 'SKU-1', amount: euro('10.00') }],
  ...more,
})

describe('a refund that is told later', () => {
  it.each<[string, Partial<Echo>, Refund, string]>([
    ['says the same', {}, refund('T', '10'), 'same'],
    ['is of before', {}, refund('T', '10.00', { refundedAt: at(start - 1000) }), 'other'],
    ['is for other goods', {}, refund('T', '10.00', { lines: [{ sku: 'SKU-2', amount: euro('10.00') }] }), 'other'],
    ['is of another amount', {}, refund('T', '11.90'), 'alike'],
    [
      'has tax that was not asked for',
      {},
      refund('T', '11.90', { lines: [{ sku: 'SKU-1', amount: euro('11.90'), tax: euro('1.90') }] }),
      'alike',
    ],
    [
      'has tax on top, where that is so',
      { lines: [{ sku: 'SKU-1', amount: euro('10.00'), taxOnTop: true }] },
      refund('T', '11.90', { lines: [{ sku: 'SKU-1', amount: euro('11.90'), tax: euro('1.90') }] }),
      'same',
    ],
    ['names no goods and the sum', {}, refund('T', '10.00', { lines: [] }), 'same'],
    ['names no goods and another sum', {}, refund('T', '9.00', { lines: [] }), 'alike'],
    [
      'is of another currency',
      {},
      refund('T', '10.00', { lines: [{ sku: 'SKU-1', amount: { amount: '10.00', currency: 'GBP' } }] }),
      'alike',
    ],
    ['is told where nobody knows what was paid', { lines: [] }, refund('T', '10.00'), 'alike'],
  ])('and %s', (_, more, told, is) => {
    expect(compareEcho(expected(more), told).is).toBe(is)
  })

  it('may tell two lines of one SKU apart or together', () => {
    const line = (amount: string) => ({ sku: 'SKU-1', amount: euro(amount) })
    const two = expected({ lines: [line('10.00'), line('3.00')] })
    expect(compareEcho(two, refund('T', '13.00'))).toEqual({ is: 'same', rest: [] })
    expect(compareEcho(two, refund('T', '13.00', { lines: [line('3.00'), line('10.00')] }))).toEqual({
      is: 'same',
      rest: [],
    })
    expect(compareEcho(two, refund('T', '3.00'))).toEqual({ is: 'same', rest: [line('10.00')] })
    expect(compareEcho(two, refund('T', '4.00')).is).toBe('alike')
    expect(compareEcho(two, refund('T', '20.00', { lines: [line('10.00'), line('10.00')] })).is).toBe('alike')
  })

  it('leaves what it does not tell for the next one', () => {
    const two = expected({ lines: [...expected().lines, { sku: 'SKU-2', amount: euro('3.00') }] })
    expect(compareEcho(two, refund('T', '10.00'))).toEqual({
      is: 'same',
      rest: [{ sku: 'SKU-2', amount: euro('3.00') }],
    })
  })
})
