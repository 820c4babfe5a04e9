import { createHttp, createMemoryBuckets, createRedactor, noJournal } from '@kontor/core/host'
import { toInstant, type Instant } from '@kontor/core'
import { connect } from '@kontor/core/host'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { amazon, completeAuthorization, consentUrl, newState } from '../src/index.ts'
import { APPLICATION_ID, CLIENT_ID, CLIENT_SECRET, SELLER_ID } from '../src/simulator/index.ts'
import { openShop } from './shop.ts'
import { all } from './support.ts'

const signal = AbortSignal.timeout(60_000)
const day = 86_400_000
type Shop = Awaited<ReturnType<typeof openShop>>['shop']

const httpOf = ({ url, clock }: Shop) =>
  createHttp({
    plugin: 'amazon',
    hosts: { api: [url] },
    fetch,
    clock,
    buckets: createMemoryBuckets(),
    journal: noJournal,
    redactor: createRedactor(),
    bucketKey: (name) => name,
  })

describe('a year of an authorization', () => {
  it('is warned of from thirty days before; when it lapses reading stops with one message, and after renewal every order of the gap comes', async () => {
    await using open = await openShop({
      options: { orders: 3, authorizationDays: 365, secretDays: 0 },
      config: { authorizedOn: '2026-06-01', secretCreatedOn: '2027-01-01' },
    })
    const { shop, connection } = open
    const since = toInstant(shop.clock.now() - day)
    const first = await all(connection.readers.orders.read({ since, signal }))
    const seen = new Set(first.flatMap(({ records }) => records.map(({ id }) => id)))
    const checkpoint = z.object({ after: z.string() }).parse(first.at(-1)?.checkpoint)
    expect(seen.size).toBeGreaterThan(0)

    const warnings = async (): Promise<string[]> =>
      (await connection.check(signal)).problems
        .filter(({ level }) => level === 'warning')
        .map(({ message }) => message.slice(0, 60))
    expect(await warnings()).toEqual([])
    // Of the secret, 180 days after the day it was made; of the authorization thirty days before its year is over.
    await shop.clock.advance(334 * day)
    expect((await warnings()).some((text) => text.includes('authorization'))).toBe(false)
    await shop.clock.advance(2 * day)
    expect((await warnings()).some((text) => text.includes('authorization of Amazon runs out in 29 days'))).toBe(true)

    await shop.clock.advance(35 * day)
    const { problems } = await connection.check(signal)
    expect(problems.filter(({ level }) => level === 'error')).toMatchObject([
      {
        code: 'AUTH_EXPIRED',
        key: 'credentials.refreshToken',
        message: expect.stringContaining('config.authorizedOn'),
      },
    ])
    await expect(
      all(connection.readers.orders.read({ since, checkpoint: { after: checkpoint.after as Instant }, signal })),
    ).rejects.toMatchObject({
      code: 'AUTH_EXPIRED',
      scope: 'connection',
      retry: 'never',
    })

    // Months later, with orders of the gap, it is renewed with a new token: the checkpoint is the old one.
    const placed: string[] = []
    for (let month = 0; month < 4; month++) {
      placed.push(z.object({ id: z.string() }).parse(await shop.act('place-order', {})).id)
      await shop.clock.advance(30 * day)
    }
    const { refreshToken } = z.object({ refreshToken: z.string() }).parse(await shop.act('authorize', {}))
    await using renewed = await connect(amazon, {
      config: { region: 'eu', sellerId: SELLER_ID, baseUrl: shop.url },
      credentials: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, refreshToken },
      clock: shop.clock,
    })
    const found = (
      await all(renewed.readers.orders.read({ since, checkpoint: { after: checkpoint.after as Instant }, signal }))
    ).flatMap(({ records }) => records.map(({ id }) => id))
    expect(placed.filter((id) => !found.includes(id))).toEqual([])
    expect([shop.unknownRoutes, shop.failures]).toEqual([[], []])
  })

  it('ends early for the client secret, with what to do about that', async () => {
    await using open = await openShop({
      options: { orders: 0, secretDays: 180 },
      config: { secretCreatedOn: '2026-06-01' },
    })
    await open.shop.clock.advance(170 * day)
    expect((await open.connection.check(signal)).problems).toMatchObject([
      { level: 'info' },
      { level: 'warning', key: 'config.secretCreatedOn', until: '2026-11-28T00:00:00.000Z' },
    ])
    await open.shop.clock.advance(11 * day)
    expect((await open.connection.check(signal)).problems[0]).toMatchObject({
      level: 'error',
      code: 'AUTH_INVALID',
      key: 'credentials.clientSecret',
    })
  })

  it('is asked for once, however many calls wait for the token', async () => {
    await using open = await openShop({ options: { orders: 0 } })
    await Promise.all([1, 2].map(() => open.connection.check(signal)))
    expect([...open.shop.world.tokensIssued.values()]).toEqual([1])
    await open.shop.act('expire-access-tokens')
    await Promise.all([1, 2].map(() => open.connection.check(signal)))
    expect([...open.shop.world.tokensIssued.values()]).toEqual([2])
  })
})

