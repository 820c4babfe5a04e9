import { afterEach, describe, expect, it } from 'vitest'
import type { FaultInput, StartSettings } from '../../src/simulator/index.ts'
import { accept, shopSimulator, type ShopOptions } from './shop-simulator.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

async function start(fault?: FaultInput, settings: StartSettings<ShopOptions> = {}) {
  const shop = await shopSimulator.start({ ...settings, faults: fault === undefined ? [] : [fault] })
  open.push(shop)
  return shop
}

describe('answers in place of the real one', () => {
  it('status: without an effect, and with one when told so', async () => {
    const shop = await start({ do: 'status', status: 503, body: { error: 'later' }, headers: { 'x-id': '7' } })
    const response = await accept(shop.url, '1')
    expect([response.status, response.headers.get('x-id'), await response.json()]).toEqual([
      503,
      '7',
      { error: 'later' },
    ])
    expect(shop.truth.count()).toBe(0)

    shop.faults.clear()
    shop.faults.add({ do: 'status', status: 500, effect: true })
    expect((await accept(shop.url, '1')).status).toBe(500)
    expect(shop.truth.count('order-accepted')).toBe(1)
  })

  it('html: a page where JSON is expected', async () => {
    const shop = await start({ do: 'html', status: 403, headers: { 'cf-ray': 'abc' } })
    const response = await fetch(`${shop.url}/orders`)
    expect([response.status, response.headers.get('content-type'), response.headers.get('cf-ray')]).toEqual([
      403,
      'text/html; charset=utf-8',
      'abc',
    ])
    expect(await response.text()).toContain('<html>')
  })

  it.each([
    [{ do: 'throttle' }, null],
    [{ do: 'throttle', retryAfterSeconds: 7 }, '7'],
    [{ do: 'throttle', retryAfterSeconds: 60, form: 'date' }, 'Thu, 01 Jan 1970 00:01:00 GMT'],
  ] satisfies [FaultInput, string | null][])('throttle: %o answers 429 with Retry-After %s', async (fault, header) => {
    const shop = await start(fault, { clock: { startsAt: 0, rate: 'manual' } })
    const response = await accept(shop.url, '1')
    expect([response.status, response.headers.get('retry-after'), shop.truth.count()]).toEqual([429, header, 0])
  })

  it('lateEffect: accepted at once, true later', async () => {
    const shop = await start({ do: 'lateEffect', ms: 30_000, body: { task: 1 } }, { clock: { rate: 'manual' } })
    const response = await accept(shop.url, '1')
    expect([response.status, await response.json()]).toEqual([202, { task: 1 }])
    await shop.clock.advance(29_999)
    expect(shop.truth.count()).toBe(0)
    await shop.clock.advance(1)
    expect(shop.truth.count('order-accepted')).toBe(1)
  })

  it('partial: the first half of each list happens, and the answer says that something failed', async () => {
    const shop = await start({ do: 'partial' })
    const parcels = ['1', '2', '3', '4'].map((order) => ({ order, pieces: [1, 2, 3] }))
    const response = await fetch(`${shop.url}/parcels`, { method: 'POST', body: JSON.stringify(parcels) })
    expect(response.status).toBe(500)
    expect(shop.truth.effects.map(({ key, detail }) => [key, detail])).toEqual([
      ['1', [1, 2]],
      ['2', [1, 2]],
    ])
  })

  it('partial: what has no list to halve happens whole', async () => {
    const shop = await start({ do: 'partial', status: 502 })
    expect((await accept(shop.url, '1')).status).toBe(502)
    expect(shop.truth.count('order-accepted')).toBe(1)
  })
})

