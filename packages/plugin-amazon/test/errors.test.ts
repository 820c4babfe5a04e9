import type { Problem } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { toError } from '../src/errors.ts'
import { SELLER_ID } from '../src/simulator/index.ts'
import { openShop } from './shop.ts'
import { open } from './support.ts'

const signal = AbortSignal.timeout(60_000)
const failure = (
  status: number,
  body: unknown,
  path = '/orders/2026-01-01/orders',
  headers: Record<string, string> = {},
) => ({
  method: 'GET',
  path,
  status,
  headers: new Headers({ 'x-amzn-requestid': 'ref-1', ...headers }),
  text: typeof body === 'string' ? body : JSON.stringify(body),
  json: typeof body === 'string' ? undefined : body,
  doing: 'search orders',
})
const said = (message: string, code = 'Unauthorized'): object => ({ errors: [{ code, message }] })

describe('a failed call', () => {
  it.each([
    [400, said('Invalid marketplace', 'InvalidInput'), 'AUTH_PERMISSION_MISSING', 'config.marketplaces'],
    [400, said('shipDate is wrong', 'InvalidInput'), 'REQUEST_REJECTED', 'Correct the record'],
    [400, said('bad', '400'), 'REQUEST_REJECTED', '(400)'],
    [400, said('Invalid Input', 'Invalid Input'), 'REQUEST_REJECTED', '(Invalid Input)'],
    [400, said('attribute is wrong', 'BAD_REQUEST'), 'REQUEST_REJECTED', 'Correct the record'],
    [400, said('Request is missing or has invalid parameters', 'InvalidRequest'), 'REQUEST_REJECTED', 'InvalidRequest'],
    [400, said('Your account has been deactivated'), 'AUTH_INVALID', 'dormant'],
    [403, said('Access to requested resource is denied.'), 'AUTH_PERMISSION_MISSING', 'Inventory and Order Tracking'],
    [403, said('The access token you provided is revoked, malformed or invalid.'), 'AUTH_EXPIRED', 'Authorize app'],
    [403, said('The access token you provided has expired.'), 'AUTH_INVALID', 'clock of this machine'],
    [403, said('marketplaces you provided are not valid for region'), 'AUTH_PERMISSION_MISSING', 'another region'],
    [403, said('The seller account is dormant'), 'AUTH_INVALID', 'dormant'],
    [401, said('Access denied', 'MissingAuthenticationToken'), 'AUTH_PERMISSION_MISSING', 'role'],
    [403, said('Missing access token', 'MissingAuthenticationToken'), 'AUTH_PERMISSION_MISSING', 'role'],
    [403, said('Access denied', 'AccessDeniedException'), 'AUTH_PERMISSION_MISSING', 'AccessDeniedException'],
    [404, said('gone', 'NotFound'), 'NOT_FOUND', 'does not know'],
    [404, said('gone', 'ResourceNotFound'), 'NOT_FOUND', 'does not know'],
    [409, said('busy', 'Conflict'), 'CONFLICT', 'meanwhile'],
    [413, said('too large', 'RequestEntityTooLarge'), 'REQUEST_REJECTED', 'larger'],
    [415, said('type', 'UnsupportedMediaType'), 'REQUEST_REJECTED', 'content type'],
    [429, said('You exceeded your quota for the requested resource.', 'QuotaExceeded'), 'RATE_LIMITED', 'limit'],
    [500, said('We encountered an internal error.', 'InternalFailure'), 'UPSTREAM_UNAVAILABLE', 'its side'],
    [503, said('Service is temporarily unavailable.', 'ServiceUnavailable'), 'UPSTREAM_UNAVAILABLE', 'maintenance'],
    [400, '<html><body>The request could not be satisfied</body></html>', 'ENDPOINT_MISMATCH', 'config.region'],
    [500, '', 'UPSTREAM_UNAVAILABLE', 'its side'],
    [503, '<html><body>down</body></html>', 'UPSTREAM_UNAVAILABLE', 'maintenance'],
    [403, '<!DOCTYPE html><p>Forbidden</p>', 'ENDPOINT_MISMATCH', 'config.region'],
  ])('with %d and %j is told as %s', (status, body, code, words) => {
    const error = toError(failure(status, body))
    expect(error).toMatchObject({ code })
    expect(`${error?.message} ${error?.key}`).toContain(words)
    expect(error?.message).toContain('ref-1')
  })

  it('of too many calls waits as long as one token of that operation takes', () => {
    expect(toError(failure(429, said('x', 'QuotaExceeded')))?.retryAfterMs).toBe(178_572)
    expect(toError(failure(429, said('x', 'QuotaExceeded'), '/feeds/2021-06-30/feeds/1'))?.retryAfterMs).toBe(500)
  })

  it('names no buyer, no mail address and no long number', () => {
    const { message = '' } =
      toError(failure(400, said('erika@muster.example has phone 004912345678901', 'InvalidInput'))) ?? {}
    expect(message).not.toMatch(/erika|12345678/)
  })
})

