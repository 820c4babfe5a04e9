import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startWarehouse } from '../src/simulator/index.ts'
import { anOrder, deliveryOf, put, world } from './world.ts'

test.each(['csv', 'json', 'jsonl'] as const)(
  'an order goes out as %s, and comes back as a shipment with tracking number and IMEI',
  async (format) => {
    const { write, read, folder, names } = await world({ write: { orders: { format } } })
    await using warehouse = startWarehouse({ folder, pace: 0, carrier: 'UPS' })
    await write([deliveryOf(anOrder())])
    await warehouse.idle()
    expect(await names('orders')).toEqual([])
    const { records, rejected } = await read()
    expect(rejected).toEqual([])
    expect(records).toMatchObject([
      {
        entity: 'shipments',
        about: { key: 'bm-eu/5978' },
        carrier: 'UPS',
        lines: [
          { lineId: '1', sku: 'PHONE-64-BLK', quantity: 1, units: [{ imei: expect.stringMatching(/^\d{15}$/) }] },
          { lineId: '2', sku: 'CASE-1', quantity: 2 },
        ],
      },
    ])
  },
)

test('it accepts what waits for acceptance, and ships when the order has been accepted, once', async () => {
  const { write, read, folder } = await world()
  await using warehouse = startWarehouse({ folder, pace: 0, acceptOrders: true })
  await write([deliveryOf(anOrder({ acceptance: { value: 'awaiting' } }))])
  await warehouse.idle()
  expect((await read()).records).toMatchObject([
    { entity: 'decisions', decision: 'accept', about: { key: 'bm-eu/5978' } },
  ])
  await write([deliveryOf(anOrder({ acceptance: { value: 'accepted' } }))])
  await write([deliveryOf(anOrder({ acceptance: { value: 'accepted' }, merchantNote: 'gift' }))])
  await warehouse.idle()
  expect((await read()).records.map(({ entity }) => entity)).toEqual(['shipments'])
  expect(warehouse.truth.effects.filter(({ what }) => what === 'order-taken')).toHaveLength(3)
})

test('the truth tells a file that came twice, and outlives the warehouse; what was taken is packed after a restart', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kontor-warehouse-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const truthFile = join(root, 'truth.jsonl')
  const csv = 'order;revision;status;acceptance;line;sku;title;quantity;to_ship\nshop/1;aa;open;;1;CASE-1;Case;1;1\n'
  await put(join(root, 'w/.warehouse/taken/7--shop_1-aa.csv'), csv)
  await put(join(root, 'w/orders/shop_1-aa.csv'), csv)
  {
    await using first = startWarehouse({ folder: join(root, 'w'), pace: 0, truthFile })
    await first.idle()
  }
  await appendFile(truthFile, '{"at":"torn')
  await using again = startWarehouse({ folder: join(root, 'w'), pace: 0, truthFile })
  expect(again.truth.effects.map(({ what, key }) => `${what} ${key}`)).toEqual([
    'revision-taken shop/1@aa',
    'order-taken shop/1',
    'pieces-shipped shop/1 1',
    'revision-taken shop/1@aa',
    'order-taken shop/1',
    'order-not-shipped shop/1',
  ])
})

test('returned goods are received once and paid back where that is wanted, and what is left is counted', async () => {
  const { read, folder, names } = await world()
  const file = (revision: string) =>
    `return;revision;order;line;sku;quantity;resolution\nshop/7;${revision};5978;1;CASE-1;1;refund\nparcels/8;${revision};R8;1;CASE-2;1;exchange\n`
  await put(join(folder, 'returns/a.csv'), file('aa'))
  await put(
    join(folder, 'orders/shop_1-aa.csv'),
    'order;revision;status;acceptance;line;sku;title;quantity;to_ship\nshop/1;aa;open;;1;CASE-1;Case;2;2\n',
  )
  const settings = {
    folder,
    pace: 0,
    receiveReturns: true,
    refunds: ({ key, resolution }: { key: string; resolution: string }) =>
      key.startsWith('shop/') && resolution === 'refund',
    counts: ({ key }: { key: string }) => key.startsWith('shop/'),
  }
  await using warehouse = startWarehouse(settings)
  await warehouse.idle()
  await put(join(folder, 'returns/b.csv'), file('bb'))
  await warehouse.idle()
  expect(await names('returns')).toEqual([])
  const { records } = await read()
  const ofKind = (entity: string) => records.filter((record) => record.entity === entity)
  expect(ofKind('receipts')).toMatchObject([{ about: { key: 'parcels/8' } }, { about: { key: 'shop/7' } }])
  expect(ofKind('refunds')).toMatchObject([
    { about: { number: '5978' }, returnId: 'shop/7', reason: { value: 'return' } },
  ])
  expect(ofKind('stock')).toMatchObject([{ sku: 'CASE-1', available: 23 }])
})