describe('time', () => {
  it('delay: waits on the simulated clock, before the effect or after it', async () => {
    const shop = await start({ do: 'delay', ms: 5_000 }, { clock: { rate: 'manual' } })
    const fault = shop.faults.add({ match: { nth: 2 }, do: 'delay', ms: 5_000, effect: true })
    const first = accept(shop.url, '1')
    await expect.poll(() => shop.faults.fired.length).toBe(1)
    expect(shop.truth.count()).toBe(0)
    await shop.clock.advance(5_000)
    expect((await first).status).toBe(200)

    const second = accept(shop.url, '2')
    await expect.poll(() => shop.faults.fired.length).toBe(2)
    await shop.clock.advance(5_000)
    await fault.whenFired()
    expect(shop.truth.count()).toBe(2)
    await shop.clock.advance(5_000)
    expect((await second).status).toBe(200)
  })

  it.each([
    [false, 0],
    [true, 1],
  ])('hang with effect %s: no answer until the caller leaves, %i effects', async (effect, effects) => {
    const shop = await start()
    const fault = shop.faults.add({ do: 'hang', effect })
    const leaving = new AbortController()
    const call = accept(shop.url, '1', { signal: leaving.signal })
    await fault.whenFired()
    expect(shop.truth.count()).toBe(effects)
    expect(shop.inFlight).toBe(1)
    leaving.abort()
    await expect(call).rejects.toThrow('aborted')
    await expect.poll(() => shop.exchanges.all.map(({ ended }) => ended)).toEqual(['abandoned'])
  })

  it('close ends hung calls', async () => {
    const shop = await start({ do: 'hang' })
    const call = accept(shop.url, '1').then(
      () => 'answered',
      () => 'cut',
    )
    await expect.poll(() => shop.inFlight).toBe(1)
    await shop.close()
    expect(await call).toBe('cut')
  })
})

describe('the wire', () => {
  it.each([
    ['reset', 0],
    ['dropAnswer', 1],
  ] as const)('%s: the connection ends without an answer, %i effects', async (kind, effects) => {
    const shop = await start({ do: kind })
    await expect(accept(shop.url, '1')).rejects.toThrow('fetch failed')
    expect(shop.truth.count()).toBe(effects)
    expect(shop.exchanges.all).toMatchObject([{ faults: [kind], ended: 'cut' }])
    expect(shop.exchanges.all[0]?.status).toBeUndefined()
  })

  it('cutBody: the status comes, half of the body, and then nothing', async () => {
    const shop = await start({ do: 'cutBody' })
    const response = await accept(shop.url, '1')
    expect(response.status).toBe(200)
    const { got, failed } = await readChunks(response)
    expect(failed).toBe(true)
    expect(Buffer.concat(got).length).toBe(Math.floor((shop.exchanges.all[0]?.responseBody.length ?? 0) / 2))
    expect(shop.truth.count()).toBe(1)
  })

  it('slowBody: complete, in pieces over time', async () => {
    const shop = await start({ do: 'slowBody', chunks: 4, pauseMs: 20 })
    const begin = performance.now()
    const { got, failed } = await readChunks(await fetch(`${shop.url}/orders`))
    expect(failed).toBe(false)
    expect(got.length).toBe(4)
    expect(performance.now() - begin).toBeGreaterThan(70)
  })

  it('splitUtf8: chunks end inside characters, and a reader that joins bytes sees none of it', async () => {
    const shop = await start({ do: 'splitUtf8' })
    const { got } = await readChunks(await fetch(`${shop.url}/orders`))
    expect(got.map((chunk) => chunk.toString('utf8')).join('')).toContain('\ufffd')
    expect(Buffer.concat(got).toString('utf8')).toContain('Köln – Zürich 🏠')
  })

  it('hugeBody: valid JSON of the size asked for', async () => {
    const shop = await start({ do: 'hugeBody', bytes: 3_000_000 })
    const text = await (await fetch(`${shop.url}/orders/count`)).text()
    expect(text.length).toBe(3_000_000)
    expect(JSON.parse(text)).toEqual({ count: 3 })
  })

  it('a caller that leaves a huge body in the middle does not stop the simulator', async () => {
    const shop = await start({ match: { times: 1 }, do: 'hugeBody', bytes: 50_000_000 })
    const leaving = new AbortController()
    const response = await fetch(`${shop.url}/orders/count`, { signal: leaving.signal })
    leaving.abort()
    await expect(response.text()).rejects.toThrow('aborted')
    expect(await (await fetch(`${shop.url}/orders/count`)).json()).toEqual({ count: 3 })
    await expect.poll(() => shop.exchanges.all[0]?.ended).toBe('abandoned')
  })
})

