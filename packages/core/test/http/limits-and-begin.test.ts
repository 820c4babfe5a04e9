import { describe, expect, it } from 'vitest'
import { createMemoryBuckets, planJournal, systemClock } from '../../src/host/index.ts'
import { KontorError } from '../../src/index.ts'
import { errorOf, httpFor } from '../support/http.ts'
import { json, serve } from '../support/server.ts'

const read = { method: 'GET', path: '/x', effect: 'none', doing: 'read x' } as const
const write = {
  method: 'PUT',
  path: '/x',
  effect: 'repeatable',
  doing: 'write x',
  for: [{ key: 'k1' }, { key: 'k2' }],
} as const

describe('the limits of an account', () => {
  it('are waited for up to half a minute, then the caller is told when to come again', async () => {
    const server = await serve((_, response) => json(response, {}))
    const limits = {
      calls: { burst: 2, per: '20s', source: 'test' },
      rows: { burst: 100, per: '1h', source: 'test' },
    } as const
    const { http, clock } = httpFor(server.origin, { limits })
    const begun = clock.now()
    for (let call = 0; call < 4; call++) await http.send({ ...read, take: { calls: 1 } })
    expect(clock.now() - begun).toBeGreaterThanOrEqual(20_000)
    await http.send({ ...read, take: { rows: 100 } })
    const error = await errorOf(http.send({ ...read, take: { calls: 1, rows: 1 } }))
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retry: 'after' })
    expect(error.retryAfterMs).toBeGreaterThan(3_000_000)
    expect(server.seen).toHaveLength(5)
  })
  it('are drawn from again by every attempt', async () => {
    const server = await serve((_, response, number) => json(response, {}, number < 3 ? 503 : 200))
    const limits = { calls: { burst: 4, per: '10m', source: 'test' } } as const
    const { http } = httpFor(server.origin, { limits })
    await http.send({ ...read, take: { calls: 1 } })
    expect(await errorOf(http.send({ ...read, take: { calls: 1 } }))).toMatchObject({ code: 'RATE_LIMITED' })
  })
  it('learn from the headers of an answer', async () => {
    const server = await serve((_, response) => json(response, {}, 200, { 'x-left': '0', 'x-reset-ms': '15000' }))
    const learn = { remaining: 'x-left', reset: { header: 'x-reset-ms', as: 'milliseconds' } } as const
    const { http, clock } = httpFor(server.origin, {
      limits: { calls: { burst: 100, per: '30s', source: 'test', learn } },
    })
    await http.send({ ...read, take: { calls: 1 } })
    await http.send({ ...read, take: { calls: 1 } })
    expect(clock.slept).toHaveLength(1)
    expect(clock.slept[0]).toBeGreaterThanOrEqual(15_000)
    expect(clock.slept[0]).toBeLessThan(15_200)
  })
  it('are mistakes of the plugin where they can never be met, or are not there', async () => {
    const { http } = httpFor('https://api.example', { limits: { calls: { burst: 2, per: '1s', source: 'test' } } })
    expect(await errorOf(http.send({ ...read, take: { calls: 3 } }))).toMatchObject({ code: 'INTERNAL' })
    expect(await errorOf(http.send({ ...read, take: { other: 1 } }))).toMatchObject({ code: 'INTERNAL' })
  })
  it('of calls at one time hold across all clients of the account', async () => {
    let [now, most] = [0, 0]
    const server = await serve(async (_, response) => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 15))
      now--
      json(response, {})
    })
    const limits = { bulk: { burst: 100, per: '1s', atOnce: 2, source: 'test' } } as const
    const buckets = createMemoryBuckets()
    const [one, two] = [0, 1].map(() => httpFor(server.origin, { limits, buckets, clock: systemClock }).http)
    const ask = async (index: number): Promise<unknown> =>
      (index % 2 === 0 ? one : two)?.send({ ...read, take: { bulk: 1 } })
    await Promise.all(Array.from({ length: 12 }, (_, index) => ask(index)))
    expect(most).toBe(2)
    expect(server.seen).toHaveLength(12)
  })
  it('come first to the call that waited first', async () => {
    const server = await serve((_, response) => json(response, {}))
    const { http } = httpFor(server.origin, {
      limits: { calls: { burst: 1, per: '20ms', source: 'test' } },
      clock: systemClock,
    })
    await Promise.all([0, 1, 2, 3, 4].map((call) => http.send({ ...read, path: `/${call}`, take: { calls: 1 } })))
    expect(server.seen.map(({ path }) => path)).toEqual(['/0', '/1', '/2', '/3', '/4'])
  })
})

