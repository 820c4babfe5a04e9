import { describe, expect, it } from 'vitest'
import { KontorError } from '@kontor/core'
import { listDeliveries } from '../../src/store/queries.ts'
import { readStatus } from '../../src/store/status.ts'
import { listRejections } from '../../src/store/rejections.ts'
import { renameConnection } from '../../src/store/rename.ts'
import { look } from '../../src/engine/look.ts'
import { dueByConfig } from '../../src/engine/pull.ts'
import { loadStream } from '../../src/store/streams.ts'
import { at, createWorld, order, page, shipment, start } from './world.ts'
import { onEveryDatabase } from '../databases.ts'

const shop = {
  name: 'shop',
  yields: ['orders' as const],
  takes: ['decisions' as const, 'shipments' as const],
  again: 'safe' as const,
}
const warehouse = {
  name: 'warehouse',
  yields: ['shipments' as const],
  takes: ['orders' as const],
  again: 'ask' as const,
}
const loop = [
  { entity: 'orders' as const, from: ['shop'], to: ['warehouse'] },
  { entity: 'shipments' as const, from: ['warehouse'], to: 'origin' as const },
]

const [hourMs, dayMs] = [3_600_000, 86_400_000]

onEveryDatabase(() => {
  it('reads as often as the config says from its start on; what failed keeps its patience', async () => {
    const everyMs = (ms: number) => [
      { ...loop[0], entity: 'orders' as const, from: ['shop'], to: ['warehouse'], everyMs: ms },
    ]
    await using daily = await createWorld([shop, warehouse], everyMs(dayMs))
    await daily.read('shop')
    const dueAt = async () => (await loadStream(daily.store, 'shop', 'all'))?.dueAt
    expect(await dueAt()).toBe(daily.clock.now() + dayMs)

    await using hourly = await createWorld([shop, warehouse], everyMs(hourMs), {
      folder: daily.folder,
      clock: daily.clock,
      systems: new Map(),
    })
    const office = hourly.engine.offices.get('shop')
    await dueByConfig(hourly.engine, office!)
    expect(await dueAt()).toBe(daily.clock.now() + hourMs)

    daily
      .system('shop')
      .pages.push(new KontorError('UPSTREAM_UNAVAILABLE', { message: 'It is down.', retryAfterMs: 3 * hourMs }))
    await daily.read('shop')
    const patience = await dueAt()
    await dueByConfig(hourly.engine, office!)
    expect(await dueAt()).toBe(patience)
  })

  describe('orders on their way to the warehouse', () => {
    it('delivers a shippable order once; reading it again unchanged writes nothing', async () => {
      await using world = await createWorld([shop, warehouse], loop)
      world.system('shop').pages.push(page([order('1')]))
      await world.read('shop')
      await world.deliver('warehouse')
      const before = await world.store.db.selectFrom('records').selectAll().execute()
      world.system('shop').pages.push(page([order('1', { updatedAt: at(start), version: undefined })]))
      await world.read('shop')
      await world.deliver('warehouse')
      expect(world.system('warehouse').effects.map((effect) => effect.record)).toEqual(['shop/1'])
      expect(await world.store.db.selectFrom('records').selectAll().execute()).toEqual(before)
    })

    it.each([
      ['is not paid', { payment: { value: 'pending' as const } }],
      ['is not accepted', { acceptance: { value: 'awaiting' as const } }],
      ['is shipped by the marketplace', { fulfilledBy: 'marketplace' as const }],
      ['was cancelled', { lifecycle: { value: 'cancelled' as const } }],
      ['is on hold', { hold: { reason: 'fraud check' } }],
      ['has no line left to ship', { lines: [{ id: 'a', quantity: 1, status: { value: 'shipped' as const } }] }],
      ['says nothing of its payment', { payment: undefined }],
      ['was ordered before the flow begins', { orderedAt: at(start - 90 * 86_400_000) }],
    ])('keeps an order back that %s', async (_why, difference) => {
      await using world = await createWorld(
        [shop, warehouse],
        [{ ...loop[0], entity: 'orders', from: ['shop'], to: ['warehouse'], start: start - 86_400_000 }],
      )
      world.system('shop').pages.push(page([order('1', difference)]))
      await world.read('shop')
      await world.deliver('warehouse')
      expect(world.system('warehouse').effects).toEqual([])
      expect(await world.store.db.selectFrom('records').select('id').execute()).toEqual([{ id: '1' }])
    })

    it('delivers by country: of the address, or of the parcel shop; one that is not known goes nowhere', async () => {
      await using world = await createWorld(
        [shop, warehouse, { ...warehouse, name: 'belgium' }],
        [
          { entity: 'orders', from: ['shop'], to: ['warehouse'], countries: ['FR', 'LU'] },
          { entity: 'orders', from: ['shop'], to: ['belgium'], countries: ['BE'] },
        ],
      )
      const to = (countryCode: string) => ({ shipTo: { address: { countryCode } } })
      world
        .system('shop')
        .pages.push(
          page([
            order('fr', to('FR')),
            order('be', to('BE')),
            order('relay', { pickup: { kind: 'relay', address: { countryCode: 'LU' } } }),
            order('ch', to('CH')),
            order('nowhere'),
          ]),
        )
      await world.read('shop')
      for (const name of ['warehouse', 'belgium']) await world.deliver(name)
      const taken = (name: string) => world.system(name).effects.map(({ record }) => record)
      expect([taken('warehouse').toSorted(), taken('belgium')]).toEqual([['shop/fr', 'shop/relay'], ['shop/be']])
    })

    it('delivers it once it is paid, and its cancellation after it was delivered', async () => {
      await using world = await createWorld([shop, warehouse], loop)
      for (const state of [
        { payment: { value: 'pending' as const } },
        {},
        { lifecycle: { value: 'cancelled' as const } },
      ]) {
        world.system('shop').pages.push(page([order('1', state)]))
        world.clock.move(1000)
        await world.read('shop')
        await world.deliver('warehouse')
      }
      expect(
        world.system('warehouse').effects.map(({ content }) => content.entity === 'orders' && content.lifecycle?.value),
      ).toEqual(['open', 'cancelled'])
    })

    it('delivers nothing of a backfill, unless told to', async () => {
      await using world = await createWorld([shop, warehouse], loop)
      world.system('shop').pages.push(page([order('1')]))
      await world.read('shop', { backfill: true })
      await world.deliver('warehouse')
      expect(world.system('warehouse').effects).toEqual([])
      world.system('shop').pages.push(page([order('2')]))
      await world.read('shop', { backfill: true, deliver: true })
      await world.deliver('warehouse')
      expect(world.system('warehouse').effects.map((effect) => effect.record)).toEqual(['shop/2'])
    })

    it('delivers what is known since before the flow began, and did not change, once a backfill is told to; and once only', async () => {
      await using world = await createWorld(
        [shop, warehouse],
        [{ ...loop[0], entity: 'orders', from: ['shop'], to: ['warehouse'], start: 'first-run' }],
      )
      await world.store.db.insertInto('flows').values({ id: 'orders:shop>warehouse', first_run_at: start }).execute()
      const old = order('1', { orderedAt: at(start - 86_400_000) })
      for (const options of [{}, { backfill: true }]) {
        world.system('shop').pages.push(page([old]))
        await world.read('shop', options)
        await world.deliver('warehouse')
      }
      expect(world.system('warehouse').effects).toEqual([])
      for (let round = 0; round < 2; round++) {
        world.system('shop').pages.push(page([old]))
        await world.read('shop', { backfill: true, deliver: true })
        await world.deliver('warehouse')
      }
      expect(world.system('warehouse').effects.map((effect) => effect.record)).toEqual(['shop/1'])
    })

    it('keeps to a beginning that the config states, also when a backfill is to deliver', async () => {
      await using world = await createWorld(
        [shop, warehouse],
        [{ ...loop[0], entity: 'orders', from: ['shop'], to: ['warehouse'], start: start - 3_600_000 }],
      )
      world
        .system('shop')
        .pages.push(
          page([order('1', { orderedAt: at(start - 7_200_000) }), order('2', { orderedAt: at(start - 1_800_000) })]),
        )
      await world.read('shop', { backfill: true, deliver: true })
      await world.deliver('warehouse')
      expect(world.system('warehouse').effects.map((effect) => effect.record)).toEqual(['shop/2'])
    })

    it('rejects a malformed record alone, with its path; its neighbours arrive; the record settles it later', async () => {
      await using world = await createWorld([shop, warehouse], loop)
      const broken = { ...order('2'), currency: 'euro' }
      world.system('shop').pages.push(
        page([order('1'), broken, order('3')], {
          rejected: [
            {
              ref: { entity: 'orders', id: '4' },
              path: 'orderlines.0.price',
              error: new KontorError('RECORD_INVALID', { message: 'no price' }),
              raw: { price: 'x' },
            },
          ],
        }),
      )
      await world.read('shop')
      expect(
        (await world.store.db.selectFrom('records').select('id').orderBy('id').execute()).map((row) => row.id),
      ).toEqual(['1', '3'])
      expect((await listRejections(world.store, {})).map(({ ref, path }) => [ref, path])).toEqual([
        ['2', 'currency'],
        ['4', 'orderlines.0.price'],
      ])
      world.system('shop').pages.push(page([order('2')]))
      await world.read('shop')
      expect((await listRejections(world.store, {})).map(({ ref }) => ref)).toEqual(['4'])
    })

    it('merges statements: an absent field keeps what was known, an older version changes nothing', async () => {
      await using world = await createWorld([shop, warehouse], loop)
      world
        .system('shop')
        .pages.push(
          page([order('1', { version: '2', buyer: { email: 'erika@example.com' } })]),
          page([order('1', { version: '3', buyerNote: 'ring twice' })]),
          page([order('1', { version: '1', buyerNote: null })]),
        )
      await world.read('shop')
      const [row] = await world.store.db.selectFrom('records').selectAll().execute()
      expect(JSON.parse(row?.content ?? '')).toMatchObject({
        version: '3',
        buyer: { email: 'erika@example.com' },
        buyerNote: 'ring twice',
      })
      expect(row?.revision).toBe(2)
    })

    it('marks an order that is asked for and no longer there as vanished, and keeps it', async () => {
      await using world = await createWorld([shop, warehouse], loop)
      world.system('shop').pages.push(
        page([order('1', { payment: { value: 'pending' } }), order('2', { payment: { value: 'pending' } })], {
          look: [{ ref: { entity: 'orders', id: '1' } }, { ref: { entity: 'orders', id: '2' } }],
        }),
      )
      await world.read('shop')
      world.system('shop').byId.set('1', order('1'))
      const office = world.engine.offices.get('shop')
      if (office) await look(world.engine, office, new AbortController().signal)
      const rows = await world.store.db.selectFrom('records').select(['id', 'vanished_at']).orderBy('id').execute()
      expect(rows).toEqual([
        { id: '1', vanished_at: null },
        { id: '2', vanished_at: start },
      ])
      expect(await listDeliveries(world.store)).toMatchObject([{ record: 'shop/1', state: 'pending' }])
      expect((await readStatus(world.store)).looks).toEqual([])
    })
  })

  describe('what the warehouse tells about orders', () => {
    it('finds the order by key, by number and by its former name, and brings it to the origin', async () => {
      await using world = await createWorld([shop, warehouse], loop)
      world.system('shop').pages.push(page([order('1'), order('2')]))
      await world.read('shop')
      world.system('warehouse').pages.push(page([shipment('a', { key: 'shop/1' }), shipment('b', { number: '2' })]))
      await world.read('warehouse')
      await world.deliver('shop')
      expect(
        world
          .system('shop')
          .effects.map(({ record, content }) => [record, content.entity === 'shipments' && content.trackingNumber]),
      ).toEqual([
        ['warehouse/a', 'T-a'],
        ['warehouse/b', 'T-b'],
      ])
      await world.store.write((tx) =>
        tx
          .insertInto('connections')
          .values({
            name: 'shop',
            plugin: 'fake',
            account: null,
            fingerprint: null,
            first_seen: 0,
            paused_by: null,
            checked_at: null,
          })
          .execute(),
      )
      await renameConnection(world.store, 'shop', 'new-shop')
      await using renamed = await createWorld(
        [{ ...shop, name: 'new-shop' }, warehouse],
        [
          { entity: 'orders', from: ['new-shop'], to: ['warehouse'] },
          loop[1] ?? { entity: 'shipments', from: [], to: 'origin' },
        ],
        { folder: world.folder, clock: world.clock, systems: new Map() },
      )
      renamed.system('warehouse').pages.push(page([shipment('c', { key: 'shop/1' })]))
      await renamed.read('warehouse')
      await renamed.deliver('new-shop')
      expect(renamed.system('new-shop').effects.map(({ record }) => record)).toEqual(['warehouse/c'])
      renamed.system('new-shop').pages.push(page([order('1'), order('2')]))
      await renamed.read('new-shop')
      await renamed.deliver('warehouse')
      expect(renamed.system('warehouse').effects.map(({ record }) => record)).toEqual(['new-shop/1', 'new-shop/2'])
    })

    it('waits for an order that is not known yet', async () => {
      await using world = await createWorld([shop, warehouse], loop)
      world.system('warehouse').pages.push(page([shipment('a', { number: '7' })]))
      await world.read('warehouse')
      expect((await readStatus(world.store)).unmatched).toMatchObject([
        { connection: 'warehouse', entity: 'shipments', count: 1 },
      ])
      world.system('shop').pages.push(page([order('7')]))
      await world.read('shop')
      await world.deliver('shop')
      expect(world.system('shop').effects).toHaveLength(1)
      expect((await readStatus(world.store)).unmatched).toEqual([])
    })

    it('refuses a number that two orders share, and says which they are', async () => {
      await using world = await createWorld(
        [shop, { ...shop, name: 'other' }, warehouse],
        [
          { entity: 'orders', from: ['shop', 'other'], to: ['warehouse'] },
          loop[1] ?? { entity: 'shipments', from: [], to: 'origin' },
        ],
      )
      for (const name of ['shop', 'other']) world.system(name).pages.push(page([order('5978')]))
      for (const name of ['shop', 'other']) await world.read(name)
      world.system('warehouse').pages.push(page([shipment('a', { number: '5978' })]))
      await world.read('warehouse')
      const [rejection] = await listRejections(world.store, {})
      expect(rejection?.error.code).toBe('ORDER_AMBIGUOUS')
      expect(rejection?.error.message).toMatch(/other\/5978 and shop\/5978|shop\/5978 and other\/5978/)
    })

    it('keeps an ambiguous number in sight when it is read again, and delivers it once it is told which order is meant', async () => {
      await using world = await createWorld(
        [shop, { ...shop, name: 'other' }, warehouse],
        [
          { entity: 'orders', from: ['shop', 'other'], to: ['warehouse'] },
          { entity: 'shipments', from: ['warehouse'], to: 'origin' },
        ],
      )
      for (const name of ['shop', 'other']) world.system(name).pages.push(page([order('5978')]))
      for (const name of ['shop', 'other']) await world.read(name)
      for (let time = 0; time < 2; time++) {
        world.system('warehouse').pages.push(page([shipment('a', { number: '5978' })]))
        await world.read('warehouse')
        expect(await listRejections(world.store, {})).toMatchObject([{ ref: 'a', error: { code: 'ORDER_AMBIGUOUS' } }])
      }
      world.system('warehouse').pages.push(page([shipment('a', { key: 'other/5978' })]))
      await world.read('warehouse')
      await world.deliver('other')
      expect(await listRejections(world.store, {})).toEqual([])
      expect(world.system('other').effects.map(({ record }) => record)).toEqual(['warehouse/a'])
    })

    it('shows a record again that was settled and is broken once more in the same way', async () => {
      await using world = await createWorld([shop, warehouse], loop)
      for (const broken of [true, false, true]) {
        const record = broken ? { ...order('2'), currency: 'euro' } : order('2')
        world.system('shop').pages.push(page([record]))
        await world.read('shop')
        expect(await listRejections(world.store, {})).toHaveLength(broken ? 1 : 0)
      }
    })

    it('delivers nothing to the account it was read from', async () => {
      await using world = await createWorld(
        [
          { ...shop, takes: ['orders'] as never, account: 'A' },
          { name: 'twin', yields: [], takes: ['orders'], account: 'A' },
        ],
        [{ entity: 'orders', from: ['shop'], to: ['twin'] }],
      )
      world.system('shop').pages.push(page([order('1')]))
      await world.read('shop')
      expect(await listDeliveries(world.store)).toEqual([])
    })
  })
})
