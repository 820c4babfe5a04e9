import { isKontorError } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { parseAccountFile } from './account-file.ts'

const token = 'exampletoken0exampletoken0example'
const secret = 'examplesecret0examplesecret'
const first = `ACCESS TOKEN: ${token}
CLIENT NAME: Loyalty connector
API PATH: https://api.bigcommerce.com/stores/abc123example/v3/
CLIENT ID: exampleclientid
CLIENT SECRET: ${secret}
`
const second = `ACCESS TOKEN: ${token}
CLIENT ID: exampleclientid
CLIENT SECRET: ${secret}
NAME: Loyalty connector
API PATH: https://api.bigcommerce.com/stores/abc123example/v3/
`
const read = {
  storeHash: 'abc123example',
  accessToken: token,
  clientId: 'exampleclientid',
  clientSecret: secret,
  name: 'Loyalty connector',
}

function failureOf(text: string): { code: string; message: string } {
  try {
    parseAccountFile(text)
  } catch (thrown) {
    if (isKontorError(thrown)) return { code: thrown.code, message: thrown.message }
    throw thrown
  }
  throw new Error('it was read')
}

describe('the API account file', () => {
  it.each([
    ['the older layout', first],
    ['the newer layout', second],
    ['a byte order mark and Windows line ends', `\uFEFF${first.replaceAll('\n', '\r\n')}`],
    ['blank lines and small letters', second.replaceAll('\n', '\n\n').replace('ACCESS TOKEN', 'access token')],
    ['another order', first.split('\n').toReversed().join('\n')],
    ['line breaks that became blanks', first.replaceAll('\n', ' ')],
    ['line breaks that are gone', second.replaceAll('\n', ' ').trim()],
    ['nothing at all in place of its line breaks', first.replaceAll('\n', '')],
    ['underscores in its keys', second.replace('ACCESS TOKEN', 'ACCESS_TOKEN')],
  ])('is read with %s', (_, text) => {
    expect(parseAccountFile(text)).toEqual(read)
  })

  it('is read without a name, a client id and a secret, and with an API path of v2 without a slash', () => {
    expect(
      parseAccountFile(`ACCESS TOKEN: ${token}\nAPI PATH: https://api.bigcommerce.com/stores/abc123example/v2`),
    ).toEqual({ storeHash: 'abc123example', accessToken: token })
  })

  it.each([
    ['is empty', '', 'has none of the lines'],
    ['lacks the token', first.replace(/ACCESS TOKEN.*\n/, ''), 'no value for ACCESS TOKEN'],
    ['has an empty token', first.replace(token, ''), 'no value for ACCESS TOKEN'],
    ['has a token with something run into it', first.replace(token, `${token} and more`), 'not one word'],
    ['has a path that names no store', first.replace('/stores/abc123example', ''), 'without /stores/'],
  ])('that %s is refused with what to do, and without a value', (_, text, says) => {
    const { code, message } = failureOf(text)
    expect(code).toBe('SECRET_MALFORMED')
    expect(message).toContain(says)
    expect(message).toContain('create a new API account')
    expect(message).not.toContain(token)
    expect(message).not.toContain(secret)
  })
})