describe('noting that a call begins', () => {
  it('comes after the buckets and before the first byte', async () => {
    const order: string[] = []
    const server = await serve((_, response) => {
      order.push('server')
      json(response, {})
    })
    const buckets = createMemoryBuckets()
    const { http } = httpFor(server.origin, {
      limits: { calls: { burst: 5, per: '1s', source: 'test' } },
      buckets: { ...buckets, take: (...given) => (order.push('bucket'), buckets.take(...given)) },
      journal: { begin: async (keys) => void order.push(`begin ${keys.join('+')}`) },
    })
    await http.send({ ...write, take: { calls: 1 } })
    expect(order).toEqual(['bucket', 'begin k1+k2', 'server'])
  })
  it('is not done for a question', async () => {
    const server = await serve((_, response) => json(response, {}))
    const { http, begun } = httpFor(server.origin)
    await http.send(read)
    expect(begun).toEqual([])
  })
  it('never shows a query value', async () => {
    const server = await serve((_, response) => json(response, {}))
    const { http, begun } = httpFor(server.origin)
    await http.send({ ...write, query: { email: 'erika@example.com' } })
    expect(begun).toMatchObject([{ url: `${server.origin}/x?email=***`, method: 'PUT', doing: 'write x' }])
  })
  it('that fails sends nothing: the work belongs to another now', async () => {
    const server = await serve((_, response) => json(response, {}))
    const { http } = httpFor(server.origin, {
      journal: { begin: () => Promise.reject(new KontorError('FENCED', { message: 'taken over' })) },
    })
    expect(await errorOf(http.send(write))).toMatchObject({ code: 'FENCED' })
    expect(server.seen).toEqual([])
  })
  it('is done again after a pause, so that whoever was paused finds out before sending', async () => {
    const server = await serve((_, response) => json(response, {}))
    let times = 0
    const test = httpFor(server.origin, {
      journal: {
        begin: async () => {
          // The process sleeps for a minute right after the check, and another takes the work over.
          if (++times === 1) test.clock.advance(60_000)
          else throw new KontorError('FENCED', { message: 'taken over' })
        },
      },
    })
    expect(await errorOf(test.http.send({ ...write, effect: 'once' }))).toMatchObject({ code: 'FENCED' })
    expect(times).toBe(2)
    expect(server.seen).toEqual([])
  })
  it.each([
    [1500, 3, 'sent'],
    [900, 1, 'sent'],
    [15_000, 3, 'TIMEOUT'],
  ])('that always takes %d ms is made %d times, then: %s', async (ms, times, end) => {
    const server = await serve((_, response) => json(response, {}))
    let made = 0
    const test = httpFor(server.origin, {
      journal: {
        begin: async () => {
          made++
          test.clock.advance(ms)
        },
      },
    })
    const outcome = await test.http.send(write).then(
      () => 'sent',
      (error: KontorError) => error.code,
    )
    expect([made, outcome, server.seen.length]).toEqual([times, end, end === 'sent' ? 1 : 0])
  })
})

describe('plan mode', () => {
  it('shows calls with an effect and sends only questions', async () => {
    const server = await serve((_, response) => json(response, {}))
    const { http } = httpFor(server.origin, { journal: planJournal() })
    const error = await errorOf(http.send({ ...write, query: { pwd: 'x' } }))
    expect(error).toMatchObject({ code: 'PLAN_MODE' })
    expect(error.message).toContain(`PUT ${server.origin}/x?pwd=*** would be done for 2 deliveries`)
    await http.send(read)
    expect(server.seen.map(({ method }) => method)).toEqual(['GET'])
  })
})

describe('a body', () => {
  it.each([
    [{ json: { a: 1 } }, 'application/json', '{"a":1}'],
    [{ form: { a: 'ü b', c: '1' } }, 'application/x-www-form-urlencoded', 'a=%C3%BC+b&c=1'],
    [{ body: { data: '<a/>', type: 'text/xml' } }, 'text/xml', '<a/>'],
    [{ body: { data: Buffer.from('raw'), type: 'text/csv' } }, 'text/csv', 'raw'],
  ])('%j arrives as %s', async (body, type, text) => {
    const server = await serve((_, response) => json(response, {}))
    await httpFor(server.origin).http.send({ ...write, method: 'POST', ...body })
    expect(server.seen).toMatchObject([{ body: text, headers: { 'content-type': type } }])
  })
  it('of several parts is sent again whole', async () => {
    const server = await serve((_, response, number) => json(response, {}, number === 0 ? 503 : 200))
    const multipart = new FormData()
    multipart.set('file', new Blob(['a;b']), 'offers.csv')
    await httpFor(server.origin).http.send({ ...write, method: 'POST', multipart })
    expect(server.seen.map(({ body }) => body.includes('a;b') && body.includes('offers.csv'))).toEqual([true, true])
  })
  it('is one', async () => {
    const { http } = httpFor('https://api.example')
    expect(await errorOf(http.send({ ...write, json: {}, form: {} }))).toMatchObject({ code: 'INTERNAL' })
    expect(await errorOf(http.send({ ...read, json: {} }))).toMatchObject({ code: 'INTERNAL' })
  })
})
