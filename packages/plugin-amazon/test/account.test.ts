import { isKontorError, type Instant, type KontorError } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { openShop } from './shop.ts'
import { all } from './support.ts'

const signal = AbortSignal.timeout(60_000)
const since = '2026-05-01T00:00:00Z' as Instant
type Settings = NonNullable<Parameters<typeof openShop>[0]>

/** What a person is told by `check`, and by the next reading of orders. */
async function told(settings: Settings, happens: (shop: Awaited<ReturnType<typeof openShop>>['shop']) => void) {
  await using open = await openShop({ ...settings, options: { orders: 2, ...settings.options } })
  const { shop, connection } = open
  happens(shop)
  const reading = async (): Promise<KontorError | undefined> => {
    try {
      await all(connection.readers.orders.read({ since, signal }))
      return undefined
    } catch (thrown) {
      if (isKontorError(thrown)) return thrown
      throw thrown
    }
  }
  const { problems } = await shop.drive(connection.check(signal))
  const error = await shop.drive(reading())
  const ofLevel = (level: string) => problems.filter((problem) => problem.level === level)
  return { errors: ofLevel('error'), warnings: ofLevel('warning'), error, tokens: shop.world.tokensIssued }
}

/** Each trouble of an account with the words that are its own. */
const troubles = {
  dormant: /dormant or deactivated/,
  role: /lacks a role: this needs "Inventory and Order Tracking"/,
  revoked: /authorization was revoked, or has lapsed/,
  lapsed: /authorization has lapsed or was revoked/,
  page: /It was a web page/,
  maintenance: /perhaps for maintenance/,
  region: /another region/,
} as const
const only = (text: string | undefined): string[] =>
  Object.entries(troubles).flatMap(([name, words]) => (words.test(text ?? '') ? [name] : []))

describe('trouble with the account', () => {
  it('that is dormant is told as that, and stops the connection', async () => {
    const { errors, error } = await told({}, (shop) => shop.act('set-account', { dormant: true }))
    expect(errors).toMatchObject([{ code: 'AUTH_INVALID', key: 'credentials' }])
    expect(only(errors[0]?.message)).toEqual(['dormant'])
    expect(error).toMatchObject({ code: 'AUTH_INVALID', scope: 'connection', retry: 'never' })
    expect(only(error?.message)).toEqual(['dormant'])
  })

  it('whose app lacks a role is told the role by its name in Seller Central; the token is not renewed for it', async () => {
    const { errors, error, tokens } = await told({}, (shop) => shop.act('set-roles', { roles: ['Product Listing'] }))
    expect(errors).toMatchObject([{ code: 'AUTH_PERMISSION_MISSING' }])
    expect(only(errors[0]?.message)).toEqual(['role'])
    expect(error?.code).toBe('AUTH_PERMISSION_MISSING')
    expect([...tokens.values()]).toEqual([1])
  })

  it('whose app lacks a role that not everybody needs is warned of it alone', async () => {
    const roles = ['Inventory and Order Tracking', 'Direct-to-Consumer Shipping (Restricted)', 'Product Listing']
    const { errors, warnings, error } = await told({}, (shop) => shop.act('set-roles', { roles }))
    expect([errors, error]).toEqual([[], undefined])
    expect(warnings.map(({ message }) => /this needs "([^"]+)"/.exec(message)?.[1])).toEqual(['Finance and Accounting'])
  })

  it('whose listings are suspended is warned where they are, and reading goes on', async () => {
    const { errors, warnings, error } = await told({}, (shop) => shop.act('set-account', { suspendedListings: true }))
    expect([errors, error]).toEqual([[], undefined])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]?.message).toMatch(/suspended listings in .*DE.*Account health/)
  })

  it('whose authorization was taken back is told how to give it again', async () => {
    const { errors } = await told({}, (shop) => shop.act('revoke-authorization', {}))
    expect(errors).toMatchObject([{ code: 'AUTH_EXPIRED', key: 'credentials.refreshToken' }])
    expect(only(errors[0]?.message)).toEqual(['lapsed'])
  })

  it.each([400, 403])('a web page with %i is told as a wrong address, and not read as an answer', async (status) => {
    const { errors, error } = await told({ faults: [{ do: 'html', status, match: { path: '/sellers/*' } }] }, () => {})
    expect(errors).toMatchObject([{ code: 'ENDPOINT_MISMATCH', key: 'config.region' }])
    expect(only(errors[0]?.message)).toEqual(['page'])
    expect(error).toBeUndefined()
  })

  it('a web page in place of an answer that succeeded is no answer', async () => {
    const { errors } = await told({ faults: [{ do: 'html', status: 200, match: { path: '/sellers/*' } }] }, () => {})
    expect(errors).toMatchObject([{ code: 'ENDPOINT_MISMATCH', message: expect.stringContaining('web page') }])
  })

  it('maintenance is a page with 503: it is tried again, and passes by itself', async () => {
    const page = { do: 'html', status: 503, match: { path: '/orders/2026-01-01/orders' } } as const
    const { error } = await told({ faults: [page] }, () => {})
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retry: 'backoff' })
    expect(only(error?.message)).toEqual(['maintenance'])
    expect(error?.message).toContain('Tried 4 times')
    const passing = await told({ faults: [{ ...page, match: { ...page.match, times: 2 } }] }, () => {})
    expect(passing.error).toBeUndefined()
  })
})
