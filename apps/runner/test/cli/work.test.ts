import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { config, order, Place, shipment } from './kontor.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 })

let place: Place
beforeEach(() => {
  place = new Place()
  place.write('kontor.yaml', config())
})
afterEach(() => place[Symbol.dispose]())

const lines = (name: string): unknown[] =>
  readFileSync(join(place.folder, name), 'utf8')
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))

async function json<T>(schema: z.ZodType<T>, ...given: readonly string[]): Promise<T> {
  const { stdout } = await place.kontor(...given, '--json')
  return schema.parse(JSON.parse(stdout))
}

const Deliveries = z.array(
  z.object({
    record: z.string(),
    destination: z.string(),
    entity: z.string(),
    state: z.string(),
    error: z.looseObject({ code: z.string() }).optional(),
  }),
)

test('an order goes to the warehouse and its shipment comes back; each step can be looked at', async () => {
  place.write('till/orders.json', [order('1'), order('2', { payment: { value: 'pending' } })])
  const first = await place.kontor('run', '--once')
  expect(first.code).toBe(0)
  expect(first.stdout).toMatch(/^till +pull orders +2 +2/m)
  expect(lines('shelf/orders.jsonl')).toEqual([{ name: 'till/1', id: '1' }])

  place.write('shelf/shipments.json', [shipment('s1', 'No-1')])
  expect((await place.kontor('run', '--once')).code).toBe(0)
  expect(lines('till/confirmed.jsonl')).toEqual([{ order: '1', entity: 'shipments', id: 's1' }])

  const again = await place.kontor('run', '--once')
  expect([again.code, again.stdout]).toEqual([0, 'Nothing was new, and nothing was due.\n'])

  const status = await place.kontor('status')
  expect(status.code).toBe(0)
  expect(status.stdout).toContain('Runner: not running')
  expect(status.stdout).toMatch(/^till +\.\/till +2 orders$/m)

  const orders = await place.kontor('orders')
  expect(orders.stdout).toMatch(/^till\/2 +No-2 .* 12\.30 EUR +payment is pending$/m)

  const trace = await place.kontor('trace', 'No-1')
  expect(trace.code).toBe(0)
  expect(trace.stdout).toContain('Order till/1\n')
  expect(trace.stdout).toMatch(/^till\/1 +orders +shelf +done (now|\d+s ago)/m)
  expect(trace.stdout).toMatch(/^shelf\/s1 +shipments +till +done (now|\d+s ago) +\d+ +confirmed-s1$/m)

  const shown = await place.kontor('deliveries', 'show', 'shelf/s1')
  expect(shown.stdout).toMatch(
    /^shipments shelf\/s1 → till\n  state        done .*\n  flow         shipments:shelf>origin\n  lane         till\/1\n/,
  )
  expect((await place.kontor('deliveries', 'list')).stdout).toBe('Nothing is open, nothing is refused.\n')
})

test('a run that ends by itself does not wait for more to gather', async () => {
  place.write(
    'kontor.yaml',
    config().replace('config: { folder: ./shelf }', 'config: { folder: ./shelf }\n    linger: 1h'),
  )
  place.write('till/orders.json', [order('1')])
  await place.kontor('run', '--once')
  expect(lines('shelf/orders.jsonl')).toEqual([{ name: 'till/1', id: '1' }])
})

test('people are told of an order without its buyer, unless they ask for the whole record', async () => {
  place.write('till/orders.json', [order('1')])
  await place.kontor('run', '--once')
  for (const given of [
    ['orders'],
    ['orders', '--json'],
    ['trace', '1'],
    ['trace', '1', '--json'],
    ['deliveries', 'list', '--state', 'done', '--json'],
  ]) {
    const { stdout } = await place.kontor(...given)
    expect(stdout).toContain('till/1')
    expect(stdout).not.toMatch(/Muster|erika/i)
  }
  expect((await place.kontor('orders', '1', '--json', '--full')).stdout).toContain('Erika Muster')
})

test('a buyer is forgotten: at once with erase, in time with retention', async () => {
  place.write('kontor.yaml', config().replace('    credentials:', '    retention: 1s\n    credentials:'))
  place.write('till/orders.json', [order('1'), order('2', { lifecycle: { value: 'cancelled' } })])
  await place.kontor('run', '--once')
  const erased = await place.kontor('erase', 'No-1')
  expect([erased.code, erased.stdout]).toEqual([
    0,
    'Emptied: orders till/1. What other systems and delivered files hold is not touched.\n',
  ])
  expect((await place.kontor('erase', 'No-1')).stdout).toBe('Nothing of a person was left.\n')
  await new Promise((resolve) => setTimeout(resolve, 1100))
  await place.kontor('run', '--once')
  const { stdout } = await place.kontor('orders', '--json', '--full')
  expect(stdout).toContain('No-2')
  expect(stdout).not.toMatch(/Erika|erika@/)
  place.write('shelf/shipments.json', [shipment('s1', 'No-1')])
  rmSync(join(place.folder, 'till'), { recursive: true })
  await place.kontor('run', '--once')
  expect((await place.kontor('erase', 'No-1')).stderr).toContain('still on its way')
  expect((await place.kontor('erase', 'No-9')).stderr).toContain('ORDER_UNKNOWN')
})

