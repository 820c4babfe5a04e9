import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createLimitBook } from '../../src/simulator/limits.ts'
import { createRequest } from '../../src/simulator/request.ts'
import { defineSimulator, routesFor, type LimitDefinition, type LimitKind } from '../../src/simulator/index.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

interface Hit {
  readonly at: number
  readonly weight: number
}

/** Sends the hits to one limit; gives those let through, and what the limit says of itself. */
function run(kind: LimitKind, limit: number, per: number, hits: readonly { gap: number; weight: number }[]) {
  let now = 1_000_000
  const book = createLimitBook(
    [{ name: 'calls', kind, limit, per, match: ({ query }) => Number(query.get('weight')) }],
    () => now,
  )
  const allowed: Hit[] = []
  const waits: { index: number; at: number; weight: number; retryAfterMs: number }[] = []
  for (const [index, { gap, weight }] of hits.entries()) {
    now += gap
    const { refused } = book.draw(requestOf(`/?weight=${weight}`))
    if (refused === undefined) allowed.push({ at: now, weight })
    else waits.push({ index, at: now, weight, retryAfterMs: refused.retryAfterMs })
  }
  return { allowed, waits, book, state: book.state('calls') }
}

function requestOf(target: string) {
  return createRequest({ method: 'GET', target, rawHeaders: ['x-seller', 'a'], body: Buffer.alloc(0) })
}

const weightIn = (hits: readonly Hit[], from: number, to: number): number =>
  hits.filter(({ at }) => at > from && at <= to).reduce((sum, { weight }) => sum + weight, 0)

/** The greatest weight in any window of `per`; one that ends with a hit is enough, for weight only comes with hits. */
const peakOf = (hits: readonly Hit[], per: number): number =>
  Math.max(0, ...hits.map(({ at }) => weightIn(hits, at - per, at)))

const anyRun = fc.record({
  limit: fc.integer({ min: 1, max: 12 }),
  per: fc.integer({ min: 1, max: 2_000 }),
  hits: fc.array(
    fc.record({
      gap: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 })),
      weight: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 120 },
  ),
})

describe('never more than the limit', () => {
  it('sliding: in any window', () => {
    fc.assert(
      fc.property(anyRun, ({ limit, per, hits }) => {
        const { allowed, state } = run('sliding', limit, per, hits)
        expect(peakOf(allowed, per)).toBeLessThanOrEqual(limit)
        expect(state.peak).toBe(peakOf(allowed, per))
      }),
    )
  })

  it('fixed: in any window that begins at a multiple of its length', () => {
    fc.assert(
      fc.property(anyRun, ({ limit, per, hits }) => {
        const { allowed } = run('fixed', limit, per, hits)
        for (const sum of Map.groupBy(allowed, ({ at }) => Math.floor(at / per)).values()) {
          expect(sum.reduce((total, { weight }) => total + weight, 0)).toBeLessThanOrEqual(limit)
        }
      }),
    )
  })

  it('token: between any two instants, no more than a full bucket and what has run in', () => {
    fc.assert(
      fc.property(anyRun, ({ limit, per, hits }) => {
        const { allowed } = run('token', limit, per, hits)
        for (const first of allowed) {
          for (const last of allowed) {
            if (last.at < first.at) continue
            expect(weightIn(allowed, first.at - 1, last.at)).toBeLessThanOrEqual(
              limit + ((last.at - first.at) * limit) / per + 1e-6,
            )
          }
        }
      }),
    )
  })
})

describe('never less than the limit', () => {
  it.each(['sliding', 'fixed', 'token'] as const)('%s: who waits as long as told is let through', (kind) => {
    fc.assert(
      fc.property(anyRun, ({ limit, per, hits }) => {
        const { waits, book } = run(kind, limit, per, hits)
        const last = waits.at(-1)
        if (last === undefined || last.weight > limit) return
        expect(last.retryAfterMs).toBeGreaterThan(0)
        expect(last.retryAfterMs).toBeLessThanOrEqual(per)
        expect(book.state('calls')).toMatchObject({ refused: waits.length })
        // The same run up to there again, and then one more hit after exactly that wait.
        const until = hits.slice(0, last.index + 1)
        const again = run(kind, limit, per, [...until, { gap: last.retryAfterMs, weight: last.weight }])
        expect(again.allowed.at(-1)).toEqual({ at: last.at + last.retryAfterMs, weight: last.weight })
      }),
    )
  })

  it.each([
    ['sliding', 10],
    ['fixed', 10],
    ['token', 10],
  ] as const)('%s: lets a whole limit through at once, and another after a window', (kind, limit) => {
    const burst = Array.from({ length: limit + 1 }, () => ({ gap: 0, weight: 1 }))
    const { allowed, state } = run(kind, limit, 1_000, [...burst, { gap: 1_000, weight: 1 }, ...burst])
    expect(allowed.length).toBe(20)
    expect(state).toMatchObject({ allowed: 20, refused: 3, limit, perMs: 1_000, remaining: 0 })
  })
})

