import type { HttpFailure } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { toError, vendorWords } from './errors.ts'

const failure = (status: number, over: Partial<HttpFailure> = {}): HttpFailure => ({
  method: 'GET',
  path: '/stores/abc/v2/orders',
  status,
  headers: new Headers(),
  text: '',
  json: undefined,
  doing: 'list orders',
  ...over,
})

describe('failures of BigCommerce', () => {
  it.each([
    [{ 'x-rate-limit-time-reset-ms': '15000', 'x-retry-after': '20' }, 15_000],
    [{ 'x-retry-after': '7' }, 7000],
    [{}, 3000],
    [{ 'x-rate-limit-time-reset-ms': 'soon' }, 3000],
  ])('429 with %j waits %i ms', (headers, ms) => {
    expect(toError(failure(429, { headers: new Headers(headers) }))).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: ms,
    })
  })

  it('401 asks for new credentials, 403 names the scope in the words of the form', () => {
    expect(toError(failure(401))).toMatchObject({ code: 'AUTH_INVALID', key: 'credentials' })
    const forbidden = toError(failure(403, { path: '/stores/abc/v2/coupons' }))
    expect(forbidden).toMatchObject({ code: 'AUTH_PERMISSION_MISSING' })
    expect(forbidden?.message).toContain('"Marketing: modify"')
    expect(toError(failure(403, { path: '/stores/abc/v2/store' }))?.message).toContain(
      '"Information & Settings: read-only"',
    )
  })

  it.each([400, 409, 413, 422, 507])('%i is for good', (status) => {
    expect(toError(failure(status))).toMatchObject({ retry: 'never', failureType: 'system' })
  })

  it.each([404, 500, 502, 503])('%i is left to the usual table', (status) => {
    expect(toError(failure(status))).toBeUndefined()
  })

  it.each([
    [{ status: 422, title: 'Bad', errors: { price: 'for erika@example.com' } }, 'Bad (price)'],
    [[{ status: 404, message: 'Gone' }], 'Gone'],
    [{ data: [{ status: 422, title: 'No refund' }] }, 'No refund'],
    [{ data: [{ order_id: 1, status: 503, error: 'busy' }] }, 'busy'],
    [{ batch_errors: [{ title: 'Row', errors: { id: 'x' } }] }, 'Row (id)'],
    [{ title: 'Unknown erika.muster@example.com here' }, 'Unknown ‹address› here'],
    ['text', undefined],
    [{}, undefined],
  ])('%j says %s', (json, words) => {
    expect(vendorWords(json)).toBe(words)
  })
})