describe('the access token', () => {
  const me = '/sellers/v1/marketplaceParticipations'
  const fine = {
    json: {
      payload: [
        { marketplace: { id: 'A1PA6795UKMFR9' }, participation: { isParticipating: true, hasSuspendedListings: true } },
      ],
    },
  }

  it('that has run out before its time is renewed once', async () => {
    let calls = 0
    await using shop = await open(({ path }) => {
      if (path !== me) return undefined
      calls += 1
      return calls === 1 ? { status: 403, json: said('The access token you provided has expired.') } : fine
    })
    const { problems, facts } = await shop.connection.check(signal)
    expect(facts).toMatchObject({ marketplaces: 'DE' })
    expect(problems.map(({ message }) => message).join()).toContain('suspended listings in DE')
    expect(shop.asked.filter(({ path }) => path === '/auth/o2/token')).toHaveLength(2)
  })

  it('is never renewed for a missing role', async () => {
    await using shop = await open(({ path }) =>
      path === me ? { status: 403, json: said('Access to requested resource is denied.') } : undefined,
    )
    expect((await shop.connection.check(signal)).problems[0]).toMatchObject({
      level: 'error',
      code: 'AUTH_PERMISSION_MISSING',
    })
    expect(shop.asked.filter(({ path }) => path === '/auth/o2/token')).toHaveLength(1)
  })

  it('is asked for once for all, in a form whose values are encoded', async () => {
    await using shop = await open(({ path }) => (path === me ? fine : undefined))
    await Promise.all([1, 2, 3].map(() => shop.connection.check(signal)))
    const tokens = shop.asked.filter(({ path }) => path === '/auth/o2/token')
    expect(tokens).toHaveLength(1)
    expect(tokens[0]?.body).toContain('refresh_token=Atzr%7Cexample-token')
    expect(tokens[0]?.headers.get('x-amz-access-token')).toBeNull()
  })

  it.each([
    ['invalid_grant', 'AUTH_EXPIRED', 'credentials.refreshToken'],
    ['invalid_client', 'AUTH_INVALID', 'credentials.clientSecret'],
    ['unauthorized_client', 'AUTH_INVALID', 'credentials.clientId'],
  ])('that is refused with %s says what to do', async (word, code, key) => {
    await using shop = await open(({ path }) =>
      path === '/auth/o2/token' ? { status: 400, json: { error: word, error_description: 'no' } } : undefined,
    )
    const [problem] = (await shop.connection.check(signal)).problems
    expect(problem).toMatchObject({ level: 'error', code, key })
    expect(problem?.message).toMatch(/Seller Central|same app/)
    expect(problem?.message).not.toContain('example-token')
  })
})

describe('a seller id that is not that of the token', () => {
  const others = { sellerId: 'A9OTHER000000' }
  const refusals = (problems: readonly Problem[]) => problems.filter(({ level }) => level !== 'info')

  it('is named by check, with whose token it is', async () => {
    await using shop = await openShop({ config: others })
    const { id } = z.object({ id: z.string() }).parse(shop.shop.act('place-order', { status: 'SHIPPED' }))
    shop.shop.act('refund', { order: id })
    await shop.shop.clock.advance(2 * 3_600_000)
    const { problems } = await shop.shop.drive(shop.connection.check(signal))
    expect(refusals(problems)).toMatchObject([
      { level: 'error', code: 'CONFIG_INVALID', key: 'config.sellerId', message: expect.stringContaining(SELLER_ID) },
    ])
  })

  it('is held possible where the account has no transactions to tell', async () => {
    await using shop = await openShop({ options: { orders: 0 }, config: others })
    const { problems } = await shop.shop.drive(shop.connection.check(signal))
    expect(refusals(problems)).toMatchObject([
      { level: 'warning', code: 'AUTH_PERMISSION_MISSING', message: expect.stringContaining('config.sellerId') },
    ])
  })

  it('is no suspicion where the transactions are of this seller and a role is missing', async () => {
    const roles: NonNullable<NonNullable<Parameters<typeof openShop>[0]>['options']>['roles'] = [
      'Inventory and Order Tracking',
      'Finance and Accounting',
    ]
    await using shop = await openShop({ options: { roles } })
    const { id } = z.object({ id: z.string() }).parse(shop.shop.act('place-order', { status: 'SHIPPED' }))
    shop.shop.act('refund', { order: id })
    await shop.shop.clock.advance(2 * 3_600_000)
    const { problems } = await shop.shop.drive(shop.connection.check(signal))
    const [listing] = refusals(problems)
    expect(listing).toMatchObject({ level: 'warning', code: 'AUTH_PERMISSION_MISSING' })
    expect(listing?.message).not.toContain('config.sellerId')
  })
})
