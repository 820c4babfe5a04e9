import { KontorError } from '@kontor/core'
import { findCarrier, carriers } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { BackMarketConfig, BackMarketCredentials, isLegacyToken, userAgentOf } from '../src/config.ts'
import { toError, withoutPersons } from '../src/errors.ts'
import { shipperOfCarrier, shippers } from '../src/tables/shippers.ts'
import { lint } from '../src/writers/lint.ts'
import { config as given, openShop } from './shop.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const problems = async (...settings: Parameters<typeof openShop>) => {
  await using shop = await openShop(...settings)
  return await shop.shop.check()
}

describe('the check of an account', () => {
  it('names the account by platform and merchant, the same for any token', async () => {
    const found = await problems({ options: { orders: 3 } })
    expect(found).toMatchObject({
      account: 'eu/1402',
      problems: [],
      facts: { market: 'de-de', orders: expect.stringMatching(/^\d+$/) },
    })
    expect(
      await problems({
        options: { orders: 3, token: 'another-token' },
        connect: { credentials: { token: 'another-token' } },
      }),
    ).toMatchObject({ account: 'eu/1402' })
  })

  it('says that nobody can tell before the first order', async () => {
    const { account, problems: said } = await problems()
    expect([account, said.map(({ level }) => level)]).toEqual([undefined, ['info']])
  })

  it('explains a token that is not accepted, without showing it', async () => {
    const token = 'wrong-token-1234'
    const { problems: said } = await problems({ connect: { credentials: { token } } })
    expect(said).toMatchObject([{ level: 'error', code: 'AUTH_INVALID', key: 'credentials.token' }])
    expect(said[0]?.message).toMatch(/24 April 2023.*Options > Integrations/)
    expect(JSON.stringify(said)).not.toContain(token)
  })

  it('recognises a token of before April 2023', async () => {
    const { problems: said } = await problems({
      connect: { credentials: { token: base64('someone@example.com:secret-word') } },
    })
    expect(said[0]).toMatchObject({ level: 'error', key: 'credentials.token' })
    expect(JSON.stringify(said)).not.toMatch(/someone|secret-word/)
    expect(isLegacyToken(base64(`${'0'.repeat(24)}:KEY-${'0'.repeat(40)}`))).toBe(false)
  })

  it('sends the documented headers, and the token as it is even where `Basic` was pasted too', async () => {
    await using shop = await openShop({
      options: { orders: 1 },
      connect: { credentials: { token: ' Basic simulator-token\n' } },
    })
    expect((await shop.shop.check()).problems).toEqual([])
    expect(shop.market.exchanges.all[0]?.requestHeaders).toMatchObject({
      authorization: 'Basic simulator-token',
      accept: 'application/json',
      'content-type': 'application/json',
      'accept-language': 'de-de',
      'user-agent': 'BM-Muster-Kontor;mail@example.com',
    })
  })

  it.each([
    [
      'a page of the firewall',
      { do: 'html' as const, status: 403, headers: { 'cf-ray': '931354450813d142-CDG' } },
      'BLOCKED',
      /931354450813d142-CDG/,
    ],
    [
      'a challenge',
      {
        do: 'status' as const,
        status: 403,
        headers: { 'content-type': 'application/json', 'cf-ray': 'abc-CDG' },
        body: { errors: [{ code: 'bot-need-challenge', message: 'Forbidden', challengePath: '/x' }] },
      },
      'BLOCKED',
      /abc-CDG/,
    ],
    [
      'no API access',
      { do: 'status' as const, status: 404, body: 'Webservices unavailable' },
      'ENDPOINT_MISMATCH',
      /region/,
    ],
    [
      'no permission',
      {
        do: 'status' as const,
        status: 403,
        headers: { 'content-type': 'application/json' },
        body: { error: { code: 'E003', message: 'Not a merchant' } },
      },
      'AUTH_PERMISSION_MISSING',
      /Not a merchant/,
    ],
  ])('explains %s', async (_, fault, code, words) => {
    await using shop = await openShop({ options: { orders: 1 } })
    shop.market.faults.add({ match: { path: '/ws/orders' }, ...fault })
    const { problems: said } = await shop.market.drive(shop.shop.check())
    expect(said).toMatchObject([{ level: 'error', code }])
    expect(said[0]?.message).toMatch(words)
  })
})

