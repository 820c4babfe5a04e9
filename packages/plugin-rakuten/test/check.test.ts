import { isKontorError } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { lint } from '../src/writers/index.ts'
import { guide } from '../src/guide/index.ts'
import { RakutenConfig } from '../src/index.ts'
import { createQuota } from '../src/client/quota.ts'
import { nearestTransporter } from '../src/tables/index.ts'
import { openRakuten, readAll, signal, startRakuten } from './open.ts'

const problems = (config: object) => lint(RakutenConfig.parse({ login: 'muster-shop', ...config }))

describe('check', () => {
  it('proves login and token by asking for the shipping modes, and changes nothing', async () => {
    await using system = await startRakuten()
    await using shop = await openRakuten(system)
    const { problems: found, account, facts } = await shop.check(signal)
    expect(found).toEqual([])
    expect(account).toMatch(/^production:[0-9a-f]{16}$/)
    expect(facts?.['shipping modes']).toBe('Normal, Suivi, Livraison spéciale')
    expect(system.truth.count()).toBe(0)
  })
  it('explains a wrong token: login form, other account, sandbox and production', async () => {
    await using system = await startRakuten()
    await using shop = await openRakuten(system, {}, { token: 'token-of-another-shop' })
    const [problem] = (await shop.check(signal)).problems
    expect(problem).toMatchObject({ level: 'error', code: 'AUTH_INVALID', key: 'credentials.token' })
    expect(problem?.message).toMatch(/account name.*same account.*sandbox/s)
  })
  it('explains an account without web services, also with status 500', async () => {
    await using system = await startRakuten({ errorStatus: 500 })
    await using shop = await openRakuten(system, {}, { token: system.options.restrictedToken })
    expect((await shop.check(signal)).problems).toMatchObject([
      { code: 'AUTH_PERMISSION_MISSING', message: expect.stringMatching(/professional/) },
    ])
  })
  it('refuses an e-mail address as login before anything is sent, and says where the name stands', async () => {
    await using system = await startRakuten()
    await expect(openRakuten(system, { login: 'erika@example.com' })).rejects.toThrow(
      /account name, not the e-mail address.*banner/s,
    )
    expect(system.exchanges.total).toBe(0)
  })
  it('knows another answer from this system’s', async () => {
    await using system = await startRakuten(
      {},
      { faults: [{ do: 'html', status: 200, body: '<html><body>Bienvenue</body></html>' }] },
    )
    await using shop = await openRakuten(system)
    expect((await shop.check(signal)).problems).toMatchObject([{ level: 'error', code: 'WIRE_MISMATCH' }])
  })
})

describe('the hourly quota', () => {
  it(
    'is never exceeded by us, and all of it is used: 600 calls an hour, one a second',
    { timeout: 60_000 },
    async () => {
      await using system = await startRakuten({ quotaPerHour: 600, sales: 0 })
      await using shop = await openRakuten(system, {}, { limits: {} })
      const codes: (string | undefined)[] = []
      for (let call = 0; call < 602; call += 1) codes.push((await system.drive(shop.check(signal))).problems[0]?.code)
      expect(codes.slice(0, 600).every((code) => code === undefined)).toBe(true)
      expect(codes.slice(600)).toEqual(['RATE_LIMITED', 'RATE_LIMITED'])
      expect(system.limits.states()).toMatchObject([{ name: 'quota', allowed: 600, refused: 0 }])
      expect(Date.parse(system.clock.instant())).toBeGreaterThanOrEqual(Date.parse('2026-05-05T09:20:00Z') + 599_000)
      await system.clock.advance(3_600_000)
      expect((await system.drive(shop.check(signal))).problems).toEqual([])
    },
  )

  it('used up by others is learned: no further call until the next hour, also in a new process', async () => {
    await using system = await startRakuten({ quotaPerHour: 3 })
    const cache = keptCache()
    await using shop = await openRakuten(system, {}, { cache })
    for (let call = 0; call < 3; call += 1) await shop.check(signal)
    const [problem] = (await shop.check(signal)).problems
    expect(problem).toMatchObject({ level: 'error', code: 'RATE_LIMITED' })
    expect(problem?.message).toMatch(/Quota.*per hour\. The hourly quota.*next full hour.*not checked/)
    expect(problem?.message).not.toContain('..')
    const before = system.exchanges.total
    await using later = await openRakuten(system, {}, { cache })
    const refused = await readAll(later).catch((thrown: unknown) => thrown)
    expect(isKontorError(refused) && refused).toMatchObject({ code: 'RATE_LIMITED', retry: 'after' })
    expect(system.exchanges.total).toBe(before)
    await system.clock.advance(3_600_000)
    expect((await later.check(signal)).problems).toEqual([])
  })

  it('is counted before each call, so that a process that is killed leaves no call uncounted', async () => {
    const clock = { now: () => Date.parse('2026-05-05T09:20:00Z'), sleep: async () => undefined }
    const cache = keptCache()
    const settings = { clock, cache, jitterMs: 0, believed: 600 }
    const counted = async () => (await cache.get('quota'))?.['calls']
    for (let process = 1; process <= 7; process += 1) {
      // Each process dies after two calls, and never at a round number.
      const quota = createQuota(settings)
      await quota.draw('first')
      await quota.draw('second')
      expect(await counted()).toBe(2 * process)
    }
    const [one, other] = [createQuota(settings), createQuota(settings)]
    await Promise.all([one.draw('a'), one.draw('b')])
    await other.draw('c')
    expect(await counted()).toBe(17)
  })

  it('goes to sales first: payouts get a tenth of an hour, and nothing of its second half', async () => {
    let now = Date.parse('2026-05-05T09:00:00Z')
    const clock = { now: () => now, sleep: async () => undefined }
    const quota = createQuota({ clock, cache: keptCache(), jitterMs: 0, believed: 600 })
    for (let call = 0; call < 60; call += 1) await quota.draw('list payouts', 'aside')
    await expect(quota.draw('list payouts', 'aside')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 3_600_000,
      message: expect.stringMatching(/kept for sales/),
    })
    for (let call = 0; call < 500; call += 1) await quota.draw('list new sales')
    now += 3_600_000
    for (let call = 0; call < 300; call += 1) await quota.draw('list new sales')
    await expect(quota.draw('list payouts', 'aside')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    await quota.draw('read the billing of a sale')
  })
})