describe('a limit in a running simulator', () => {
  const route = routesFor<undefined>()

  async function start(limits: LimitDefinition[]) {
    const simulator = await defineSimulator<undefined>({
      id: 'shop',
      title: 'Shop',
      world: () => undefined,
      limits,
      throttled: ({ name, retryAfterMs }) => ({
        status: 429,
        headers: { 'x-wait-ms': String(retryAfterMs) },
        json: { error: name },
      }),
      routes: [
        route.get('/orders', ({ limits: states }) => ({
          json: states.map(({ name, remaining, resetMs }) => ({ name, remaining, resetMs })),
        })),
        route.post('/offers', ({ truth }) => {
          truth.add('offers', 'all')
          return { status: 204 }
        }),
      ],
    }).start({ clock: { startsAt: 1_000_000, rate: 'manual' } })
    open.push(simulator)
    return simulator
  }

  it('answers in the vendor’s shape, without an effect, and lets through again by the simulated clock', async () => {
    const simulator = await start([
      { name: 'offers', limit: 2, per: '10s', kind: 'sliding', match: ({ method }) => method === 'POST' },
    ])
    const post = () => fetch(`${simulator.url}/offers`, { method: 'POST' })
    expect([(await post()).status, (await post()).status]).toEqual([204, 204])
    await simulator.clock.advance(4_000)
    const refused = await post()
    expect([refused.status, refused.headers.get('x-wait-ms'), await refused.json()]).toEqual([
      429,
      '6000',
      { error: 'offers' },
    ])
    expect(simulator.truth.count()).toBe(2)
    expect(simulator.exchanges.all.at(-1)).toMatchObject({ status: 429, limit: 'offers' })
    await simulator.clock.advance(6_000)
    expect((await post()).status).toBe(204)
    expect(simulator.limits.states()).toMatchObject([{ name: 'offers', allowed: 3, refused: 1, peak: 2 }])
  })

  it('tells routes how it stands, takes weights, and keeps callers apart', async () => {
    const limit: LimitDefinition = {
      name: 'rows',
      limit: 5,
      per: '1h',
      kind: 'token',
      match: ({ query }) => Number(query.get('rows')),
      key: ({ headers }) => headers['x-seller'] ?? '',
    }
    const simulator = await start([limit])
    const get = async (seller: string, rows: number): Promise<unknown> =>
      await (await fetch(`${simulator.url}/orders?rows=${rows}`, { headers: { 'x-seller': seller } })).json()
    expect(await get('a', 4)).toEqual([{ name: 'rows', remaining: 1, resetMs: 2_880_000 }])
    expect(await get('a', 2)).toEqual({ error: 'rows' })
    expect(await get('b', 2)).toEqual([{ name: 'rows', remaining: 3, resetMs: 1_440_000 }])
    expect(await get('a', 0)).toEqual([])
    expect(simulator.limits.state('rows', 'a')).toMatchObject({ allowed: 1, refused: 1, remaining: 1 })
    expect(simulator.limits.state('rows', 'c')).toMatchObject({ allowed: 0, refused: 0, remaining: 5 })
    expect(simulator.limits.state('rows')).toMatchObject({ key: '*', allowed: 2, refused: 1, remaining: 1, peak: 4 })
    expect(() => simulator.limits.state('row')).toThrow('there are: rows')
  })

  it('takes from all limits or from none', async () => {
    const simulator = await start([
      { name: 'first', limit: 10, per: '1m', kind: 'fixed', match: () => true },
      { name: 'second', limit: 1, per: '1m', kind: 'fixed', match: () => true },
    ])
    for (let call = 0; call < 3; call += 1) await fetch(`${simulator.url}/orders`)
    expect(simulator.limits.state('first')).toMatchObject({ allowed: 1, remaining: 9, refused: 0 })
    expect(simulator.limits.state('second')).toMatchObject({ allowed: 1, remaining: 0, refused: 2 })
  })

  it('blocks for a while after a refusal where the vendor’s firewall does', async () => {
    const simulator = await start([
      { name: 'wall', limit: 1, per: '1s', kind: 'fixed', block: '10s', match: () => true },
    ])
    const get = async (): Promise<number> => (await fetch(`${simulator.url}/orders`)).status
    expect([await get(), await get()]).toEqual([200, 429])
    await simulator.clock.advance(9_000)
    expect(await get()).toBe(429)
    await simulator.clock.advance(10_000)
    expect(await get()).toBe(200)
  })

  it('can be changed while it runs', async () => {
    const simulator = await start([{ name: 'all', limit: 1, per: '1m', kind: 'sliding', match: () => true }])
    const get = async (): Promise<number> => (await fetch(`${simulator.url}/orders`)).status
    expect([await get(), await get()]).toEqual([200, 429])
    simulator.limits.change('all', { limit: 3 })
    expect([await get(), await get(), await get()]).toEqual([200, 200, 429])
    expect(() => simulator.limits.change('none', { limit: 3 })).toThrow('there are: all')
  })
})