describe('errors', () => {
  const failure = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    toError(
      {
        method: 'GET',
        path: '/ws/orders',
        status,
        headers: new Headers(headers),
        text: typeof body === 'string' ? body : JSON.stringify(body),
        json:
          typeof body === 'string' && !body.startsWith('"')
            ? undefined
            : typeof body === 'string'
              ? JSON.parse(body)
              : body,
        doing: 'list orders',
      },
      BackMarketConfig.parse(given),
    )

  it.each<[string, KontorError | undefined, string, string | undefined, RegExp]>([
    [
      'the first form',
      failure(400, { error: { code: 'E021', message: 'not allowed' }, requestId: 'r1' }),
      'REQUEST_REJECTED',
      'E021',
      /“not allowed”/,
    ],
    [
      'fields',
      failure(400, {
        error: { code: 'E009', message: 'Validation error' },
        data: { fields: { orderId: ['An integer is needed.'] } },
      }),
      'REQUEST_REJECTED',
      'E009',
      /orderId: An integer is needed\./,
    ],
    ['the second form', failure(400, { errors: [{ code: 'x', message: 'no' }] }), 'REQUEST_REJECTED', 'x', /“no”/],
    [
      'a problem by RFC 7807',
      failure(403, { type: '/errors/authorization-failed', title: 'Authorization failed', status: 403 }),
      'AUTH_PERMISSION_MISSING',
      '/errors/authorization-failed',
      /Authorization failed/,
    ],
    [
      'a bare string',
      failure(400, '"parameter catalog not found"'),
      'REQUEST_REJECTED',
      undefined,
      /“parameter catalog not found”/,
    ],
    ['plain text', failure(500, 'oops'), 'UPSTREAM_UNAVAILABLE', undefined, /“oops”/],
    [
      'a page',
      failure(502, '<html><b>Bad gateway</b></html>', { 'content-type': 'text/html' }),
      'UPSTREAM_UNAVAILABLE',
      undefined,
      /answered 502 to “list orders”\. /,
    ],
    [
      'throttling by code',
      failure(400, { error: { code: 'E008', message: 'slow down' } }),
      'RATE_LIMITED',
      'E008',
      /10 seconds/,
    ],
    [
      'throttling',
      failure(429, '<html>error code: 1015</html>', { 'content-type': 'text/html' }),
      'RATE_LIMITED',
      undefined,
      /10 seconds/,
    ],
  ])('%s', (_, error, code, vendorCode, words) => {
    expect([error?.code, error?.vendorCode]).toEqual([code, vendorCode])
    expect(error?.message).toMatch(words)
    expect(error?.retryAfterMs).toBe(code === 'RATE_LIMITED' ? 10_000 : undefined)
  })

  it('quote no buyer', () => {
    expect(
      withoutPersons('erika.muster@example.com, +49 (30) 23125-000: IMEI 004999010640000 <b>is</b> wrong for IP13-128'),
    ).toBe('[e-mail], [number]: IMEI [number] <b>is</b> wrong for IP13-128')
  })
})

describe('the configuration', () => {
  const wrong = (more: object): string[] =>
    BackMarketConfig.safeParse({ ...given, ...more }).error?.issues.map(({ path }) => path.join('.')) ?? []

  it.each<[string, object, string[]]>([
    ['a company that breaks the user agent', { company: 'Muster; GmbH' }, ['company']],
    ['a line break', { integration: 'a\nb' }, ['integration']],
    ['http to another machine', { baseUrl: 'http://example.com' }, ['baseUrl']],
    ['a path', { baseUrl: 'https://example.com/ws' }, ['baseUrl']],
    ['a market of another platform', { market: 'en-us' }, ['market']],
    ['a country of another platform', { countries: ['ja-jp'] }, ['countries']],
    ['an unknown option', { markt: 'de-de' }, ['']],
    ['a broken expression', { smartphones: '(' }, ['smartphones']],
    ['an unknown zone', { timeZone: 'Mars/Base' }, ['timeZone']],
    [
      'a tracking page without number',
      { carriers: { x: { trackingUrl: 'https://example.com' } } },
      ['carriers.x.trackingUrl'],
    ],
  ])('refuses %s', (_, more, paths) => {
    expect(wrong(more)).toEqual(paths)
  })

  it('takes http on this machine, and has a market for each platform', () => {
    expect(wrong({ baseUrl: 'http://127.0.0.1:4010' })).toEqual([])
    expect(userAgentOf(BackMarketConfig.parse(given))).toBe('BM-Muster-Kontor;mail@example.com')
  })

  it('refuses a login in place of a token, and never repeats it', () => {
    for (const token of ['someone@example.com:secret-word', '', 'two words', 'Basic ']) {
      const { error } = BackMarketCredentials.safeParse({ token })
      expect(error?.issues[0]?.message).toMatch(/Options > Integrations/)
      expect(error?.message).not.toContain('secret-word')
    }
  })

  it('warns of carriers that cannot be mapped, and of SKUs that are one', () => {
    const found = lint(
      BackMarketConfig.parse({
        ...given,
        carriers: {
          Bote: 'Other',
          Post: 'DHL Germany',
          Gut: 'dhl de',
          Fahrrad: { trackingUrl: 'https://track.example.com/{number}' },
        },
        skuMap: { table: { 'a-1': 'X', 'A-1': 'Y' } },
      }),
    )
    expect(found.map(({ key, level }) => [key, level])).toEqual([
      ['config.carriers.Bote', 'warning'],
      ['config.carriers.Post', 'warning'],
      ['config.skuMap.table', 'error'],
    ])
  })

  it('knows carriers of our table by names that Back Market has', () => {
    expect(new Set(shippers).size).toBe(shippers.length)
    const known = new Set(carriers.map(({ id }) => id))
    expect(Object.keys(shipperOfCarrier).filter((id) => !known.has(id))).toEqual([])
    expect(findCarrier('DHL', 'DE')?.id).toBe('dhl-de')
  })
})
