import { afterEach, describe, expect, it } from 'vitest'
import { asSimulator, createClock, parseSwitches, type StartSettings } from '../../src/simulator/index.ts'
import { accept, shopSimulator, type ShopOptions } from './shop-simulator.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

async function start(settings: StartSettings<ShopOptions> = {}) {
  const shop = await shopSimulator.start(settings)
  open.push(shop)
  return shop
}

describe('routes over real HTTP', () => {
  it('answers JSON, with its own address and the path parameters decoded', async () => {
    const shop = await start()
    const response = await fetch(`${shop.url}/orders?status=open`)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toMatchObject({
      results: [{ id: '1' }, { id: '2' }, { id: '3' }],
      next: `${shop.url}/orders?page=2`,
    })
    expect(await (await fetch(`${shop.url}/files/a/b%20c`)).text()).toBe('a/b c')
  })

  it('prefers the more exact pattern and routes by the query where the pattern says so', async () => {
    const shop = await start()
    expect(await (await fetch(`${shop.url}/orders/count`)).json()).toEqual({ count: 3 })
    const ping = await fetch(`${shop.url}/service?action=ping&x=1`)
    expect([ping.headers.get('content-type'), await ping.text()]).toEqual(['application/xml', '<pong/>'])
    const latin = Buffer.from(await (await fetch(`${shop.url}/service?action=latin`)).arrayBuffer())
    expect(latin.toString('latin1')).toBe('Müller')
  })

  it('ends a handler by refuse, and an unreadable body with 400, without any effect', async () => {
    const shop = await start()
    expect((await fetch(`${shop.url}/orders/9`)).status).toBe(404)
    expect((await accept(shop.url, '1', { body: '{"status":"eaten"}' })).status).toBe(400)
    expect((await accept(shop.url, '1', { body: 'no json' })).status).toBe(400)
    expect(shop.truth.count()).toBe(0)
    expect(shop.failures).toEqual([])
  })

  it('asks before every route, decorates every answer, and answers HEAD as GET without a body', async () => {
    const shop = await start()
    expect((await fetch(`${shop.url}/orders`, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401)
    const head = await fetch(`${shop.url}/orders/count`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), head.headers.get('x-route')]).toEqual([
      200,
      '11',
      '/orders/count',
    ])
  })

  it('reads multipart fields and files', async () => {
    const shop = await start()
    const form = new FormData()
    form.set('note', 'grün')
    form.set('file', new File([Buffer.from([0, 255, 13, 10])], 'invoice.pdf'))
    const response = await fetch(`${shop.url}/uploads`, { method: 'POST', body: form })
    expect(await response.json()).toEqual([
      { name: 'note', size: 5 },
      { name: 'file', filename: 'invoice.pdf', size: 4 },
    ])
    expect((await fetch(`${shop.url}/uploads`, { method: 'POST', body: 'x' })).status).toBe(400)
  })

  it('records unknown routes and its own mistakes, which tests expect to be none', async () => {
    const shop = await start()
    expect((await fetch(`${shop.url}/nowhere?x=1`)).status).toBe(404)
    expect((await fetch(`${shop.url}/orders`, { method: 'DELETE' })).status).toBe(404)
    expect(shop.unknownRoutes).toEqual([
      { method: 'GET', path: '/nowhere', query: 'x=1' },
      { method: 'DELETE', path: '/orders', query: '' },
    ])
    expect((await fetch(`${shop.url}/broken`)).status).toBe(500)
    expect(shop.failures).toEqual([new TypeError('a mistake of the simulator')])
  })

  it('refuses switches it does not know', async () => {
    await expect(shopSimulator.start({ options: { orders: -1 } })).rejects.toThrow(/orders/)
  })

  it('says when its port is taken', async () => {
    const shop = await start()
    await expect(shopSimulator.start({ port: shop.port })).rejects.toThrow(/EADDRINUSE/)
  })
})

describe('what is kept', () => {
  it('counts what truly happened and names what happened twice', async () => {
    const shop = await start()
    for (const id of ['1', '2', '2']) await accept(shop.url, id)
    expect(shop.truth.count('order-accepted')).toBe(3)
    expect(shop.truth.doubled('order-accepted')).toEqual(['2'])
    expect([...shop.truth.byKey().keys()]).toEqual(['1', '2'])
  })

  it('records each exchange before the caller has its answer', async () => {
    const shop = await start()
    await accept(shop.url, '1')
    expect(shop.exchanges.all).toMatchObject([
      { index: 1, method: 'POST', path: '/orders/1', route: '/orders/:id', status: 200, faults: [], ended: 'answered' },
    ])
    expect(shop.exchanges.all[0]?.requestBody.toString()).toBe('{"status":"accepted"}')
    expect(shop.exchanges.count({ method: 'post', path: '/orders/:id' })).toBe(1)
    expect(shop.exchanges.count({ method: 'GET' })).toBe(0)
  })

  it('keeps only the newest exchanges when told so, and counts all', async () => {
    const shop = await start({ keepExchanges: 4 })
    for (let index = 0; index < 11; index += 1) await (await fetch(`${shop.url}/orders/count?n=${index}`)).text()
    expect(shop.exchanges.total).toBe(11)
    expect(shop.exchanges.all.length).toBeLessThan(6)
    expect(shop.exchanges.all.at(-1)?.query).toBe('n=10')
  })
})

describe('a simulator known by its plugin alone', () => {
  it('starts with switches from a command line', async () => {
    const { simulator }: { simulator: unknown } = { simulator: shopSimulator }
    await using shop = await asSimulator(simulator).start({ options: parseSwitches(['orders=5']) })
    expect(shop.describe()).toContain('--set orders=5')
    expect(parseSwitches(['name=north=1', 'tags=["a"]', 'on=true'])).toEqual({ name: 'north=1', tags: ['a'], on: true })
    expect(() => parseSwitches(['orders'])).toThrow('name=value')
    expect(() => asSimulator({ id: 'shop' })).toThrow('defineSimulator')
  })
})

describe('the world in time', () => {
  it('changes as its clock is moved by hand, and stamps answers with that time', async () => {
    const shop = await start({
      clock: { startsAt: '2026-03-01T00:00:00Z', rate: 'manual' },
      options: { everyMs: 60_000, orders: 0 },
    })
    await shop.clock.advance(5 * 60_000)
    const response = await fetch(`${shop.url}/orders/count`)
    expect(await response.json()).toEqual({ count: 5 })
    expect(response.headers.get('date')).toBe('Sun, 01 Mar 2026 00:05:00 GMT')
  })

  it('shares a clock, and stops only its own timers when it closes', async () => {
    const clock = createClock({ startsAt: 0, rate: 'manual' })
    const [first, second] = [
      await start({ clock, options: { everyMs: 1_000 } }),
      await start({ clock, options: { everyMs: 1_000 } }),
    ]
    await first.close()
    await clock.advance(2_000)
    expect([first.world.orders.size, second.world.orders.size]).toEqual([3, 5])
  })

  it('does what a person asks of it', async () => {
    const shop = await start()
    shop.act('place-order')
    expect(shop.world.orders.size).toBe(4)
    expect(() => shop.act('eat-order')).toThrow('it has: place-order')
  })

  it('describes itself', async () => {
    const shop = await start()
    expect(shop.describe()).toContain(`Shop simulator at ${shop.url}`)
    expect(shop.describe()).toContain('GET    /orders  lists orders')
    expect(shop.describe()).toContain('--set orders=3  orders at the start')
    expect(shop.describe()).toContain('uploads: 2 in 10s, sliding window')
    expect(shop.describe()).toContain('It has 3 orders.')
  })
})
