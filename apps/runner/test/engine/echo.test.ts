import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { KontorError, type Echo, type Refund } from '@kontor/core'
import { expect, it } from 'vitest'
import { judgeEcho, tellApart } from '../../src/engine/echo.ts'
import { countForPerson, needsPerson } from '../../src/store/needs-person.ts'
import { listDeliveries, skipDeliveries } from '../../src/store/queries.ts'
import { loadRecords, toStored } from '../../src/store/records.ts'
import { readStatus } from '../../src/store/status.ts'
import { Place } from '../cli/kontor.ts'
import { onEveryDatabase } from '../databases.ts'
import { at, createWorld, order, page, start, type World } from './world.ts'

const hour = 3_600_000
const euro = (amount: string) => ({ amount, currency: 'EUR' })

function refund(id: string, amount: string, more: Partial<Refund> = {}): Refund {
  return {
    entity: 'refunds',
    id,
    about: { entity: 'orders', id: 'O-1' },
    status: { value: 'done' },
    lines: [{ sku: 'SKU-1', amount: euro(amount) }],
    total: euro(amount),
    ...more,
  }
}
const expected = (more: Partial<Echo> = {}): Echo => ({
  since: at(start),
  until: at(start + 96 * hour),
  lines: [{ sku: 'SKU-1', amount: euro('10.00') }],
  ...more,
})

/** A desk that refunds at the market, and a shop that hears of the market's refunds. The market says `done` at once, and tells days later. */
async function open(flows: readonly ('desk>shop' | 'none')[] = []): Promise<World> {
  const world = await createWorld(
    [
      { name: 'market', yields: ['orders', 'refunds'], takes: ['refunds'], again: 'never' },
      { name: 'desk', yields: ['refunds'], takes: ['refunds'] },
      { name: 'shop', yields: [], takes: ['refunds'] },
    ],
    [
      { entity: 'refunds', from: ['desk'], to: flows.includes('desk>shop') ? ['market', 'shop'] : 'origin' },
      { entity: 'refunds', from: ['market'], to: ['shop', 'desk'] },
    ],
  )
  const market = world.system('market')
  market.write = async function* (batch, begin) {
    for (const each of batch) {
      await begin([each])
      market.effects.push({ record: each.name, entity: 'refunds', key: each.key, content: each.record })
      yield {
        key: each.key,
        is: 'done',
        reference: `feed-${each.record.id}`,
        echo: expected({
          lines:
            (each.record as Refund).lines?.map(({ sku, amount }) => ({
              sku: sku ?? '',
              amount: amount ?? euro('0'),
            })) ?? [],
        }),
      }
    }
  }
  market.pages.push(page([order('O-1')]))
  await world.read('market')
  return world
}
const pay = async (world: World, ...refunds: Refund[]): Promise<void> => {
  world
    .system('desk')
    .pages.push(page(refunds.map((each) => ({ ...each, about: { entity: 'orders', key: 'market/O-1' } }))))
  await world.read('desk')
  await world.deliver('market')
}
const tell = async (world: World, ...refunds: Refund[]): Promise<void> => {
  world.clock.move(47 * hour)
  world.system('market').pages.push(page(refunds.map((each) => ({ refundedAt: at(start + hour), ...each }))))
  await world.read('market')
  await world.deliver('shop')
  await world.deliver('desk')
}
const booked = (world: World, name: string): string[] => world.system(name).effects.map(({ record }) => record)
const waits = async (world: World): Promise<string[]> =>
  (await world.store.db.selectFrom('unmatched').select('reason').distinct().execute()).map(({ reason }) => reason)

