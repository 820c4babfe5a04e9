import { spawn, type ChildProcess } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { readEffects, simulatorClient, type SimulatorClient } from '../../src/simulator/index.ts'
import { accept, shopSimulator } from './shop-simulator.ts'

const SHOP = fileURLToPath(new URL('./shop-process.ts', import.meta.url))
const children: ChildProcess[] = []
const folders: string[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** The shop in a process of its own. */
async function spawnShop(file: string): Promise<{ client: SimulatorClient; child: ChildProcess }> {
  const port = await freePort()
  const child = spawn(process.execPath, [SHOP, String(port), file], { stdio: 'inherit' })
  children.push(child)
  const client = simulatorClient(`http://127.0.0.1:${port}/`)
  await client.whenUp()
  return { client, child }
}

function truthFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-truth-'))
  folders.push(folder)
  return join(folder, 'truth.jsonl')
}

describe('a simulator in another process', () => {
  it('keeps its truth when it is killed between effect and answer, and goes on from there', async () => {
    const file = truthFile()
    const { client, child } = await spawnShop(file)
    await accept(client.url, '1')
    const fault = await client.faults.add({ match: { method: 'POST' }, do: 'hang', effect: true })
    const call = accept(client.url, '2').then(
      () => 'answered',
      () => 'lost',
    )
    await client.faults.whenFired(fault)
    child.kill('SIGKILL')
    expect(await call).toBe('lost')
    expect(readEffects(file).map(({ what, key }) => `${what} ${key}`)).toEqual(['order-accepted 1', 'order-accepted 2'])

    const again = await spawnShop(file)
    await accept(again.client.url, '2')
    const truth = await again.client.truth()
    expect([truth.count('order-accepted'), truth.doubled('order-accepted')]).toEqual([3, ['2']])
  }, 20_000)
})

describe('control over HTTP', () => {
  it('steers and questions all of it, apart from the vendor’s own paths', async () => {
    await using shop = await shopSimulator.start({
      clock: { startsAt: 0, rate: 'manual' },
      options: { everyMs: 1_000 },
    })
    const client = simulatorClient(shop.url)
    expect(await client.state()).toMatchObject({
      id: 'shop',
      seed: 1,
      now: '1970-01-01T00:00:00.000Z',
      rate: 0,
      options: { orders: 3, everyMs: 1_000 },
    })
    expect(await client.advance(2_000)).toBe('1970-01-01T00:00:02.000Z')
    expect(await client.act('place-order')).toMatchObject({ id: '6' })
    expect(await client.world()).toMatchObject({ orders: { 6: { id: '6', status: 'open' } } })
    expect(shop.world.orders.size).toBe(6)

    const fault = await client.faults.add({ do: 'status', status: 500 })
    expect((await accept(client.url, '1')).status).toBe(500)
    expect(await client.faults.fired()).toMatchObject([{ fault, do: 'status', method: 'POST', path: '/orders/1' }])
    await client.faults.remove(fault)
    await client.faults.add({ do: 'hang' })
    await client.faults.clear()
    expect((await accept(client.url, '1')).status).toBe(200)

    const upload = () => fetch(`${client.url}/uploads`, { method: 'POST', body: new FormData() })
    await upload()
    expect(await client.limits()).toMatchObject([{ name: 'uploads', allowed: 1, remaining: 1 }])
    await client.changeLimit('uploads', { limit: 1 })
    expect((await upload()).status).toBe(429)

    const { total, exchanges } = await client.exchanges({ method: 'POST', path: '/orders/:id' })
    expect([total, exchanges.map(({ status }) => status)]).toEqual([4, [500, 200]])
    expect(exchanges[0]?.requestBody.toString()).toBe('{"status":"accepted"}')
    expect(exchanges).toEqual(shop.exchanges.find({ method: 'POST', path: '/orders/:id' }))
    expect((await client.state()).unknownRoutes).toEqual([])
  })

  it('says what it cannot do', async () => {
    await using shop = await shopSimulator.start()
    const client = simulatorClient(shop.url)
    await expect(client.act('eat-order')).rejects.toThrow('it has: place-order')
    await expect(client.faults.add({ do: 'delay', ms: -1 })).rejects.toThrow('ms')
    await expect(client.faults.whenFired(9, { timeoutMs: 20 })).rejects.toThrow(
      'fault 9 did not fire 1 time(s) within 20 ms',
    )
    const response = await fetch(`${shop.url}/__simulator/nothing`)
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('POST clock/advance')])
  })
})

describe('virtual time with real requests', () => {
  it('drives an hour of polling against delayed answers in a moment', async () => {
    await using shop = await shopSimulator.start({
      clock: { startsAt: 0, rate: 'manual' },
      options: { orders: 0, everyMs: 60_000 },
      faults: [{ do: 'delay', ms: 500 }],
    })
    const counts = await shop.drive(
      (async () => {
        const found: unknown[] = []
        for (let poll = 0; poll < 6; poll += 1) {
          await shop.clock.sleep(10 * 60_000)
          found.push(await (await fetch(`${shop.url}/orders/count`)).json())
        }
        return found
      })(),
    )
    expect(counts).toEqual([10, 20, 30, 40, 50, 60].map((count) => ({ count })))
    expect(shop.clock.now()).toBe(6 * 600_500)
  })
})

describe('a truth file', () => {
  it('drops a line torn by a crash, and refuses one that is no effect', () => {
    const file = truthFile()
    appendFileSync(file, '{"at":"2026-01-01T00:00:00.000Z","what":"paid","key":"1"}\n{"at":"2026-01-01T0')
    expect(readEffects(file)).toHaveLength(1)
    appendFileSync(file, '{"what":"paid"}\n')
    expect(() => readEffects(file)).toThrow(`${file}:2`)
  })
})
