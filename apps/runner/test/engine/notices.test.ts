import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KontorError, type CheckResult, type Log } from '@kontor/core'
import { systemClock } from '@kontor/core/host'
import { checkAccounts, standStill } from '../../src/engine/check-accounts.ts'
import { maintain } from '../../src/engine/maintain.ts'
import { createNotify, noteOpen, noteWorks, type Message } from '../../src/engine/notices.ts'
import { readStatus } from '../../src/store/status.ts'
import { onEveryDatabase } from '../databases.ts'
import { at, createWorld, order, page, start, type World } from './world.ts'

const day = 86_400_000
const lapsed = new KontorError('AUTH_EXPIRED', { message: 'The authorization has ended. Authorize again.' })
const office = (world: World) => {
  const found = world.engine.offices.get('shop')
  if (!found) throw new Error('no office')
  return found
}

/** A world whose shop answers a check as told, and that notes what a person is told. */
async function watched(): Promise<{
  world: World
  told: Message[]
  check: (answer: () => CheckResult) => Promise<void>
}> {
  const world = await createWorld(
    [
      { name: 'shop', yields: ['orders'], takes: [] },
      { name: 'depot', yields: [], takes: ['orders'] },
    ],
    [{ entity: 'orders', from: ['shop'], to: ['depot'] }],
  )
  const told: Message[] = []
  world.engine.notify = async (message) => void told.push(message)
  return {
    world,
    told,
    check: async (answer) => {
      office(world).parts.check = async () => answer()
      await checkAccounts(world.engine, ({ name }) => name === 'shop')
    },
  }
}

onEveryDatabase(() => {
  describe('a person is told', () => {
    it('once that a connection stands still, and once that it works again', async () => {
      const { world, told, check } = await watched()
      await using _ = world
      const ends = (): CheckResult => {
        throw lapsed
      }
      for (let hour = 0; hour < 48; hour++) {
        await check(ends)
        world.clock.move(3_600_000)
      }
      expect(world.engine.paused.has('shop')).toBe(true)
      expect((await readStatus(world.store)).connections[0]?.pausedBy?.code).toBe('AUTH_EXPIRED')
      await check(() => ({ problems: [] }))
      expect(world.engine.paused.has('shop')).toBe(false)
      await noteWorks(world.engine, 'shop')
      await noteWorks(world.engine, 'shop')
      expect(told.map(({ event, code }) => [event, code])).toEqual([
        ['stopped', 'AUTH_EXPIRED'],
        ['works-again', undefined],
      ])
    })

    it('whatever stopped it, and whether it names a key: what stands still is looked at again', async () => {
      const { world, told, check } = await watched()
      await using _ = world
      await check(() => ({
        problems: [{ level: 'error', code: 'AUTH_PERMISSION_MISSING', message: 'The token may not read orders.' }],
      }))
      const stopped = world.engine.paused.get('shop')
      world.engine.paused.set('shop', new KontorError('AUTH_PERMISSION_MISSING', { message: stopped?.message ?? '' }))
      world.engine.paused.set(
        'depot',
        new KontorError('CONFIG_INVALID', { message: 'Paused.', key: 'connections.depot.paused' }),
      )
      const asked: string[] = []
      for (const [name, each] of world.engine.offices)
        each.parts.check = async () => {
          asked.push(name)
          return { problems: [] }
        }
      const end = new AbortController()
      let rounds = 0
      world.clock.sleep = async (ms) => {
        rounds++
        if (rounds === 2) end.abort()
        world.clock.move(ms)
      }
      await maintain(world.engine, end.signal)
      expect([asked, [...world.engine.paused.keys()]]).toEqual([['shop'], ['depot']])
      expect(told.map(({ event }) => event)).toEqual(['stopped'])
    })

    it('once, too, where each check passes and each job fails', async () => {
      const { world, told, check } = await watched()
      await using _ = world
      for (let hour = 0; hour < 24; hour++) {
        await standStill(world.engine, office(world), lapsed)
        await check(() => ({ problems: [] }))
        world.clock.move(3_600_000)
      }
      expect(told).toHaveLength(1)
    })

    it('weekly of what will end, and daily in its last week; no longer once it is renewed', async () => {
      const { world, told, check } = await watched()
      await using _ = world
      const until = at(start + 30 * day)
      const days: number[] = []
      for (let today = 0; today <= 30; today++) {
        const before = told.length
        for (let time = 0; time < 4; time++) {
          await check(() => ({
            problems: [
              { level: 'warning', key: 'credentials', message: `The authorization ends in ${30 - today} days.`, until },
            ],
          }))
          world.clock.move(day / 4)
        }
        if (told.length > before) days.push(today)
      }
      expect(days).toEqual([0, 7, 14, 21, 23, 24, 25, 26, 27, 28, 29, 30])
      expect(told).toHaveLength(days.length)
      expect((await readStatus(world.store)).notices).toMatchObject([
        { connection: 'shop', message: 'The authorization ends in 0 days.', until: start + 30 * day },
      ])
      await check(() => ({ problems: [] }))
      expect((await readStatus(world.store)).notices).toEqual([])
    })

    it('when more waits for a person than did', async () => {
      const { world, told } = await watched()
      await using _ = world
      const reject = async (...ids: string[]): Promise<void> => {
        world.system('shop').pages.push(
          page([order('good')], {
            rejected: ids.map((id) => ({
              ref: { entity: 'orders' as const, id },
              path: 'price',
              error: new KontorError('RECORD_INVALID', { message: `bad ${id}` }),
              raw: { id },
            })),
          }),
        )
        await world.read('shop')
        await noteOpen(world.engine)
      }
      await noteOpen(world.engine)
      await reject('a')
      await reject('a')
      await reject('b')
      expect(told.map(({ text }) => text)).toEqual([
        '1 thing waits for a person: "kontor status" shows what.',
        '2 things wait for a person: "kontor status" shows what.',
      ])
    })
  })
})

describe('the address of notify', () => {
  let server: Server
  const bodies: string[] = []
  let status = 204
  beforeEach(async () => {
    bodies.length = 0
    status = 204
    server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        bodies.push(`${request.method} ${request.url} ${Buffer.concat(chunks).toString()}`)
        response.writeHead(status).end('no')
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(() => void server.close())

  const address = (): string => {
    const here = server.address()
    return `http://127.0.0.1:${typeof here === 'object' ? here?.port : ''}/hooks/very-secret?key=also-secret`
  }
  const message: Message = { text: 'shop stands still.', event: 'stopped', connection: 'shop', code: 'AUTH_EXPIRED' }

  it('is told as JSON', async () => {
    await createNotify(address(), systemClock, { debug() {}, info() {}, warn() {}, error() {} })(message)
    expect(bodies).toEqual([
      'POST /hooks/very-secret?key=also-secret {"text":"shop stands still.","event":"stopped","connection":"shop","code":"AUTH_EXPIRED"}',
    ])
  })

  it('stops nothing where it refuses, and is not shown', async () => {
    status = 403
    const lines: unknown[] = []
    const log: Log = { debug() {}, info() {}, warn: (...line) => void lines.push(line), error() {} }
    await createNotify(address(), systemClock, log)(message)
    expect(lines).toHaveLength(1)
    expect(JSON.stringify(lines)).not.toContain('secret')
  })
})