it('a person says by the command line what nobody else can tell', async () => {
  using place = new Place()
  await using world = await open()
  await pay(world, refund('R', '10.00'))
  await tell(world, refund('T-1', '7.00'), refund('T-2', '8.00'))
  await tell(world)
  await tell(world)
  cpSync(world.folder, place.folder, { recursive: true })
  const folders = ['market', 'desk', 'shop']
  for (const name of folders) mkdirSync(join(place.folder, name))
  const connection = (name: string) => [name, { plugin: '@kontor/plugin-file', config: { folder: `./${name}` } }]
  place.write('kontor.yaml', {
    connections: Object.fromEntries(folders.map(connection)),
    flows: [
      { entity: 'refunds', from: 'desk', to: 'origin', start: 'all' },
      { entity: 'refunds', from: 'market', to: ['shop', 'desk'], start: 'all' },
    ],
  })
  expect(await place.kontor('echo', 'market/T-1')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--of <record> or --news'),
  })
  expect(await place.kontor('echo', 'market/T-9', '--news')).toMatchObject({ code: 1 })
  expect(await place.kontor('echo', 'market/T-2', '--news')).toMatchObject({ code: 0 })
  expect(await place.kontor('echo', 'market/T-1', '--of', 'desk/R')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('It is the effect of desk/R'),
  })
  const { stdout } = await place.kontor('deliveries', 'list', '--to', 'desk', '--json')
  expect(JSON.parse(stdout)).toMatchObject([{ record: 'market/T-2', destination: 'desk' }])
}, 120_000)

