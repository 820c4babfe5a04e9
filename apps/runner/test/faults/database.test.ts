import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createYard, type Yard } from '../kill/yard.ts'
import { installedPostgres, startPostgres, type PostgresServer } from '../postgres.ts'
import { startNetwork } from './tcp-proxy.ts'

/** The long form (KONTOR_FAULTS=long) cuts for a minute and more often. */
const long = process.env['KONTOR_FAULTS'] === 'long'
const cutMs = long ? 60_000 : 4000
const rounds = long ? 6 : 2
const minutes = (count: number) => ({ timeout: count * 60_000 })

describe.skipIf(inject('postgresUrl') === '')('a database that fails', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres(installedPostgres() ?? '', { connections: 30, durable: true })
  }, 60_000)
  afterAll(() => server.end())

  const freshUrl = async (port: number): Promise<{ storeUrl: string; viewUrl: string }> => {
    const name = `t${Math.random().toString(36).slice(2)}`
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    await client.query(`create database ${name}`)
    await client.end()
    const url = (at: number): string => `postgres://kontor@127.0.0.1:${at}/${name}`
    return { storeUrl: url(port), viewUrl: url(server.port) }
  }
  /** Two runners at work, a fault again and again; then all has to come to its end, and both must have lived. */
  const suffer = async (yard: Yard, fault: () => Promise<void>): Promise<void> => {
    const runners = [yard.start(), yard.start()]
    for (const each of runners) await yard.begun(each)
    for (let round = 0; round < rounds; round++) {
      await pause(2000)
      await fault()
    }
    await pause(3000)
    for (const each of runners) expect(each.exitCode, await printed(yard, each)).toBeNull()
    for (const each of runners) each.kill('SIGTERM')
    for (const each of runners) await yard.ended(each)
    await yard.finish()
  }

  it.each([
    ['is restarted', 'SIGINT'],
    ['crashes', 'SIGQUIT'],
  ] as const)('%s: the runners wait for it, lose nothing and do nothing twice', minutes(6), async (_, signal) => {
    await using yard = await createYard({ orders: 60, seed: 3, ...(await freshUrl(server.port)), patienceMs: 120_000 })
    await suffer(yard, async () => {
      await server.stop(signal)
      await pause(1500)
      await server.start()
    })
    expect(await yard.verdict()).toEqual([])
    expect(yard.shipped()).toBeGreaterThan(5)
  })

  it.each(['cut', 'silent'] as const)('cannot be reached for a while (%s)', minutes(12), async (state) => {
    await using network = await startNetwork(server.port)
    await using yard = await createYard({ orders: 60, seed: 5, ...(await freshUrl(network.port)), patienceMs: 120_000 })
    await suffer(yard, async () => {
      network.is(state)
      await pause(cutMs)
      network.is('open')
    })
    expect(await yard.verdict()).toEqual([])
    expect(yard.shipped()).toBeGreaterThan(5)
  })

  it('has no connections left for a while', minutes(12), async () => {
    await using yard = await createYard({ orders: 60, seed: 9, ...(await freshUrl(server.port)), patienceMs: 120_000 })
    await suffer(yard, async () => {
      // What the runners have is taken from them, and all places are taken before they can come back.
      const greedy: pg.Client[] = []
      for (let more = true; more;) {
        const client = new pg.Client({ connectionString: server.url })
        client.on('error', () => undefined)
        more = await client.connect().then(
          () => true,
          () => false,
        )
        if (more) greedy.push(client)
        if (greedy.length === 1)
          await greedy[0]?.query(
            `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kontor'`,
          )
      }
      expect(greedy.length).toBeGreaterThan(5)
      await pause(cutMs)
      for (const each of greedy) await each.end()
    })
    expect(await yard.verdict()).toEqual([])
    expect(yard.shipped()).toBeGreaterThan(5)
  })
})

const printed = async (yard: Yard, child: ReturnType<Yard['start']>): Promise<string> =>
  child.exitCode === null ? '' : await yard.ended(child)