test('plan shows what a run would do and does none of it', async () => {
  place.write('till/orders.json', [order('1')])
  const { code, stdout } = await place.kontor('plan', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    reads: [{ connection: 'till', part: 'orders', read: 1, changed: 1 }],
    calls: [{ connection: 'shelf', doing: 'note order till/1' }],
  })
  expect(existsSync(join(place.folder, 'shelf/orders.jsonl'))).toBe(false)
  expect((await place.kontor('plan')).stdout).toMatch(/^shelf +note order till\/1/m)
  expect(existsSync(join(place.folder, 'kontor.db'))).toBe(false)
})

test('a plugin that makes an outcome of every refusal is planned all the same', async () => {
  place.write('kontor.yaml', config().replace('folder: ./shelf', 'folder: ./shelf, catches: true'))
  place.write('till/orders.json', [order('1'), order('2')])
  const { code, stdout } = await place.kontor('plan', '--json')
  expect(code).toBe(0)
  const { calls, deliveries } = z
    .object({ calls: z.array(z.object({ doing: z.string() })), deliveries: z.array(z.object({ state: z.string() })) })
    .parse(JSON.parse(stdout))
  expect(calls.map(({ doing }) => doing).toSorted()).toEqual(['note order till/1', 'note order till/2'])
  expect(deliveries.filter(({ state }) => state === 'refused')).toEqual([])
})

describe('exit codes of a run', () => {
  test('3 where a system cannot be reached', async () => {
    place.write('kontor.yaml', config(', trouble: away'))
    const { code, stderr } = await place.kontor('run', '--once')
    expect(code).toBe(3)
    expect(stderr).toContain('UPSTREAM_UNAVAILABLE')
  })

  test('1 where a plugin fails by a mistake', async () => {
    place.write('kontor.yaml', config(', trouble: mistake'))
    expect((await place.kontor('run', '--once')).code).toBe(1)
  })

  test('2 where an operator has to act', async () => {
    place.write('kontor.yaml', config(', trouble: refuses'))
    const { code, stdout } = await place.kontor('run', '--once')
    expect(code).toBe(2)
    expect(stdout).toContain('stands still  till: The till is locked. Open it.')
  })

  test('4 where a record was rejected; its neighbours arrive', async () => {
    place.write('till/orders.json', [order('1'), order('2', { lines: [{ id: '1', quantity: 'two' }] })])
    const { code, stdout } = await place.kontor('run', '--once', '--json')
    expect(code).toBe(4)
    expect(JSON.parse(stdout)).toMatchObject({
      failures: [],
      runs: expect.arrayContaining([expect.objectContaining({ connection: 'till', read: 2, changed: 1, rejected: 1 })]),
    })
    expect(lines('shelf/orders.jsonl')).toEqual([{ name: 'till/1', id: '1' }])
    expect((await place.kontor('status')).code).toBe(4)
  })
})

describe('a running runner', () => {
  test('ends with 130 on Ctrl-C, with 0 on SIGTERM, and tells of it in JSON Lines', async () => {
    place.write('till/orders.json', [order('1')])
    const ends: [NodeJS.Signals, number][] = [
      ['SIGINT', 130],
      ['SIGTERM', 0],
    ]
    for (const [signal, expected] of ends) {
      const running = place.start('run', '--json')
      await running.says('"started"')
      running.child.kill(signal)
      const { code, stdout } = await running.ended
      expect(code).toBe(expected)
      expect(
        stdout
          .trim()
          .split('\n')
          .map((line) => z.looseObject({ event: z.string() }).parse(JSON.parse(line)).event),
      ).toEqual(['started', 'ended'])
    }
  })

  test('is the only one; other commands work beside it, but none that would pull the rug', async () => {
    const running = place.start('run')
    try {
      await running.says('Kontor runs: 2 connections, 2 flows.')
      expect((await place.kontor('status')).stdout).toContain('Runner: at work')
      const second = await place.kontor('run', '--once')
      expect([second.code, second.stderr]).toEqual([2, expect.stringContaining('RUNNER_ACTIVE')])
      expect((await place.kontor('rename', 'till', 'cash')).stderr).toContain('RUNNER_ACTIVE')
    } finally {
      running.child.kill('SIGTERM')
      await running.ended
    }
  })
})

