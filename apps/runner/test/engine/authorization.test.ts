import { createServer } from 'node:http'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createHttp, createMemoryBuckets, createRedactor, noJournal } from '@kontor/core/host'
import { completeAuthorization, consentUrl, newState } from '@kontor/plugin-amazon'
import {
  APPLICATION_ID,
  CLIENT_ID,
  CLIENT_SECRET,
  REFRESH_TOKEN,
  SELLER_ID,
  simulator,
} from '@kontor/plugin-amazon/simulator'
import { createClock } from '@kontor/testkit/simulator'
import { openConfiguredStore } from '../../src/engine/open-engine.ts'
import type { Message } from '../../src/engine/notices.ts'
import { runForever, runOnce } from '../../src/engine/runner.ts'
import { enterCredentials } from '../../src/store/credentials.ts'
import { readStatus } from '../../src/store/status.ts'
import { configOf, marketAt } from './market.ts'

// A year of one connection on real parts: the marketplace over HTTP, the runner, its store, and the address that is notified, in virtual time.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })

const day = 86_400_000
const began = Date.parse('2026-06-01T12:00:00Z')
const Made = z.object({ id: z.string() })
const Authorized = z.object({ refreshToken: z.string() })

let folder = ''
let systems: AsyncDisposableStack
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kontor-year-'))
  mkdirSync(join(folder, 'warehouse'))
  systems = new AsyncDisposableStack()
})
afterEach(async () => {
  await systems.disposeAsync()
  rmSync(folder, { recursive: true, force: true })
})

