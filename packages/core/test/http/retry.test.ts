import { describe, expect, it, vi } from 'vitest'
import { createMemoryBuckets } from '../../src/host/index.ts'
import { KontorError } from '../../src/index.ts'
import { errorOf, httpFor } from '../support/http.ts'
import { json, serve } from '../support/server.ts'

const list = { method: 'GET', path: '/orders', effect: 'none', doing: 'list orders' } as const
const change = {
  method: 'PUT',
  path: '/stock/1',
  json: { available: 3 },
  effect: 'repeatable',
  doing: 'set stock',
  for: [{ key: 'k1' }],
} as const
const refund = {
  method: 'POST',
  path: '/refunds',
  json: {},
  effect: 'once',
  doing: 'refund',
  for: [{ key: 'k1' }],
} as const

describe('what may be repeated', () => {
  it.each([408, 425, 429, 500, 502, 503, 504, 520])('is repeated after %d until it works', async (status) => {
    const server = await serve((_, response, number) => json(response, { number }, number < 2 ? status : 200))
    const { http, clock } = httpFor(server.origin)
    expect((await http.send(list)).body).toEqual({ number: 2 })
    // Half of the bound each, as the random number is 0.5.
    expect(clock.slept).toEqual([250, 500])
  })
  it('is sent at most four times, and the error says how often', async () => {
    const server = await serve((_, response) => json(response, {}, 503))
    const error = await errorOf(httpFor(server.origin).http.send(list))
    expect(server.seen).toHaveLength(4)
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retry: 'backoff', exchange: { status: 503 } })
    expect(error.message).toMatch(/^\[corner-shop\] list orders: GET http:.*\/orders answered 503.*Tried 4 times/)
  })
  it('is repeated after a cut connection, and notes that it begins before each attempt', async () => {
    const server = await serve((_, response, number) => (number < 2 ? void response.destroy() : json(response, {})))
    const { http, begun } = httpFor(server.origin)
    await http.send(change)
    expect(server.seen).toHaveLength(3)
    expect(begun.map(({ keys, effect }) => [keys, effect])).toEqual([
      [['k1'], 'repeatable'],
      [['k1'], 'repeatable'],
      [['k1'], 'repeatable'],
    ])
  })
  it('is repeated when the answer breaks off in the middle', async () => {
    const server = await serve((_, response, number) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '12' })
      if (number === 0) {
        response.write('{"a":')
        setTimeout(() => response.destroy(), 10)
      } else response.end('{"a":"done"}')
    })
    expect((await httpFor(server.origin).http.send(list)).body).toEqual({ a: 'done' })
  })
  it('is repeated after a time-out', async () => {
    const server = await serve((_, response, number) => (number === 0 ? undefined : json(response, {})))
    await httpFor(server.origin).http.send({ ...list, timeoutMs: 400 })
    expect(server.seen).toHaveLength(2)
  })
  it('leaves no socket behind for an attempt that failed', async () => {
    const server = await serve((_, response, number) =>
      json(response, { text: 'x'.repeat(200_000) }, number % 4 === 3 ? 200 : 503),
    )
    const { http } = httpFor(server.origin)
    for (let round = 0; round < 5; round++) await http.send(list)
    expect(server.seen).toHaveLength(20)
    await vi.waitFor(() => expect(server.sockets()).toBeLessThanOrEqual(2))
  })
  it.each([400, 401, 403, 404, 409, 422, 501])('is not repeated after %d', async (status) => {
    const server = await serve((_, response) => json(response, {}, status))
    await errorOf(httpFor(server.origin).http.send(list))
    expect(server.seen).toHaveLength(1)
  })
  it('is not repeated where the plugin knows that a 500 is no passing trouble', async () => {
    const server = await serve((_, response) => json(response, {}, 500))
    const errors = (): KontorError => new KontorError('REQUEST_REJECTED', { message: 'the order is closed' })
    expect(await errorOf(httpFor(server.origin, { errors }).http.send(list))).toMatchObject({
      code: 'REQUEST_REJECTED',
      exchange: { status: 500 },
    })
    expect(server.seen).toHaveLength(1)
  })
  it('is not repeated where a record is not ready yet: that is for the queue', async () => {
    const server = await serve((_, response) => json(response, {}, 409))
    const errors = (): KontorError => new KontorError('NOT_YET', { message: 'not accepted yet' })
    expect(await errorOf(httpFor(server.origin, { errors }).http.send(list))).toMatchObject({ code: 'NOT_YET' })
    expect(server.seen).toHaveLength(1)
  })
})

