import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { APPLICATION_ID, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, RESTRICTED_REFRESH_TOKEN } from './index.ts'
import { codesOf, Failure, openAmazon, post } from '../../test/ask-amazon.ts'

const DAY = 86_400_000
const PARTICIPATIONS = '/sellers/v1/marketplaceParticipations'
const Refusal = z.object({ error: z.string(), error_description: z.string() })
const errorOf = async (answer: Response): Promise<string> =>
  `${answer.status} ${Refusal.parse(await answer.json()).error}`
const grant = {
  grant_type: 'refresh_token',
  client_id: CLIENT_ID,
  client_secret: CLIENT_SECRET,
  refresh_token: REFRESH_TOKEN,
}

describe('Login with Amazon', () => {
  it('gives access tokens of an hour of its own time', async () => {
    await using world = await openAmazon({ orders: 0 })
    expect((await world.ask('GET', PARTICIPATIONS)).status).toBe(200)
    await world.amazon.clock.advance(3_600_000)
    const late = await world.ask('GET', PARTICIPATIONS)
    expect(late.status).toBe(403)
    expect(Failure.parse(late.json).errors[0]?.details).toContain('has expired')
    world.use(await world.login())
    expect((await world.ask('GET', PARTICIPATIONS)).status).toBe(200)
    expect(world.amazon.world.tokensIssued.get(REFRESH_TOKEN)).toBe(2)
  })

  it.each([
    ['a wrong secret', { client_secret: 'amzn1.oa2-cs.v1.wrong' }, '401 invalid_client'],
    ['a wrong client', { client_id: 'amzn1.application-oa2-client.wrong' }, '401 invalid_client'],
    ['an unknown token', { refresh_token: 'Atzr|unknown' }, '400 invalid_grant'],
    ['another grant', { grant_type: 'password' }, '400 unsupported_grant_type'],
    [
      'an unknown scope',
      { grant_type: 'client_credentials', scope: 'sellingpartnerapi::migration' },
      '400 invalid_scope',
    ],
  ])('refuses %s', async (_, form, expected) => {
    await using world = await openAmazon({ orders: 0 })
    expect(await errorOf(await post(`${world.amazon.url}/auth/o2/token`, { ...grant, ...form }))).toBe(expected)
  })

  it('ends an authorization after a year, with the access tokens given out before', async () => {
    await using world = await openAmazon({ orders: 0, authorizedDaysAgo: 364, secretDays: 0 })
    await world.amazon.clock.advance(DAY - 1000)
    world.use(await world.login())
    expect((await world.ask('GET', PARTICIPATIONS)).status).toBe(200)
    await world.amazon.clock.advance(1000)
    expect((await world.ask('GET', PARTICIPATIONS)).status).toBe(403)
    expect(await errorOf(await post(`${world.amazon.url}/auth/o2/token`, grant))).toBe('400 invalid_grant')
    const { refreshToken } = z.object({ refreshToken: z.string() }).parse(world.amazon.act('authorize'))
    world.use(await world.login(refreshToken))
    expect((await world.ask('GET', PARTICIPATIONS)).status).toBe(200)
  })

  it('ends a client secret after 180 days; a rotated one works seven days more', async () => {
    await using world = await openAmazon({ orders: 0, secretDaysAgo: 100 })
    const { clientSecret } = z.object({ clientSecret: z.string() }).parse(world.amazon.act('rotate-secret'))
    await world.amazon.clock.advance(7 * DAY - 1)
    expect((await post(`${world.amazon.url}/auth/o2/token`, grant)).status).toBe(200)
    await world.amazon.clock.advance(1)
    expect(await errorOf(await post(`${world.amazon.url}/auth/o2/token`, grant))).toBe('401 invalid_client')
    expect(await world.login(REFRESH_TOKEN, clientSecret)).toMatch(/^Atza\|/)
    await world.amazon.clock.advance(173 * DAY)
    await expect(world.login(REFRESH_TOKEN, clientSecret)).rejects.toThrow('access_token')
  })

  it('leads the consent back with a code that is good once and for five minutes', async () => {
    await using world = await openAmazon({ orders: 0 })
    const redirect = 'https://kontor.example.com/callback'
    const seek = async (): Promise<string> => {
      const query = new URLSearchParams({ application_id: APPLICATION_ID, state: 'abc', redirect_uri: redirect })
      const answer = await fetch(`${world.amazon.url}/apps/authorize/consent?${query.toString()}`, {
        redirect: 'manual',
      })
      const back = new URL(answer.headers.get('location') ?? '')
      expect(back.searchParams.get('state')).toBe('abc')
      return back.searchParams.get('spapi_oauth_code') ?? ''
    }
    const form = { ...grant, grant_type: 'authorization_code', redirect_uri: redirect }
    const exchange = (code: string, more = {}) => post(`${world.amazon.url}/auth/o2/token`, { ...form, code, ...more })
    const code = await seek()
    const answer = z.looseObject({ refresh_token: z.string() }).parse(await (await exchange(code)).json())
    expect(answer.refresh_token).not.toBe(REFRESH_TOKEN)
    expect(await world.login(answer.refresh_token)).toMatch(/^Atza\|/)
    expect(await errorOf(await exchange(code))).toBe('400 invalid_grant')
    expect(await errorOf(await exchange(await seek(), { redirect_uri: 'https://other.example.com' }))).toBe(
      '400 invalid_grant',
    )
    const late = await seek()
    await world.amazon.clock.advance(300_000)
    expect(await errorOf(await exchange(late))).toBe('400 invalid_grant')
  })
})