/** What is told at the address of `notify`, whole. */
async function listen(): Promise<{ url: string; told: Message[] }> {
  const told: Message[] = []
  const server = createServer((request, response) => {
    void (async () => {
      told.push(JSON.parse(await text(request)) as Message)
      response.writeHead(204).end()
    })()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  systems.defer(() => void server.close())
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/told`, told }
}

async function start(
  options: { authorizationDays?: number; secretDays?: number },
  stated: object,
  settings: object = {},
) {
  const clock = createClock({ startsAt: began, rate: 'manual' })
  const market = systems.use(await simulator.start({ clock, options: { orders: 3, plainOrders: true, ...options } }))
  const { url, told } = await listen()
  const lines: { level: string; message: string; at: number }[] = []
  const write =
    (level: string) =>
    (message: string): void =>
      void lines.push({ level, message, at: clock.now() })
  const log = { debug() {}, info() {}, warn: write('warn'), error: write('error') }
  const config = await configOf(
    folder,
    {
      connections: {
        market: {
          ...marketAt(market.url, stated),
          ...settings,
        },
        warehouse: { plugin: '@kontor/plugin-file', config: { folder: './warehouse' } },
      },
      flows: [{ entity: 'orders', from: 'market', to: 'warehouse', start: 'all' }],
      notify: '${env:NOTIFY}',
    },
    { NOTIFY: url },
  )
  const open = () => openConfiguredStore(config, clock)
  type Store = Awaited<ReturnType<typeof open>>
  /** The one of a runner that is at work, else one of its own. */
  let shared: Store | undefined
  const inStore = async <T>(work: (store: Store) => Promise<T>) => {
    if (shared) return await work(shared)
    const store = await open()
    try {
      return await work(store)
    } finally {
      await store.close()
    }
  }
  const engine = { config, clock, log, mask: () => undefined }
  return {
    market,
    told,
    lines,
    inStore,
    /** What `kontor connect` does with what is entered. */
    enter: (refreshToken: string, clientSecret = CLIENT_SECRET) =>
      inStore((store) => enterCredentials(store, 'market', { clientId: CLIENT_ID, clientSecret, refreshToken })),
    /** Runs until the signal, on a store that the test looks into meanwhile. */
    runOn: async (signal: AbortSignal) => {
      shared = await open()
      await runForever({ ...engine, store: shared, signal })
      await shared.close()
      shared = undefined
    },
    run: () => market.drive(runOnce({ ...engine, signal: AbortSignal.timeout(120_000) })),
    status: () => inStore((store) => readStatus(store)),
    known: () =>
      inStore(async (store) =>
        (await store.db.selectFrom('records').select('id').where('entity', '=', 'orders').execute()).map(
          ({ id }) => id,
        ),
      ),
    asked: (path: string) => market.exchanges.all.filter((each) => each.path.startsWith(path)).length,
  }
}
type Year = Awaited<ReturnType<typeof start>>

/** The seller gives consent on a page of the app's makers, whose answer takes the place of the token that has lapsed. */
async function consented({ market }: Year) {
  const [redirect, state] = ['https://shop.example/amazon/callback', newState()]
  const url = consentUrl({ applicationId: APPLICATION_ID, country: 'DE', redirect, state, baseUrl: market.url })
  const page = await fetch(url, { redirect: 'manual' })
  const { clock } = market
  return await completeAuthorization(new URL(page.headers.get('location') ?? '').searchParams, {
    state,
    redirect,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    sellerId: SELLER_ID,
    clock,
    baseUrl: market.url,
    signal: AbortSignal.timeout(60_000),
    http: createHttp({
      plugin: 'amazon',
      hosts: { api: [market.url] },
      fetch,
      clock,
      buckets: createMemoryBuckets(),
      journal: noJournal,
      redactor: createRedactor(),
      bucketKey: (name) => name,
    }),
  })
}

const daysOf = ({ lines }: Year, what: string): number[] =>
  lines
    .filter(({ level, message }) => level === 'warn' && message.includes(what))
    .map(({ at }) => Math.round((at - began) / day))

/** Runs once a day from day to day. */
async function runDaily(year: Year, from: number, until: number): Promise<void> {
  for (let today = from; today <= until; today++) {
    await year.market.clock.advance(Math.max(0, began + today * day - year.market.clock.now()))
    await year.run()
  }
}

describe('a year of an authorization', () => {
  it('is warned of weekly from thirty days before and daily in the last week; it lapses with one message, and after consent is given anew every order of the gap comes', async () => {
    const year = await start({ authorizationDays: 365, secretDays: 0 }, { secretCreatedOn: '2027-05-01' })
    const { market, told, lines, enter, run, status, known, asked } = year
    await enter(REFRESH_TOKEN)
    await run()
    expect(await known()).toHaveLength(3)
    await runDaily(year, 300, 364)
    expect(daysOf(year, 'authorization of Amazon runs out')).toEqual([
      335, 342, 349, 356, 358, 359, 360, 361, 362, 363, 364,
    ])
    const warnings = told.filter((each) => each.event === 'warning' && each.text.includes('runs out'))
    expect(warnings).toHaveLength(11)
    expect(warnings.at(-1)?.text).toContain('runs out tomorrow')
    expect((await status()).notices).toMatchObject([{ connection: 'market', until: began + 365 * day }])

    // It is over: one message, and one question a run whether it is better.
    const [messages, tokens, calls] = [told.length, asked('/auth/o2/token'), asked('/orders/')]
    const streams = () =>
      year.inStore(({ db }) => db.selectFrom('streams').selectAll().where('connection', '=', 'market').execute())
    const before = await streams()
    const placed: string[] = []
    for (let today = 366; today < 380; today++) {
      placed.push(Made.parse(market.act('place-order', {})).id)
      await runDaily(year, today, today)
    }
    const stopped = told.slice(messages).filter(({ event }) => event === 'stopped')
    // Told at once, and again after a week.
    expect(stopped.map(({ code }) => code)).toEqual(['AUTH_EXPIRED', 'AUTH_EXPIRED'])
    expect(stopped[0]?.text).toContain('Authorize app')
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(2)
    expect(asked('/auth/o2/token') - tokens).toBe(14)
    expect(asked('/orders/') - calls).toBe(0)
    expect((await status()).connections.find(({ name }) => name === 'market')?.pausedBy?.code).toBe('AUTH_EXPIRED')
    expect(await streams()).toEqual(before)

    const { credentials, config } = await consented(year)
    expect(config).toEqual({ sellerId: SELLER_ID, authorizedOn: '2027-06-15' })
    await enter(credentials.refreshToken)
    await market.clock.advance(5 * 60_000)
    await run()
    await run()
    expect(placed.filter((id) => market.world.orders.has(id))).toHaveLength(14)
    expect((await known()).toSorted()).toEqual([...market.world.orders.keys()].toSorted())
    expect(told.filter(({ event }) => event === 'works-again')).toMatchObject([{ connection: 'market' }])
    expect((await status()).notices.filter(({ message }) => message.includes('runs out'))).toEqual([])
    expect((await status()).connections.find(({ name }) => name === 'market')?.pausedBy).toBeUndefined()
    expect([market.unknownRoutes, market.failures]).toEqual([[], []])
  })
  it('that ends while a runner is at work fails all its readers, and is told once; what is entered meanwhile is taken up without a start', async () => {
    // All readers are due at the same time.
    const year = await start({ authorizationDays: 0, secretDays: 0 }, {}, { every: '5m' })
    const { market, told, lines, enter, inStore, runOn, known, asked } = year
    await enter(REFRESH_TOKEN)
    market.clock.setRate(3600)
    const stop = new AbortController()
    const running = runOn(stop.signal)
    const caughtUp = () =>
      inStore(
        async ({ db }) =>
          (await db.selectFrom('streams').select('caught_up_at').execute()).filter((each) => each.caught_up_at !== null)
            .length,
      )
    await vi.waitUntil(async () => (await caughtUp()) >= 4, { timeout: 60_000, interval: 50 })

    const asks = asked('/auth/o2/token')
    market.act('revoke-authorization', {})
    market.act('expire-access-tokens')
    const ended = market.clock.now()
    await vi.waitUntil(() => market.clock.now() > ended + 6 * 3_600_000, { timeout: 60_000, interval: 50 })
    expect(told.filter(({ event }) => event === 'stopped')).toMatchObject([
      { connection: 'market', code: 'AUTH_EXPIRED' },
    ])
    expect(lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
      expect.stringContaining('Authorize app'),
    ])
    // Asked every quarter of an hour, and by those that were under way.
    expect(asked('/auth/o2/token') - asks).toBeLessThanOrEqual((market.clock.now() - ended) / 900_000 + 5)

    const { id } = Made.parse(market.act('place-order', {}))
    await enter(Authorized.parse(market.act('authorize', {})).refreshToken)
    await vi.waitUntil(async () => (await known()).includes(id), { timeout: 60_000, interval: 50 })
    stop.abort()
    await running
    expect(told.filter(({ event }) => event !== 'warning').map(({ event }) => event)).toEqual([
      'stopped',
      'works-again',
    ])
  })

  it('of a client secret is half a year, of which is warned the same way; a rotated one ends the warning', async () => {
    const year = await start({ authorizationDays: 0, secretDays: 180 }, { secretCreatedOn: '2026-06-01' })
    const { market, told, enter, run, status } = year
    await enter(REFRESH_TOKEN)
    await runDaily(year, 149, 179)
    expect(daysOf(year, 'client secret of the Amazon app runs out')).toEqual([
      150, 157, 164, 171, 173, 174, 175, 176, 177, 178, 179,
    ])
    await runDaily(year, 181, 182)
    expect(told.filter(({ event }) => event === 'stopped')).toMatchObject([
      { code: 'AUTH_INVALID', text: expect.stringContaining('Rotate secret') },
    ])
    const { clientSecret } = z.object({ clientSecret: z.string() }).parse(market.act('rotate-secret'))
    await enter(REFRESH_TOKEN, clientSecret)
    await run()
    expect((await status()).connections.find(({ name }) => name === 'market')?.pausedBy).toBeUndefined()
  })
})