describe('a call that must not be sent twice', () => {
  it.each([408, 429, 500, 503])('is sent once, also after %d', async (status) => {
    const server = await serve((_, response) => json(response, {}, status))
    await errorOf(httpFor(server.origin).http.send(refund))
    expect(server.seen).toHaveLength(1)
  })
  it('is sent once when the connection is cut, and says that its effect is not known', async () => {
    const server = await serve((_, response) => void response.destroy())
    const error = await errorOf(httpFor(server.origin).http.send(refund))
    expect(server.seen).toHaveLength(1)
    expect(error.code).toBe('UPSTREAM_UNAVAILABLE')
    expect(error.message).toContain('Whether it took effect is not known')
  })
  it('is sent once when nobody listens', async () => {
    const calls: unknown[] = []
    const fetchNothing: typeof fetch = (input, init) => {
      calls.push(input)
      return fetch(input, init)
    }
    const error = await errorOf(httpFor('http://127.0.0.1:9', { fetch: fetchNothing }).http.send(refund))
    expect(calls).toHaveLength(1)
    expect(error.message).not.toContain('undefined')
  })
  it('is sent once when the answer does not come in time', async () => {
    const server = await serve(() => undefined)
    const error = await errorOf(httpFor(server.origin).http.send({ ...refund, timeoutMs: 100 }))
    expect(error).toMatchObject({ code: 'TIMEOUT', retry: 'backoff' })
    expect(server.seen).toHaveLength(1)
  })
})

describe('Retry-After', () => {
  it('is honoured in seconds', async () => {
    const server = await serve((_, response, number) =>
      number === 0 ? json(response, {}, 429, { 'retry-after': '7' }) : json(response, {}),
    )
    const { http, clock } = httpFor(server.origin)
    await http.send(list)
    expect(clock.slept).toEqual([7000])
  })
  it('is honoured as a date', async () => {
    const server = await serve((_, response, number) =>
      number === 0 ? json(response, {}, 503, { 'retry-after': 'Sun, 03 May 2026 10:00:12 GMT' }) : json(response, {}),
    )
    const { http, clock } = httpFor(server.origin)
    await http.send(list)
    expect(clock.slept).toEqual([12_000])
  })
  it('that is longer than half a minute ends the call, and everybody who draws from the bucket waits', async () => {
    const server = await serve((_, response) => json(response, {}, 429, { 'retry-after': '90' }))
    const buckets = createMemoryBuckets()
    const limits = { calls: { burst: 10, per: '1s', source: 'this test' } } as const
    const { http, options } = httpFor(server.origin, { buckets, limits })
    const error = await errorOf(http.send({ ...list, take: { calls: 1 } }))
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retry: 'after', retryAfterMs: 90_000 })
    const other = httpFor(server.origin, { buckets, limits, clock: options.clock })
    expect(await errorOf(other.http.send({ ...list, take: { calls: 1 } }))).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 90_000,
    })
    expect(server.seen).toHaveLength(1)
  })
  it('is honoured for a call that is not repeated, too: as the time of the next try', async () => {
    const server = await serve((_, response) => json(response, {}, 429, { 'retry-after': '3' }))
    expect(await errorOf(httpFor(server.origin).http.send(refund))).toMatchObject({
      code: 'RATE_LIMITED',
      retry: 'after',
      retryAfterMs: 3000,
    })
  })
  it('that the plugin read from a body counts like the header', async () => {
    const server = await serve((_, response, number) => json(response, {}, number === 0 ? 400 : 200))
    const errors = (): KontorError => new KontorError('RATE_LIMITED', { message: 'quota', retryAfterMs: 4000 })
    const { http, clock } = httpFor(server.origin, { errors })
    await http.send(list)
    expect(clock.slept).toEqual([4000])
  })
  it.each(['', 'soon', '-5', 'NaN'])('that is nonsense (%j) falls back to waiting a little', async (value) => {
    const server = await serve((_, response, number) =>
      json(response, {}, number === 0 ? 429 : 200, { 'retry-after': value }),
    )
    const { http, clock } = httpFor(server.origin)
    await http.send(list)
    expect(clock.slept.every((ms) => ms <= 1000)).toBe(true)
  })
})

describe('all waiting of one call together', () => {
  it('ends after half a minute', async () => {
    const server = await serve((_, response) => json(response, {}, 429, { 'retry-after': '14' }))
    const { http, clock } = httpFor(server.origin)
    const error = await errorOf(http.send(list))
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(30_000)
    expect(server.seen).toHaveLength(3)
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 14_000 })
  })
})
