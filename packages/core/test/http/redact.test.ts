import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor, redactUrl, secretsIn } from '../../src/host/index.ts'
import { KontorError } from '../../src/index.ts'

const secret = fc.oneof(
  fc.string({ minLength: 6, maxLength: 60 }),
  fc.string({ minLength: 6, maxLength: 40, unit: 'binary' }),
  fc.stringMatching(/^[A-Za-z0-9+/=:|.-]{6,60}$/),
)
const spelt: readonly [string, (text: string) => string][] = [
  ['as it is', (text) => text],
  ['in an address', (text) => encodeURIComponent(text.toWellFormed())],
  [
    'in an address, small',
    (text) => encodeURIComponent(text.toWellFormed()).replace(/%[0-9A-F]{2}/g, (found) => found.toLowerCase()),
  ],
  ['in a form', (text) => new URLSearchParams({ v: text }).toString().slice(2)],
  ['in JSON', (text) => JSON.stringify(text).slice(1, -1)],
  ['in Base64', (text) => Buffer.from(text).toString('base64')],
  ['in Base64 for addresses', (text) => Buffer.from(text).toString('base64url')],
]

describe('a secret', () => {
  it.each(spelt)('%s is masked in any text', (_, spell) => {
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        fc.pre(!/^\**$/.test(value))
        const written = spell(value)
        expect(createRedactor(value).text(`${before}${written}${after}`).includes(written)).toBe(false)
      }),
    )
  })
  it('is masked inside the Base64 of user and password', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z.@]{1,12}$/),
        fc.stringMatching(/^[A-Za-z0-9!?$-]{12,40}$/),
        (user, password) => {
          const header = Buffer.from(`${user}:${password}`).toString('base64')
          const shown = createRedactor(password).text(`sent ${header}`)
          expect(shown).not.toContain(header)
          const decoded = Buffer.from(shown.slice(5).split('***')[0] ?? '', 'base64').toString('latin1')
          expect(decoded.includes(password.slice(0, 6))).toBe(false)
        },
      ),
    )
  })
  it('of several is masked whichever comes first', () => {
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 5 }),
        fc.array(fc.string({ maxLength: 5 }), { maxLength: 6 }),
        (values, words) => {
          fc.pre(values.every((value) => !/^\**$/.test(value)))
          const shown = createRedactor(...values).text(
            values.map((value, index) => `${words[index] ?? ''}${value}`).join(''),
          )
          for (const value of values) expect(shown.includes(value)).toBe(false)
        },
      ),
    )
  })
  it('that is too short to be one does not tear words apart', () => {
    expect(createRedactor('eu', '', 'abc').text('queue of europe, abc')).toBe('queue of europe, abc')
  })
  it('leaves a text without secrets as it is', () => {
    const text = 'list orders: GET https://api.example/orders?page=2 answered 503. Nothing; it is tried again.'
    expect(createRedactor('some-other-secret').text(text)).toBe(text)
  })
  it('is every text inside the credentials, and every long number', () => {
    expect(secretsIn({ a: 'one', b: ['two', { c: 'three' }], pin: 123_456, page: 7, on: true, none: null })).toEqual([
      'one',
      'two',
      'three',
      '123456',
    ])
  })
})

describe('what looks like a credential', () => {
  it.each([
    ['GET https://erika:geheim12@shop.example/x', 'GET https://***@shop.example/x'],
    [
      'https://shop.example/ws?login=muster&pwd=geheim12&action=x',
      'https://shop.example/ws?login=muster&pwd=***&action=x',
    ],
    [
      'https://s3.example/f?X-Amz-Signature=abc123&X-Amz-Expires=5',
      'https://s3.example/f?X-Amz-Signature=***&X-Amz-Expires=5',
    ],
    ['refresh_token=abc&client_secret=def&grant=x', 'refresh_token=***&client_secret=***&grant=x'],
    ['sent Authorization: Bearer abcdef.ghijkl-123', 'sent Authorization: Bearer ***'],
    ['sent Basic ZXJpa2E6Z2VoZWlt', 'sent Basic ***'],
    ['https://shop.example/ws?ACCESS_TOKEN=abc#x', 'https://shop.example/ws?ACCESS_TOKEN=***#x'],
  ])('in %s is masked without being known', (text, shown) => {
    expect(createRedactor().text(text)).toBe(shown)
  })
  it.each(['Basic authentication is needed', 'the token was refused', 'bearer of news', 'monkey=banana'])(
    'is not seen in "%s"',
    (text) => {
      expect(createRedactor().text(text)).toBe(text)
    },
  )
})

describe('an address that is shown', () => {
  it('has no user, no query values, no fragment and no mail address', () => {
    expect(redactUrl('https://u:p@shop.example:8443/members/erika@example.com/x?email=a&page=2&page=3#frag')).toBe(
      'https://shop.example:8443/members/***/x?email=***&page=***',
    )
    expect(redactUrl('/orders?token=abc#x')).toBe('/orders')
  })
  it('never shows a value of its query', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: false }),
        fc.stringMatching(/^[a-z]{1,5}$/),
        fc.stringMatching(/^[A-Z0-9]{8,20}$/),
        (base, name, value) => {
          const url = new URL(base)
          url.searchParams.set(name, value)
          expect(redactUrl(url)).not.toContain(value)
          expect(redactUrl(url)).toContain(url.host)
        },
      ),
    )
  })
})

describe('an error', () => {
  it('is masked in every part that is shown, stored or logged with its causes', () => {
    const value = 'very-secret-value'
    const cause = new TypeError(`bad header ${value}`, {
      cause: Object.assign(new Error(`no ${value}`), { code: 'ECONNRESET' }),
    })
    const error = new KontorError('REQUEST_REJECTED', {
      message: `tried ${value}`,
      path: `a.${value}`,
      vendorCode: value,
      retryAfterMs: 5,
      scope: 'connection',
      key: 'credentials.token',
      cause,
      exchange: { method: 'GET', url: `https://shop.example/${value}?x=${value}`, status: 400, requestId: value },
    })
    const masked = createRedactor(value).error(error)
    expect(JSON.stringify(masked)).not.toContain(value)
    expect(masked.stack).not.toContain(value)
    expect(masked.cause).toMatchObject({ message: 'bad header ***', cause: { message: 'no ***', code: 'ECONNRESET' } })
    expect(masked).toMatchObject({
      code: 'REQUEST_REJECTED',
      retry: 'after',
      retryAfterMs: 5,
      scope: 'connection',
      key: 'credentials.token',
      exchange: { status: 400, url: 'https://shop.example/***?x=***' },
    })
  })
})
