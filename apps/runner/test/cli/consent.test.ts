import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { APPLICATION_ID, CLIENT_ID, CLIENT_SECRET, SELLER_ID, simulator } from '@kontor/plugin-amazon/simulator'
import { systemClock } from '@kontor/core/host'
import { openStore } from '../../src/store/open.ts'
import { enteredCredentials } from '../../src/store/credentials.ts'
import { join, resolve } from 'node:path'
import { Place } from './kontor.ts'

vi.setConfig({ testTimeout: 120_000 })

const program = resolve(import.meta.dirname, '../../src/cli.ts')
const redirect = 'https://shop.example/amazon/callback'
let place: Place
let market: Awaited<ReturnType<typeof simulator.start>>
beforeEach(async () => {
  place = new Place()
  place.environment = {}
  market = await simulator.start({ options: { orders: 2 } })
})
afterEach(async () => {
  place[Symbol.dispose]()
  await market.close()
})

const configure = (more: object = {}): void =>
  place.write('kontor.yaml', {
    connections: {
      market: {
        plugin: '@kontor/plugin-amazon',
        config: { region: 'eu', sellerId: SELLER_ID, baseUrl: market.url, applicationId: APPLICATION_ID, ...more },
      },
    },
    flows: [],
  })

/** Runs `kontor connect --consent`, gives consent at the address it shows, and pastes what that leads to. */
async function consent(
  paste: (back: URL) => string | Promise<string> = (back) => back.href,
  ...more: string[]
): Promise<{ code: number | null; output: string; url: URL }> {
  const child = spawn(
    process.execPath,
    ['--conditions=@kontor/source', program, 'connect', 'market', '--consent', redirect, ...more],
    { cwd: place.folder, env: { PATH: process.env['PATH'], HOME: place.folder }, stdio: 'pipe' },
  )
  let output = ''
  const { promise, resolve: found } = Promise.withResolvers<string | undefined>()
  const hear = (text: string): void => {
    output += text
    const address = /http:\S+consent\S+/.exec(output)?.[0]
    if (address !== undefined && output.includes('within five minutes')) found(address)
  }
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  const ended = once(child, 'close').then(([code]) => code as number | null)
  void ended.then(() => found(undefined))
  const address = await promise
  const url = new URL(address ?? 'none:')
  if (address !== undefined) {
    const page = await fetch(address, { redirect: 'manual' })
    child.stdin.end(`${await paste(new URL(page.headers.get('location') ?? ''))}\n`)
  }
  return { code: await ended, output, url }
}

const entered = async (): Promise<unknown> => {
  const store = await openStore({ path: join(place.folder, 'kontor.db'), clock: systemClock })
  try {
    return await enteredCredentials(store, 'market')
  } finally {
    await store.close()
  }
}
const app = (): void => place.write('app.yaml', `clientId: ${CLIENT_ID}\nclientSecret: ${CLIENT_SECRET}\n`)

test('consent in the browser brings the refresh token, and takes the place of the one before', async () => {
  configure({ authorizedOn: '2026-06-01' })
  app()
  const first = await consent(undefined, '--file', 'app.yaml')
  expect([first.code, first.output]).toEqual([0, expect.stringContaining('The credentials of market are stored')])
  expect([first.url.searchParams.get('application_id'), first.url.searchParams.get('redirect_uri')]).toEqual([
    APPLICATION_ID,
    redirect,
  ])
  const before = await entered()
  expect(before).toMatchObject({ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET })

  // A year later: what the store has is completed by a new consent.
  const second = await consent()
  expect([second.code, second.output]).toEqual([0, expect.stringContaining('are replaced')])
  expect(second.output).toContain('correct connections.market.config.authorizedOn')
  const after = await entered()
  expect(after).not.toEqual(before)
  expect(JSON.stringify([first.output, second.output])).not.toMatch(/Atzr|oa2-cs/)
  expect(second.url.searchParams.get('state')).not.toBe(first.url.searchParams.get('state'))
  expect((await place.kontor('run', '--once')).code).toBe(0)
})

test('an answer to another request, one of five minutes ago, one without code and one of another account store nothing', async () => {
  configure()
  app()
  const other = await consent(
    (back) => {
      back.searchParams.set('state', 'x'.repeat(32))
      return back.href
    },
    '--file',
    'app.yaml',
  )
  expect([other.code, other.output]).toEqual([2, expect.stringContaining('its state differs')])
  const late = await consent(
    async (back) => {
      await market.clock.advance(301_000)
      return back.href
    },
    '--file',
    'app.yaml',
  )
  expect([late.code, late.output]).toEqual([2, expect.stringContaining('older than five minutes')])
  const refused = await consent(
    (back) => {
      back.searchParams.delete('spapi_oauth_code')
      return back.href
    },
    '--file',
    'app.yaml',
  )
  expect([refused.code, refused.output]).toEqual([2, expect.stringContaining('consent was not given')])
  configure({ sellerId: 'A9OTHER000000' })
  const elsewhere = await consent(undefined, '--file', 'app.yaml')
  expect([elsewhere.code, elsewhere.output]).toEqual([2, expect.stringContaining('Consent was given for the account')])
  expect(await entered()).toBeUndefined()
  for (const { output } of [other, late, refused, elsewhere]) expect(output).not.toMatch(/Atzr|oa2-cs|ANexample/)
})

test('what consent does not bring must be known, and a private app is told how it is authorized', async () => {
  configure()
  const unknown = await consent()
  expect([unknown.code, unknown.output]).toEqual([
    expect.any(Number),
    expect.stringContaining('clientId, clientSecret must be known before'),
  ])
  app()
  configure({ applicationId: undefined })
  const none = await consent(undefined, '--file', 'app.yaml')
  expect([none.code, none.output]).toEqual([2, expect.stringContaining('config.applicationId is missing')])
})
