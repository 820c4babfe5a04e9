import { describe, expect, it } from 'vitest'
import { errorCodes, isKontorError, KontorError, remedyOf, toKontorError, type ErrorCode } from '../../src/index.ts'
import { errorsPage } from './errors-page.ts'

describe('the page of errors', () => {
  it('is what the table in the code says', async () => {
    await expect(errorsPage()).toMatchFileSnapshot('../../../../docs/errors.md')
  })
  it('has a meaning and a remedy for every code, as sentences', () => {
    for (const code of Object.keys(errorCodes) as ErrorCode[]) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/)
      expect(errorCodes[code].meaning).toMatch(/^[A-Z].*\.$/)
      expect(remedyOf(code)).toMatch(/^[A-Z].*\.$/)
    }
  })
})

describe('an error', () => {
  it('knows from its code who must act, how much stops and whether to try again', () => {
    expect(new KontorError('RATE_LIMITED', { message: 'x' })).toMatchObject({
      failureType: 'transient',
      scope: 'entity',
      retry: 'backoff',
    })
    expect(new KontorError('RATE_LIMITED', { message: 'x', retryAfterMs: 5 })).toMatchObject({
      retry: 'after',
      retryAfterMs: 5,
    })
    expect(new KontorError('AUTH_INVALID', { message: 'x', scope: 'entity', retry: 'backoff' })).toMatchObject({
      failureType: 'config',
      scope: 'entity',
      retry: 'backoff',
    })
  })
  it('is recognised by its brand, also when another copy of core made it', () => {
    const foreign = Object.defineProperty(new Error('x'), Symbol.for('kontor/error@1'), { value: true })
    expect([new KontorError('INTERNAL', { message: 'x' }), foreign].every(isKontorError)).toBe(true)
    expect([new Error('x'), null, undefined, 'INTERNAL', { code: 'INTERNAL' }].some(isKontorError)).toBe(false)
  })
  it('is stored without stack and cause', () => {
    const error = new KontorError('CONFLICT', {
      message: 'x',
      key: 'a.b',
      path: 'c',
      vendorCode: '7',
      cause: new Error('deep secret'),
      exchange: { method: 'GET', url: 'https://x.example/' },
    })
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'CONFLICT',
      message: 'x',
      failureType: 'system',
      scope: 'record',
      retry: 'never',
      key: 'a.b',
      path: 'c',
      vendorCode: '7',
      exchange: { method: 'GET', url: 'https://x.example/' },
    })
  })
  it('is made of whatever was thrown', () => {
    const own = new KontorError('CONFLICT', { message: 'x' })
    expect(toKontorError(own, 'reading')).toBe(own)
    expect(toKontorError(new DOMException('x', 'AbortError'), 'reading')).toMatchObject({
      code: 'ABORTED',
      message: 'reading was stopped.',
    })
    const bug = toKontorError(new TypeError('Erika Muster has no street'), 'reading')
    expect(bug).toMatchObject({ code: 'INTERNAL', message: 'reading failed unexpectedly (TypeError).' })
    expect(toKontorError('text', 'reading')).toMatchObject({
      code: 'INTERNAL',
      message: 'reading failed unexpectedly (string).',
    })
  })
})