describe('which requests', () => {
  const failing = { do: 'status', status: 500 } as const

  async function statuses(fault: FaultInput, calls = 6): Promise<number[]> {
    const shop = await start(fault)
    const found: number[] = []
    for (let index = 0; index < calls; index += 1) found.push((await fetch(`${shop.url}/orders/count`)).status)
    return found
  }

  it.each([
    [{ nth: 2 }, [200, 500, 200, 200, 200, 200]],
    [{ every: 3 }, [200, 200, 500, 200, 200, 500]],
    [{ times: 2 }, [500, 500, 200, 200, 200, 200]],
    [{ every: 2, times: 1 }, [200, 500, 200, 200, 200, 200]],
    [{ method: 'POST' }, [200, 200, 200, 200, 200, 200]],
    [{ path: '/orders/:id', times: 1 }, [500, 200, 200, 200, 200, 200]],
    [{ path: '/files/*' }, [200, 200, 200, 200, 200, 200]],
    [{ probability: 0 }, [200, 200, 200, 200, 200, 200]],
    [{ probability: 1 }, [500, 500, 500, 500, 500, 500]],
  ] satisfies [FaultInput['match'], number[]][])('%o gives %j', async (match, expected) => {
    expect(await statuses({ match, ...failing })).toEqual(expected)
  })

  it('by chance, and the same chance for the same seed', async () => {
    const fault: FaultInput = { match: { probability: 0.5 }, ...failing }
    const first = await statuses(fault, 20)
    expect(new Set(first)).toEqual(new Set([200, 500]))
    expect(await statuses(fault, 20)).toEqual(first)
  })

  it('by what the body says', async () => {
    const shop = await start({ match: { body: '"shipped"' }, ...failing })
    expect((await accept(shop.url, '1')).status).toBe(200)
    expect((await accept(shop.url, '1', { body: '{"status":"shipped"}' })).status).toBe(500)
  })

  it('several faults touch one request, and each is recorded when it acts', async () => {
    const shop = await start({ do: 'delay', ms: 1 })
    shop.faults.add({ do: 'dropAnswer', match: { nth: 1 } })
    shop.faults.add({ do: 'splitUtf8' })
    await expect(accept(shop.url, '1')).rejects.toThrow('fetch failed')
    await (await accept(shop.url, '2')).text()
    expect(shop.faults.fired.map((fired) => fired.do)).toEqual(['delay', 'dropAnswer', 'delay', 'splitUtf8'])
    expect(shop.exchanges.all.map(({ faults }) => faults)).toEqual([
      ['delay', 'dropAnswer'],
      ['delay', 'splitUtf8'],
    ])
  })

  it('is removed by its handle, and a fault that cannot be read is refused', async () => {
    const shop = await start()
    const fault = shop.faults.add(failing)
    expect((await fetch(`${shop.url}/orders`)).status).toBe(500)
    fault.remove()
    expect((await fetch(`${shop.url}/orders`)).status).toBe(200)
    expect([fault.fired, shop.faults.list()]).toEqual([1, []])
    expect(() => shop.faults.add({ do: 'delay', ms: -1 })).toThrow(/ms/)
  })
})

async function readChunks(response: Response): Promise<{ got: Buffer[]; failed: boolean }> {
  const got: Buffer[] = []
  try {
    for await (const chunk of response.body ?? []) got.push(Buffer.from(chunk))
    return { got, failed: false }
  } catch {
    return { got, failed: true }
  }
}
