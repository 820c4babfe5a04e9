import { describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/host/index.ts'
import { KontorError } from '../../src/index.ts'
import { errorOf, httpFor, type TestHttp } from '../support/http.ts'
import { json, serve } from '../support/server.ts'

const call = { method: 'GET', path: '/x', effect: 'none', doing: 'read x' } as const

/** What must have happened before the abort. */
type Until = () => boolean

/** How long an abort takes to be noticed, in real time: all that is waited for here takes 20 s or for ever. */
async function noticed(
  { http }: TestHttp,
  until: Until,
  options: { as?: 'text'; take?: Record<string, number> } = {},
): Promise<{ quick: boolean; error: KontorError }> {
  const stop = new AbortController()
  const failure = errorOf(http.send({ ...call, ...options, signal: stop.signal }))
  await vi.waitFor(() => expect(until()).toBe(true))
  await new Promise((resolve) => setTimeout(resolve, 20))
  const began = performance.now()
  stop.abort()
  const error = await failure
  return { quick: performance.now() - began < 2000, error }
}

describe('an abort is noticed at once', () => {
  it('before anything is sent', async () => {
    const server = await serve((_, response) => json(response, {}))
    expect(await errorOf(httpFor(server.origin).http.send({ ...call, signal: AbortSignal.abort() }))).toMatchObject({
      code: 'ABORTED',
    })
    expect(server.seen).toEqual([])
  })
  it('while the system thinks', async () => {
    const server = await serve(() => undefined)
    const { quick, error } = await noticed(httpFor(server.origin), () => server.seen.length > 0)
    expect(error).toMatchObject({ code: 'ABORTED', scope: 'run' })
    expect(quick).toBe(true)
    expect(server.seen).toHaveLength(1)
  })
  it('while the answer drips in', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write('x'), 5)
      response.on('close', () => clearInterval(drip))
    })
    const { quick, error } = await noticed(httpFor(server.origin), () => server.seen.length > 0, { as: 'text' })
    expect(error.code).toBe('ABORTED')
    expect(quick).toBe(true)
  })
  it('while waiting for the next attempt', async () => {
    const server = await serve((_, response) => json(response, {}, 429, { 'retry-after': '20' }))
    const { quick, error } = await noticed(httpFor(server.origin, { clock: systemClock }), () => server.seen.length > 0)
    expect(error.code).toBe('ABORTED')
    expect(quick).toBe(true)
  })
  it('while waiting for a bucket, and for a place among the calls under way', async () => {
    const server = await serve(({ path }, response) => (path === '/slow' ? undefined : json(response, {})))
    const limits = {
      calls: { burst: 1, per: '20s', source: 'test' },
      single: { burst: 100, per: '1s', atOnce: 1, source: 'test' },
    } as const
    const test = httpFor(server.origin, { clock: systemClock, limits })
    await test.http.send({ ...call, take: { calls: 1 } })
    const waiting = await noticed(test, () => true, { take: { calls: 1 } })
    expect([waiting.error.code, waiting.quick]).toEqual(['ABORTED', true])
    const stop = new AbortController()
    const slow = errorOf(test.http.send({ ...call, path: '/slow', take: { single: 1 }, signal: stop.signal }))
    const queued = await noticed(test, () => true, { take: { single: 1 } })
    expect([queued.error.code, queued.quick]).toEqual(['ABORTED', true])
    stop.abort()
    await slow
    await test.http.send({ ...call, take: { single: 1 } })
  })
  it('by a fetch that does not listen', async () => {
    const { quick, error } = await noticed(
      httpFor('https://api.example', { fetch: () => new Promise(() => undefined) }),
      () => true,
    )
    expect(error.code).toBe('ABORTED')
    expect(quick).toBe(true)
  })
})

describe('the reason of an abort', () => {
  it('is what comes out where it is an error of ours', async () => {
    const server = await serve(() => undefined)
    const stop = new AbortController()
    const failure = errorOf(httpFor(server.origin).http.send({ ...call, signal: stop.signal }))
    setTimeout(() => stop.abort(new KontorError('FENCED', { message: 'another runner has taken over' })), 20)
    expect(await failure).toMatchObject({ code: 'FENCED' })
  })
  it('leaves no listener on a signal that lives long', async () => {
    const server = await serve((_, response) => json(response, {}))
    const { http } = httpFor(server.origin)
    const signal = new AbortController().signal
    let listeners = 0
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listeners++
      add(...given)
    }
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listeners--
      remove(...given)
    }
    for (let round = 0; round < 20; round++) await http.send({ ...call, signal })
    expect(listeners).toBe(0)
  })
})