function keptCache() {
  const kept = new Map<string, never>()
  return {
    get: async (key: string) => kept.get(key),
    set: async (key: string, value: unknown) => void kept.set(key, value as never),
    delete: async (key: string) => void kept.delete(key),
  }
}

describe('secrets', () => {
  it('never stand in an error, a log or a record, even where Rakuten echoes them', async () => {
    await using system = await startRakuten({ echo: true, sales: 20 }, { faults: [] })
    const said: unknown[] = []
    const note = (...parts: unknown[]): void => void said.push(parts)
    await using shop = await openRakuten(system, {}, { log: { debug: note, info: note, warn: note, error: note } })
    said.push(...(await readAll(shop)).pages)
    for (const fault of [
      { do: 'html', status: 403 },
      {
        do: 'status',
        status: 400,
        body: `<errorresponse><error><code>ParameterError</code><message>bad ${system.options.login} ${system.options.token}</message></error></errorresponse>`,
      },
      { do: 'cutBody' },
      { do: 'reset' },
    ] as const) {
      system.faults.clear()
      system.faults.add(fault)
      said.push(await system.drive(shop.check(signal)))
      said.push(
        await system.drive(readAll(shop)).then(
          () => undefined,
          (thrown: unknown) => (isKontorError(thrown) ? [thrown.message, thrown.toJSON(), thrown.stack] : thrown),
        ),
      )
    }
    const text = JSON.stringify(said)
    expect(text).not.toContain(system.options.token)
    expect(text).not.toContain(system.options.login)
    expect(said.length).toBeGreaterThan(8)
  })
})

describe('lint', () => {
  it('is content with an empty map, carriers of the table and names of Rakuten', () => {
    expect(problems({})).toEqual([])
    expect(
      problems({
        carriers: {
          Colissimo: 'auto',
          'DHL Paket': 'DHL',
          Hermes: { transporter: 'Autre', trackingUrl: 'https://example.com/{number}' },
        },
      }),
    ).toEqual([])
  })
  it('suggests a transporter only where the name is a slip of the pen or begins with it', () => {
    const suggested = {
      Colisimo: 'Colissimo',
      'colis privé': 'Colis Prive',
      Fedx: 'Fedex',
      'DPD Deutschland': 'DPD',
      Chrono: 'Chronopost',
      'Mondial Relay 24R': 'Mondial Relay',
    }
    for (const [name, meant] of Object.entries(suggested)) expect(nearestTransporter(name)).toBe(meant)
    for (const name of ['Musterpost', 'Hermes', 'Evri', 'Brieftaube', 'ABC', 'Amazon Shipping', 'Correos'])
      expect(nearestTransporter(name)).toBeUndefined()
    expect(problems({ carriers: { Post: 'Musterpost' } })[0]?.message).not.toMatch(/Perhaps/)
  })
  it('names the transporter that is probably meant', () => {
    expect(problems({ carriers: { Post: 'Colisimo' } })).toMatchObject([
      {
        level: 'error',
        code: 'CARRIER_UNKNOWN',
        key: 'carriers.Post',
        message: expect.stringContaining('"Colissimo"'),
      },
    ])
  })
  it('finds carriers that would be refused, and those without a tracking URL', () => {
    expect(problems({ carriers: { Brieftaube: 'auto' } })).toMatchObject([{ code: 'CARRIER_UNKNOWN' }])
    expect(problems({ carriers: { Brieftaube: 'Autre' } })).toMatchObject([{ code: 'TRACKING_INVALID' }])
    expect(problems({ universalTracking: true, carriers: { Brieftaube: 'Autre' } })).toEqual([])
  })
  it('finds templates that lead nowhere, countries without a number and two SKUs mapped to one', () => {
    expect(problems({ carriers: { A: { transporter: 'Autre', trackingUrl: 'https://example.com/x' } } })).toMatchObject(
      [{ level: 'error', key: 'carriers.A' }],
    )
    expect(problems({ shippingFromCountry: 'AQ' })).toMatchObject([{ key: 'shippingFromCountry' }])
    expect(problems({ skus: { A: 'X', B: 'X' } })).toMatchObject([{ key: 'skus' }])
  })
})

it('the guide says in both languages where name and token are, and what SKU and sandbox are for', () => {
  for (const text of [guide.en, guide.de])
    for (const part of [
      'Mon compte',
      'sellerReference',
      'environment: sandbox',
      'kontor check',
      'kontor decide',
      'readMessages',
    ])
      expect(text).toContain(part)
})