onEveryDatabase(() => {
  it('are known as ours two days later, and each further one of the same amount is news', async () => {
    await using world = await open()
    await pay(world, refund('R', '10.00'))
    await tell(world, refund('T-1', '10.00'))
    expect([booked(world, 'desk'), booked(world, 'shop')]).toEqual([[], ['market/T-1']])
    // Read again, and changed, it is still ours.
    await tell(world, refund('T-1', '10.00', { status: { value: 'done', source: 'Released' } }))
    expect(booked(world, 'desk')).toEqual([])
    await tell(world, refund('T-2', '10.00'))
    expect(booked(world, 'desk')).toEqual(['market/T-2'])
    expect(await waits(world)).toEqual([])
  })

  it('are not booked beside their echo where they went themselves', async () => {
    await using world = await open(['desk>shop'])
    await pay(world, refund('R', '10.00'))
    await tell(world, refund('T-1', '10.00'))
    expect(booked(world, 'shop')).toEqual(['desk/R'])
    await tell(world, refund('T-2', '10.00'))
    expect(booked(world, 'shop')).toEqual(['desk/R', 'market/T-2'])
  })

  it('are known as ours also where the delivery settles while they are being taken in', async () => {
    await using world = await open()
    const market = world.system('market')
    market.write = async function* (batch, begin) {
      await begin(batch)
      for (const each of batch) yield { key: each.key, is: 'done', reference: 'T-1' }
    }
    await pay(world, refund('R', '10.00'))
    await tell(world, refund('T-1', '10.00'))
    const verdict = await world.store.write(async (tx) => {
      const row = (await loadRecords(tx, 'market', 'refunds', ['T-1'])).get('T-1')
      // As it was known when the page came.
      return row && (await judgeEcho(world.engine, tx, row, toStored(row).record, undefined))
    })
    expect(verdict).toEqual({ is: 'ours', knownAt: new Set(['desk', 'market']) })
  })

  it('that were told while the call was under way are judged when it has settled', async () => {
    await using world = await open()
    const market = world.system('market')
    const { write } = market
    market.write = async function* (batch, begin) {
      await begin(batch)
      for (const each of batch) yield { key: each.key, is: 'sent', ticket: 'feed', askAt: at(start + hour) }
    }
    market.readBack = (batch) => write(batch, async () => undefined)
    await pay(world, refund('R', '10.00'))
    market.pages.push(page([refund('T-1', '10.00', { refundedAt: at(start + 1) })]))
    await world.read('market')
    expect(await waits(world)).toEqual(['may be our own: a delivery of ours to market about market/O-1 is not settled'])
    world.clock.move(hour)
    await world.deliver('market')
    await world.deliver('desk')
    await world.deliver('shop')
    expect([booked(world, 'desk'), booked(world, 'shop'), await waits(world)]).toEqual([[], ['market/T-1'], []])
  })

  it('that were paid and then changed are still known, and so is one that was refused as news', async () => {
    await using world = await open()
    const market = world.system('market')
    const { write } = market
    await pay(world, refund('R', '10.00'))
    market.write = async function* (batch) {
      for (const { key } of batch)
        yield { key, is: 'refused', error: new KontorError('ALREADY_DIFFERENT', { message: 'it was paid' }) }
    }
    await pay(world, refund('R', '12.00'))
    expect(await listDeliveries(world.store, { record: 'desk/R' })).toMatchObject([{ state: 'refused' }])
    await tell(world, refund('T-1', '10.00'))
    expect(booked(world, 'desk')).toEqual([])

    market.write = async function* (batch, begin) {
      for await (const outcome of write(batch, begin))
        yield { key: outcome.key, is: 'sent', ticket: 'feed', ...(outcome.echo ? { echo: outcome.echo } : {}) }
    }
    market.readBack = async function* (batch) {
      for (const { key } of batch)
        yield { key, is: 'refused', error: new KontorError('REQUEST_REJECTED', { message: 'too much' }) }
    }
    await pay(world, refund('R-2', '8.00'))
    world.clock.move(hour)
    await world.deliver('market')
    expect(await listDeliveries(world.store, { record: 'desk/R-2' })).toMatchObject([{ state: 'refused' }])
    await tell(world, refund('T-2', '8.00'))
    expect(booked(world, 'desk')).toEqual(['market/T-2'])
  })

  it('two equal ones, one of them paid by hand: one is ours and one is news, whichever comes first', async () => {
    await using world = await open()
    await pay(world, refund('R', '10.00'))
    await tell(world, refund('T-1', '10.00'), refund('T-2', '10.00'))
    expect(booked(world, 'desk')).toEqual(['market/T-2'])
  })

  it('of another amount wait for ours, and are news once it has come', async () => {
    await using world = await open()
    await pay(world, refund('R', '10.00'))
    await tell(world, refund('T-1', '7.00'))
    expect(booked(world, 'desk')).toEqual([])
    await tell(world, refund('T-2', '10.00'))
    expect([booked(world, 'desk'), await waits(world)]).toEqual([['market/T-1'], []])
  })

  it('where ours never comes in its own words, a person says which it is', async () => {
    await using world = await open()
    const told: string[] = []
    world.engine.notify = async ({ text }) => void told.push(text)
    await pay(world, refund('R', '10.00'))
    await tell(world, refund('T-1', '7.00'))
    expect(told).toEqual([])
    await tell(world, refund('T-2', '8.00'))
    await tell(world)
    expect(told).toEqual([
      expect.stringMatching(/^market\/T-1 may be our own: say which\..*desk\/R.*kontor echo market\/T-1 --of <record>/),
      expect.stringContaining('market/T-2'),
    ])
    await tell(world)
    expect([told.length, booked(world, 'desk')]).toEqual([2, []])
    expect([needsPerson(await readStatus(world.store)), await countForPerson(world.store.db)]).toEqual([2, 2])
    await expect(tellApart(world.engine, 'market/T-9', undefined)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await tellApart(world.engine, 'market/T-1', 'desk/R')
    await tellApart(world.engine, 'market/T-2', undefined)
    await tell(world)
    expect([booked(world, 'desk'), booked(world, 'shop')]).toEqual([['market/T-2'], ['market/T-1', 'market/T-2']])
    await tell(world, refund('T-2', '8.00', { status: { value: 'done', source: 'Released' } }))
    expect(booked(world, 'desk')).toEqual(['market/T-2', 'market/T-2'])
  })

  it('that were given up in doubt are not news when they are told', async () => {
    await using world = await open()
    world.system('market').write = async function* (batch, begin) {
      await begin(batch)
      yield* []
      throw new Error('the line is dead')
    }
    await pay(world, refund('R', '10.00'))
    await skipDeliveries(world.store, { record: 'desk/R' })
    await tell(world, refund('T-1', '10.00'))
    expect([booked(world, 'desk'), await waits(world)]).toEqual([
      [],
      [expect.stringContaining('still to tell of desk/R')],
    ])
  })
})