test('what is refused is listed with its reason, and sent again or given up by a person', async () => {
  place.write('till/orders.json', [order('1')])
  place.write('shelf/shipments.json', [shipment('s1', 'No-1', 'wrong')])
  await place.kontor('run', '--once')
  expect((await place.kontor('run', '--once')).code).toBe(4)
  expect(await json(Deliveries, 'deliveries', 'list', '--state', 'refused')).toMatchObject([
    { record: 'shelf/s1', destination: 'till', error: { code: 'TRACKING_INVALID' } },
  ])

  const unsaid = await place.kontor('deliveries', 'retry')
  expect([unsaid.code, unsaid.stderr]).toEqual([
    2,
    'kontor: Say which: a record (connection/id), --held <connection>, or --all.\n',
  ])
  const retried = await place.kontor('deliveries', 'retry', 'shelf/s1')
  expect([retried.code, retried.stdout]).toEqual([0, '1 will be sent again with the next run.\n'])
  await place.kontor('run', '--once')
  expect(await json(Deliveries, 'deliveries', 'list', 'shelf/s1')).toMatchObject([{ state: 'refused' }])

  expect((await place.kontor('deliveries', 'skip', 'shelf/s1')).stdout).toContain('Skipped 1.')
  expect(await json(Deliveries, 'deliveries', 'list', 'shelf/s1')).toMatchObject([{ state: 'skipped' }])
  expect((await place.kontor('status')).code).toBe(0)

  const unknown = await place.kontor('deliveries', 'skip', 'shelf/s9')
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('There is no delivery of shelf/s9.')])
  expect((await place.kontor('deliveries', 'list', '--state', 'doen')).stderr).toContain('Did you mean "done"?')
})

test('a rejected record is read again once its cause is mended', async () => {
  place.write('till/orders.json', [order('7', { lines: [{ id: '1', quantity: 'two' }] })])
  await place.kontor('run', '--once')
  const listed = await place.kontor('rejections', 'list')
  expect(listed.stdout).toMatch(
    /^ *1 +till\/orders +orders 7 +lines\.0\.quantity +(now|\d+s ago) +RECORD_INVALID: The quantity is no number\.$/m,
  )
  const early = await place.kontor('rejections', 'replay', '1')
  expect([early.code, early.stdout]).toEqual([4, expect.stringContaining('still rejected')])
  place.write('till/orders.json', [order('7')])
  const replayed = await place.kontor('rejections', 'replay', '--all')
  expect([replayed.code, replayed.stdout]).toEqual([0, expect.stringContaining('settled')])
  expect((await place.kontor('rejections', 'list')).stdout).toBe('Nothing is rejected.\n')
  expect((await place.kontor('rejections', 'replay', '99')).stderr).toContain('No open rejection has the id 99.')
})

test('what fits two orders is rejected with both keys, and a replay matches it again', async () => {
  place.write('till/orders.json', [order('1', { numbers: ['5978'] }), order('2', { numbers: ['5978'] })])
  await place.kontor('run', '--once')
  place.write('shelf/shipments.json', [shipment('s1', '5978')])
  expect((await place.kontor('run', '--once')).code).toBe(4)
  const { code, stdout } = await place.kontor('rejections', 'replay', '--all')
  expect(code).toBe(4)
  expect(stdout).toMatch(/shelf\/s1 +still rejected +Number "5978" belongs to till\/1 and till\/2\./)
  expect(await json(z.array(z.looseObject({ id: z.number() })), 'rejections', 'list')).toMatchObject([
    { id: 1, error: { code: 'ORDER_AMBIGUOUS' } },
  ])
})

test('a number that two orders have is named with both keys', async () => {
  place.write('till/orders.json', [order('1', { numbers: ['5978'] }), order('2', { numbers: ['5978'] })])
  await place.kontor('run', '--once')
  const { code, stderr } = await place.kontor('trace', '5978')
  expect(code).toBe(1)
  expect(stderr).toContain('2 orders go by "5978": ')
  expect((await place.kontor('trace', 'No-9')).stderr).toContain('ORDER_UNKNOWN')
})

test('a connection gets another name and keeps what it has', async () => {
  place.write('till/orders.json', [order('1')])
  await place.kontor('run', '--once')
  const { code, stdout } = await place.kontor('rename', 'till', 'cash-desk')
  expect(code).toBe(0)
  expect(stdout).toContain('Write cash-desk instead of till in ')
  place.write('kontor.yaml', config().replaceAll('  till:', '  cash-desk:').replaceAll('from: till', 'from: cash-desk'))
  const run = await place.kontor('run', '--once')
  expect(run.stdout).toBe('Nothing was new, and nothing was due.\n')
  expect(lines('shelf/orders.jsonl')).toHaveLength(1)
  expect((await place.kontor('rename', 'cash-desk', 'Cash Desk')).stderr).toContain(
    '"Cash Desk" cannot be a name: a name in lower case with dashes',
  )
})

test('a backfill reads the past and delivers nothing of it, unless told to', async () => {
  place.write('till/orders.json', [order('1')])
  const { code, stdout } = await place.kontor('backfill', 'till', '--from', '2026-01-01', '--json')
  expect([code, JSON.parse(stdout)]).toEqual([
    0,
    [{ connection: 'till', reader: 'orders', read: 1, changed: 1, rejected: 0, busy: false }],
  ])
  expect(await json(Deliveries, 'deliveries', 'list', '--state', 'pending')).toEqual([])
  const wrong = await place.kontor('backfill', '--from', '2026-02-01', '--to', '2026-01-01')
  expect([wrong.code, wrong.stderr]).toEqual([2, 'kontor: --from must be before --to.\n'])
})