describe('consent on a page of our own', () => {
  const redirect = 'https://shop.example/amazon/callback'
  const consented = async (shop: Shop, state: string): Promise<URLSearchParams> => {
    const page = await fetch(
      consentUrl({ applicationId: APPLICATION_ID, country: 'DE', redirect, state, baseUrl: shop.url }),
      { redirect: 'manual' },
    )
    return new URL(page.headers.get('location') ?? '').searchParams
  }
  const wish = (shop: Shop, state: string) => ({
    state,
    redirect,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    baseUrl: shop.url,
    http: httpOf(shop),
    clock: shop.clock,
    signal,
  })

  it('ends with credentials that work, the seller, and the day', async () => {
    await using open = await openShop({ options: { orders: 0 } })
    const state = newState()
    const made = await completeAuthorization(await consented(open.shop, state), {
      ...wish(open.shop, state),
      sellerId: SELLER_ID,
    })
    expect(made.config).toEqual({ sellerId: SELLER_ID, authorizedOn: '2026-06-01' })
    await using connection = await connect(amazon, {
      config: { region: 'eu', ...made.config, baseUrl: open.shop.url },
      credentials: made.credentials,
      clock: open.shop.clock,
    })
    expect((await connection.check(signal)).problems.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('is refused for another state, no code, another seller, and a code of five minutes ago', async () => {
    await using open = await openShop({ options: { orders: 0 } })
    const state = newState()
    const query = await consented(open.shop, state)
    await expect(completeAuthorization(query, wish(open.shop, newState()))).rejects.toMatchObject({
      code: 'AUTH_INVALID',
    })
    await expect(completeAuthorization(new URLSearchParams({ state }), wish(open.shop, state))).rejects.toMatchObject({
      code: 'AUTH_INVALID',
    })
    await expect(
      completeAuthorization(query, { ...wish(open.shop, state), sellerId: 'A9OTHER000000' }),
    ).rejects.toMatchObject({ code: 'ACCOUNT_CHANGED' })
    await open.shop.clock.advance(301_000)
    await expect(completeAuthorization(query, wish(open.shop, state))).rejects.toMatchObject({
      code: 'AUTH_EXPIRED',
      key: 'credentials.refreshToken',
    })
  })

  it('is asked for at the Seller Central of the country', () => {
    const url = new URL(consentUrl({ applicationId: APPLICATION_ID, country: 'DE', redirect, state: 's', draft: true }))
    expect(url.host).toBe('sellercentral-europe.amazon.com')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      application_id: APPLICATION_ID,
      state: 's',
      redirect_uri: redirect,
      version: 'beta',
    })
    expect(newState()).not.toBe(newState())
  })
})