describe('every call', () => {
  it('needs a token, a date and a user agent', async () => {
    await using world = await openAmazon({ orders: 0 })
    const bare = await fetch(`${world.amazon.url}${PARTICIPATIONS}`)
    expect([bare.status, codesOf(await bare.json())]).toEqual([403, ['MissingAuthenticationToken']])
    const dateless = await world.ask('GET', PARTICIPATIONS, undefined, { 'x-amz-date': 'today' })
    expect([dateless.status, codesOf(dateless.json)]).toEqual([400, ['InvalidInput']])
    const nameless = await world.ask('GET', PARTICIPATIONS, undefined, { 'user-agent': '' })
    expect(nameless.status).toBe(400)
    world.use('Atza|A1EXAMPLESELLER.invented')
    expect((await world.ask('GET', PARTICIPATIONS)).status).toBe(403)
  })

  it('is refused without the role, and in a dormant account', async () => {
    await using world = await openAmazon({ orders: 0 })
    world.use(await world.login(RESTRICTED_REFRESH_TOKEN))
    expect((await world.ask('GET', '/orders/2026-01-01/orders?createdAfter=2026-05-01')).status).toBe(200)
    const finances = await world.ask('GET', '/finances/2024-06-19/transactions?postedAfter=2026-05-01')
    expect([finances.status, codesOf(finances.json)]).toEqual([403, ['Unauthorized']])
    world.amazon.act('set-account', { dormant: true })
    expect((await world.ask('GET', '/orders/2026-01-01/orders?createdAfter=2026-05-01')).status).toBe(403)
  })

  it('names the rate on success and on a 404, never on a 429', async () => {
    await using world = await openAmazon({ orders: 0 })
    const seen = []
    for (let call = 0; call < 21; call += 1)
      seen.push(await world.ask('GET', '/orders/2026-01-01/orders?createdAfter=2026-05-01'))
    expect(seen.slice(0, 20).every(({ status }) => status === 200)).toBe(true)
    expect(seen[0]?.headers.get('x-amzn-ratelimit-limit')).toBe('0.0056')
    const refused = seen[20]
    expect([refused?.status, codesOf(refused?.json)]).toEqual([429, ['QuotaExceeded']])
    expect(refused?.headers.get('x-amzn-ratelimit-limit')).toBeNull()
    expect(refused?.headers.get('retry-after')).toBeNull()
    const unknown = await world.ask('GET', '/orders/2026-01-01/orders/028-1234567-0000001')
    expect([unknown.status, unknown.headers.get('x-amzn-ratelimit-limit')]).toEqual([404, '0.5'])
    await world.amazon.clock.advance(178_571)
    expect((await world.ask('GET', '/orders/2026-01-01/orders?createdAfter=2026-05-01')).status).toBe(429)
    await world.amazon.clock.advance(1)
    expect((await world.ask('GET', '/orders/2026-01-01/orders?createdAfter=2026-05-01')).status).toBe(200)
  })

  it('keeps its buckets over a new access token', async () => {
    await using world = await openAmazon({ orders: 0, searchOrdersBurst: 1 })
    const path = '/orders/2026-01-01/orders?createdAfter=2026-05-01'
    expect((await world.ask('GET', path)).status).toBe(200)
    world.use(await world.login())
    expect((await world.ask('GET', path)).status).toBe(429)
  })
})

it('names a marketplace that is none beside the real ones', async () => {
  await using world = await openAmazon({ orders: 0 })
  const Payload = z.object({ payload: z.array(z.looseObject({ marketplace: z.looseObject({ id: z.string() }) })) })
  const ids = Payload.parse((await world.ask('GET', PARTICIPATIONS)).json).payload.map(
    ({ marketplace }) => marketplace.id,
  )
  expect(ids).toContain('A1PA6795UKMFR9')
  const foreign = await world.ask(
    'GET',
    `/orders/2026-01-01/orders?createdAfter=2026-05-01&marketplaceIds=${ids.at(-1)}`,
  )
  expect(foreign.status).toBe(403)
})
