import { describe, expect, it } from 'vitest'
import { signature } from '../src/client/signature.ts'
import { signatureProblem } from '../src/simulator/notifications/verify-signature.ts'

/** Cases of the Signature Version 4 test suite that AWS publishes (docs.aws.amazon.com, "Signature Version 4 test suite"), with their own key and time. */
const key = {
  keyId: 'AKIDEXAMPLE',
  secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 'service',
}
const time = '20150830T123600Z'
const base = { host: 'example.amazonaws.com', 'x-amz-date': time }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

const cases = [
  ['get-vanilla', 'GET', '/', {}, '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['post-vanilla', 'POST', '/', {}, '', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'get-vanilla-query-order-key-case',
    'GET',
    '/?Param2=value2&Param1=value1',
    {},
    '',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-header-value-trim',
    'GET',
    '/',
    { 'My-Header1': ' value1', 'My-Header2': ' "a   b   c"' },
    '',
    'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  ],
  [
    'post-x-www-form-urlencoded',
    'POST',
    '/',
    form,
    'Param1=value1',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
] as const

describe('Signature Version 4', () => {
  it.each(cases)('of %s is what AWS publishes', (_, method, path, more, body, expected) => {
    const url = new URL(path, 'https://example.amazonaws.com')
    const headers = { ...base, ...more }
    expect(signature({ method, url, headers, body }, key)).toMatch(new RegExp(`Signature=${expected}$`))
  })

  it.each(cases.filter(([, , path]) => path === '/').filter(([name]) => name !== 'get-header-value-trim'))(
    'of %s is taken by the simulator, and one bit of the body or the key away it is not',
    (_, method, path, more, body, expected) => {
      const names = Object.keys({ ...base, ...more })
        .toSorted()
        .join(';')
      const authorization = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${expected}`
      const headers = { ...base, ...more, authorization }
      const known = { ...key, signs: ['host', 'x-amz-date'], now: Date.parse('2015-08-30T12:36:00Z') }
      const ask = (text: string, other: Partial<typeof known> = {}) =>
        signatureProblem({ method, path, headers, body: Buffer.from(text) }, { ...known, ...other })
      expect(ask(body)).toBeUndefined()
      expect(ask(`${body} `)).toBe('SignatureDoesNotMatch')
      expect(ask(body, { secret: 'another' })).toBe('SignatureDoesNotMatch')
      expect(ask(body, { region: 'eu-west-1' })).toBe('SignatureDoesNotMatch')
      expect(ask(body, { now: known.now + 16 * 60_000 })).toBe('SignatureDoesNotMatch')
      expect(ask(body, { keyId: 'AKIDOTHER' })).toBe('UnrecognizedClientException')
    },
  )
})
